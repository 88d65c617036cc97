"""Gates held against the rows of a report."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from audits.gate_faults import check_gates, faults
from audits.gates import breaches, judge, lines
from audits.intervals import koopman
from schemas.errors import UserError
from schemas.gates import Gate
from tests.audits.rows_of import impact, report, share

UNFAIR = impact(
    {
        ("gopher_repetition/1", None, "geography/nigeria"): (480, 2000, 1920, 16000),
        ("gopher_repetition/1", None, "geography/kenya"): (150, 1200, 2250, 16800),
        ("gopher_repetition/1", "duplicate_lines", "geography/nigeria"): (300, 2000, 400, 16000),
        ("toxicity/1", None, "geography/nigeria"): (20, 2000, 160, 16000),
        ("toxicity/1", None, "geography/fiji"): (8, 20, 160, 16000),
    }
)
RULE = {"measure": "removal_ratio", "at_most": 1.25, "min_documents": 200, "p_adjusted_below": 0.05}


def judged(rep: dict[str, Any], **keys: Any) -> dict[str, Any]:
    (row,) = judge([Gate.model_validate(keys)], rep)
    return row


def test_an_unfair_rule_breaks_the_gate_and_is_named() -> None:
    row = judged(report(impact=UNFAIR), **RULE)
    assert (row["verdict"], row["value"]) == ("failed", 2.0)
    assert row["where"] == "gopher_repetition/1, geography/nigeria"
    assert (row["checked"], row["failed"]) == (3, 1)  # Fiji is too small, reasons are not asked for


def test_a_ratio_that_chance_can_explain_breaks_no_gate_that_asks_for_significance() -> None:
    rows = impact({("pii/1", None, "age/children"): (4, 250, 3, 300)})
    assert rows[0]["removal_ratio"] > 1.25
    row = judged(report(impact=rows), **RULE)
    assert (row["verdict"], row["checked"], row["value"]) == ("passed", 1, 1.6)
    assert row["note"] == "beyond the bound, but its adjusted p is not below 0.05"
    assert judged(report(impact=rows), measure="removal_ratio", at_most=1.25)["verdict"] == "failed"


def test_each_reason_can_be_held_to_the_bound() -> None:
    row = judged(report(impact=UNFAIR), **RULE, reason="*")
    assert (row["where"], row["value"]) == ("gopher_repetition/1, duplicate_lines, geography/nigeria", 6.0)


@pytest.mark.parametrize("rule", ["toxicity", "toxicity/1"])
def test_a_rule_is_named_with_or_without_its_version(rule: str) -> None:
    row = judged(report(impact=UNFAIR), **RULE, rule=rule)
    assert (row["verdict"], row["checked"]) == ("passed", 1)


def test_what_was_not_measured_is_no_pass() -> None:
    row = judged(report(), **RULE)
    assert (row["verdict"], row["value"], row["note"]) == ("not_measured", None, "the report has no such row")
    assert [row[key] for key in ("low", "high", "count", "of")] == [None] * 4
    few = judged(report(impact=UNFAIR), **RULE, group="geography/fiji")
    assert (few["verdict"], few["note"]) == ("not_measured", "no row has 200 documents or more")


def test_a_ratio_without_bound_is_held_by_the_lower_end_of_its_interval() -> None:
    rows = impact({("pii/1", None, "age/children"): (40, 250, 0, 3000)})
    assert rows[0]["removal_ratio"] is None
    row = judged(report(impact=rows), **RULE)
    assert (row["verdict"], row["value"]) == ("failed", rows[0]["low"])


def test_retention_has_a_lower_bound_and_the_least_is_the_worst() -> None:
    row = judged(report(impact=UNFAIR), measure="retention_ratio", at_least=0.8)
    assert (row["verdict"], row["where"]) == ("failed", "toxicity/1, geography/fiji")


def test_stratified_ratios_are_judged_by_p_adjusted_among_themselves() -> None:
    rows = [row | {"mh_ratio": 1.5, "mh_p": p} for row, p in zip(UNFAIR[:2], (0.02, 0.9), strict=True)]
    keys = {"measure": "mh_ratio", "at_most": 1.25}
    assert judged(report(impact=rows), **keys, p_adjusted_below=0.05)["failed"] == 1
    assert judged(report(impact=rows), **keys, p_adjusted_below=0.03)["failed"] == 0  # .02 * 2 tests = .04


def test_pairs_are_judged_where_a_pair_is_named() -> None:
    pair = "gender/women*geography/nigeria"
    pairs = impact({("pii/1", None, pair): (60, 300, 100, 3000)})
    row = judged(report(impact_pairs=pairs), **RULE, group=pair)
    assert (row["verdict"], row["value"]) == ("failed", 6.0)
    assert judged(report(impact_pairs=pairs), **RULE)["verdict"] == "not_measured"
    assert judged(report(impact_pairs=pairs), **RULE, axis="gender*geography")["verdict"] == "failed"


def test_the_share_of_unknown_language() -> None:
    rows = [share("language_share", 880, 1000, key="en"), share("language_share", 120, 1000, key="und")]
    row = judged(report(representation=rows), measure="language_share", key="und", at_most=0.1)
    assert (row["verdict"], row["value"], row["where"]) == ("failed", 0.12, "und")


def test_a_language_that_no_document_has_has_a_share_of_nothing() -> None:
    rows = [share("language_share", 1000, 1000, key="en")]
    row = judged(report(representation=rows), measure="language_share", key="und", at_most=0.1)
    assert (row["verdict"], row["value"]) == ("passed", 0.0)
    assert (
        judged(report(representation=rows), measure="language_share", key="yo", at_least=0.1)["verdict"]
        == "failed"
    )


def test_what_the_report_sums_up_is_not_taken_for_nothing() -> None:
    rows = [share("source_share", 900, 1000, key="a"), share("source_share", 100, 1000, key=None)]
    row = judged(report(representation=rows), measure="source_share", key="b", at_most=0.1)
    assert row["verdict"] == "not_measured"
    assert judged(report(representation=rows), measure="source_share", at_most=0.95)["checked"] == 1


def test_sides_are_kept_apart() -> None:
    rows = [
        share("axis_share", count, 1000, group="geography/nigeria", side=side)
        for side, count in (("before", 100), ("after", 60))
    ]
    keys = {"measure": "axis_share", "group": "geography/nigeria", "at_least": 0.08}
    assert judged(report(representation=rows), **keys)["value"] == 0.06
    assert judged(report(representation=rows), **keys, side="before")["verdict"] == "passed"


@pytest.mark.parametrize(
    ("measure", "value"),
    [("error_rate", 0.02), ("kept_share", 0.8), ("review_share", 0.03), ("removed_share", 0.18)],
)
def test_records_are_counted_over_all_that_was_read(measure: str, value: float) -> None:
    assert judged(report(), measure=measure, at_most=1)["value"] == value


def test_a_rule_may_remove_only_so_much() -> None:
    rules = [
        {"rule": "pii/1", "reason": None, "fired": 100, "decided": 50},
        {"rule": "pii/1", "reason": "too_many_matches", "fired": 90, "decided": 50},
        {"rule": "input/1", "reason": None, "fired": None, "decided": 20},
    ]
    row = judged(report(rules=rules), measure="removed_share", rule="pii", at_most=0.05)
    assert (row["value"], row["checked"]) == (0.1, 1)


def test_flips_of_a_change() -> None:
    rows = [
        {"change": change, "rule": rule, "rate": rate, "documents": n, "flips": 3, "low": 0.01, "high": 0.6}
        for change, rule, rate, n in (
            ("swap_gender", None, 0.02, 100),
            ("upper_case", None, 0.5, 100),
            ("swap_gender", "toxicity/1", 0.03, 90),
            ("spelling", None, None, 0),
        )
    ]
    rep = report(counterfactual=rows)
    row = judged(rep, measure="flip_rate", key="swap_gender", at_most=0.025)
    assert row["where"] == "toxicity/1, swap_gender"
    assert [row[key] for key in ("low", "high", "count", "of")] == [0.01, 0.6, 3, 90]
    assert judged(rep, measure="flip_rate", at_most=0.1)["value"] == 0.5
    assert judged(rep, measure="flip_rate", key="spelling", at_most=0.1)["verdict"] == "not_measured"


def test_of_rows_that_are_equally_bad_the_narrowest_group_is_named() -> None:
    """The only country of its region that the corpus mentions: all three have the same documents."""
    groups = ("africa", "nigeria", "western_africa")
    rows = impact({("pii/1", None, f"geography/{name}"): (300, 1000, 100, 1000) for name in groups})
    assert judged(report(impact=rows), **RULE)["where"] == "pii/1, geography/nigeria"
    pairs = impact(
        {("pii/1", None, f"gender/women*geography/{name}"): (300, 1000, 100, 1000) for name in groups}
    )
    where = judged(report(impact_pairs=pairs), **RULE, axis="gender*geography")["where"]
    assert where == "pii/1, gender/women*geography/nigeria"


@pytest.mark.parametrize(
    ("keys", "count", "of", "against"),
    [
        ({"measure": "removal_ratio"}, 480, 2000, (1920, 16000)),
        ({"measure": "retention_ratio"}, 1520, 2000, (14080, 16000)),
        ({"measure": "removal_rate"}, 480, 2000, None),
        ({"measure": "axis_share"}, 48, 800, None),
        ({"measure": "language_share", "key": "yo"}, 0, 800, None),
        ({"measure": "kept_share"}, 800, 1000, None),
    ],
)
def test_a_gate_has_the_interval_and_the_counts_of_its_row(
    keys: dict[str, Any], count: int, of: int, against: tuple[int, int] | None
) -> None:
    shares = [
        share("axis_share", 48, 800, group="geography/nigeria"),
        share("language_share", 800, 800, key="en"),
    ]
    row = judged(report(impact=UNFAIR[:1], representation=shares), **keys, at_most=0.5)
    assert (row["count"], row["of"]) == (count, of)
    share_of = stats.binomtest(count, of).proportion_ci(method="wilson")
    ends = map(float, koopman(count, of, *against) if against else (share_of.low, share_of.high))
    assert (row["low"], row["high"]) == pytest.approx(tuple(ends), abs=1e-6)


def test_a_stratified_ratio_has_its_own_interval() -> None:
    rows = [UNFAIR[0] | {"mh_ratio": 1.71, "mh_low": 1.5, "mh_high": 1.94, "mh_p": 1e-9}]
    row = judged(report(impact=rows), measure="mh_ratio", at_most=1.25)
    assert [row[key] for key in ("value", "low", "high", "count", "of")] == [1.71, 1.5, 1.94, 480, 2000]


def test_gates_are_told_in_a_line_each_and_breaches_with_their_value() -> None:
    gates = [
        Gate.model_validate(RULE),
        Gate(measure="error_rate", at_most=0.05),
        Gate(measure="weat", at_most=1),
    ]
    rows = judge(gates, report(impact=UNFAIR))
    assert [row["verdict"] for row in rows] == ["failed", "passed", "not_measured"]
    assert lines(rows)[1] == "passed        error rate at most 0.05: 0.02 at all records"
    assert lines(rows)[2].endswith("at most 1: the report has no such row")
    (breach,) = breaches(rows)
    assert breach.startswith("gate failed: removal ratio of any rule")
    assert "2 at gopher_repetition/1" in breach


@given(
    bound=st.floats(0.5, 3),
    looser=st.floats(0, 2),
    p=st.sampled_from([None, 0.01, 0.5]),
    least=st.sampled_from([None, 200]),
)
def test_a_looser_bound_never_breaks_what_a_tighter_one_lets_pass(
    bound: float, looser: float, p: float | None, least: int | None
) -> None:
    keys = {"measure": "removal_ratio", "p_adjusted_below": p, "min_documents": least}
    rep = report(impact=UNFAIR)
    tight, loose = (judged(rep, **keys, at_most=b) for b in (bound, bound + looser))
    assert loose["failed"] <= tight["failed"]
    assert loose["checked"] == tight["checked"]
    assert (loose["verdict"] == "failed") <= (tight["verdict"] == "failed")


@given(order=st.permutations(range(len(UNFAIR))))
def test_the_order_of_rows_changes_no_gate(order: list[int]) -> None:
    shuffled = report(impact=[UNFAIR[i] for i in order])
    assert judged(shuffled, **RULE) == judged(report(impact=UNFAIR), **RULE)


@pytest.mark.parametrize(
    ("keys", "key", "hint"),
    [
        ({"measure": "removal_ratio", "rule": "gopher_qualty"}, "rule", "did you mean `gopher_quality`?"),
        ({"measure": "removal_ratio", "rule": "pii/9"}, "rule", "did you mean `pii/1`?"),
        (
            {"measure": "removal_ratio", "rule": "pii", "reason": "too_many_match"},
            "reason",
            "did you mean `too_many_matches`?",
        ),
        (
            {"measure": "removal_ratio", "group": "geography/nigera"},
            "group",
            "did you mean `geography/nigeria`?",
        ),
        (
            {"measure": "removal_ratio", "group": "geografy/nigeria"},
            "group",
            "did you mean `geography/nigeria`?",
        ),
        (
            {"measure": "removal_ratio", "group": "gender/women*geography/nigera"},
            "group",
            "did you mean `geography/nigeria`?",
        ),
        ({"measure": "axis_share", "axis": "gendr"}, "axis", "did you mean `gender`?"),
        (
            {"measure": "language_share", "key": "unknown"},
            "key",
            "ISO 639 codes; `und`: no language was found",
        ),
        ({"measure": "region_share", "key": "nigera"}, "key", "did you mean `nigeria`?"),
        ({"measure": "flip_rate", "key": "swap_gendr"}, "key", "did you mean `swap_gender`?"),
    ],
)
def test_unknown_names_are_faults_with_the_nearest(keys: dict[str, Any], key: str, hint: str) -> None:
    fine = Gate(measure="error_rate", at_most=1)
    ((path, message, told),) = faults([fine, Gate.model_validate(keys | {"at_most": 1})])
    assert path == ("gates", 1, key)
    assert message.startswith(f"`gates[1].{key}` names an unknown {key}: ")
    assert told == hint
    with pytest.raises(UserError):
        check_gates([Gate.model_validate(keys | {"at_most": 1})])


def test_names_that_there_are_are_no_faults() -> None:
    keys = [
        {"rule": "gopher_repetition", "reason": "duplicate_lines", "group": "geography/western_africa"},
        {"rule": "pii/1", "reason": "*", "axis": "dialect"},
        {"group": "dialect/african_american*gender/women"},
    ]
    assert (
        faults([Gate.model_validate({"measure": "removal_ratio", "at_most": 2, **one}) for one in keys]) == []
    )

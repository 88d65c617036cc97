"""What is told first, and how."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.findings import MOST, findings
from audits.gates import judge
from audits.reviews import Decision
from schemas.gates import Gate
from tests.audits.rows_of import impact, report, share

REPETITION = "gopher_repetition/1"
Counts = dict[tuple[str, str | None, str], tuple[int, int, int, int]]
NIGERIA: Counts = {(REPETITION, None, "geography/nigeria"): (480, 2000, 1920, 16000)}


def only(rep: dict[str, Any]) -> dict[str, Any]:
    (row,) = findings(rep)
    return row


def test_an_unfair_rule_is_told_in_one_sentence_with_number_interval_and_counts() -> None:
    row = only(report(impact=impact(NIGERIA)))
    assert row["sentence"] == (
        "Documents that mention Nigeria were removed by the repetition rule 2.0 times as often as documents"
        " that mention other countries and regions (1.8 to 2.2; 480 of 2,000)."
    )
    assert (row["kind"], row["rule"], row["group"], row["axis"]) == (
        "disparity",
        REPETITION,
        "geography/nigeria",
        "geography",
    )
    assert (row["value"], row["count"], row["of"]) == (2.0, 480, 2000)
    assert row["anchor"] == "impact-gopher_repetition-geography-nigeria"
    assert re.fullmatch("[0-9a-f]{16}", row["id"])
    assert (
        row["action"]
        == f"Answer with `evenhand review REPORT --finding {row['id']} --accept` or `--dismiss`."
    )


def test_the_stratified_ratio_and_the_main_reason_belong_to_the_sentence() -> None:
    rows = impact(
        NIGERIA
        | {
            (REPETITION, "duplicate_lines", "geography/nigeria"): (310, 2000, 600, 16000),
            (REPETITION, "empty", "geography/nigeria"): (30, 2000, 240, 16000),
        }
    )
    rows[0] |= {"mh_ratio": 1.71, "mh_low": 1.5, "mh_high": 1.94, "mh_p": 1e-9, "strata": 40}
    row = only(report(impact=rows))
    assert row["sentence"].endswith(
        "480 of 2,000), 1.71 times within the same source, language and length (1.50 to 1.94),"
        " mostly for repeated lines (310)."
    )


def test_a_reason_alone_is_told_as_such() -> None:
    rows = impact(
        {
            ("gopher_quality/1", None, "gender/women"): (300, 3000, 310, 3000),
            ("gopher_quality/1", "too_few_stop_words", "gender/women"): (90, 3000, 20, 3000),
        }
    )
    row = only(report(impact=rows))
    assert (
        "by Gopher's quality rule, for too few common words, 4.5 times as often as documents that mention"
        " other genders" in row["sentence"]
    )
    assert row["reason"] == "too_few_stop_words"


def test_a_reference_that_lost_nothing_has_no_ratio() -> None:
    counts: Counts = {("toxicity/1", None, "religion/islam"): (40, 400, 0, 4000)}
    rows = [row | {"flagged": True} for row in impact(counts)]
    assert only(report(impact=rows))["sentence"] == (
        "40 of 400 documents that mention Islam were removed by the toxicity rule, but none of 4,000"
        " documents that mention other religions (a ratio of 104 or more)."
    )


def test_a_country_and_the_regions_that_contain_it_are_told_once() -> None:
    rows = impact(
        NIGERIA
        | {
            (REPETITION, None, "geography/western_africa"): (540, 2500, 1860, 15500),
            (REPETITION, None, "geography/sub_saharan_africa"): (600, 3000, 1800, 15000),
            (REPETITION, None, "geography/africa"): (640, 3300, 1760, 14700),
        }
    )
    assert all(row["flagged"] for row in rows)
    row = only(report(impact=rows))
    assert row["group"] == "geography/nigeria"
    assert row["sentence"].startswith(
        "Documents that mention Nigeria (and so Western Africa, Sub-Saharan Africa and Africa) were removed"
    )


def test_a_region_that_is_treated_alike_is_told_with_its_countries() -> None:
    rows = impact(
        {
            (REPETITION, None, "geography/nigeria"): (240, 1000, 2160, 17000),
            (REPETITION, None, "geography/ghana"): (250, 1000, 2150, 17000),
            (REPETITION, None, "geography/western_africa"): (480, 2000, 1920, 16000),
        }
    )
    row = only(report(impact=rows))
    assert row["sentence"].startswith(
        "Documents that mention Western Africa (Ghana and Nigeria among them) were"
    )


def test_a_country_that_fares_worse_than_its_region_is_told_apart() -> None:
    rows = impact(
        {
            (REPETITION, None, "geography/nigeria"): (600, 1000, 2160, 17000),
            (REPETITION, None, "geography/western_africa"): (1100, 3500, 1600, 14500),
        }
    )
    assert {row["group"] for row in findings(report(impact=rows))} == {
        "geography/nigeria",
        "geography/western_africa",
    }


def test_other_axes_and_rules_stay_apart() -> None:
    rows = impact(
        NIGERIA
        | {
            (REPETITION, None, "religion/islam"): (300, 1000, 1000, 10000),
            ("toxicity/1", None, "geography/nigeria"): (90, 2000, 160, 16000),
        }
    )
    told = findings(report(impact=rows))
    assert [row["low"] for row in told] == sorted((row["low"] for row in told), reverse=True)
    assert len(told) == 3


def test_what_would_halve_the_excess_is_told_and_how_many_examples_there_are() -> None:
    base = {
        "rule": REPETITION,
        "reason": "duplicate_lines",
        "axis": "geography",
        "group": "geography/nigeria",
        "policy_threshold": 0.3,
    }
    what_if = [
        base | {"threshold": 0.3, "removed": 310, "removal_ratio": 2.0, "removed_in_all": 3000},
        base | {"threshold": 0.35, "removed": 250, "removal_ratio": 1.7, "removed_in_all": 2500},
        base | {"threshold": 0.4, "removed": 180, "removal_ratio": 1.4, "removed_in_all": 1800},
    ]
    examples = [{"rule": REPETITION, "reason": "empty", "group": "geography/nigeria"}] * 20
    action = only(report(impact=impact(NIGERIA), what_if=what_if, examples=examples))["action"]
    assert action.startswith(
        "With a threshold of 0.4 for repeated lines, now 0.3, the ratio for that reason would be 1.40, and"
        " 1,200 documents fewer would be removed for it in all. Read the 20 examples below. Answer with"
    )


def test_a_gate_that_the_same_removal_breaks_is_told_with_it_and_comes_first() -> None:
    rows = impact(NIGERIA | {("toxicity/1", None, "religion/islam"): (200, 1000, 200, 10000)})
    gates = [
        Gate(
            measure="removal_ratio",
            rule="gopher_repetition",
            at_most=1.25,
            min_documents=200,
            p_adjusted_below=0.05,
        ),
        Gate(measure="error_rate", at_most=0.01),
        Gate(measure="kept_share", at_least=0.5),
    ]
    rep = report(impact=rows)
    rep["gates"] = judge(gates, rep)
    told = findings(rep)
    assert [row["kind"] for row in told] == ["gate", "gate", "disparity"]
    assert (
        told[0]["sentence"]
        == "Error rate is 2 % (1.3 % to 3.07 %; 20 of 1,000); the policy allows 1 % at most."
    )
    assert [told[0][key] for key in ("low", "high", "count", "of")] == [0.012984, 0.03069, 20, 1000]
    assert told[1]["sentence"].startswith("Documents that mention Nigeria were removed")
    assert told[1]["sentence"].endswith("480 of 2,000); the policy allows 1.25 at most.")
    assert (told[0]["anchor"], told[1]["anchor"]) == ("gate-1", "gate-0")


def test_a_removal_that_breaks_a_gate_is_told_in_words_where_nothing_flags_it() -> None:
    rep = report(impact=impact({("pii/1", None, "age/children"): (40, 150, 400, 3000)}))
    rep["gates"] = judge([Gate(measure="removal_ratio", at_most=1.25)], rep)
    row, none = findings(rep)
    assert row["sentence"].startswith(
        "Documents that mention children were removed by the personal-data rule 2.0 times"
    )
    assert row["sentence"].endswith("40 of 150); the policy allows 1.25 at most.")
    assert none["kind"] == "none"


def told_with_gates(rep: dict[str, Any], *gates: dict[str, Any]) -> list[dict[str, Any]]:
    rep["gates"] = judge([Gate.model_validate(keys) for keys in gates], rep)
    return findings(rep)


BOUND = {"measure": "removal_ratio", "at_most": 1.25, "min_documents": 200, "p_adjusted_below": 0.05}


def nested_corpus(**africa: int) -> dict[str, Any]:
    """C4's rule removes 35 % of what mentions Nigeria and 9 % of the rest; shares fall with it.

    Args:
        africa: documents that mention another country of a region, and how many of them are removed.
    """
    regions = ("nigeria", "western_africa", "sub_saharan_africa", "africa")
    counts: Counts = {}
    shares = []
    for name in regions:
        n = 2000 + (0 if name == "nigeria" else africa.get("documents", 0))
        x = 700 + (0 if name == "nigeria" else africa.get("removed", 0))
        counts["c4_quality/1", None, f"geography/{name}"] = x, n, 1400 - x, 10000 - n
        for side, count, of in (("before", n, 10000), ("after", n - x, 8600)):
            shares.append(share("axis_share", count, of, group=f"geography/{name}", side=side))
    return report(impact=impact(counts), representation=shares)


@pytest.mark.parametrize("africa", [{}, {"documents": 90, "removed": 30}])
def test_one_unfairness_is_one_finding_and_dismissing_it_leaves_none(africa: dict[str, int]) -> None:
    """Groups that contain the country have its numbers, or nearly so, break the gate and lose their share."""
    rep = nested_corpus(**africa)
    (row,) = told_with_gates(rep, BOUND)
    assert (row["kind"], row["group"]) == ("gate", "geography/nigeria")
    assert row["sentence"].startswith(
        "Documents that mention Nigeria (and so Western Africa, Sub-Saharan Africa and Africa) were removed"
        " by C4's quality rule 4.0 times as often as"
    )
    assert (row["value"], row["count"], row["of"]) == (4.0, 700, 2000)
    dismissed = Decision(row["id"], "dismissed", "spam of one site", "A. Reviewer", "ab" * 32)
    assert [row["review_decision"] for row in findings(rep, [dismissed])] == ["dismissed"]


def test_the_region_is_told_with_its_shares_where_its_other_countries_fare_alike() -> None:
    rep = nested_corpus(documents=2000, removed=690)
    told = told_with_gates(rep, BOUND)
    assert [row["group"] for row in told] == ["geography/western_africa"]


def test_gates_that_one_removal_breaks_are_told_with_it() -> None:
    keys = {"rule": REPETITION, "group": "geography/nigeria"}
    rep = report(impact=impact(NIGERIA))
    (row,) = told_with_gates(
        rep,
        BOUND,
        {"measure": "removal_ratio", "at_most": 1.1, **keys},
        {"measure": "retention_ratio", "at_least": 0.9},
        {"measure": "removal_rate", "at_most": 0.1},
    )
    assert row["sentence"].endswith(
        "480 of 2,000); 24 % were removed, and the policy allows 10 % at most; the policy allows 1.1 at most;"
        " the policy allows 1.25 at most; they were kept 0.86 times as often (0.84 to 0.88), and the policy"
        " allows 0.9 at least."
    )
    assert (row["anchor"], row["low"], row["high"]) == (
        "gate-3",
        rep["impact"][0]["low"],
        rep["impact"][0]["high"],
    )


def test_a_gate_on_reasons_goes_with_the_rule_that_is_told() -> None:
    counts = NIGERIA | {(REPETITION, "duplicate_lines", "geography/nigeria"): (310, 2000, 600, 16000)}
    (row,) = told_with_gates(report(impact=impact(counts)), BOUND | {"reason": "*"})
    assert row["reason"] is None
    assert row["sentence"].endswith(
        "480 of 2,000); the ratio is 4.1 for repeated lines (3.6 to 4.7), and the policy allows 1.25 at most."
    )


def test_a_pair_that_breaks_a_gate_is_told_once() -> None:
    pair = "gender/women*geography/nigeria"
    pairs = impact({("pii/1", None, pair): (90, 600, 100, 5000)})
    told = told_with_gates(report(impact_pairs=pairs), BOUND | {"group": pair})
    assert [row["kind"] for row in told] == ["gate", "none"]


def test_of_pairs_with_equal_numbers_the_narrowest_is_told() -> None:
    rows = impact(
        {
            ("pii/1", None, f"gender/women*geography/{name}"): (90, 600, 100, 5000)
            for name in ("africa", "nigeria", "western_africa")
        }
    )
    (row, _) = findings(report(impact_pairs=rows))
    assert row["group"] == "gender/women*geography/nigeria"


def test_a_gate_that_is_about_no_removal_has_its_interval_and_counts() -> None:
    rows = [
        share("axis_share", 508, 1000, group="gender/women"),
        share("axis_share", 492, 1000, group="gender/men"),
    ]
    for keys in ({"group": "gender/women"}, {"axis": "gender"}):
        row, _ = told_with_gates(
            report(representation=rows), {"measure": "axis_share", "at_most": 0.4, **keys}
        )
        assert "is 50.8 % (47.7 % to 53.9 %; 508 of 1,000)" in row["sentence"]
        assert (row["axis"], row["group"]) == ("gender", "gender/women")
        assert (row["count"], row["of"], row["low"]) == (508, 1000, 0.477043)


def test_a_ratio_of_a_gate_without_counts_has_its_interval_alone() -> None:
    gap = dict.fromkeys(("axis", "group", "note", "expected")) | {
        "measure": "gender_ratio", "key": "nouns", "side": "after", "count": 600, "of": 400, "value": 1.5,
        "low": 1.4, "high": 1.6,
    }  # fmt: skip
    row, _ = told_with_gates(report(representation=[gap]), {"measure": "gender_ratio", "at_most": 1.2})
    assert row["sentence"] == "Gender ratio is 1.5 (1.4 to 1.6), at nouns; the policy allows 1.2 at most."


def test_nothing_flagged_tells_how_small_a_ratio_the_data_could_have_shown() -> None:
    rows = impact(
        {("pii/1", None, group): (40, 2000, 400, 20000) for group in ("age/children", "age/teenagers")}
    )
    row = only(report(impact=rows))
    assert row["kind"] == "none"
    assert row["sentence"].startswith(
        "No rule removed documents that mention a group more than 1.25 times as often as others of its axis,"
        " of 2 comparisons"
    )
    assert 1.5 < row["value"] < 1.8
    assert (
        f"a ratio of {row['value']:.2f} or more would have been shown four times in five" in row["sentence"]
    )
    assert row["action"] is None


ALONE = ("exact_dedup/1", None, "geography/nigeria")
UNREMOVED = ("exact_dedup/1", None, "gender/women")
EMPTIED = ("language/1", None, "gender/women")


@pytest.mark.parametrize(
    ("counts", "why"),
    [
        ({}, "no document mentions a group"),
        (
            {("pii/1", None, "age/children"): (4, 20, 40, 2000)},
            "no group is mentioned in 200 documents that a rule was measured on",
        ),
        (
            {ALONE: (9, 400, 0, 0)},
            "in 1 comparison with documents enough, no other group of the axis is mentioned, so there is"
            " nothing to compare with",
        ),
        (
            {
                UNREMOVED: (0, 1500, 0, 1500),
                ("exact_dedup/1", None, "gender/men"): (0, 1500, 0, 1500),
                ("pii/1", None, "age/children"): (1, 20, 3, 200),
            },
            "in all of 2 comparisons with documents enough, the rule removed no document that mentions the"
            " group, and none that mentions others of its axis",
        ),
        (
            {ALONE: (9, 400, 0, 0), UNREMOVED: (0, 1500, 0, 1500), EMPTIED: (400, 400, 900, 900)},
            "of 3 comparisons with documents enough, in 1 the rule removed all documents that mention the"
            " group, and all that mention others of its axis; in 1 the rule removed no document that mentions"
            " the group, and none that mentions others of its axis; in 1 no other group of the axis is"
            " mentioned, so there is nothing to compare with",
        ),
    ],
)
def test_nothing_to_judge_is_no_clean_bill_and_the_reason_is_the_true_one(counts: Counts, why: str) -> None:
    row = only(report(impact=impact(counts)))
    assert row["sentence"] == f"No removals could be judged: {why}."
    assert (row["value"], row["count"], row["of"]) == (None, None, None)


def test_groups_that_nobody_looked_for_are_not_said_to_be_missing() -> None:
    row = only(report(not_measured=[{"what": "groups", "why": "switched off"}]))
    assert row["sentence"] == "No removals could be judged: mentions of groups were not looked for."


def test_pairs_are_told_where_they_fare_worse_than_either_group() -> None:
    singles = impact(
        {
            ("pii/1", None, "gender/women"): (100, 5000, 90, 5000),
            ("pii/1", None, "geography/nigeria"): (60, 2500, 250, 12000),
        }
    )
    worse = impact({("pii/1", None, "gender/women*geography/nigeria"): (90, 600, 100, 5000)})
    (row, _) = findings(report(impact=singles, impact_pairs=worse))
    assert row["kind"] == "pair"
    assert row["sentence"].startswith(
        "Documents that mention both women and Nigeria were removed by the personal-data rule 7.5 times as"
        " often as other documents that mention a gender and a country or region"
    )


def test_a_share_that_all_rules_together_lessened_is_told() -> None:
    rows = [
        share("axis_share", count, of, group="geography/nigeria", side=side)
        for side, count, of in (("before", 1000, 10000), ("after", 600, 9000))
    ]
    (row, none) = findings(report(representation=rows))
    assert (row["kind"], none["kind"]) == ("share", "none")
    assert row["sentence"].startswith(
        "Documents that mention Nigeria fell from 10 % to 6.67 % of those that mention any group of countries"
        " and regions"
    )


def test_shares_of_a_country_and_its_regions_that_fell_are_told_once() -> None:
    """No rule is flagged: several of them together lessen the share."""
    rep = nested_corpus(documents=90, removed=10)
    (row, none) = findings(rep | {"impact": []})
    assert (row["kind"], row["group"], none["kind"]) == ("share", "geography/nigeria", "none")
    assert row["sentence"].startswith(
        "Documents that mention Nigeria (and so Western Africa, Sub-Saharan Africa and Africa) fell from 20 %"
    )
    (row, _) = findings(nested_corpus(documents=2000, removed=690) | {"impact": []})
    assert row["sentence"].startswith(
        "Documents that mention Western Africa (Nigeria among them; and so Sub-Saharan Africa and Africa)"
    )


def test_flips_under_identity_swaps_are_told_and_those_of_restyling_are_not() -> None:
    numbers = {"rule": None, "documents": 200, "flips": 12, "rate": 0.06, "low": 0.035, "high": 0.1}
    rows = [{"change": change, **numbers} for change in ("swap_nationality", "upper_case")]
    (row, _) = findings(report(counterfactual=rows))
    assert row["sentence"] == (
        "The verdict on 6 % of documents flips when they are given another country (3.5 % to 10 %;"
        " 12 of 200)."
    )


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        (
            {"section": "counts", "measure": "decided_share", "rule": "toxicity/1"},
            "the share of records that the toxicity rule decided",
        ),
        ({"section": "counts", "measure": "keep_share"}, "the share of records kept"),
        (
            {"section": "impact", "measure": "removal_ratio", "rule": "pii/1", "group": "age/children"},
            "the removal ratio of documents that mention children by the personal-data rule",
        ),
        (
            {"section": "gates", "measure": "error_rate", "key": "error rate at most 0"},
            "the gate `error rate at most 0`",
        ),
        ({"section": "representation", "measure": "language_share", "key": "de"}, "the language share (de)"),
        (
            {"section": "representation", "measure": "axis_share", "group": "gender/women"},
            "the axis share of documents that mention women",
        ),
        (
            {"section": "representation", "measure": "axis_drift", "axis": "gender"},
            "the axis drift of gender",
        ),
    ],
)
def test_what_drifted_is_told_in_plain_words(keys: dict[str, str], said: str) -> None:
    names = ("rule", "reason", "axis", "group", "key", "before", "after", "low", "high")
    row = (
        dict.fromkeys(names)
        | {"drifted": True, "before": 0.1, "after": 0.2, "low": 0.05, "high": 0.15}
        | keys
    )
    (told, _) = findings(report(comparison=[row, row | {"drifted": False}]))
    assert told["kind"] == "drift"
    assert told["sentence"].startswith(
        f"1 of 2 figures have drifted from the report compared, most of all {said}:"
    )
    assert told["review_decision"] is None


def test_there_are_seven_at_most_and_the_last_counts_the_rest() -> None:
    groups = ("fiji", "peru", "cuba", "iran", "oman", "mali", "chad", "laos", "togo")
    counts: Counts = {
        ("pii/1", None, f"geography/{name}"): (100 + 5 * i, 400, 500, 20000) for i, name in enumerate(groups)
    }
    told = findings(report(impact=impact(counts)))
    assert len(told) == MOST
    assert told[0]["group"] == "geography/togo"
    assert told[-1]["sentence"] == "3 more removals are in the tables below."


def test_dismissed_findings_stay_and_come_last() -> None:
    rows = impact(NIGERIA | {("toxicity/1", None, "religion/islam"): (60, 1000, 200, 10000)})
    rep = report(impact=rows)
    first, second = findings(rep)
    dismissed = Decision(first["id"], "dismissed", "spam of one site", "A. Reviewer", "ab" * 32)
    accepted = Decision(second["id"], "accepted", "threshold is raised", "B. Reviewer", "cd" * 32)
    told = findings(rep, [dismissed, accepted])
    assert [row["id"] for row in told] == [second["id"], first["id"]]
    assert [row["review_decision"] for row in told] == ["accepted", "dismissed"]
    assert (told[1]["review_by"], told[1]["review_report"]) == ("A. Reviewer", "abababababab")
    assert told[1]["sentence"] == first["sentence"]


def test_a_finding_keeps_its_id_when_only_its_numbers_change() -> None:
    before = only(report(impact=impact(NIGERIA)))
    after = only(report(impact=impact(dict.fromkeys(NIGERIA, (500, 2000, 1920, 16000)))))
    assert before["id"] == after["id"]
    assert before["sentence"] != after["sentence"]


MANY = impact(
    NIGERIA
    | {
        (REPETITION, None, "geography/western_africa"): (540, 2500, 1860, 15500),
        (REPETITION, "empty", "geography/nigeria"): (300, 2000, 400, 16000),
        ("pii/1", None, "geography/nigeria"): (300, 2000, 400, 16000),
        ("pii/1", None, "gender/women"): (300, 2000, 400, 16000),
        ("toxicity/1", None, "gender/women"): (30, 2000, 400, 16000),
    }
)


@given(order=st.permutations(range(len(MANY))))
def test_the_order_of_rows_changes_no_finding(order: list[int]) -> None:
    assert findings(report(impact=[MANY[i] for i in order])) == findings(report(impact=MANY))

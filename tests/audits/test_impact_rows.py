"""Impact rows: against a plain twin, on corpora with one planted fault, and on corpora with none."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from audits import impact_counts, impact_rows
from audits.impact_counts import Strata
from tests.audits import simulated
from tests.audits.rows_of import impact
from tests.audits.test_impact_counts import CHECKS, DOCUMENTS, STRATA, batch_of, count

KEYS = [
    *("rule", "reason", "axis", "group", "documents", "removed", "decided"),
    *("reference_documents", "reference_removed", "removal_ratio", "retention_ratio", "low", "high"),
    *(
        "p",
        "p_adjusted",
        "p_exact_adjusted",
        "flagged",
        "mh_ratio",
        "mh_low",
        "mh_high",
        "mh_p",
        "strata",
        "note",
    ),
]

STRATIFIED = ("mh_ratio", "mh_low", "mh_high", "mh_p", "strata")  # of whole rules alone


def measured_and_fired(document: dict[str, Any], rule: str, reason: str | None) -> tuple[bool, bool]:
    states = [
        state
        for check, state in zip(CHECKS, document["state"], strict=True)
        if check[0] == rule and reason in (None, check[1])
    ]
    return max(states) > 0, max(states) >= 2


def reference_by_definition(document: dict[str, Any], group: str) -> bool:
    """Mentions another group of the axis, and not this one; of a pair: both axes, and not both groups."""
    groups = document["groups"]
    parts = group.split("*")
    if len(parts) == 1:
        axis = group.split("/")[0]
        return group not in groups and any(other.startswith(f"{axis}/") for other in groups)
    axes = [part.split("/")[0] for part in parts]
    both_axes = all(any(other.startswith(f"{axis}/") for other in groups) for axis in axes)
    return both_axes and not all(part in groups for part in parts)


@given(st.lists(DOCUMENTS, min_size=1, max_size=40))
def test_groups_and_references_are_those_of_the_definition(documents: list[dict[str, Any]]) -> None:
    table = count(documents)
    readable = [document for document in documents if document["verdict"] != "error"]
    rows = impact_rows.rows(table) + impact_rows.pair_rows(table, min_documents=1)
    for row in rows:
        whole = row["reason"] is None and "*" not in row["group"]
        assert list(row) == [key for key in KEYS if whole or key not in STRATIFIED]
        seen = [(*measured_and_fired(d, row["rule"], row["reason"]), d) for d in readable]
        inside = [fired for m, fired, d in seen if m and set(row["group"].split("*")) <= set(d["groups"])]
        outside = [fired for m, fired, d in seen if m and reference_by_definition(d, row["group"])]
        assert (row["documents"], row["removed"]) == (len(inside), sum(inside))
        assert (row["reference_documents"], row["reference_removed"]) == (len(outside), sum(outside))
        assert row["axis"] == "*".join(part.split("/")[0] for part in row["group"].split("*"))
    mentioned = {group for document in readable for group in document["groups"]}
    assert {row["group"] for row in rows if row["reason"] is None and "*" not in row["group"]} == mentioned


def test_a_group_within_a_region_is_compared_with_the_rest_of_the_axis() -> None:
    # Nigeria lies in Africa: documents that mention it are no reference of Africa, those of Kenya are of it.
    groups = [
        ["geography/africa", "geography/nigeria"],
        ["geography/africa", "geography/kenya"],
        ["geography/france"],
        [],
    ]
    fired = np.array([True, False, False, True])
    table = impact_counts.count(simulated.ledger(groups), [("a/1", simulated.firing("one", fired))], Strata())
    rows = {row["group"]: row for row in impact_rows.rows(table) if row["reason"] is None}
    africa, nigeria = rows["geography/africa"], rows["geography/nigeria"]
    assert (africa["documents"], africa["removed"], africa["reference_documents"]) == (2, 1, 1)
    assert (nigeria["documents"], nigeria["removed"], nigeria["reference_documents"]) == (1, 1, 2)


@pytest.mark.parametrize(
    ("group", "reference", "note"),
    [
        ((0, 0, 300), (5, 300, 0), impact_rows.UNMEASURED),
        ((5, 300, 0), (0, 0, 0), impact_rows.NO_REFERENCE),
        ((0, 300, 0), (0, 300, 0), impact_rows.NONE_REMOVED),
        ((9, 300, 0), (0, 300, 0), impact_rows.UNBOUNDED),
        ((9, 100, 0), (5, 300, 0), impact_rows.TOO_FEW),
        ((9, 300, 0), (5, 300, 0), None),
    ],
)
def test_notes_say_why_a_value_is_null(
    group: tuple[int, int, int], reference: tuple[int, int, int], note: str | None
) -> None:
    parts = [
        (name, state)
        for name, (fired, measured, unmeasured) in (("a/one", group), ("a/two", reference))
        for state in [2] * fired + [1] * (measured - fired) + [0] * unmeasured
    ]
    states = np.array([state for _, state in parts])
    rows = simulated.ledger([[name] for name, _ in parts])
    table = impact_counts.count(rows, [("a/1", simulated.firing("one", states == 2, states > 0))], Strata())
    row = next(row for row in impact_rows.rows(table) if row["group"] == "a/one" and not row["reason"])
    assert row["note"] == note
    assert (row["removal_ratio"] is None) == (note not in (None, impact_rows.TOO_FEW))
    assert row["documents"] == group[1]


def test_a_group_that_alone_is_removed_is_flagged_though_its_ratio_has_no_bound() -> None:
    fired = np.arange(2000) < 60
    rows = simulated.ledger([["a/one"]] * 300 + [["a/two"]] * 1700)
    table = impact_counts.count(rows, [("a/1", simulated.firing("one", fired))], Strata())
    row = impact_rows.rows(table)[0]
    assert row["removal_ratio"] is None
    assert row["low"] > 1.25
    assert row["flagged"]


COUNTS = st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(st.lists(st.tuples(COUNTS, COUNTS), min_size=1, max_size=8))
def test_rows_can_be_recomputed_from_their_counts_and_a_flag_without_ratio_is_explained(
    counts: list[tuple[tuple[int, int], tuple[int, int]]],
) -> None:
    names = [("pii/1", None, f"age/{i}") for i in range(len(counts))]
    found: dict[tuple[str, str | None, str], tuple[int, int, int, int]] = {
        name: (*group, *other) for name, (group, other) in zip(names, counts, strict=True)
    }
    rows = impact(found)
    for row in rows:
        x, n, x0, n0 = (row[k] for k in ("removed", "documents", "reference_removed", "reference_documents"))
        if row["p"] is None:
            assert x + x0 in (0, n + n0)
        else:  # Pearson's chi-square is the square of the pooled z, so nothing of a small p is lost
            p = stats.chi2_contingency([[x, n - x], [x0, n0 - x0]], correction=False).pvalue
            assert row["p"] == pytest.approx(p, rel=1e-5)
        sure = all(row[key] is not None and row[key] < 0.05 for key in ("p_adjusted", "p_exact_adjusted"))
        ratio = math.inf if x and not x0 else row["removal_ratio"] or 0
        assert row["flagged"] == (n >= 200 and ratio > 1.25 and sure)
        assert not (row["flagged"] and row["removal_ratio"] is None) or impact_rows.UNBOUNDED in row["note"]


def test_small_p_keep_six_digits() -> None:
    (row,) = impact({("pii/1", None, "age/children"): (119, 1000, 570, 10000)})
    assert 0 < row["p"] < 1e-9
    assert row["p"] == float(f"{row['p']:.6g}") == row["p_adjusted"]


def test_a_difference_of_length_alone_vanishes_within_strata() -> None:
    random = np.random.default_rng(5)
    short = np.concatenate([random.random(2000) < 0.8, random.random(6000) < 0.2])
    fired = random.random(8000) < np.where(short, 0.3, 0.02)
    rows = simulated.ledger(
        [["a/one"]] * 2000 + [["a/two"]] * 6000, chars=np.where(short, 150, 5000).tolist()
    )
    table = impact_counts.count(rows, [("a/1", simulated.firing("one", fired))], Strata())
    row = next(row for row in impact_rows.rows(table) if row["group"] == "a/one" and not row["reason"])
    assert row["removal_ratio"] > 2.5
    assert row["mh_low"] < 1 < row["mh_high"]
    assert row["strata"] == 2
    reason = next(row for row in impact_rows.rows(table) if row["group"] == "a/one" and row["reason"])
    assert "mh_ratio" not in reason
    assert reason["removal_ratio"] == row["removal_ratio"]


def test_pairs_are_shown_from_min_documents_on() -> None:
    groups = [["gender/women", "geography/nigeria"]] * 30 + [["gender/men", "geography/france"]] * 70
    fired = np.arange(100) < 15
    table = impact_counts.count(simulated.ledger(groups), [("a/1", simulated.firing("one", fired))], Strata())
    (row,) = [row for row in impact_rows.pair_rows(table, min_documents=30) if row["removed"]]
    assert row["group"] == "gender/women*geography/nigeria"
    assert row["axis"] == "gender*geography"
    assert (row["documents"], row["removed"], row["reference_documents"]) == (30, 15, 70)
    assert impact_rows.pair_rows(table, min_documents=71) == []


def test_without_groups_there_are_no_rows() -> None:
    table = impact_counts.count(
        simulated.ledger([[], []]), [("a/1", simulated.firing("one", np.array([True, False])))], Strata()
    )
    assert impact_rows.rows(table) == []
    assert impact_rows.pair_rows(table) == []
    assert impact_rows.rows(impact_counts.merge([])) == []


TWELVE = {f"religion/group_{i:02}": 1500 + 150 * i for i in range(12)}
RATES = {"a/1": 0.2, "b/1": 0.15, "c/1": 0.3}
UNFAIR, FACTOR, SEEDS = ("b/1", "religion/group_07"), 1.6, 50


def test_one_unfair_rule_is_found_with_its_size_and_nothing_else() -> None:
    found, covered, beside = 0, 0, 0
    for seed in range(SEEDS):
        rows, firings = simulated.planted(np.random.default_rng(seed), TWELVE, RATES, {UNFAIR: FACTOR})
        whole = [
            row
            for row in impact_rows.rows(impact_counts.count(rows, firings, Strata()))
            if row["reason"] is None
        ]
        flagged = {(row["rule"], row["group"]): row for row in whole if row["flagged"]}
        beside += bool(set(flagged) - {UNFAIR})
        (row,) = [row for row in whole if (row["rule"], row["group"]) == UNFAIR]
        found += UNFAIR in flagged
        covered += row["low"] <= FACTOR <= row["high"]
        assert 1 < row["mh_low"] < FACTOR
    assert found == SEEDS
    assert covered >= 0.9 * SEEDS
    assert beside == 0


def test_few_of_what_small_corpora_flag_is_false() -> None:
    # Here chance alone often moves a ratio beyond 1.25, so only the adjusted p stands against it.
    documents = {group: size // 4 for group, size in TWELVE.items()}
    rates = {"a/1": 0.05, "b/1": 0.10, "c/1": 0.02}
    false = []
    for seed in range(SEEDS):
        rows, firings = simulated.planted(np.random.default_rng(seed), documents, rates, {UNFAIR: 2.0})
        found = impact_rows.rows(impact_counts.count(rows, firings, Strata()))
        flagged = [(row["rule"], row["group"]) == UNFAIR for row in found if row["flagged"]]
        false.append(flagged.count(False) / max(1, len(flagged)))
    assert np.mean(false) <= 0.05


def test_corpora_without_a_fault_are_hardly_ever_flagged() -> None:
    # Groups of all sizes and rules of all rates: most rows expect less than one removal.
    random = np.random.default_rng(1995)
    sizes = (6000 / np.arange(1, 61) ** 1.1).astype(int)
    documents = {f"geography/g{i}": int(size) for i, size in enumerate(sizes)}
    rates = {f"r{i}/1": float(rate) for i, rate in enumerate(10 ** random.uniform(-4, -1, 12))}
    runs = 40
    flagged = 0
    for _ in range(runs):
        rows, firings = simulated.planted(random, documents, rates, {})
        flagged += any(
            row["flagged"] for row in impact_rows.rows(impact_counts.count(rows, firings, Strata()))
        )
    assert flagged <= 0.05 * runs


def test_batches_give_the_same_rows_as_the_whole() -> None:
    random = np.random.default_rng(3)
    documents = [
        {
            "verdict": "keep",
            "source": random.choice(["web", "news"]),
            "language": "en",
            "chars": int(random.integers(0, 3000)),
            "groups": sorted(set(random.choice(["gender/men", "gender/women", "age/old", "age/young"], 2))),
            "state": tuple(random.integers(0, 4, 3)),
        }
        for _ in range(600)
    ]
    parts = [impact_counts.count(*batch_of(documents[i : i + 100]), STRATA) for i in range(0, 600, 100)]
    merged = impact_counts.merge(parts[::-1])
    assert impact_rows.rows(merged) == impact_rows.rows(count(documents))
    assert impact_rows.pair_rows(merged) == impact_rows.pair_rows(count(documents))

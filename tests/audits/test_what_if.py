"""What if: every row must equal what a policy with that bound removes."""

from collections import defaultdict
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audits import impact_counts, impact_rows, what_if
from audits.impact_counts import Strata
from audits.threshold_grid import CHECKS, grid
from filters.catalogue import BY_NAME, MODULES
from filters.replay import Policy, signals_under
from schemas.ledger import Verdict
from schemas.load import load
from schemas.parameters import Parameters
from tests.filters import test_replay

NAMES = [module.__name__.rpartition(".")[2] for module in MODULES]
POLICIES = [
    [],
    ["toxicity.max_mean_score=.5", "pii.max_matches=20", "gopher_repetition.dup_line_frac=null"],
    ["gopher_quality.review={min_doc_words: 70}", "c4_quality.review={max_lorem_ipsum_lines: 3}"],
    ["language.min_score=.3", "language.review={min_score: .6}", "fineweb_quality.short_line_thr=.9"],
]


def ledger_of(seed: int, changes: list[str]) -> tuple[pa.RecordBatch, dict[str, Parameters]]:
    """Ledger rows of a run with some settings: signals around the bounds, groups, unreadable records."""
    random = np.random.default_rng(seed)
    parameters = load(None, changes).parameters()
    signals = test_replay.as_measured(test_replay.signals(seed), Policy(NAMES, parameters))
    n = signals.num_rows
    language = signals.column("language")
    signals = signals.drop_columns(["language"])
    groups = [
        sorted(set(random.choice(["gender/men", "gender/women", "age/old", "age/young"], random.integers(4))))
        for _ in range(n)
    ]
    return pa.RecordBatch.from_pydict(
        {
            "verdict": random.choice([Verdict.KEEP, Verdict.ERROR], n, p=[0.9, 0.1]).tolist(),
            "source": ["web"] * n,
            "language": language,
            "chars": pa.array(random.integers(0, 5000, n)),
            "groups": pa.array(groups, pa.list_(pa.string())),
            "signals": pa.StructArray.from_arrays(signals.columns, fields=list(signals.schema)),
        }
    ), parameters


def everything_flagged(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**row, "flagged": True} for row in rows]


@settings(max_examples=15)
@given(st.integers(0, 10_000), st.sampled_from(POLICIES))
def test_rows_equal_a_replay_with_the_other_bound(seed: int, changes: list[str]) -> None:
    ledger, parameters = ledger_of(seed, changes)
    impact = everything_flagged(
        impact_rows.rows(impact_counts.of_ledger(ledger, NAMES, parameters, Strata()))
    )
    found = what_if.rows(what_if.of_ledger(ledger, NAMES, parameters), impact, NAMES, parameters, most=10_000)
    by_check: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in found:
        by_check[row["rule"], row["reason"]].append(row)
    assert len(by_check) > 10  # of 30: that there is something to compare
    readable = np.array(ledger.column("verdict").to_pylist()) != Verdict.ERROR
    groups = ledger.column("groups").to_pylist()
    for (rule, reason), rows in by_check.items():
        name = rule.partition("/")[0]
        (check,) = [check for check in CHECKS[name] if check.reason == reason]
        steps = grid(check, parameters[name])
        step = steps[seed % len(steps)]
        review = dict(parameters[name].review)
        if step.review is not None:
            review[check.bound] = step.review
        changed = parameters[name].model_copy(update={check.bound: step.threshold, "review": review})
        signals, _ = signals_under(ledger, Policy(NAMES, {**parameters, name: changed}))
        (firing,) = [one for one in BY_NAME[name].fire(signals, changed) if one.reason == reason]
        fired = np.flatnonzero((firing.removes | firing.reviews) & readable)
        for row in rows:
            if row["threshold"] == step.threshold:
                removed = sum(row["group"] in groups[i] for i in fired)
                on_axis = sum(any(one.startswith(f"{row['axis']}/") for one in groups[i]) for i in fired)
                assert row["removed"] == removed
                assert row["reference_removed"] == on_axis - removed
                assert row["removed_in_all"] == len(fired)


@settings(max_examples=15)
@given(st.integers(0, 10_000), st.integers(0, 40))
def test_any_split_gives_the_same_table(seed: int, cut: int) -> None:
    ledger, parameters = ledger_of(seed, [])
    parts = [ledger.slice(cut), ledger.slice(0, cut)]
    tables = [what_if.of_ledger(part, NAMES, parameters) for part in parts]
    assert what_if.merge(tables).equals(what_if.of_ledger(ledger, NAMES, parameters))


def test_at_the_policys_bound_rows_are_those_of_impact() -> None:
    ledger, parameters = ledger_of(1, [])
    impact = everything_flagged(
        impact_rows.rows(impact_counts.of_ledger(ledger, NAMES, parameters, Strata()))
    )
    found = what_if.rows(what_if.of_ledger(ledger, NAMES, parameters), impact, NAMES, parameters)
    at_policy = [row for row in found if row["threshold"] == row["policy_threshold"]]
    assert len(at_policy) > 5
    known = {(row["rule"], row["reason"], row["group"]): row for row in impact}
    for row in at_policy:
        same = known[row["rule"], row["reason"], row["group"]]
        for name in ("documents", "removed", "reference_documents", "reference_removed", "removal_ratio"):
            assert row[name] == same[name]


def test_every_filter_with_checks_can_be_moved() -> None:
    assert {name: BY_NAME[name] for name in CHECKS} == {
        module.__name__.rpartition(".")[2]: BY_NAME[module.__name__.rpartition(".")[2]]
        for module in MODULES
        if hasattr(module, "CHECKS")
    }


@pytest.mark.parametrize("changes", POLICIES)
def test_grids_hold_the_policys_bound_and_what_the_config_allows(changes: list[str]) -> None:
    parameters = load(None, changes).parameters()
    for name, checks in CHECKS.items():
        for check in checks:
            policy = getattr(parameters[name], check.bound)
            bounds = [step.threshold for step in grid(check, parameters[name])]
            assert (policy in bounds) == (policy is not None)
            assert bounds == sorted(bounds, reverse=check.side == "at_least")
            for bound in bounds:  # a value that the config refuses would raise
                whole = int(bound) if bound == int(bound) else bound
                type(parameters[name]).model_validate({check.bound: whole})


def impact_row(rule: str, reason: str | None, group: str, removed: int, flagged: bool) -> dict[str, Any]:
    return {
        "rule": rule,
        "reason": reason,
        "axis": group.split("/")[0],
        "group": group,
        "flagged": flagged,
        "documents": 1000,
        "removed": removed,
        "reference_documents": 1000,
        "reference_removed": 50,
    }


def test_targets_are_flagged_reasons_or_the_worst_of_a_flagged_rule() -> None:
    impact = [
        impact_row("a/1", None, "age/old", 200, flagged=True),
        impact_row("a/1", "one", "age/old", 90, flagged=True),
        impact_row("a/1", "two", "age/old", 110, flagged=False),
        impact_row("b/1", None, "age/old", 200, flagged=True),
        impact_row("b/1", "three", "age/old", 80, flagged=False),
        impact_row("b/1", "four", "age/old", 100, flagged=False),
        impact_row("c/1", None, "age/old", 200, flagged=False),
        impact_row("c/1", "five", "age/old", 100, flagged=False),
        impact_row("d/1", "cannot_move", "age/old", 300, flagged=True),
    ]
    movable = [
        (row["rule"], row["reason"]) for row in impact if row["reason"] and row["reason"] != "cannot_move"
    ]
    chosen = what_if.targets(impact, movable)
    assert [(row["rule"], row["reason"]) for row in chosen] == [("b/1", "four"), ("a/1", "one")]
    assert what_if.targets(impact, movable, most=1) == chosen[:1]


def moved(threshold: float, removed: int, reference: int, ratio: float | None, all_: int) -> dict[str, Any]:
    return {
        "threshold": threshold,
        "policy_threshold": 0.3,
        "removed": removed,
        "reference_removed": reference,
        "removal_ratio": ratio,
        "removed_in_all": all_,
    }


@pytest.mark.parametrize(
    ("rows", "threshold"),
    [
        ([(0.2, 9, 3, 3.0, 20), (0.3, 6, 3, 2.0, 15), (0.4, 4, 3, 1.6, 12), (0.5, 3, 2, 1.5, 9)], 0.5),
        ([(0.2, 3, 3, 1.0, 20), (0.3, 6, 3, 2.0, 15), (0.4, 4, 3, 1.6, 12)], None),  # a stricter one is none
        ([(0.3, 6, 3, 2.0, 15), (0.4, 0, 0, None, 2)], 0.4),
        ([(0.3, 6, 0, None, 15), (0.4, 3, 0, None, 9), (0.5, 0, 0, None, 2)], 0.5),
        ([(0.3, 6, 0, None, 15), (0.4, 3, 0, None, 9)], None),
        ([(0.3, 3, 6, 0.5, 15), (0.4, 0, 5, 0.0, 9)], None),  # nothing in excess
    ],
)
def test_the_nearest_looser_bound_that_halves_the_excess_is_found(
    rows: list[tuple[float, int, int, float | None, int]], threshold: float | None
) -> None:
    found = what_if.halving([moved(*row) for row in rows])
    assert (found and found["threshold"]) == threshold

"""From what fired to one verdict a document."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from filters.catalogue import BY_NAME, FILTERS, SIGNALS
from filters.checks import Firing
from filters.decide import DECISION, decide, settle
from schemas.config import Config
from schemas.load import load


def signals(**columns: list[Any]) -> pa.RecordBatch:
    """Documents of which only some signals were measured."""
    rows = len(next(iter(columns.values())))
    found = {field.name: pa.array(columns.get(field.name, [None] * rows), field.type) for field in SIGNALS}
    return pa.RecordBatch.from_pydict({**found, "language": pa.array(columns.get("language", ["en"] * rows))})


def config(*sets: str) -> Config:
    return load(None, (), sets)


def decided(batch: pa.RecordBatch, *sets: str) -> list[dict[str, Any]]:
    given_config = config(*sets)
    rows: list[dict[str, Any]] = decide(batch, given_config.filters, given_config.parameters()).to_pylist()
    return rows


KEPT = {"verdict": "keep", "rule": None, "reason": None, "score": None, "threshold": None, "fired": []}


def test_what_was_not_measured_is_kept() -> None:
    assert decided(signals(gopher_words=[None, None])) == [KEPT, KEPT]


def test_no_documents_and_no_filters_are_fine() -> None:
    assert decided(signals(gopher_words=[])) == []
    assert decided(signals(gopher_words=[1]), "filters=[]") == [KEPT]
    assert settle([], 0).schema == DECISION


ORDERS = [
    ("filters=[gopher_quality, near_dedup]", "gopher_quality/1", "too_few_words"),
    ("filters=[near_dedup, gopher_quality]", "near_dedup/1", "near_duplicate"),
]


@pytest.mark.parametrize(("filters", "rule", "reason"), ORDERS, ids=[rule for _, rule, _ in ORDERS])
def test_the_first_in_the_order_of_filters_decides_and_all_that_fired_are_listed(
    filters: str, rule: str, reason: str
) -> None:
    batch = signals(gopher_words=[9], near_duplicate=[True], near_similarity=[0.9])
    (row,) = decided(batch, filters)
    assert (row["verdict"], row["rule"], row["reason"]) == ("drop", rule, reason)
    assert {fired["rule"] for fired in row["fired"]} == {"gopher_quality/1", "near_dedup/1"}
    assert row["fired"][0] == {key: row[key] for key in ("rule", "reason", "score", "threshold")}


def test_a_removal_beats_a_review_that_comes_first() -> None:
    sets = [
        "filters=[language, gopher_quality]",
        "language.min_score=0.2",
        "language.review={min_score: 0.5}",
    ]
    batch = signals(language_score=[0.3, 0.3, 0.1, 0.6], gopher_words=[9, 90, 90, 90])
    rows = decided(batch, *sets)
    assert [(row["verdict"], row["rule"]) for row in rows] == [
        ("drop", "gopher_quality/1"),
        ("review", "language/1"),
        ("drop", "language/1"),
        ("keep", None),
    ]
    assert [row["threshold"] for row in rows] == [50, 0.5, 0.2, None]
    assert [len(row["fired"]) for row in rows] == [2, 1, 1, 0]


def test_a_filter_that_is_off_neither_fires_nor_decides() -> None:
    (row,) = decided(signals(gopher_words=[1], exact_duplicate=[True]), "filters=[exact_dedup]")
    assert [fired["rule"] for fired in row["fired"]] == ["exact_dedup/1"]


def test_every_filter_has_its_own_signals_and_rule_names_hold_its_version() -> None:
    names = [name for filter_ in FILTERS for name in filter_.signals.names]
    assert len(names) == len(set(names))
    assert all(filter_.rule == f"{filter_.name}/{filter_.version}" for filter_ in FILTERS)
    assert list(BY_NAME) == [filter_.name for filter_ in FILTERS]


# A plain twin

outcomes = st.sampled_from(["removes", "reviews", "neither"])


@given(
    st.integers(0, 6).flatmap(
        lambda rows: st.lists(st.lists(outcomes, min_size=rows, max_size=rows), max_size=5)
    )
)
def test_settle_is_what_a_loop_over_documents_would_say(checks: list[list[str]]) -> None:
    rows = len(checks[0]) if checks else 3
    fired = [
        (
            f"rule{i}/1",
            Firing(
                f"reason{i}",
                np.array([outcome == "removes" for outcome in outcomes_], bool),
                np.array([outcome == "reviews" for outcome in outcomes_], bool),
                np.arange(rows) + i / 10,
                float(i),
                i + 0.5,
            ),
        )
        for i, outcomes_ in enumerate(checks)
    ]
    for row, found in enumerate(settle(fired, rows).to_pylist()):
        hits = [(i, outcomes_[row]) for i, outcomes_ in enumerate(checks) if outcomes_[row] != "neither"]
        elements = [
            {
                "rule": f"rule{i}/1",
                "reason": f"reason{i}",
                "score": row + i / 10,
                "threshold": i + 0.5 if outcome == "reviews" else float(i),
            }
            for i, outcome in hits
        ]
        removing = [i for i, (_, outcome) in enumerate(hits) if outcome == "removes"]
        expected = {**KEPT, "fired": elements}
        if hits:
            verdict = "drop" if removing else "review"
            expected |= {"verdict": verdict, **elements[removing[0] if removing else 0]}
        assert found == expected

"""Toxicity of documents that mention a group: counts, exact merges, rates and ratios, nothing measured."""

from typing import Any

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from audits.associations import mention_toxicity as toxicity
from audits.associations.row import TOO_FEW
from audits.intervals import koopman, wilson
from tests.audits.associations.test_sample import bits

GROUPS = ["gender/women", "gender/men", "geography/nigeria"]
documents = st.lists(
    st.tuples(
        st.lists(st.sampled_from(GROUPS), unique=True),
        st.one_of(st.none(), st.sampled_from([0.1, 0.2, 0.49, 0.5, 0.9])),
    ),
    max_size=12,
)


def ledger(rows: list[tuple[list[str], float | None]]) -> pa.RecordBatch:
    signals = pa.array([{"toxicity_mean": score, "words": 3} for _, score in rows], SIGNALS)
    return pa.RecordBatch.from_pydict(
        {"groups": pa.array([groups for groups, _ in rows], pa.list_(pa.string())), "signals": signals}
    )


SIGNALS = pa.struct([("words", pa.int32()), ("toxicity_mean", pa.float64())])


@given(documents)
def test_counts_are_those_of_documents_one_by_one(rows: list[tuple[list[str], float | None]]) -> None:
    expected: dict[tuple[str, str], int] = {}
    for groups, score in rows:
        marks = (
            ["not_measured"] if score is None else ["documents", *(str(t) for t in (0.2, 0.5) if score >= t)]
        )
        for group in ["", *(groups if score is not None else [])]:
            for mark in marks:
                expected[group, mark] = expected.get((group, mark), 0) + 1
    found = {(r["group"], r["measure"]): r["count"] for r in toxicity.count(ledger(rows)).to_pylist()}
    assert found == expected


@given(documents, st.integers(0, 12))
def test_any_split_gives_the_same_table_to_the_bit(rows: list[Any], cut: int) -> None:
    whole = toxicity.merge([toxicity.count(ledger(rows))])
    parts = [toxicity.count(ledger(rows[cut:])), toxicity.empty(), toxicity.count(ledger(rows[:cut]))]
    assert bits(toxicity.merge(parts)) == bits(whole)


def test_a_slice_of_the_ledger_counts_its_own_rows() -> None:
    rows = [(GROUPS[:1], 0.9), (GROUPS[1:2], 0.1), (GROUPS[:2], 0.6)]
    assert toxicity.count(ledger(rows).slice(1)).equals(toxicity.count(ledger(rows[1:])))


def test_rates_and_ratios_compare_with_documents_that_do_not_mention_the_group() -> None:
    rows: list[tuple[list[str], float | None]] = [(["gender/women"], 0.6)] * 20 + [
        (["gender/women"], 0.1)
    ] * 60
    rows += [([], 0.7)] * 10 + [([], 0.3)] * 90 + [(["gender/men"], None)] * 5
    found = {(r["measure"], r["group"], r["word"]): r for r in toxicity.rows(toxicity.count(ledger(rows)))}
    rate, ratio = (found[f"toxicity_{kind}", "gender/women", "0.5"] for kind in ("rate", "ratio"))
    assert (rate["count"], rate["of"], rate["value"]) == (20, 80, 0.25)
    assert (rate["low"], rate["high"]) == tuple(round(float(x), 6) for x in wilson(20, 80))
    assert ratio["value"] == 2.5
    assert (ratio["low"], ratio["high"]) == tuple(round(float(x), 6) for x in koopman(20, 80, 10, 100))
    assert ratio["p"] < 0.01
    assert ("toxicity_rate", "gender/men", "0.5") not in found  # none of them was measured


def test_small_groups_are_marked_and_stand_outside_the_family_of_tests() -> None:
    rows = [(["gender/women"], 0.6)] * 30 + [([], 0.1)] * 100
    found = toxicity.rows(toxicity.count(ledger(rows)))
    assert {row["note"] for row in found} == {TOO_FEW}
    assert {row["p_adjusted"] for row in found} == {None}


def test_what_was_not_measured_is_said() -> None:
    nothing = toxicity.count(ledger([(["gender/women"], None)]))
    assert toxicity.rows(nothing) == []
    assert toxicity.not_measured(nothing)[0]["what"] == "toxicity by mention"
    assert toxicity.not_measured(toxicity.empty())
    assert toxicity.not_measured(toxicity.count(ledger([([], 0.1)]))) == []


def test_a_ledger_without_the_signal_is_not_measured() -> None:
    batch = pa.RecordBatch.from_pydict(
        {
            "groups": pa.array([["gender/men"]]),
            "signals": pa.array([{"words": 3}], pa.struct([("words", pa.int32())])),
        }
    )
    assert toxicity.not_measured(toxicity.count(batch))

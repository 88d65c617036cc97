"""Replay against `decide` on everything: known rows are equal, unknown ones need what was not measured."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from filters.catalogue import BY_NAME, COSTLY, FILTERS, SIGNALS
from filters.decide import DECISION, decide, spared
from filters.replay import UNKNOWN, Policy, replay
from schemas.ledger import INPUT_RULE, Verdict
from schemas.load import load

NAMES = [filter_.name for filter_ in FILTERS]
PARAMETERS = load(None).parameters()
ROWS = 40
POLICIES = st.tuples(
    st.permutations(NAMES).flatmap(lambda names: st.integers(0, len(NAMES)).map(lambda n: names[:n])),
    st.sampled_from(
        [
            [],
            ["gopher_quality.min_doc_words=20", "gopher_quality.review={min_doc_words: 70}"],
            ["language.keep=[en]", "language.min_score=.3", "language.review={min_score: .6}"],
            ["c4_quality.min_sentences=null", "fineweb_quality.line_punct_thr=.5"],
        ]
    ),
)


def signals(seed: int) -> pa.RecordBatch:
    """Scores of ROWS documents around the bounds, some null, and languages."""
    random = np.random.default_rng(seed)
    columns = {}
    for field in SIGNALS:
        if pa.types.is_string(field.type):
            values = random.choice(["a", "b"], ROWS)
        elif pa.types.is_boolean(field.type):
            values = random.random(ROWS) < 0.2
        elif pa.types.is_integer(field.type):
            values = random.integers(0, 100, ROWS)
        else:
            values = random.random(ROWS).round(2)
        absent = 0.0 if field.name == "language_score" else 0.1  # the language is always known
        columns[field.name] = pa.array(values, mask=random.random(ROWS) < absent).cast(field.type)
    columns["language"] = pa.array(random.choice(["en", "fr", "und"], ROWS))
    return pa.RecordBatch.from_pydict(columns)


def as_measured(batch: pa.RecordBatch, policy: Policy) -> pa.RecordBatch:
    """The signals that a run has: those of costly filters only where no cheap one drops."""
    absent = ~spared(batch, *policy)
    costly = {field.name for name in COSTLY for field in BY_NAME[name].signals}
    columns = []
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        values = column.to_pylist()
        if name in costly:
            values = [None if gone else value for value, gone in zip(values, absent, strict=True)]
        columns.append(pa.array(values, column.type))
    return pa.RecordBatch.from_arrays(columns, schema=batch.schema)


def ledger(batch: pa.RecordBatch, measured: list[str]) -> pa.RecordBatch:
    """What a run with the filters `measured` leaves: other signals are null, every tenth row is an error."""
    batch = as_measured(batch, Policy(measured, load(None).parameters()))
    known = {field.name for name in measured for field in BY_NAME[name].signals}
    known |= {field.name for field in BY_NAME["language"].signals}  # measured for every document
    columns = [
        batch.column(field.name) if field.name in known else pa.nulls(batch.num_rows, field.type)
        for field in SIGNALS
    ]
    decided = decide(batch, measured, load(None).parameters())
    error = np.arange(batch.num_rows) % 10 == 0
    rows = decided.to_pylist()
    for i in np.flatnonzero(error):
        rows[i] = dict.fromkeys(DECISION.names) | {
            "verdict": Verdict.ERROR.value, "rule": INPUT_RULE, "reason": "bad_json", "fired": [],
        }  # fmt: skip
    table = pa.RecordBatch.from_pylist(rows, schema=DECISION)
    return pa.RecordBatch.from_arrays(
        [*table.columns, batch.column("language"), pa.StructArray.from_arrays(columns, fields=list(SIGNALS))],
        [*DECISION.names, "language", "signals"],
    )


@given(st.integers(0, 10**6), st.permutations(NAMES), st.integers(0, len(NAMES)), POLICIES)
def test_every_known_row_equals_a_re_run_and_every_unknown_one_could_differ(
    seed: int, names: list[str], count: int, policy: tuple[list[str], list[str]]
) -> None:
    measured, (filters, overrides) = names[:count], policy
    parameters = load(None, (), overrides).parameters()
    batch = signals(seed)
    rows = ledger(batch, measured)
    after = Policy(filters, parameters)
    found = replay(rows, Policy(measured, load(None).parameters()), after).to_pylist()
    again = decide(as_measured(batch, after), *after).to_pylist()
    missing = set(filters) - set(measured) - {"language"}
    for old, new, rerun in zip(rows.to_pylist(), found, again, strict=True):
        if old["verdict"] == Verdict.ERROR:
            assert new == {name: old[name] for name in DECISION.names}
        elif new["verdict"] == UNKNOWN:
            assert missing or set(filters) & set(COSTLY)
            assert new["rule"] is new["reason"] is new["score"] is new["threshold"] is None
        else:
            same = [name for name in DECISION.names if name != "fired" or not missing]
            assert {name: new[name] for name in same} == {name: rerun[name] for name in same}


@pytest.mark.parametrize(
    ("filters", "verdict"),
    [
        (["gopher_quality"], "drop"),
        (["gopher_quality", "c4_quality"], "drop"),  # decided before the filter that is missing
        (["c4_quality", "gopher_quality"], UNKNOWN),  # the filter that is missing might have decided
        (["c4_quality"], UNKNOWN),
        ([], "keep"),
        (["language", "gopher_quality"], "drop"),
    ],
)
def test_a_missing_filter_matters_only_before_the_one_that_removes(filters: list[str], verdict: str) -> None:
    names = [field.name for field in SIGNALS]
    values = {name: pa.nulls(1, SIGNALS.field(name).type) for name in names}
    values["gopher_words"] = pa.array([3]).cast(SIGNALS.field("gopher_words").type)
    values["language_score"] = pa.array([0.9])
    batch = pa.RecordBatch.from_pydict({**values, "language": pa.array(["en"])})
    rows = ledger(batch, ["gopher_quality"])
    rows = rows.set_column(0, "verdict", pa.array(["drop"]))  # row 0 of `ledger` is an error
    found = replay(rows, Policy(["gopher_quality"], PARAMETERS), Policy(filters, PARAMETERS))
    assert found.column("verdict").to_pylist() == [verdict]


def test_no_rows_give_no_rows() -> None:
    batch = signals(1).slice(0, 0)
    assert replay(ledger(batch, NAMES), Policy(NAMES, PARAMETERS), Policy(NAMES, PARAMETERS)).num_rows == 0

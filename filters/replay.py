"""The verdicts of another policy, from ledger rows alone."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from filters.arrow_buffers import bools
from filters.catalogue import BY_NAME, COSTLY
from filters.decide import DECISION, decide, spared
from schemas.ledger import Verdict
from schemas.parameters import Parameters

UNKNOWN = "unknown"  # a verdict that needs a signal that was not measured


class Policy(NamedTuple):
    """Filters in running order, and the parameters of each."""

    filters: Sequence[str]
    parameters: Mapping[str, Parameters]


def replay(ledger: pa.RecordBatch, before: Policy, after: Policy) -> pa.RecordBatch:
    """What a re-run with another policy would decide.

    Error rows stay as they are. A row is `unknown` where a filter that the run did not measure could change
    its verdict or its deciding rule: where nothing removes it, or what removes it comes after that filter.

    Args:
        ledger: n rows with verdict, rule, reason, score, threshold, fired, language, signals.
        before: the policy of the run that wrote the ledger.
        after: the new one.

    Returns:
        DECISION, n rows in the same order.
    """
    batch, spares = signals_under(ledger, after)
    decided = decide(batch, *after)
    errors = pc.equal(ledger.column("verdict"), Verdict.ERROR)
    missing = {
        name: spares & ~spared(batch, *before) if name in before.filters else spares
        for name in after.filters
        if name in COSTLY
    }
    for name in after.filters:
        decides = bool(BY_NAME[name].fire(batch, after.parameters[name]))  # balance without sampling does not
        if name not in COSTLY and name not in before.filters and decides:
            missing[name] = ~_has_signal(batch, name)
    unknown = _unknown(decided, missing, after.filters) & ~bools(errors)
    columns = {}
    for field in DECISION:
        column = pc.if_else(errors, ledger.column(field.name).cast(field.type), decided.column(field.name))
        nothing = UNKNOWN if field.name == "verdict" else pa.scalar(None, field.type)
        columns[field.name] = (
            column if field.name == "fired" else pc.if_else(pa.array(unknown), nothing, column)
        )
    return pa.RecordBatch.from_arrays(
        [columns[field.name].cast(field.type) for field in DECISION], schema=DECISION
    )


def signals_under(ledger: pa.RecordBatch, policy: Policy) -> tuple[pa.RecordBatch, npt.NDArray[np.bool_]]:
    """What a run with `policy` would decide from, of what the ledger's run measured.

    Args:
        ledger: n rows with language and signals.
        policy: whose cheap filters settle where the costly ones are looked at: where none of them drops.

    Returns:
        (n rows of signals and language, costly signals null where a cheap filter drops; bool[n], where none
        does).
    """
    signals = ledger.column("signals")
    names = [field.name for field in signals.type]
    batch = pa.RecordBatch.from_arrays([*signals.flatten(), ledger.column("language")], [*names, "language"])
    spares = spared(batch, *policy)
    return _without_costly(batch, ~spares), spares


def _unknown(
    decided: pa.RecordBatch, missing: Mapping[str, npt.NDArray[np.bool_]], filters: Sequence[str]
) -> npt.NDArray[np.bool_]:
    """bool[n]: a filter that is `missing` on the row (bool[n], by name) could still change it."""
    place = {BY_NAME[name].rule: i for i, name in enumerate(filters)}
    removed = bools(pc.equal(decided.column("verdict"), Verdict.DROP))
    rules = decided.column("rule").to_pylist()
    decider = np.array([place.get(rule, len(filters)) for rule in rules], dtype=np.int64)
    decider[~removed] = len(filters)
    unknown = np.zeros(decided.num_rows, dtype=bool)
    costly = np.isin(decider, [place[BY_NAME[name].rule] for name in filters if name in COSTLY])
    for i, name in enumerate(filters):
        if name in missing:
            # What a costly filter decides stands only where no cheap one, of any place, drops.
            unknown |= missing[name] & ((i < decider) | (costly & (name not in COSTLY)))
    return unknown


def _without_costly(signals: pa.RecordBatch, rows: npt.NDArray[np.bool_]) -> pa.RecordBatch:
    """The signals with those of costly filters null on some rows."""
    costly = {field.name for name in COSTLY for field in BY_NAME[name].signals}
    mask = pa.array(rows)
    columns = [
        pc.if_else(mask, pa.scalar(None, column.type), column) if name in costly else column
        for name, column in zip(signals.schema.names, signals.columns, strict=True)
    ]
    return pa.RecordBatch.from_arrays(columns, schema=signals.schema)


def _has_signal(signals: pa.RecordBatch, name: str) -> npt.NDArray[np.bool_]:
    """bool[n]: a signal of the filter is there (language is measured for every document, say)."""
    found = np.zeros(signals.num_rows, dtype=bool)
    for field in BY_NAME[name].signals:
        found |= bools(pc.is_valid(signals.column(field.name)))
    return found

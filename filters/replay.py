"""The verdicts of another policy, from ledger rows alone."""

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from filters.catalogue import BY_NAME
from filters.decide import DECISION, decide
from schemas.ledger import Verdict
from schemas.parameters import Parameters

UNKNOWN = "unknown"  # a verdict that needs a signal that was not measured


def replay(
    ledger: pa.RecordBatch,
    measured: Collection[str],
    filters: Sequence[str],
    parameters: Mapping[str, Parameters],
) -> pa.RecordBatch:
    """What a re-run with another policy would decide.

    Error rows stay as they are. A row is `unknown` where a filter that the run did not measure could change
    its verdict or its deciding rule: where nothing removes it, or what removes it comes after that filter.

    Args:
        ledger: n rows with verdict, rule, reason, score, threshold, fired, language, signals.
        measured: the filters of the run that wrote the ledger.
        filters: those of the new policy, in running order.
        parameters: of the new policy, by filter.

    Returns:
        DECISION, n rows in the same order.
    """
    signals = ledger.column("signals")
    names = [field.name for field in signals.type]
    batch = pa.RecordBatch.from_arrays([*signals.flatten(), ledger.column("language")], [*names, "language"])
    decided = decide(batch, filters, parameters)
    errors = pc.equal(ledger.column("verdict"), Verdict.ERROR)
    unknown = _unknown(batch, decided, measured, filters) & ~_bools(errors)
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


def _unknown(
    signals: pa.RecordBatch, decided: pa.RecordBatch, measured: Collection[str], filters: Sequence[str]
) -> npt.NDArray[np.bool_]:
    """bool[n]: a filter outside `measured` could still change the row."""
    place = {BY_NAME[name].rule: i for i, name in enumerate(filters)}
    removed = _bools(pc.equal(decided.column("verdict"), Verdict.DROP))
    rules = decided.column("rule").to_pylist()
    decider = np.array([place.get(rule, len(filters)) for rule in rules], dtype=np.int64)
    decider[~removed] = len(filters)
    unknown = np.zeros(signals.num_rows, dtype=bool)
    for i, name in enumerate(filters):
        if name not in measured:
            unknown |= ~_has_signal(signals, name) & (i < decider)
    return unknown


def _has_signal(signals: pa.RecordBatch, name: str) -> npt.NDArray[np.bool_]:
    """bool[n]: a signal of the filter is there (language is measured for every document, say)."""
    found = np.zeros(signals.num_rows, dtype=bool)
    for field in BY_NAME[name].signals:
        found |= _bools(pc.is_valid(signals.column(field.name)))
    return found


def _bools(mask: pa.BooleanArray) -> npt.NDArray[np.bool_]:
    return np.asarray(mask.to_numpy(zero_copy_only=False), dtype=bool)

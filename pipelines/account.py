"""From what was measured of a batch to its rows of the ledger."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from filters import edits
from filters.catalogue import SIGNALS
from filters.checks import Firing
from filters.decide import fire_all, settle, spared
from pipelines import costly
from pipelines.links import Links
from schemas.ledger import INPUT_RULE, Verdict, ledger_schema
from schemas.parameters import Parameters

LEDGER = ledger_schema(SIGNALS)
Firings = list[tuple[str, Firing]]


@dataclass(frozen=True)
class Policy:
    """What documents are held against.

    Attributes:
        filters: names, in running order.
        parameters: by filter name.
        evaluation: path of the evaluation sets' index; None where decontamination is off.
    """

    filters: tuple[str, ...]
    parameters: Mapping[str, Parameters]
    evaluation: str | None = None


@dataclass(frozen=True)
class Finish:
    """The argument of a task.

    Attributes:
        layout: path of the Layout.
        part: index of the part in it.
        staged: path of its documents.
        links: path prefix of the link task's result; None: dedup was not measured.
        policy: what documents are held against.
        weighing: paths of the part's ledger rows as balance counted them, and of its weights; None where
            balance is off.
    """

    layout: str
    part: int
    staged: str
    links: str | None
    policy: Policy
    weighing: tuple[str, str] | None = None


def account(batch: pa.RecordBatch, links: Links, policy: Policy) -> tuple[pa.RecordBatch, Firings]:
    """LEDGER rows of a STAGED batch, and the checks behind them."""
    readable = pc.is_null(batch.column("error"))
    signals = dict(zip(SIGNALS.names, batch.column("signals").flatten(), strict=True))
    ok = readable.to_numpy(zero_copy_only=False)
    if links.measured and "exact_dedup" in policy.filters:
        signals["exact_duplicate"] = pa.array(links.exact, mask=~ok)
    if links.measured and "near_dedup" in policy.filters:
        signals["near_duplicate"] = pa.array(links.near, mask=~(ok & links.applies))
        signals["near_similarity"] = pa.array(links.similarity, mask=~links.near)
    changes = batch.column("edits")
    if costly.names(policy.filters):
        survivors = np.flatnonzero(ok & spared(_scores(signals, batch), policy.filters, policy.parameters))
        changes = _measure_costly(batch.column("text"), survivors, signals, changes, policy)
    firings = fire_all(_scores(signals, batch), policy.filters, policy.parameters)
    decision = settle(firings, batch.num_rows)
    columns = {
        **{
            name: batch.column(name)
            for name in ("doc_id", "source_id", "source", "groups", "language", "chars")
        },
        **{name: decision.column(name) for name in decision.schema.names},
        "verdict": pc.if_else(readable, decision.column("verdict"), Verdict.ERROR),
        "rule": pc.if_else(readable, decision.column("rule"), INPUT_RULE),
        "reason": pc.if_else(readable, decision.column("reason"), batch.column("error")),
        "duplicate_of": pa.array(links.kept, pa.string()),
        "similarity": pa.array(links.similarity, mask=np.isnan(links.similarity)),
        "edits": changes,
        "signals": pa.StructArray.from_arrays(
            [signals[name] for name in SIGNALS.names], fields=list(SIGNALS)
        ),
    }
    return pa.RecordBatch.from_arrays([columns[f.name].cast(f.type) for f in LEDGER], schema=LEDGER), firings


def _scores(signals: Mapping[str, pa.Array], batch: pa.RecordBatch) -> pa.RecordBatch:
    return pa.RecordBatch.from_pydict({**signals, "language": batch.column("language")})


def _measure_costly(
    text: pa.StringArray,
    survivors: np.ndarray[tuple[int], np.dtype[np.int64]],
    signals: dict[str, pa.Array],
    changes: pa.ListArray,
    policy: Policy,
) -> pa.ListArray:
    """Adds the costly signals of the rows `survivors` to `signals`; all edits, theirs joined in."""
    rows = pa.array(survivors)
    found, more = costly.measure(text.take(rows), policy.filters, policy.parameters, policy.evaluation)
    place = np.zeros(len(text), np.int64)
    place[survivors] = np.arange(len(survivors))
    absent = np.ones(len(text), np.bool_)
    absent[survivors] = False
    here = pa.array(place, mask=absent)
    for name, column in found.items():
        signals[name] = column.take(here)
    if more is None:
        return changes
    joined = edits.merge(changes.take(rows), more)
    place[absent] = np.flatnonzero(absent) + len(joined)
    return pa.concat_arrays([joined, changes.cast(joined.type)]).take(pa.array(place))

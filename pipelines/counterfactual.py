"""Counterfactual verdicts: the same rules on a sample of documents and on the same documents, changed.

    draw  a part's ledger -> KEY.candidates.arrow   CANDIDATES: English, mention a group, no duplicates
    flip  all candidates -> of lowest doc_id, their staged texts -> each change -> measure, account
                         -> the marker: documents and flips by change and rule

Both sides are measured by the functions of `measure` and `account`. Dedup and balance look at all documents
together, so they are left out of both. Memory: the sample, a few times over.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from audits import swaps
from audits.counterfactual import VERDICT
from pipelines import storage
from pipelines.account import Policy, account
from pipelines.links import Links
from pipelines.measure import DEDUP, STAGED, measure
from pipelines.tasks import Task, key
from schemas.config import Groups
from schemas.ledger import Verdict

LANGUAGE = "en"  # of the words that are swapped
MOST_CHARS = 10_000  # of a document, so that the cost is bounded
LEDGER_COLUMNS = ("doc_id", "verdict", "language", "chars", "groups", "duplicate_of")
CANDIDATES = pa.schema(
    [
        pa.field("doc_id", pa.string(), nullable=False),
        pa.field("row", pa.int64(), nullable=False),  # in its part
    ]
)
BY_ALL = (*DEDUP, "balance")  # filters that look at all documents together


@dataclass(frozen=True)
class Draw:
    """The argument of a `draw` task: path of a part's ledger, and how many documents are wanted in all."""

    ledger: str
    number: int


@dataclass(frozen=True)
class Flip:
    """The argument of the `flip` task.

    Attributes:
        parts: paths of the candidates and of the staged documents, of each part.
        number: documents to change.
        policy: what they are held against.
    """

    parts: tuple[tuple[str, str], ...]
    number: int
    policy: Policy


class Outcome(NamedTuple):
    """What the rules say of n documents.

    Attributes:
        kept: bool[n].
        fired: by rule, bool[n].
        measured: by rule, bool[n].
    """

    kept: npt.NDArray[np.bool_]
    fired: dict[str, npt.NDArray[np.bool_]]
    measured: dict[str, npt.NDArray[np.bool_]]


def draw_tasks(folder: str, base: object, ledgers: Sequence[str], number: int) -> list[Task]:
    """One task a part; `base`: JSON, what the ledgers depend on."""
    return [
        Task(folder, key("counterfactual draw", base, i, number), 0, draw, Draw(path, number))
        for i, path in enumerate(ledgers)
    ]


def flip_task(
    folder: str, base: object, draws: Sequence[Task], staged: Sequence[str], number: int, policy: Policy
) -> Task:
    """The task after `draw_tasks`; its marker is the argument of `audits.counterfactual.rows`."""
    parts = tuple((candidates_path(task.prefix), path) for task, path in zip(draws, staged, strict=True))
    name = key("counterfactual flip", base, [task.key for task in draws])
    return Task(folder, name, 0, flip, Flip(parts, number, policy))


def candidates_path(prefix: str) -> str:
    """Path of a `draw` task's result."""
    return f"{prefix}.candidates.arrow"


def draw(job: Draw, prefix: str) -> dict[str, Any]:
    """Writes the names of a part's candidates.

    Returns:
        For the marker: `candidates`, how many.
    """
    found, row = [], 0
    with storage.open_parquet(job.ledger) as file:
        for batch in file.iter_batches(columns=list(LEDGER_COLUMNS), use_threads=False):
            found.append(candidates(batch, row, job.number))
            row += batch.num_rows
    table = lowest(found, job.number)
    storage.write_arrow(candidates_path(prefix), table)
    return {"candidates": table.num_rows}


def candidates(ledger: pa.RecordBatch, row: int, number: int) -> pa.Table:
    """CANDIDATES of a batch of the ledger that begins at `row` of its part; the `number` of lowest doc_id."""
    fits = pc.and_(
        pc.and_(
            pc.equal(ledger.column("language"), LANGUAGE),
            pc.not_equal(ledger.column("verdict"), Verdict.ERROR),
        ),
        pc.and_(pc.is_null(ledger.column("duplicate_of")), pc.less_equal(ledger.column("chars"), MOST_CHARS)),
    )
    fits = pc.and_(fits, pc.greater(pc.list_value_length(ledger.column("groups")), 0)).fill_null(False)
    rows = np.flatnonzero(fits.to_numpy(zero_copy_only=False))
    names = ledger.column("doc_id").take(pa.array(rows))
    return lowest([pa.table([names, pa.array(rows + row)], schema=CANDIDATES)], number)


def lowest(tables: Sequence[pa.Table], number: int) -> pa.Table:
    """The `number` rows of lowest doc_id: a hash, so a fair draw that repeats."""
    table = pa.concat_tables([CANDIDATES.empty_table(), *tables])
    return table.sort_by("doc_id").slice(0, number).combine_chunks()


def flip(job: Flip, prefix: str) -> dict[str, Any]:
    """Changes the documents, and counts what flips; `prefix` is unused, the marker is the result.

    Returns:
        `documents` drawn, and `counts`: [change, rule (None: the verdict), documents that the change alters
        and the rule was measured on before and after, those that it removes only after, only before].
    """
    del prefix
    batch = _drawn(job)
    before = outcome(batch, job.policy)
    counts: list[list[Any]] = []
    for name, change in swaps.CHANGES.items():
        text = change(batch.column("text"), batch.column("doc_id"))
        altered = np.flatnonzero(
            pc.not_equal(text, batch.column("text")).fill_null(False).to_numpy(zero_copy_only=False)
        )
        rows = pa.array(altered, pa.int64())
        place = STAGED.get_field_index("text")
        after = outcome(batch.set_column(place, STAGED.field("text"), text).take(rows), job.policy)
        removed = ~before.kept[altered], ~after.kept
        counts.append([name, VERDICT, len(altered), *_flips(*removed)])
        for rule, fired in after.fired.items():
            both = before.measured[rule][altered] & after.measured[rule]
            flips = _flips(before.fired[rule][altered][both], fired[both])
            counts.append([name, rule, int(both.sum()), *flips])
    return {"documents": batch.num_rows, "counts": counts}


def _flips(before: npt.NDArray[np.bool_], after: npt.NDArray[np.bool_]) -> tuple[int, int]:
    """(those only removed after, those only removed before)."""
    return int((after & ~before).sum()), int((before & ~after).sum())


def _drawn(job: Flip) -> pa.RecordBatch:
    """STAGED rows of the documents drawn, by doc_id."""
    tables = []
    for i, (path, _) in enumerate(job.parts):
        table = storage.open_arrow(path).read_all()
        tables.append(table.append_column("part", pa.array(np.full(table.num_rows, i, np.int64))))
    none = pa.schema([*CANDIDATES, ("part", pa.int64())]).empty_table()
    chosen = pa.concat_tables([none, *tables]).sort_by("doc_id").slice(0, job.number)
    found = [STAGED.empty_table()]
    for i, (_, staged) in enumerate(job.parts):
        rows = np.sort(chosen.filter(pc.equal(chosen["part"], i))["row"].to_numpy())
        found += [pa.Table.from_batches([batch]) for batch in _rows_of(staged, rows)]
    (batch,) = pa.concat_tables(found).sort_by("doc_id").combine_chunks().to_batches() or [
        pa.RecordBatch.from_pylist([], STAGED)
    ]
    return batch


def _rows_of(staged: str, rows: npt.NDArray[np.int64]) -> Iterator[pa.RecordBatch]:
    """Some rows of a part, of each batch that holds any."""
    if not len(rows):
        return
    first = 0
    for batch in storage.batches(staged):
        low, high = np.searchsorted(rows, [first, first + batch.num_rows])
        if low < high:
            yield batch.take(pa.array(rows[low:high] - first))
        first += batch.num_rows


def outcome(batch: pa.RecordBatch, policy: Policy) -> Outcome:
    """What the policy's rules, but those that need all documents, say of STAGED rows by their text alone."""
    rows = batch.num_rows
    filters = tuple(name for name in policy.filters if name not in BY_ALL)
    alone = Policy(filters, policy.parameters, policy.evaluation)
    with_order = batch.append_column("order", pa.array(np.zeros(rows, np.int32)))
    staged, _ = measure(with_order, filters, policy.parameters, Groups(enabled=False))
    ledger, firings = account(staged, _no_links(rows), alone)
    fired: dict[str, npt.NDArray[np.bool_]] = {}
    measured: dict[str, npt.NDArray[np.bool_]] = {}
    for rule, firing in firings:
        nothing = np.zeros(rows, bool)
        fired[rule] = fired.get(rule, nothing) | firing.removes | firing.reviews
        measured[rule] = measured.get(rule, nothing) | firing.measured
    kept = pc.equal(ledger.column("verdict"), Verdict.KEEP).to_numpy(zero_copy_only=False)
    return Outcome(kept, fired, measured)


def _no_links(rows: int) -> Links:
    never = np.zeros(rows, bool)
    return Links(
        measured=False,
        exact=never,
        near=never,
        applies=never,
        similarity=np.full(rows, np.nan),
        kept=[None] * rows,
        number=np.full(rows, -1, np.int64),
        leads=never,
    )

"""Removed documents for people to look at: of each rule and group those of lowest doc_id, a fair draw.

    finish   KEY.candidates.arrow   CANDIDATES: what a part could give
    choose   all parts' candidates -> KEY.chosen.arrow   doc_ids, after which each part knows its share
    draw     a part's staged text at those rows -> KEY.samples.arrow   SAMPLES, cut and scrubbed

Text is read, cut and scrubbed only where a document was chosen, so the draw costs next to nothing.
Memory: the names of some parts' candidates; the texts of one part's chosen documents.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipelines import costly, storage
from pipelines.account import LEDGER, Policy
from schemas.document import DOCUMENT
from schemas.ledger import Verdict

PER_RULE_AND_GROUP = 20
CHARS = 4_000  # of a text; so many documents would else weigh as much as the data
MARGIN = 512  # characters that are scrubbed beyond the cut, which may go through an address or a number
NO_GROUP = ""  # documents that mention no group are a class of their own
SAMPLES = pa.schema(
    [
        *[DOCUMENT.field(name) for name in ("doc_id", "source_id", "source", "url", "language", "text")],
        *[
            LEDGER.field(name)
            for name in ("groups", "verdict", "rule", "reason", "score", "threshold", "duplicate_of", "chars")
        ],
    ]
)
TEXTS = ("url", "text")  # what a candidate lacks: read once it was chosen
CANDIDATES = pa.schema(
    [*[field for field in SAMPLES if field.name not in TEXTS], ("batch", pa.int32()), ("row", pa.int32())]
)
NAMES = ["rule", "groups", "doc_id"]
MOST_NAMES = 200_000  # rows of candidates that are held before the fewest of them are taken


@dataclass(frozen=True)
class Draw:
    """The argument of a `draw` task.

    Attributes:
        candidates: path prefix of the part's finish task.
        staged: path of its documents.
        chosen: path prefix of the `choose` task.
        policy: for scrubbing.
    """

    candidates: str
    staged: str
    chosen: str
    policy: Policy


def candidates(ledger: pa.RecordBatch, batch: int) -> pa.Table:
    """What a batch of the ledger could give; `batch` is its number in the part."""
    removed = pc.is_in(ledger.column("verdict"), pa.array([Verdict.DROP, Verdict.REVIEW], pa.string()))
    row = np.flatnonzero(removed.to_numpy(zero_copy_only=False))
    ledger = ledger.take(pa.array(row))
    columns = {name: ledger.column(name) for name in CANDIDATES.names if name in LEDGER.names}
    columns |= {"batch": pa.array(np.full(len(row), batch, np.int32)), "row": pa.array(row.astype(np.int32))}
    return fewest(pa.table([columns[name] for name in CANDIDATES.names], schema=CANDIDATES))


def fewest(rows: pa.Table) -> pa.Table:
    """The rows that are among the lowest doc_ids of a rule and group; order stays.

    Args:
        rows: rule, groups, doc_id and whatever else.
    """
    groups = rows["groups"].combine_chunks() if rows.num_rows else pa.array([], pa.list_(pa.string()))
    lonely = np.flatnonzero(pc.list_value_length(groups).to_numpy(zero_copy_only=False) == 0)
    row = np.concatenate([pc.list_parent_indices(groups).to_numpy(), lonely]).astype(np.int64)
    named = pa.concat_arrays([groups.flatten(), pa.array([NO_GROUP] * len(lonely), pa.string())])
    at = pa.array(row)
    cells = pa.table(
        {"rule": rows["rule"].take(at), "group": named, "doc_id": rows["doc_id"].take(at), "at": at}
    ).sort_by([("rule", "ascending"), ("group", "ascending"), ("doc_id", "ascending")])
    starts = np.flatnonzero(_changes(cells["rule"]) | _changes(cells["group"]))
    lengths = np.diff(np.append(starts, cells.num_rows))
    rank = np.arange(cells.num_rows) - np.repeat(starts, lengths)
    chosen = np.unique(cells["at"].to_numpy()[rank < PER_RULE_AND_GROUP])
    return rows.take(pa.array(chosen, pa.int64()))


def _changes(names: pa.ChunkedArray) -> npt.NDArray[np.bool_]:
    """bool[n]: another name than in the row before; so is the first."""
    codes = names.combine_chunks().dictionary_encode().indices.to_numpy()
    return np.concatenate([np.ones(min(1, len(codes)), bool), codes[1:] != codes[:-1]])


def choose(paths: Iterable[str], prefix: str) -> dict[str, Any]:
    """The doc_ids that are drawn in the end, of all parts' candidates."""
    names = pa.schema([CANDIDATES.field(name) for name in NAMES])
    held = names.empty_table()
    for path in paths:
        more = storage.open_arrow(f"{path}.candidates.arrow", NAMES).read_all().select(NAMES)
        held = pa.concat_tables([held, more])
        if held.num_rows > MOST_NAMES:
            held = fewest(held)
    chosen = fewest(held).select(["doc_id"]).sort_by("doc_id")
    storage.write_arrow(f"{prefix}.chosen.arrow", chosen)
    return {"samples": chosen.num_rows}


def draw(job: Draw, prefix: str) -> dict[str, Any]:
    """A part's share of the samples."""
    chosen = storage.open_arrow(f"{job.chosen}.chosen.arrow").read_all()["doc_id"]
    rows = storage.open_arrow(f"{job.candidates}.candidates.arrow").read_all()
    rows = rows.filter(pc.is_in(rows["doc_id"], chosen.combine_chunks()))
    drawn = pa.concat_tables([SAMPLES.empty_table(), *_with_texts(rows, job)])
    storage.write_arrow(f"{prefix}.samples.arrow", drawn)
    return {"samples": drawn.num_rows}


def _with_texts(rows: pa.Table, job: Draw) -> Iterator[pa.Table]:
    """SAMPLES of candidates, a staged batch at a time: cut, and without personal data where that is on."""
    if not rows.num_rows:
        return
    staged = storage.open_arrow(job.staged)
    for number in pc.unique(rows["batch"]).to_pylist():
        here = rows.filter(pc.equal(rows["batch"], number))
        batch = staged.get_batch(number).select(TEXTS).take(here["row"].combine_chunks())
        filters, parameters = job.policy.filters, job.policy.parameters
        text = pc.utf8_slice_codeunits(batch.column("text"), 0, CHARS + MARGIN)
        text = pc.utf8_slice_codeunits(costly.scrub(text, filters, parameters), 0, CHARS)
        columns = {name: here[name] for name in SAMPLES.names if name not in TEXTS}
        columns |= {"text": text, "url": costly.scrub(batch.column("url"), filters, parameters)}
        yield pa.table([columns[name] for name in SAMPLES.names], schema=SAMPLES)

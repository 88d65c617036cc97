"""Stage 1: read and measure, one task a unit of input.

    Unit -> sources.read -> RECORD batches -> identify, measure -> KEY-00000.docs.arrow     STAGED
                                                                -> KEY-00000.sketch.arrow   sketches.py
                                                                   ... one pair for each `shard_bytes` of text

Memory: one batch of at most 4,096 rows or 16 MB.
"""

import contextlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import xxhash

from filters import language, mentions, near_dedup, quality
from filters.catalogue import SIGNALS
from pipelines import progress, sketches, source_names, storage
from pipelines.sources.pieces import Piece, ReadSettings
from pipelines.sources.read import chosen_text_field, limited, read
from pipelines.units import Unit
from schemas.config import Groups
from schemas.document import RECORD
from schemas.ledger import EDITS
from schemas.parameters import NearDedup, Parameters

QUALITY = ("gopher_repetition", "gopher_quality", "c4_quality", "fineweb_quality")
DEDUP = ("exact_dedup", "near_dedup")
BATCH_ROWS, BATCH_BYTES = 2048, 4 << 20  # small batches are joined up to this before they are measured

STAGED = pa.schema(
    [
        pa.field("doc_id", pa.string(), nullable=False),
        pa.field("uri", pa.string(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        *[
            RECORD.field(name).with_nullable(True)
            for name in ("position", "text", "source_id", "url", "timestamp")
        ],
        *[RECORD.field(name) for name in ("metadata", "error", "error_detail", "error_bytes")],
        pa.field("chars", pa.int64()),
        pa.field("language", pa.string()),
        pa.field("language_score", pa.float32()),
        pa.field("groups", pa.list_(pa.string()), nullable=False),
        pa.field("edits", EDITS, nullable=False),
        pa.field("signals", pa.struct(list(SIGNALS)), nullable=False),
    ]
)


@dataclass(frozen=True)
class Measure:
    """The argument of a task.

    Attributes:
        unit: what to read.
        settings: how to read it.
        filters: names of those that are on.
        parameters: by filter name.
        groups: which mentions of groups are looked for.
        shard_bytes: text of a part.
        limit: records to read at most; None: all.
    """

    unit: Unit
    settings: ReadSettings
    filters: tuple[str, ...]
    parameters: Mapping[str, Parameters]
    groups: Groups
    shard_bytes: int
    limit: int | None = None


def measure_unit(job: Measure, prefix: str) -> dict[str, Any]:
    """Measures a unit and writes its parts.

    Returns:
        For the marker: `parts`, a list of {name, rows, errors, text_bytes, sources, checksum}, the last of
        the sketches, and `text_fields`, how many files took their text from which field, if that was ours.
    """
    parts: list[dict[str, Any]] = []
    with contextlib.ExitStack() as stack:
        part: _Part | None = None
        for batch in limited(_joined(job), job.limit):
            staged, sketch = measure(batch, job.filters, job.parameters, job.groups)
            if part is None:
                part = _Part(f"{prefix}-{len(parts):05d}", stack)
            part.add(staged, sketch)
            progress.count(batch.num_rows, batch.column("text").nbytes)
            if part.text_bytes >= job.shard_bytes:
                stack.close()
                parts.append(part.summary())
                part = None
        stack.close()
        if part is not None:
            parts.append(part.summary())
    return {"parts": parts, "text_fields": _text_fields(job)}


def _text_fields(job: Measure) -> dict[str, int]:
    """Files by the field that their text is taken from."""
    if job.settings.text_field is not None:
        return {}
    firsts = [piece for piece in job.unit.pieces if piece.start == 0]
    return dict(Counter(field for piece in firsts if (field := chosen_text_field(piece, job.settings))))


class _Part:
    """A part that is being written."""

    def __init__(self, path: str, stack: contextlib.ExitStack) -> None:
        self.path, self.name, self._stack = path, path.rpartition("/")[2], stack
        self._documents = self._writer(self._stream("docs"), STAGED)
        self._hashed = storage.Hashed(self._stream("sketch"), xxhash.xxh3_128())
        self._sketches: pa.ipc.RecordBatchFileWriter | None = None
        self.sources: Counter[str] = Counter()
        self.rows = self.errors = self.text_bytes = 0

    def add(self, staged: pa.RecordBatch, sketch: pa.RecordBatch) -> None:
        self._documents.write_batch(staged)
        if self._sketches is None:
            self._sketches = self._writer(self._hashed, sketch.schema)
        self._sketches.write_batch(sketch)
        self.rows += staged.num_rows
        for row in pc.value_counts(staged.column("source")).to_pylist():
            self.sources[row["values"]] += row["counts"]
        self.errors += staged.num_rows - staged.column("error").null_count
        self.text_bytes += pc.sum(pc.binary_length(staged.column("text"))).as_py() or 0

    def _stream(self, kind: str) -> BinaryIO:
        return self._stack.enter_context(storage.replacing(f"{self.path}.{kind}.arrow"))

    def _writer(self, stream: BinaryIO | storage.Hashed, schema: pa.Schema) -> pa.ipc.RecordBatchFileWriter:
        options = pa.ipc.IpcWriteOptions(use_threads=False)
        return self._stack.enter_context(pa.ipc.new_file(stream, schema, options=options))

    def summary(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "rows": self.rows,
            "errors": self.errors,
            "text_bytes": self.text_bytes,
            "sources": dict(self.sources),
            "checksum": self._hashed.digest.hexdigest(),
        }


def _joined(job: Measure) -> Iterator[pa.RecordBatch]:
    """The unit's records with `doc_id`, `uri`, `source`, `order`; small batches joined."""
    waiting: list[pa.RecordBatch] = []
    rows = size = 0
    for piece in job.unit.pieces:
        for batch in read(piece, job.settings):
            waiting.append(_plain(identify(batch, piece), piece, job))
            rows, size = rows + batch.num_rows, size + batch.nbytes
            if rows >= BATCH_ROWS or size >= BATCH_BYTES:
                yield _concat(waiting)
                waiting, rows, size = [], 0, 0
    if waiting:
        yield _concat(waiting)


def _plain(batch: pa.RecordBatch, piece: Piece, job: Measure) -> pa.RecordBatch:
    """With names of sources that hold no personal data; those that the config declares stay."""
    if piece.source is not None:
        return batch
    path = piece.uri.partition("/")[0]
    names = source_names.scrubbed(batch.column("source"), path, job.filters, job.parameters)
    return batch.set_column(batch.schema.get_field_index("source"), "source", names)


def _concat(batches: list[pa.RecordBatch]) -> pa.RecordBatch:
    return batches[0] if len(batches) == 1 else pa.concat_batches(batches)


def identify(batch: pa.RecordBatch, piece: Piece) -> pa.RecordBatch:
    """RECORD plus `doc_id`, `uri`, `source` and `order`, by the contract's rules (design, section 2)."""
    rows = batch.num_rows
    places = [f"{piece.uri}#{position}" for position in batch.column("position").to_pylist()]
    doc_id = pa.array([xxhash.xxh3_128_hexdigest(place.encode()) for place in places], pa.string())
    if piece.source is not None:
        source: pa.Array = pa.repeat(piece.source, rows)
    else:
        source = batch.column("source").fill_null(piece.uri.split("/", 1)[0])
    columns = {name: batch.column(name) for name in RECORD.names}
    columns |= {
        "doc_id": doc_id,
        "uri": pa.repeat(piece.uri, rows),
        "source": source,
        "source_id": pc.coalesce(batch.column("source_id"), pa.array(places, pa.string())),
        "order": pa.array(np.full(rows, piece.order, np.int32)),
    }
    return pa.RecordBatch.from_pydict(columns)


def measure(
    batch: pa.RecordBatch, filters: tuple[str, ...], parameters: Mapping[str, Parameters], groups: Groups
) -> tuple[pa.RecordBatch, pa.RecordBatch]:
    """Every score that needs this batch alone.

    Args:
        batch: n rows of `identify`.
        filters: names of those that are on.
        parameters: by filter name.
        groups: which mentions of groups are looked for.

    Returns:
        (STAGED, sketches), n rows each, in the same order.
    """
    text = batch.column("text")
    chars = pc.utf8_length(text).cast(pa.int64())
    label, score = language.identify(text)
    score = pc.min_element_wise(score, pa.scalar(1, pa.float32()), skip_nulls=False)  # fastText's may pass 1
    families = [name for name in filters if name in QUALITY]
    rows = batch.num_rows
    known: dict[str, pa.Array] = {"language_score": pc.round(score.cast(pa.float64()), 6)}
    edits = pa.array([[]] * rows, EDITS)
    if families:
        measured, edits = quality.measure(
            pa.RecordBatch.from_arrays([text, label], names=["text", "language"]), families, parameters
        )
        known |= dict(zip(measured.schema.names, measured.columns, strict=True))
    signals = pa.StructArray.from_arrays(
        [known.get(field.name, pa.nulls(rows, field.type)).cast(field.type) for field in SIGNALS],
        fields=list(SIGNALS),
    )
    columns = {name: batch.column(name) for name in STAGED.names if name in batch.schema.names}
    columns |= {
        "chars": chars,
        "language": label,
        "language_score": score,
        "groups": mentions.of_documents(text, label, groups),
        "edits": edits,
        "signals": signals,
    }
    staged = pa.RecordBatch.from_arrays([columns[name] for name in STAGED.names], schema=STAGED)
    if any(name in filters for name in DEDUP):
        sketch = near_dedup.sketch(text, cast("NearDedup", parameters["near_dedup"]))
    else:
        sketch = near_dedup.no_sketch(rows)
    return staged, sketches.record_batch(
        batch.column("doc_id").to_pylist(),
        chars.fill_null(-1).to_numpy(),
        batch.column("order").to_numpy(),
        sketch,
    )

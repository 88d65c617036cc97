"""Arrow IPC, as a file or a stream. Position: row number."""

from collections.abc import Iterator
from typing import BinaryIO

import pyarrow as pa
import pyarrow.ipc

from pipelines.sources.pieces import Piece, ReadSettings
from pipelines.sources.records import Fault, with_faults
from pipelines.sources.streams import BrokenStreamError, describe, open_file, unreadable
from pipelines.sources.tables import DAMAGE, NOTHING, check, records_of, text_field_of


def read(piece: Piece, settings: ReadSettings) -> Iterator[pa.RecordBatch]:
    """The rows of the file's batches; what cannot be read is one fault after them."""
    done = 0
    try:
        with open_file(piece.path) as raw:
            if not raw.read(1):  # an empty file has no records
                return
            schema, batches = _open(raw)
            field = text_field_of(schema, settings)
            for batch in batches:
                check(batch)
                yield from records_of(batch, done, field, settings)
                done += batch.num_rows
    except BrokenStreamError as error:
        yield with_faults(NOTHING, [Fault(0, error.reason, error.detail, piece.size)])
    except DAMAGE as error:
        short = "to be able to read" in str(error)
        reason, what = ("truncated_file", "ends early") if short else ("corrupt_file", "is damaged")
        detail = f"the Arrow data {what} after {done:,} rows: {describe(error)}"
        yield with_faults(NOTHING, [Fault(done, reason, detail)])


def text_field(piece: Piece, settings: ReadSettings) -> str | None:
    """The column taken for the text, by the file's schema."""
    try:
        with open_file(piece.path) as raw:
            return text_field_of(_open(raw)[0], settings)
    except BrokenStreamError:
        return None


def _open(raw: BinaryIO) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
    try:
        raw.seek(0)
        is_file = raw.read(6) == b"ARROW1"
        raw.seek(0)
        if is_file:
            reader = pa.ipc.open_file(raw)
            return reader.schema, (reader.get_batch(i) for i in range(reader.num_record_batches))
        stream = pa.ipc.open_stream(raw)
    except DAMAGE as error:
        detail = f"not Arrow: {describe(error)}"
        raise unreadable(detail) from error
    return stream.schema, iter(stream)

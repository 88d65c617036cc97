"""Parquet, row group by row group. Position: row number in the file."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import accumulate

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.sources.pieces import Piece, ReadSettings
from pipelines.sources.records import Fault, with_faults
from pipelines.sources.streams import BLOCK, BrokenStreamError, describe, open_file, truncated, unreadable
from pipelines.sources.tables import DAMAGE, NOTHING, records_of, rows_for, text_field_of


def read(piece: Piece, settings: ReadSettings) -> Iterator[pa.RecordBatch]:
    """The rows of the piece's row groups; a group that breaks is one fault after the rows that it gave."""
    try:
        with _open(piece.path) as file:
            if file is not None:
                yield from _groups(file, piece, settings)
    except BrokenStreamError as error:
        if not piece.start:  # one row a file, however it is split
            yield with_faults(NOTHING, [Fault(0, error.reason, error.detail, piece.size)])


def _groups(file: pq.ParquetFile, piece: Piece, settings: ReadSettings) -> Iterator[pa.RecordBatch]:
    field = text_field_of(file.schema_arrow, settings)
    groups = [file.metadata.row_group(i) for i in range(file.metadata.num_row_groups)]
    firsts = list(accumulate((group.num_rows for group in groups), initial=0))
    for index in range(piece.start, len(groups) if piece.stop is None else min(piece.stop, len(groups))):
        group = groups[index]
        done = 0
        rows = rows_for(group.total_byte_size / max(group.num_rows, 1))
        batches = file.iter_batches(rows, row_groups=[index], use_threads=False)
        detail = f"row group {index:,} ({group.num_rows:,} rows)"
        try:
            for batch in batches:
                yield from records_of(batch, firsts[index] + done, field, settings)
                done += batch.num_rows
            if done == group.num_rows:
                continue
            detail += f" gave {done:,} rows"
        except DAMAGE as error:
            detail += f" cannot be read after {done:,} rows: {type(error).__name__}"
        fault = Fault(firsts[index] + done, "unreadable_row_group", detail, _bytes(group))
        yield with_faults(NOTHING, [fault])


def text_field(piece: Piece, settings: ReadSettings) -> str | None:
    """The column taken for the text, by the file's schema."""
    try:
        with _open(piece.path) as file:
            return None if file is None else text_field_of(file.schema_arrow, settings)
    except BrokenStreamError:
        return None


def row_groups(path: str, split_bytes: int) -> list[tuple[int, int, int]]:
    """Ranges of row groups of about `split_bytes` on disk: (first, end, bytes); none without a footer."""
    ranges: list[tuple[int, int, int]] = []
    start = size = 0
    try:
        with _open(path) as file:
            if file is None:
                return []
            metadata = file.metadata
            for index in range(metadata.num_row_groups):
                size += _bytes(metadata.row_group(index))
                if size >= split_bytes or index == metadata.num_row_groups - 1:
                    ranges.append((start, index + 1, size))
                    start, size = index + 1, 0
    except BrokenStreamError:
        return []
    return ranges


def _bytes(group: pq.RowGroupMetaData) -> int:
    """Bytes of a row group on disk."""
    return sum(group.column(i).total_compressed_size for i in range(group.num_columns))


@contextmanager
def _open(path: str) -> Iterator[pq.ParquetFile | None]:
    """The file; None if it is empty.

    Raises:
        BrokenStreamError: it cannot be opened, or has no footer.
    """
    with open_file(path) as raw:
        begins = raw.read(4)
        if not begins:
            yield None
            return
        raw.seek(0)
        try:
            file = pq.ParquetFile(raw, buffer_size=BLOCK, pre_buffer=False, page_checksum_verification=True)
        except DAMAGE as error:
            if begins == b"PAR1":
                detail = (
                    "begins like Parquet, but its footer is missing or damaged; nothing of it can be read"
                )
                raise truncated(detail) from error
            detail = f"not Parquet: {describe(error)}"
            raise unreadable(detail) from error
        yield file

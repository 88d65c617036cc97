"""Arrow batches (Parquet, Arrow, `datasets`) as RECORD batches; position: row number."""

import base64
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.sources.lines import too_large
from pipelines.sources.pieces import MAX_BYTES, MAX_ROWS, ReadSettings
from pipelines.sources.records import (
    TIMESTAMP,
    Fault,
    choose_text_field,
    no_text,
    nothing_wrong,
    parse_timestamp,
    with_faults,
)
from schemas.document import RECORD

DAMAGE = (pa.ArrowException, OSError, ValueError, MemoryError, OverflowError)  # of a file, from Arrow
NOTHING = pa.RecordBatch.from_pylist([], RECORD)
EARLIEST, LATEST = -62_000_000_000_000, 253_000_000_000_000  # ms; what Python's datetime can hold
PLAIN = {  # what Arrow reads as Python does, and ten times faster
    r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{3})?Z$": pa.timestamp("ms", "UTC"),
    r"^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{3})?)?)?$": pa.timestamp("ms"),
}


def text_field_of(schema: pa.Schema, settings: ReadSettings) -> str | None:
    """The column taken for the text."""
    if settings.text_field is not None:
        return settings.text_field
    strings = [field.name for field in schema if _is_string(field.type)]
    return choose_text_field(strings, schema.names, settings.id_field)


def rows_for(bytes_per_row: float) -> int:
    """How many rows to decode at a time when a row takes that many bytes."""
    return max(1, min(MAX_ROWS, int(MAX_BYTES / max(bytes_per_row, 1))))


def records_of(
    batch: pa.RecordBatch, first: int, field: str | None, settings: ReadSettings
) -> Iterator[pa.RecordBatch]:
    """RECORD batches for `batch`, whose first row has the number `first`; `field` holds the text."""
    column = None if field is None else batch.schema.get_field_index(field)
    if column is None or column < 0:
        yield from _all_faulty(first, batch.num_rows, "no_text", no_text(field, batch.schema.names))
        return
    kind = batch.schema.field(column).type
    if pa.types.is_null(kind):
        yield from _all_faulty(first, batch.num_rows, "no_text", f"`{field}` is null")
    elif not _is_string(kind) and not _is_binary(kind):
        yield from _all_faulty(first, batch.num_rows, "wrong_type", f"`{field}` is {kind}, not a string")
    else:
        batch = batch.set_column(column, str(field), _flat(batch.column(column)))
        sizes = pc.fill_null(pc.binary_length(batch.column(column)), 0).to_pylist()
        for start, stop in _ranges(sizes):
            part = batch.slice(start, stop - start)
            yield _convert(part, sizes[start:stop], first + start, str(field), settings)


def check(batch: pa.RecordBatch) -> None:
    """Refuse a batch whose offsets or indices point outside, which would end the process; UTF-8 comes later.

    Raises:
        ArrowInvalid: it has such a column.
    """
    for column in batch.columns:
        try:
            column.validate(full=True)
        except pa.ArrowInvalid as error:
            if "UTF8" not in str(error):
                raise


def _all_faulty(first: int, rows: int, reason: str, detail: str) -> Iterator[pa.RecordBatch]:
    for start in range(first, first + rows, MAX_ROWS):
        stop = min(start + MAX_ROWS, first + rows)
        yield with_faults(NOTHING, [Fault(position, reason, detail) for position in range(start, stop)])


def _ranges(sizes: list[int]) -> Iterator[tuple[int, int]]:
    """Row ranges of at most MAX_ROWS rows and MAX_BYTES of text."""
    start = total = 0
    for row, size in enumerate(sizes):
        if row - start == MAX_ROWS or (total and total + size > MAX_BYTES):
            yield start, row
            start, total = row, 0
        total += size
    if start < len(sizes):
        yield start, len(sizes)


def _convert(
    batch: pa.RecordBatch, sizes: list[int], first: int, field: str, settings: ReadSettings
) -> pa.RecordBatch:
    """One RECORD batch for one range of rows."""
    faults: dict[int, Fault] = {}
    if batch.column(field).null_count:
        for row, known in enumerate(batch.column(field).is_valid().to_pylist()):
            if not known:
                faults[row] = Fault(first + row, "no_text", f"`{field}` is null")
    if max(sizes, default=0) > settings.max_record_bytes:
        for row, size in enumerate(sizes):
            if size > settings.max_record_bytes:
                faults[row] = too_large(first + row, size, settings.max_record_bytes)
    if not _valid(batch, field):
        for row in range(batch.num_rows):
            if row not in faults and (bad := _invalid_columns(batch.slice(row, 1), field)):
                faults[row] = Fault(first + row, "bad_utf8", f"invalid UTF-8 in {bad}", sizes[row])
    positions = pa.array(range(first, first + batch.num_rows), pa.int64())
    if faults:
        ends = [-1, *sorted(faults), batch.num_rows]
        runs = [(a + 1, b - a - 1) for a, b in pairwise(ends)]
        batch = pa.concat_batches([batch.slice(*run) for run in runs])  # some types cannot be taken
        positions = pa.concat_arrays([positions.slice(*run) for run in runs])
    text = batch.column(field).cast(pa.string())
    others = batch.drop_columns([field])
    ids, others = _take_strings(others, settings.id_field or "id", numbers=True)
    source, others = _take_strings(others, "source")
    url, others = _take_strings(others, "url")
    stamps, refused, others = _take_timestamps(others)
    metadata = _metadata(others, refused)
    columns = [positions, text, ids, source, url, stamps, metadata, *nothing_wrong(len(text))]
    return with_faults(pa.record_batch(columns, schema=RECORD), list(faults.values()))


def _take_strings(
    batch: pa.RecordBatch, name: str, *, numbers: bool = False
) -> tuple[pa.Array, pa.RecordBatch]:
    """Column `name` as strings and the batch without it, when its type allows; else nulls and the batch."""
    index = batch.schema.get_field_index(name)
    kind = batch.schema.field(index).type if index >= 0 else pa.null()
    column = batch.column(index) if index >= 0 else None
    if column is not None and _is_string(kind):
        values = _flat(column).cast(pa.string())
        values = pc.if_else(pc.equal(values, ""), pa.scalar(None, pa.string()), values)
    elif column is not None and numbers and pa.types.is_integer(kind):
        values = column.cast(pa.string())
    elif column is not None and numbers and pa.types.is_floating(kind):
        values = pa.array([None if x is None else str(x) for x in column.to_pylist()], pa.string())
    elif column is not None and pa.types.is_null(kind):
        values = pa.nulls(batch.num_rows, pa.string())
    else:
        return pa.nulls(batch.num_rows, pa.string()), batch
    # The id of a record may be its url, which stays its url.
    keep = numbers and name in ("source", "url", "timestamp")
    return values, batch if keep else batch.drop_columns([name])


def _take_timestamps(batch: pa.RecordBatch) -> tuple[pa.Array, dict[int, Any], pa.RecordBatch]:
    """Column `timestamp`, the values that it refuses by row, and the batch without it."""
    index = batch.schema.get_field_index("timestamp")
    if index < 0:
        return pa.nulls(batch.num_rows, TIMESTAMP), {}, batch
    column = batch.column(index)
    rest = batch.drop_columns(["timestamp"])
    if pa.types.is_timestamp(column.type) or pa.types.is_date(column.type):
        ms = column.cast(pa.timestamp("ms", getattr(column.type, "tz", None)), safe=False).cast(pa.int64())
        inside = pc.and_(pc.greater(ms, EARLIEST), pc.less(ms, LATEST))
        return pc.if_else(inside, ms, pa.scalar(None, pa.int64())).cast(TIMESTAMP), {}, rest
    moments, odd = _plain_timestamps(column)
    rows = np.flatnonzero(odd)
    given = column.take(pa.array(rows)).to_pylist()
    parsed = [parse_timestamp(value) for value in given]
    refused = {
        row: value for row, value, moment in zip(rows.tolist(), given, parsed, strict=True) if moment is None
    }
    moments = pc.replace_with_mask(moments, pa.array(odd), pa.array(parsed, TIMESTAMP))
    return moments, refused, rest


def _plain_timestamps(column: pa.Array) -> tuple[pa.Array, npt.NDArray[np.bool_]]:
    """(moments of the ISO 8601 strings in a form of PLAIN, the other rows that are not null)."""
    known = column.is_valid().to_numpy(zero_copy_only=False)
    moments = pa.nulls(len(column), TIMESTAMP)
    if not _is_string(column.type):
        return moments, known
    text = _flat(column)
    for pattern, kind in PLAIN.items():
        alike = pc.match_substring_regex(text, pattern)
        try:
            ms = pc.if_else(alike, text, None).cast(kind).cast(pa.int64())
        except pa.ArrowInvalid:  # such as February 30
            continue
        inside = pc.and_(pc.greater(ms, EARLIEST), pc.less(ms, LATEST))
        moments = pc.if_else(inside.fill_null(False), ms.cast(TIMESTAMP), moments)
    return moments, known & moments.is_null().to_numpy(zero_copy_only=False)


def _metadata(batch: pa.RecordBatch, refused: dict[int, Any]) -> pa.StringArray:
    """The other columns as one JSON object a row, `refused` timestamps last; null where there is nothing."""
    objects = pa.nulls(batch.num_rows, pa.string())
    if batch.num_columns:
        members = [
            _members(name, column) for name, column in zip(batch.schema.names, batch.columns, strict=True)
        ]
        objects = pc.binary_join_element_wise("{", pc.binary_join_element_wise(*members, ","), "}", "")
    if refused:
        rows = objects.to_pylist()
        for row, value in refused.items():
            member = f'"timestamp":{orjson.dumps(value, _default).decode()}}}'
            rows[row] = f"{rows[row][:-1]},{member}" if rows[row] else "{" + member
        objects = pa.array(rows, pa.string())
    return objects


def _members(name: str, column: pa.Array) -> pa.StringArray:
    """`"name":value` for each row of a column; equal values are written once."""
    key = orjson.dumps(name) + b":"
    indices = None
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if not pa.types.is_nested(column.type) and not isinstance(column.type, pa.BaseExtensionType):
        encoded = _flat(column).dictionary_encode()
        column, indices = encoded.dictionary, encoded.indices
    try:
        values = column.to_pylist()
    except (ValueError, OverflowError):  # dates that Python cannot hold
        nested = pa.types.is_nested(column.type)
        values = [None] * len(column) if nested else column.cast(pa.string()).to_pylist()
    dumped = [key + orjson.dumps(value, _default) for value in values]
    texts = pa.array(dumped, pa.binary()).view(pa.string())
    return texts if indices is None else pc.fill_null(texts.take(indices), key.decode() + "null")


def _default(value: object) -> str:
    """Binary as base64; what else JSON lacks (decimals, durations) as text."""
    return base64.b64encode(value).decode() if isinstance(value, bytes) else str(value)


def _valid(batch: pa.RecordBatch, field: str) -> bool:
    try:
        batch.validate(full=True)
        batch.column(field).cast(pa.string())
    except (pa.ArrowInvalid, ValueError):
        return False
    return True


def _invalid_columns(row: pa.RecordBatch, field: str) -> str:
    """Names of the columns with invalid UTF-8, for people."""
    bad = []
    for name, column in zip(row.schema.names, row.columns, strict=True):
        try:
            column.validate(full=True)
            if name == field:
                column.cast(pa.string())
        except (pa.ArrowInvalid, ValueError):
            bad.append(f"`{name}`")
    return ", ".join(bad)


def _flat(column: pa.Array) -> pa.Array:
    """Strings of any encoding as `string` or `large_string`, bytes as `binary` or `large_binary`."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _flat(column.dictionary_decode())
    if kind == pa.string_view():
        return column.cast(pa.large_string())
    return column.cast(pa.large_binary()) if kind == pa.binary_view() else column


def _is_string(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return kind in (pa.string(), pa.large_string(), pa.string_view())


def _is_binary(kind: pa.DataType) -> bool:
    return kind in (pa.binary(), pa.large_binary(), pa.binary_view()) or pa.types.is_fixed_size_binary(kind)

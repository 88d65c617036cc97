"""JSON, one object a line: plain files (which can be split) and compressed ones. Position: byte offset."""

import json
import re
from collections.abc import Iterator
from itertools import islice, tee
from typing import Any

import orjson
import pyarrow as pa

from pipelines.sources.lines import Lines, lines_of, whole
from pipelines.sources.pieces import MAX_BYTES, Piece, ReadSettings
from pipelines.sources.records import Fault, Rows, choose_text_field, no_text

SLICE = 256  # lines parsed together; one that is bad costs a second look at as many

HEAD = 100  # objects that the text field is chosen by
# How orjson writes a number of 1e16 or more, which differs between versions: `e+19` or `e19`.
EXPONENT = orjson.dumps(1e19).removeprefix(b"1").removesuffix(b"19")
LARGE = re.compile(re.escape(EXPONENT) + rb"\d\d\d?[],}]")


def read(piece: Piece, settings: ReadSettings) -> Iterator[pa.RecordBatch]:
    """The piece's records, in order."""
    items = lines_of(piece, settings.max_record_bytes)
    field = settings.text_field
    if field is None and piece != whole(piece):
        field = text_field(piece, settings)
    elif field is None:
        items, head = tee(items)
        field = _choose(head, settings)
        del head  # else `tee` would hold every line for it
    rows = Rows(settings.id_field)
    for item in items:
        if isinstance(item, Fault):
            if rows.full(0):
                yield rows.take()
            rows.fault(item)
            continue
        for offsets, lines in _slices(*item):
            size = sum(map(len, lines))
            if rows.full(size, len(lines)):
                yield rows.take()
            # Nearly always every line is good; then there is no need to look at them one by one.
            if size <= MAX_BYTES // 2 and (good := _all_good(lines, field)):
                rows.extend(offsets, *good, size)
                continue
            for position, line in zip(offsets, lines, strict=True):
                if rows.full(len(line)):
                    yield rows.take()
                try:
                    record = orjson.loads(line)
                except orjson.JSONDecodeError as error:
                    if line.strip():
                        rows.fault(_unparsable(position, line, error))
                    continue
                if type(record) is not dict or type(text := record.pop(field, None)) is not str:
                    rows.fault(_textless(position, line, record, field))
                elif (exact := _exact([record], [line], field)) is None:
                    rows.fault(Fault(position, "bad_json", "nested more than 253 levels deep", len(line)))
                else:
                    rows.extend([position], [text], exact, len(line))
    if rows:
        yield rows.take()


def _slices(offsets: list[int], lines: list[bytes]) -> Iterator[Lines]:
    for start in range(0, len(lines), SLICE):
        yield offsets[start : start + SLICE], lines[start : start + SLICE]


def _all_good(lines: list[bytes], field: str | None) -> tuple[list[str], list[dict[str, Any]]] | None:
    """Texts and records, if every line is an object with a text."""
    try:
        records = list(map(orjson.loads, lines))
        texts = [record.pop(field) for record in records]
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
        return None
    if set(map(type, texts)) != {str} or (exact := _exact(records, lines, field)) is None:
        return None
    return texts, exact


def _exact(
    records: list[dict[str, Any]], lines: list[bytes], field: str | None
) -> list[dict[str, Any]] | None:
    """The records, without their texts, and with the digits of integers that orjson makes floats.

    None where one is nested deeper than orjson writes, which is less deep than it reads.
    """
    try:
        written = orjson.dumps(records)
    except TypeError:
        return None
    if EXPONENT not in written or not LARGE.search(written):
        return records
    exact: list[dict[str, Any]] = [json.loads(line, parse_int=_integer) for line in lines]
    for record in exact:
        record.pop(str(field), None)
    return exact


def _integer(digits: str) -> int | orjson.Fragment:
    value = int(digits)
    return value if -(1 << 63) <= value < 1 << 64 else orjson.Fragment(digits)


def text_field(piece: Piece, settings: ReadSettings) -> str | None:
    """The field taken for the text: by the first objects of the file, whichever piece asks."""
    return _choose(lines_of(whole(piece), settings.max_record_bytes), settings)


def _choose(items: Iterator[Lines | Fault], settings: ReadSettings) -> str | None:
    """`text` where one of the first objects has a string there, or `content`, else the only string field."""
    strings: dict[str, None] = {}
    names: dict[str, None] = {}
    for record in islice(_objects(items), HEAD):
        names |= dict.fromkeys(record)
        strings |= dict.fromkeys(name for name, value in record.items() if type(value) is str)
        if "text" in strings:
            return "text"
    fields = strings if "content" in strings else names
    return choose_text_field(strings, fields, settings.id_field)


def _objects(items: Iterator[Lines | Fault]) -> Iterator[dict[str, Any]]:
    """The objects that begin in the first MAX_BYTES, but for empty ones."""
    for item in items:
        if isinstance(item, Fault):
            continue
        for position, line in zip(*item, strict=True):
            if position >= MAX_BYTES:
                return
            try:
                record = orjson.loads(line)
            except orjson.JSONDecodeError:
                continue
            if type(record) is dict and record:
                yield record


def _unparsable(position: int, line: bytes, error: orjson.JSONDecodeError) -> Fault:
    try:
        line.decode()
    except UnicodeDecodeError as bad:
        detail = f"invalid UTF-8 at byte {bad.start:,} of the record"
        return Fault(position, "bad_utf8", detail, len(line))
    return Fault(position, "bad_json", f"{error.msg} (character {error.pos:,})", len(line))


def _textless(position: int, line: bytes, record: object, field: str | None) -> Fault:
    if not isinstance(record, dict):
        return Fault(position, "wrong_type", f"not an object but {_kind(record)}", len(line))
    original = orjson.loads(line)  # its text has been taken out
    if field is None or field not in original:
        return Fault(position, "no_text", no_text(field), len(line))
    if original[field] is None:
        return Fault(position, "no_text", f"`{field}` is null", len(line))
    return Fault(position, "wrong_type", f"`{field}` is {_kind(original[field])}, not a string", len(line))


def _kind(value: object) -> str:
    names = {dict: "an object", list: "an array", str: "a string", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number")

"""JSON, one object a line: plain files (which can be split) and compressed ones. Position: byte offset."""

from collections.abc import Iterator
from typing import Any

import orjson
import pyarrow as pa

from pipelines.sources.lines import Lines, lines_of, whole
from pipelines.sources.pieces import MAX_BYTES, Piece, ReadSettings
from pipelines.sources.records import Fault, Rows, choose_text_field, no_text

SLICE = 256  # lines parsed together; one that is bad costs a second look at as many


def read(piece: Piece, settings: ReadSettings) -> Iterator[pa.RecordBatch]:
    """The piece's records, in order."""
    field = settings.text_field
    undecided = field is None
    if undecided and piece.start:
        field, undecided = text_field(piece, settings), False
    rows = Rows(settings.id_field)
    for item in lines_of(piece, settings.max_record_bytes):
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
            if not undecided and size <= MAX_BYTES // 2 and (good := _all_good(lines, field)):
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
                if undecided and type(record) is dict and record:
                    field, undecided = _choose(record, settings), False
                if type(record) is dict and type(text := record.pop(field, None)) is str:
                    rows.extend([position], [text], [record], len(line))
                else:
                    rows.fault(_textless(position, line, record, field))
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
    return (texts, records) if set(map(type, texts)) == {str} else None


def text_field(piece: Piece, settings: ReadSettings) -> str | None:
    """The field taken for the text: that of the file's first object, whichever piece asks."""
    for item in lines_of(whole(piece), settings.max_record_bytes):
        if isinstance(item, Fault):
            continue
        for line in item[1]:
            try:
                record = orjson.loads(line)
            except orjson.JSONDecodeError:
                continue
            if type(record) is dict and record:
                return _choose(record, settings)
    return None


def _choose(record: dict[str, Any], settings: ReadSettings) -> str | None:
    strings = [name for name, value in record.items() if type(value) is str]
    return choose_text_field(strings, record, settings.id_field)


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

"""JSON, one object a line: plain files (which can be split) and compressed ones. Position: byte offset."""

from collections.abc import Iterator
from typing import Any

import orjson
import pyarrow as pa

from pipelines.sources.lines import lines_of, whole
from pipelines.sources.pieces import Piece, ReadSettings
from pipelines.sources.records import Fault, Rows, choose_text_field, no_text


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
        for position, line in zip(*item, strict=True):
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
                rows.add(position, text, record, len(line))
            else:
                rows.fault(_textless(position, line, record, field))
    if rows:
        yield rows.take()


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

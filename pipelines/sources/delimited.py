"""CSV and TSV with a header row. Position: number of the row, the header not counted.

Quoted fields may hold newlines, so a file is never split. A row with more or fewer fields than the header is
`bad_csv_row`; blank lines are no rows. After a record that is too large reading goes on at the next line, and
after one whose quotes the file does not close at the line after its first. A quoted field that does not end
where its quotes do is taken as it stands within a line; over several, its quotes are those of two fields.
"""

import csv
from collections.abc import Iterator

import pyarrow as pa

from pipelines.sources.lines import Lines, lines_of, too_large
from pipelines.sources.pieces import Piece, ReadSettings
from pipelines.sources.records import Fault, Rows, choose_text_field, no_text

DELIMITERS = {"csv": ",", "tsv": "\t"}


class _FaultError(Exception):
    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.reason)
        self.fault = fault


class _Feed:
    """Lines as the `csv` module wants them, with an eye on the record that they build.

    Attributes:
        lines: of the present record.
        size: its bytes.
        ended: whether the file ended before it did.
        invalid: byte of the record that is no UTF-8; None: all are.
    """

    def __init__(self, items: Iterator[Lines | Fault], limit: int) -> None:
        self._items = items
        self._lines: Iterator[bytes] = iter(())
        self._limit = limit
        self.begin()

    def begin(self) -> None:
        """A new record begins."""
        self.lines: list[bytes] = []
        self.size = 0
        self.ended = False
        self.invalid: int | None = None

    def again(self) -> None:
        """Goes back to the second line of the present record."""
        self._lines = iter(self.lines[1:])

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines, None)
        while line is None:
            item = next(self._items, None)
            if item is None:
                self.ended = True
                raise StopIteration
            if isinstance(item, Fault):
                raise _FaultError(item)
            self._lines = iter(item[1])
            line = next(self._lines, None)
        if self.size + len(line) > self._limit:
            raise _FaultError(too_large(0, self.size + len(line), self._limit))
        try:
            text = line.decode()
        except UnicodeDecodeError as bad:
            self.invalid = self.size + bad.start
            text = line.decode("utf-8", "surrogateescape")
        self.lines.append(line)
        self.size += len(line) + 1
        return text + "\n"


def read(piece: Piece, settings: ReadSettings) -> Iterator[pa.RecordBatch]:
    """The file's rows, in order."""
    rows = Rows(settings.id_field)
    header: list[str] | None = None
    field: str | None = None
    number = 0
    for item, size in _rows(piece, settings):
        if header is None and isinstance(item, list):
            header, field = item, settings.text_field or _choose(item, settings)
            continue
        if rows.full(size):
            yield rows.take()
        if isinstance(item, Fault):
            rows.fault(Fault(number, item.reason, item.detail, item.size))
            if header is None:
                break
        elif header is not None and len(item) != len(header):
            detail = f"{len(item):,} fields, the header has {len(header):,}"
            rows.fault(Fault(number, "bad_csv_row", detail, size))
        else:
            record = dict(zip(header or [], item, strict=True))
            text = record.pop(field, None) if field is not None else None
            if text is None or (header or []).count(str(field)) > 1:
                rows.fault(Fault(number, "no_text", no_text(field, header or []), size))
            else:
                rows.extend([number], [text], [_with_epoch(record)], size)
        number += 1
    if rows:
        yield rows.take()


def text_field(piece: Piece, settings: ReadSettings) -> str | None:
    """The column taken for the text, by the header."""
    first = next(_rows(piece, settings), None)
    return None if first is None or isinstance(first[0], Fault) else _choose(first[0], settings)


def _choose(header: list[str], settings: ReadSettings) -> str | None:
    return choose_text_field(header, header, settings.id_field)


def _with_epoch(record: dict[str, str]) -> dict[str, str | int]:
    """A timestamp that is a number, as a number: here everything is text."""
    stamp = record.get("timestamp", "")
    return {**record, "timestamp": int(stamp)} if stamp.isdecimal() and len(stamp) != 8 else {**record}


def _rows(piece: Piece, settings: ReadSettings) -> Iterator[tuple[list[str] | Fault, int]]:
    """Fields and bytes of each row, the header's first; faults in their place, without positions."""
    feed = _Feed(lines_of(piece, settings.max_record_bytes, blank=True), settings.max_record_bytes)
    csv.field_size_limit(settings.max_record_bytes)
    delimiter = DELIMITERS[piece.kind]
    reader = csv.reader(feed, delimiter=delimiter, strict=True)
    while True:
        feed.begin()
        try:
            row = next(reader)
        except StopIteration:
            return
        except _FaultError as error:
            yield error.fault, feed.size
            continue
        except csv.Error:
            if feed.ended:
                detail = "the file ends within its quotes"
                yield Fault(0, "bad_csv_row", detail, len(feed.lines[0]) + 1), feed.size
                feed.again()
                continue
            row = _lenient(feed.lines, delimiter)
            if not row:
                yield Fault(0, "bad_csv_row", "the row cannot be parsed", feed.size), feed.size
                continue
        if not row or (len(row) == 1 and not row[0].strip() and not feed.lines[0].strip()):
            continue
        if feed.invalid is not None:
            detail = f"invalid UTF-8 at byte {feed.invalid:,} of the row"
            yield Fault(0, "bad_utf8", detail, feed.size), feed.size
        else:
            yield row, feed.size


def _lenient(lines: list[bytes], delimiter: str) -> list[str]:
    """The fields of a line with text behind a closing quote; nothing if that is not all that is wrong."""
    if len(lines) > 1:
        return []
    given = iter((lines[0].decode("utf-8", "surrogateescape") + "\n", ""))
    try:
        row = next(csv.reader(given, delimiter=delimiter))
    except csv.Error:
        return []
    return row if next(given, None) is not None else []  # else it is open at the end of the line

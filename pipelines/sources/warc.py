"""WARC and WET. Position: byte offset of the record in the decompressed stream.

A record of type `conversion` (WET) is its text. A `response` of status 200 to 299 whose payload is HTML is
the main text of the page, found by trafilatura; a page without any is a fault `no_text`. One whose payload is
plain text is that text. All other records (requests, metadata, images, redirects, error pages, revisits) are
no documents. A response is read as HTTP where it begins so, whatever its header says; one that does not, and
is not said to be of another protocol, is a fault. Headers that have no column are the metadata.
"""

import io
import logging
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pyarrow as pa

from pipelines.sources.lines import BOM
from pipelines.sources.pieces import Piece, ReadSettings
from pipelines.sources.records import Fault, Rows
from pipelines.sources.streams import blocks
from pipelines.sources.warc_frames import Frame, frames

KINDS = frozenset({"response", "conversion"})
HTML = ("text/html", "application/xhtml+xml")
PLAIN = "text/plain"
HTTP = "application/http"
# In place of the record's own, which may lack the type of its block or end its lines as FastWARC refuses.
HEADER = b"WARC/1.0\r\nWARC-Type: response\r\nContent-Type: application/http\r\nContent-Length: %d\r\n\r\n"
CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([-\w:.]+)", re.IGNORECASE)
HTML_START = re.compile(
    rb"\s*(<!--.{0,500}?-->\s*)?<(!doctype html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
COLUMNS = ("warc-record-id", "warc-target-uri", "warc-date", "content-length", "warc-type")


def read(piece: Piece, settings: ReadSettings) -> Iterator[pa.RecordBatch]:
    """One row for each document of the file, and one for each record that is broken or gives no text."""
    rows = Rows(None)
    stream = blocks(piece.path, piece.compression)
    for item in frames(stream, KINDS, settings.max_record_bytes, piece.size):
        document = item if isinstance(item, Fault) else _document(item)
        if document is None:
            continue
        if rows.full(0 if isinstance(document, Fault) else len(document)):
            yield rows.take()
        if isinstance(document, Fault):
            rows.fault(document)
        elif isinstance(item, Frame):
            rows.extend([item.position], [document], [_fields(item)], len(document.encode()))
    if rows:
        yield rows.take()


def _fields(frame: Frame) -> dict[str, Any]:
    headers = frame.headers
    return {
        "id": headers.get("warc-record-id"),
        "url": headers.get("warc-target-uri", "").removeprefix("<").removesuffix(">"),
        "timestamp": headers.get("warc-date"),
        **{name: value for name, value in headers.items() if name not in COLUMNS},
    }


def _document(frame: Frame) -> str | Fault | None:
    """The record's text; None when it is no document."""
    if frame.kind == "conversion":
        try:
            return frame.data[frame.block :].decode()
        except UnicodeDecodeError as bad:
            detail = f"invalid UTF-8 at byte {bad.start:,} of the block"
            return Fault(frame.position, "bad_utf8", detail, len(frame.data))
    if not frame.data.startswith(b"HTTP/", frame.block):
        said = frame.headers.get("content-type", HTTP).partition(";")[0].strip().lower()
        if said not in (HTTP, PLAIN, *HTML):  # such as `text/dns`
            return None
        return Fault(frame.position, "bad_record", "a response that is not HTTP", len(frame.data))
    try:
        page = _page(frame)
    except Exception as error:  # whatever a payload can do to its parser
        detail = f"its payload cannot be decoded: {type(error).__name__}"
        return Fault(frame.position, "bad_record", detail, len(frame.data))
    if page is None:
        return None
    text = _plain(page) if page.kind == PLAIN else extract(page.body, page.charset)
    if text is None:
        return Fault(frame.position, "no_text", "no main text in the page", len(frame.data))
    return text


class _Page(NamedTuple):
    """The decoded body of a page, its media type, and the charset that the server declares."""

    body: bytes
    kind: str
    charset: str | None


def _page(frame: Frame) -> _Page | None:
    """The page of an HTTP response; None where it is no document."""
    from fastwarc.warc import ArchiveIterator

    block = _standard(frame.data[frame.block :])
    stream = io.BytesIO(HEADER % len(block) + block + b"\r\n\r\n")
    try:
        archive = ArchiveIterator(stream, parse_http=True, auto_decode="all", stream_detect=False)
        record = next(iter(archive))
        if not 200 <= _status(record.http_headers.status_code) < 300:
            return None
        kind = record.http_content_type or frame.headers.get("warc-identified-payload-type")
        if kind and kind != PLAIN and kind not in HTML:
            return None
        body = record.reader.read()
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # FastWARC's, which is no Exception
            raise
        detail = "the parser gave up"
        raise ValueError(detail) from error
    if HTML_START.match(body):
        kind = HTML[0]
    return _Page(body, kind, record.http_charset) if kind else None


def _status(code: int | None) -> int:
    """An HTTP status.

    Raises:
        ValueError: there is none.
    """
    if code is None:
        detail = "no status"
        raise ValueError(detail)
    return code


def _standard(block: bytes) -> bytes:
    """An HTTP message whose header ends its lines by the standard, since FastWARC reads no other.

    Raises:
        ValueError: its header does not end.
    """
    end = re.search(rb"\r?\n(\r?\n)", block)
    if end is None:
        detail = "the header does not end"
        raise ValueError(detail)
    header = block[: end.end()]
    if end.group(1) == b"\r\n":
        return block
    return header.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n") + block[end.end() :]


def _plain(page: _Page) -> str | None:
    """The text of a page of plain text; None where it is none in its charset."""
    if not page.body.strip():
        return None
    for encoding in filter(None, ("utf-8", page.charset)):
        try:
            return page.body.removeprefix(BOM).decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return None


def extract(page: bytes, charset: str | None) -> str | None:
    """Main text of an HTML page; None where there is none.

    Args:
        page: the page as it was sent.
        charset: declared by the server. Bytes that are valid UTF-8 are UTF-8 all the same, since servers are
            wrong more often than a page is valid by chance.
    """
    import trafilatura

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # it may quote the page
    declared = CHARSET.search(page[:4096])
    tries = ["utf-8", charset, declared.group(1).decode("ascii", "replace") if declared else None]
    html: str | bytes = page
    for encoding in filter(None, tries):
        try:
            html = page.decode(encoding)
            break
        except (UnicodeDecodeError, LookupError):
            continue
    try:
        text = trafilatura.extract(html, include_comments=False)
    except Exception:  # a page that breaks the extractor has no text that we could tell
        return None
    return text or None

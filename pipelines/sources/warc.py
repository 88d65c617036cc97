"""WARC and WET. Position: byte offset of the record in the decompressed stream.

A record of type `conversion` (WET) is its text. A `response` of status 200 to 299 whose payload is HTML is
the main text of the page, found by trafilatura; a page without any is a fault `no_text`. All other records
(requests, metadata, images, redirects, error pages, revisits) are no documents. Headers that have no column
are the metadata.
"""

import io
import logging
import re
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from pipelines.sources.pieces import Piece, ReadSettings
from pipelines.sources.records import Fault, Rows
from pipelines.sources.streams import blocks
from pipelines.sources.warc_frames import Frame, frames

KINDS = frozenset({"response", "conversion"})
HTML = ("text/html", "application/xhtml+xml")
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
    try:
        page = _page(frame)
    except Exception as error:  # whatever a payload can do to its parser
        detail = f"its payload cannot be decoded: {type(error).__name__}"
        return Fault(frame.position, "bad_record", detail, len(frame.data))
    if page is None:
        return None
    text = extract(*page)
    if text is None:
        return Fault(frame.position, "no_text", "no main text in the page", len(frame.data))
    return text


def _page(frame: Frame) -> tuple[bytes, str | None] | None:
    """The decoded body of an HTML page and the charset that the server declares; None for other responses."""
    from fastwarc.warc import ArchiveIterator

    stream = io.BytesIO(frame.data)
    try:
        archive = ArchiveIterator(stream, parse_http=True, auto_decode="all", stream_detect=False)
        record = next(iter(archive))
        if not (record.is_http and 200 <= (record.http_headers.status_code or 0) < 300):
            return None
        kind = record.http_content_type or frame.headers.get("warc-identified-payload-type")
        if kind and kind not in HTML:
            return None
        body = record.reader.read()
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # FastWARC's, which is no Exception
            raise
        detail = "the parser gave up"
        raise ValueError(detail) from error
    return (body, record.http_charset) if kind or HTML_START.match(body) else None


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

"""Plain text: a file is one document, at position 0."""

from collections.abc import Iterator

import pyarrow as pa

from pipelines.sources.lines import BOM, too_large
from pipelines.sources.pieces import Piece, ReadSettings
from pipelines.sources.records import Fault, Rows
from pipelines.sources.streams import BrokenStreamError, blocks, foreign_start


def read(piece: Piece, settings: ReadSettings) -> Iterator[pa.RecordBatch]:
    """One row, or none for an empty file or one of a byte order mark alone."""
    document = _document(piece, settings.max_record_bytes)
    rows = Rows(settings.id_field)
    if isinstance(document, Fault):
        rows.fault(document)
    elif document is not None:
        rows.extend([0], [document], [{}], len(document))
    if rows:
        yield rows.take()


def _document(piece: Piece, limit: int) -> str | Fault | None:
    parts: list[bytes] = []
    size = 0
    try:
        for block in blocks(piece.path, piece.compression):
            size += len(block)
            if size <= limit:
                parts.append(block)
            else:
                parts.clear()
                if not piece.compression:
                    return too_large(0, max(size, piece.size), limit)
    except BrokenStreamError as error:
        return Fault(0, error.reason, f"{error.detail}; {size:,} bytes of text known", size or piece.size)
    if size > limit:
        return too_large(0, size, limit)
    data = b"".join(parts)
    if kind := foreign_start(data):
        return Fault(0, "unreadable_file", f"not text: begins like {kind}", piece.size)
    try:
        return data.removeprefix(BOM).decode() or None
    except UnicodeDecodeError as bad:
        return Fault(0, "bad_utf8", f"invalid UTF-8 at byte {bad.start:,}", size)

"""What the planner hands out and the readers take: sources, pieces, settings."""

from dataclasses import dataclass

MAX_ROWS = 4096  # of a batch
# Bytes of the records in a batch, as read. The design allows 16 MB; text of wide characters takes four times
# its bytes while it is a Python string, and half keeps a worker's peak flat. Larger batches are not faster.
MAX_BYTES = 8_000_000


@dataclass(frozen=True)
class Source:
    """Input paths that belong together.

    Attributes:
        name: the declared name, or None for paths without a declaration.
        paths: files, folders, globs, `hf://NAME[/CONFIG][:SPLIT]`.
        format: a format for all of them, or None to go by file names.
    """

    name: str | None
    paths: tuple[str, ...]
    format: str | None = None


@dataclass(frozen=True)
class Piece:
    """A readable range of one file.

    Attributes:
        uri: the contract's URI, the same wherever the input lies.
        path: what to open.
        format: kind, or kind and compression (`jsonl`, `jsonl.zst`, `parquet`).
        source: the declared name, or None.
        order: place of the source in the declared order; undeclared input comes last.
        start: first byte (lines), row group (Parquet) or row (`datasets`).
        stop: end of the range, exclusive; None: to the end.
        size: bytes on disk in the range.
        stamp: changes when the file changes.
    """

    uri: str
    path: str
    format: str
    source: str | None
    order: int
    start: int
    stop: int | None
    size: int
    stamp: str

    @property
    def kind(self) -> str:
        """The format without its compression."""
        return self.format.partition(".")[0]

    @property
    def compression(self) -> str:
        """`gz`, `zst`, `bz2`, `xz`, or nothing."""
        return self.format.partition(".")[2]


@dataclass(frozen=True)
class ReadSettings:
    """How records become documents.

    Attributes:
        text_field: field that holds the text; None: `text`, then `content`, then the only string field.
        id_field: field that holds the record's own id; None: `id`.
        max_record_bytes: a larger record is refused (`too_large`), and never held in memory where the
            format allows it.
        limit: at most this many rows of a piece, errors included; None: all.
    """

    text_field: str | None = None
    id_field: str | None = None
    max_record_bytes: int = 64 * 1024 * 1024
    limit: int | None = None

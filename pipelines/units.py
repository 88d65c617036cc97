"""Units of input: consecutive pieces that one task measures."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.sources.pieces import Piece

# Bytes of text for a byte on disk, where a file is compressed: measured on web text and forum posts (2.3 to
# 3.4).
TEXT_PER_BYTE = 3.0
PACKED = (".gz", ".zst", ".bz2", ".xz", ".parquet")


@dataclass(frozen=True)
class Unit:
    """Pieces in order of URI and position, of about one output shard of text together."""

    pieces: tuple[Piece, ...]

    @property
    def text_bytes(self) -> int:
        """Estimated bytes of text."""
        return sum(text_bytes(piece) for piece in self.pieces)


def text_bytes(piece: Piece) -> int:
    """Estimated bytes of text in a piece."""
    return int(piece.size * TEXT_PER_BYTE) if piece.path.endswith(PACKED) else piece.size


def units(pieces: Sequence[Piece], shard_bytes: int) -> list[Unit]:
    """Groups pieces; the cut depends on the pieces and `shard_bytes` alone."""
    grouped: list[Unit] = []
    run: list[Piece] = []
    total = 0
    for piece in pieces:
        size = text_bytes(piece)
        if run and total + size > shard_bytes:
            grouped.append(Unit(tuple(run)))
            run, total = [], 0
        run.append(piece)
        total += size
    if run:
        grouped.append(Unit(tuple(run)))
    return grouped

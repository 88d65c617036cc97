"""What a run will take: for `--dry-run`, and for the look at the disk before the start."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines import storage
from pipelines.output import Output
from pipelines.sources.pieces import Piece
from pipelines.units import text_bytes, units
from schemas.config import Config
from schemas.errors import RunError

# For each byte of text, with every filter on (benchmarks/README.md): staged text 1.0, sketches 1.7, the
# snapshot's data and ledger .6.
DISK_PER_BYTE = 3.4
CORE_BYTES_PER_SECOND = 12e6
START_SECONDS = 6.0
PROCESS_BYTES = 350 << 20  # the parent, mostly code
WORKER_BYTES = 450 << 20
RECORD_BYTES = 3000  # of text in a record of web text


@dataclass(frozen=True)
class Estimate:
    """What would run, and roughly what it takes.

    Attributes:
        files: to be read.
        bytes: of them on disk.
        units: tasks of the first stage.
        filters: in running order.
        seconds, memory_bytes, disk_bytes: estimates from the benchmarks.
    """

    files: int
    bytes: int
    units: int
    filters: tuple[str, ...]
    seconds: float
    memory_bytes: int
    disk_bytes: int


def expected(pieces: Sequence[Piece], config: Config, workers: int, limit: int | None) -> Estimate:
    """The estimate for an input that was planned; with a `limit`, for the text of that many records."""
    text = sum(text_bytes(piece) for piece in pieces)
    if limit is not None:
        text = min(text, limit * RECORD_BYTES)
    return Estimate(
        files=len({piece.uri for piece in pieces}),
        bytes=sum(piece.size for piece in pieces),
        units=len(units(pieces, config.output.shard_bytes)),
        filters=config.filters,
        seconds=START_SECONDS + text / (CORE_BYTES_PER_SECOND * workers),
        memory_bytes=PROCESS_BYTES + workers * WORKER_BYTES,
        disk_bytes=int(text * DISK_PER_BYTE),
    )


def check_space(output: Output, pieces: Sequence[Piece]) -> None:
    """Compares the disk's free space with the estimate, less what an earlier attempt has written already.

    Raises:
        RunError: it will not be enough.
    """
    if not storage.is_local(output.path):
        return
    written = sum(path.stat().st_size for path in Path(output.partial).rglob("*") if path.is_file())
    needed = max(0, int(sum(text_bytes(piece) for piece in pieces) * DISK_PER_BYTE) - written)
    free = shutil.disk_usage(output.partial).free
    if free < needed:
        raise RunError(
            f"`{output.path}` needs about {_size(needed)}, its disk has {_size(free)} free",
            "make room, or choose another `--output`",
        )


def _size(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.1f} MB"

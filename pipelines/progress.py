"""How far a stage is: counted in memory that forked workers share, read by the parent."""

import multiprocessing.sharedctypes
from dataclasses import dataclass

SLOTS = 64
# (documents, bytes) a worker, in memory made before the fork. No lock: a worker killed while it held one
# would stop the run. They count attempts and serve the display alone; final figures come from the ledger.
_counters = multiprocessing.sharedctypes.RawArray("q", 2 * SLOTS)
_slot = 0


@dataclass(frozen=True)
class Progress:
    """One look at a running stage.

    Attributes:
        stage: its name, for people.
        done: finished tasks of `total`.
        documents: documents handled so far.
        bytes: bytes of text handled so far.
        seconds: since the stage began.
    """

    stage: str
    done: int
    total: int
    documents: int
    bytes: int
    seconds: float


def take_slot(worker: int) -> None:
    """Tells this process which worker it is."""
    global _slot
    _slot = worker % SLOTS


def count(documents: int, size: int) -> None:
    """Adds what a task has just handled."""
    _counters[2 * _slot] += documents
    _counters[2 * _slot + 1] += size


def reset() -> None:
    """Starts a new stage."""
    for i in range(2 * SLOTS):
        _counters[i] = 0


def counted() -> tuple[int, int]:
    """(documents, bytes) since the last reset."""
    return sum(_counters[0::2]), sum(_counters[1::2])

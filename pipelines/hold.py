"""One run at a time on an output: here by a lock that ends with the process, on an object store by a marker.

A store has no locks. `OUT.partial/held.json` says who writes there, and when that was last heard of: it is
written at the start, and looked at as each stage begins. Another run is refused while its owner may be alive.
Of two that start in one moment the last to write has it; the other finds out at its next stage, and ends.
"""

import contextlib
import json
import os
import socket
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pipelines import storage
from schemas.errors import RunError

Sign = Callable[[], None]  # to be called now and then while the output is held; RunError: another run has it
EVERY = 60.0  # seconds after which the marker is written again
STALE = 24 * 3600.0  # seconds after which nothing more is expected from a run on another machine


def nothing() -> None:
    """The sign where no marker is needed."""


@contextlib.contextmanager
def held(partial: str) -> Iterator[Sign]:
    """Keeps other runs out of the folder of an unfinished one.

    Raises:
        RunError: another run writes there.
    """
    if not storage.is_local(partial):
        with _marked(partial) as sign:
            yield sign
    elif os.name != "posix":
        yield nothing
    else:
        with _locked(Path(partial, "lock"), partial):
            yield nothing


@contextlib.contextmanager
def _locked(path: Path, partial: str) -> Iterator[None]:
    import fcntl

    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            ours = path.exists()  # the run that had it may have removed the folder since we opened it
        except OSError:
            ours = False
        if not ours:
            raise RunError(f"another run is writing to `{partial}`", "wait for it, or end it")
        yield


@contextlib.contextmanager
def _marked(partial: str) -> Iterator[Sign]:
    path = storage.join(partial, "held.json")
    owner = {"machine": socket.gethostname(), "process": os.getpid(), "run": uuid.uuid4().hex}
    other = _read(path)
    if other and _may_live(other):
        heard = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(other["time"]))
        raise RunError(
            f"another run is writing to `{partial}`: process {other['process']} of {other['machine']},"
            f" last heard of {heard}",
            f"wait for it, or end it; where it has ended, delete `{path}`",
        )
    storage.write_json(path, owner | {"time": time.time()})
    written = time.monotonic()

    def sign() -> None:
        nonlocal written
        found = _read(path)
        if found and found["run"] != owner["run"]:
            raise RunError(
                f"another run has begun to write to `{partial}`: process {found['process']} of"
                f" {found['machine']}",
                "let one of them end; what is finished stays",
            )
        if not found or time.monotonic() - written > EVERY:
            storage.write_json(path, owner | {"time": time.time()})
            written = time.monotonic()

    try:
        yield sign
    finally:
        if (found := _read(path)) and found["run"] == owner["run"]:
            storage.remove(path)


def _read(path: str) -> dict[str, Any] | None:
    """Who holds it; None: nobody, or nobody who can be told."""
    if not storage.exists(path):
        return None
    with contextlib.suppress(json.JSONDecodeError, OSError):
        found: dict[str, Any] = storage.read_json(path)
        return found
    return None


def _may_live(owner: dict[str, Any]) -> bool:
    """Whether the run that left a marker may still write: its process is there, or on another machine."""
    if owner["machine"] != socket.gethostname():
        return bool(time.time() - owner["time"] < STALE)
    try:
        os.kill(owner["process"], 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True

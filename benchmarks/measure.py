"""Time and memory of commands: CPU seconds of the whole process tree, wall time, peak memory."""

import contextlib
import os
import platform
import statistics
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

TICK = 0.2  # seconds between two looks at the memory
MB = 1e6  # bytes


class CommandError(Exception):
    """A measured command did not end with 0."""


@dataclass(frozen=True)
class Usage:
    """What one run of a command took.

    Attributes:
        cpu: seconds, user and system, of the process and all descendants that were waited for.
        wall: seconds.
        load: the machine's load average (1 minute) before the start.
        peak: bytes, most memory at any look, summed over the process tree; None: not looked at.
        peak_private: the same without the pages of mapped files.
    """

    cpu: float
    wall: float
    load: float
    peak: int | None = None
    peak_private: int | None = None


def run(command: Sequence[str], *, memory: bool = False, env: Mapping[str, str] | None = None) -> Usage:
    """Runs a command to its end.

    Raises:
        CommandError: it ended with another code than 0; the message ends with the last lines of its stderr.
    """
    load = os.getloadavg()[0]
    started = time.monotonic()
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env={**os.environ, **(env or {})}
    ) as process:
        watch = Watch(process.pid) if memory else None
        assert process.stderr is not None
        talk = process.stderr.read()
        _, status, used = os.wait4(process.pid, 0)
        wall = time.monotonic() - started
        process.returncode = os.waitstatus_to_exitcode(status)
    if watch:
        watch.stop()
    if process.returncode:
        lines = talk.decode(errors="replace").strip().splitlines()[-5:]
        message = f"`{Path(command[0]).name}` exited {process.returncode}: {' / '.join(lines)}"
        raise CommandError(message)
    peak = (watch.peak, watch.peak_private) if watch else (None, None)
    return Usage(used.ru_utime + used.ru_stime, wall, load, *peak)


class Watch(threading.Thread):
    """Looks at the memory of a process tree until it is stopped.

    A page that n processes share counts 1/n for each (PSS), so the sum counts it once.
    """

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid = pid
        self.peak = self.peak_private = 0
        self._ended = threading.Event()
        self.start()

    def run(self) -> None:
        """One look every TICK."""
        while not self._ended.wait(TICK):
            looks = [proportional_set(pid) for pid in tree(self.pid)]
            self.peak = max(self.peak, sum(total for total, _ in looks))
            self.peak_private = max(self.peak_private, sum(private for _, private in looks))

    def stop(self) -> None:
        """Ends the thread."""
        self._ended.set()
        self.join()


def tree(pid: int) -> list[int]:
    """A process and its descendants."""
    found = [pid]
    for parent in found:
        for listed in Path(f"/proc/{parent}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                found += map(int, listed.read_text().split())
    return found


def proportional_set(pid: int) -> tuple[int, int]:
    """Bytes of (all pages, pages of no file) of a process; (0, 0) where it is gone."""
    sizes = {"Pss:": 0, "Pss_Anon:": 0}
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            name, *rest = line.split()
            if name in sizes:
                sizes[name] = int(rest[0]) << 10
    return sizes["Pss:"], sizes["Pss_Anon:"]


@dataclass(frozen=True)
class Spread:
    """Least, median and greatest of some values."""

    low: float
    median: float
    high: float
    count: int

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """Of at least one value."""
        return cls(min(values), statistics.median(values), max(values), len(values))


def rate(small: Usage, large: Usage, small_bytes: int, large_bytes: int) -> tuple[float, float]:
    """(MB of text per core-second, start-up in core-seconds), from runs over two sizes of input.

    The start-up is what the line through both runs leaves at size 0.
    """
    seconds = large.cpu - small.cpu
    speed = (large_bytes - small_bytes) / MB / seconds if seconds > 0 else float("inf")
    return speed, small.cpu - small_bytes / MB / speed


def machine() -> dict[str, str]:
    """What a reader needs to know of this machine, and nothing that names it."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    pages, page = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    return {
        "processor": model,
        "cores": str(len(os.sched_getaffinity(0))),
        "memory": f"{pages * page / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "python": platform.python_version(),
    }


def commit(folder: Path) -> str:
    """The commit of a work tree, with "+ changes" where files under version control differ from it."""

    def git(*arguments: str) -> str:
        return subprocess.run(
            ["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=True
        ).stdout.strip()

    changed = git(
        "status",
        "--porcelain",
        "--untracked-files=no",
        "--",
        ".",
        ":!benchmarks/RESULTS.md",
        ":!benchmarks/results.json",
    )
    return git("rev-parse", "--short=12", "HEAD") + (" + changes" if changed else "")

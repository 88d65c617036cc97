"""The local default: a pool of forked processes, each of which runs the graph on a group of tasks at a time.

On one machine scheduling and retry are ours, the graphs are Beam's. Measured against Beam's own local runners
in the design, section 6: those hang when a worker is killed. A worker that dies is replaced and its group
queued again; a group that three workers died on fails the run. Everything heavy happens in the children, so
the parent holds no threads when it forks, and memory goes back to the system when a stage ends.
"""

import contextlib
import ctypes
import heapq
import multiprocessing
import multiprocessing.connection
import os
import signal
import sys
import time
import traceback
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.context import ForkProcess

from pipelines import progress
from pipelines.tasks import Task
from schemas.errors import RunError

GROUP_BYTES = 96 << 20  # of a group at most, where tasks are smaller
SOON_BYTES = 24 << 20  # a worker; a group costs 0.05 s of CPU, so it should be worth that
ROUNDS = 2
MAX_ATTEMPTS = 3
TICK = 0.2  # seconds between two looks at the workers
PR_SET_PDEATHSIG = 1

Report = Callable[[progress.Progress], None]


@dataclass
class Group:
    """Tasks that one worker runs in one pipeline."""

    tasks: list[Task]
    attempts: int = 0

    @property
    def size(self) -> int:
        """Bytes to be handled."""
        return sum(task.size for task in self.tasks)


@dataclass
class Worker:
    """A forked process, the parent's end of its pipe, and the group it works on."""

    process: ForkProcess
    pipe: Connection
    group: Group | None = field(default=None)


def can_fork() -> bool:
    """Whether this system has `fork`; without it one process does the work."""
    return hasattr(os, "fork")


def run(
    stage: str,
    tasks: Sequence[Task],
    run_group: Callable[[str, Sequence[Task]], None],
    workers: int,
    report: Report,
) -> None:
    """Runs all tasks.

    Args:
        stage: its name, for people.
        tasks: what is left to do.
        run_group: runs the stage's graph over a group of tasks, in the worker.
        workers: processes at a time.
        report: called a few times a second with the progress.

    Raises:
        RunError: a task failed, or its workers died three times.
        KeyboardInterrupt: passed on once the workers are gone.
    """
    groups = deque(grouped(tasks, workers))
    total = len(groups)
    started = time.monotonic()
    progress.reset()
    crew: list[Worker] = []
    forked = 0

    def tell() -> None:
        report(
            progress.Progress(
                stage, total - len(groups) - busy(), total, *progress.counted(), time.monotonic() - started
            )
        )

    def busy() -> int:
        return sum(worker.group is not None for worker in crew)

    try:
        while groups or busy():
            while groups and len(crew) < min(workers, total):
                crew.append(_fork(stage, run_group, forked))
                forked += 1
            for worker in crew:
                if worker.group is None and groups:
                    _give(worker, groups)
            ready = multiprocessing.connection.wait([worker.pipe for worker in crew if worker.group], TICK)
            for worker in [w for w in crew if w.pipe in ready]:
                _take(stage, worker, groups, crew)
            tell()
    finally:
        for worker in crew:
            worker.process.kill()
        for worker in crew:
            worker.process.join()
            worker.pipe.close()
    tell()


def grouped(tasks: Sequence[Task], workers: int) -> list[Group]:
    """Tasks in as few groups as keep the workers busy, of about GROUP_BYTES at most, largest first.

    A stage that is soon done gives each worker one group, a longer one ROUNDS at least, so that nobody waits
    long for a worker that falls behind. Tasks are dealt out largest first, each to the smallest group so far
    (Graham 1969, doi:10.1137/0117039). Which tasks share a group changes no result: each task's files are its
    own.
    """
    total = sum(task.size for task in tasks)
    least = 1 if workers == 1 or total <= workers * SOON_BYTES else ROUNDS
    rounds = max(least, -(-total // (workers * GROUP_BYTES)))
    groups = [Group([]) for _ in range(min(len(tasks), rounds * workers))]
    smallest = [(0, i) for i in range(len(groups))]
    for task in sorted(tasks, key=lambda task: -task.size):
        size, i = heapq.heappop(smallest)
        groups[i].tasks.append(task)
        heapq.heappush(smallest, (size + max(1, task.size), i))
    return sorted(groups, key=lambda group: -group.size)


def _fork(stage: str, run_group: Callable[[str, Sequence[Task]], None], number: int) -> Worker:
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    process = context.Process(
        target=_serve, args=(stage, run_group, theirs, os.getpid(), number), daemon=True
    )
    process.start()
    theirs.close()
    return Worker(process, ours)


def _give(worker: Worker, groups: deque[Group]) -> None:
    worker.group = groups.popleft()
    worker.group.attempts += 1
    with contextlib.suppress(BrokenPipeError):  # died idle: `_take` sees the end of the pipe
        worker.pipe.send(worker.group.tasks)


def _take(stage: str, worker: Worker, groups: deque[Group], crew: list[Worker]) -> None:
    """Handles a worker's answer, or its death."""
    group = worker.group
    assert group is not None
    try:
        failure = worker.pipe.recv()
    except (EOFError, ConnectionResetError):
        worker.process.join()
        crew.remove(worker)
        worker.pipe.close()
        if group.attempts >= MAX_ATTEMPTS:
            message = (
                f"{stage}: {MAX_ATTEMPTS} workers died on one group of tasks (exit {worker.process.exitcode})"
            )
            hint = (
                "memory may be short: try `--workers 1`; finished shards are safe, the same command continues"
            )
            raise RunError(message, hint) from None
        groups.appendleft(group)
        return
    worker.group = None
    if failure is not None:
        raise failure


def _serve(
    stage: str, run_group: Callable[[str, Sequence[Task]], None], pipe: Connection, parent: int, number: int
) -> None:
    """The worker: groups in, None or a RunError out, until the pipe closes."""
    if sys.platform == "linux":
        # Or it would keep writing after the parent is gone.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends us
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    progress.take_slot(number)
    while True:
        try:
            tasks = pipe.recv()
        except EOFError:
            return
        try:
            run_group(stage, tasks)
            failure = None
        except RunError as error:
            failure = error
        except Exception as error:
            failure = explain(stage, error)
        pipe.send(failure)


def explain(stage: str, error: Exception) -> RunError:
    """The one message for a task that failed; Beam wraps the cause in text, so the text is searched."""
    text = "".join(traceback.format_exception(error))
    if "[Errno 28]" in text:
        return RunError(
            f"{stage}: no space left on the disk", "make room, then run the same command again to continue"
        )
    if "[Errno 122]" in text:
        return RunError(
            f"{stage}: the disk quota is used up", "make room, then run the same command again to continue"
        )
    last = str(error).strip().splitlines()[-1] if str(error).strip() else type(error).__name__
    failure = RunError(f"{stage}: {last}", "finished shards are safe; `--debug` shows where it failed")
    failure.add_note(text)
    return failure

"""A stage is a list of tasks; a task is done when its marker is there. The graph that runs them is Beam's.

    Create(tasks) -> Reshuffle -> ParDo(RunTask) -> keys of the tasks that ran

A task writes its results under unique temporary names, renames them, and writes `KEY.done` last, with what
later stages need to know. Two attempts at one task therefore end the same, and a killed run loses only what
was in hand. The key hashes all that the result depends on (code, config, input), so a changed run finds
nothing under it.
"""

import functools
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import apache_beam as beam
import xxhash

from pipelines import storage

BUILT = {".so", ".pyc", ".pyi", ".md", ".tmp"}  # made of the sources, or without effect


@dataclass(frozen=True)
class Task:
    """One piece of a stage's work.

    Attributes:
        folder: the stage's folder.
        key: name of the task's files in it.
        size: bytes to be handled, for the schedule.
        work: module-level function (argument, path prefix of the results) -> what the marker says (JSON).
        argument: what the function gets.
    """

    folder: str
    key: str
    size: int
    work: Callable[[Any, str], dict[str, Any]]
    argument: Any

    @property
    def prefix(self) -> str:
        """What the paths of its results begin with."""
        return storage.join(self.folder, self.key)

    @property
    def marker(self) -> str:
        """Path of the file that says the task is done."""
        return f"{self.prefix}.done"


class RunTask(beam.DoFn):  # type: ignore[misc]  # Beam is untyped
    """Runs a task, then marks it done; one that is done already is left alone."""

    def __init__(self, stage: str) -> None:
        self.ran = beam.metrics.Metrics.counter("tasks", stage)

    def process(self, task: Task) -> Iterator[str]:
        """Yields the task's key."""
        if not storage.exists(task.marker):
            result = task.work(task.argument, task.prefix)
            storage.write(task.marker, json.dumps(result).encode())
            self.ran.inc()
        yield task.key


def graph(pipeline: beam.Pipeline, stage: str, tasks: Sequence[Task]) -> beam.PCollection[str]:
    """The stage as a Beam graph: once over all tasks on a cluster, once a group in the local pool."""
    return pipeline | f"{stage}: tasks" >> beam.Create(tasks) | f"{stage}: run" >> beam.ParDo(RunTask(stage))


def pending(tasks: Iterable[Task]) -> list[Task]:
    """Those without a marker."""
    finished: dict[str, set[str]] = {}
    left = []
    for task in tasks:
        if task.folder not in finished:
            finished[task.folder] = {
                path.rpartition("/")[2] for path in storage.children(task.folder, "*.done")
            }
        if f"{task.key}.done" not in finished[task.folder]:
            left.append(task)
    return left


def results(tasks: Iterable[Task]) -> list[dict[str, Any]]:
    """What the markers say, in the order of the tasks."""
    return [storage.read_json(task.marker) for task in tasks]


def key(*parts: object) -> str:
    """A name for all that a result depends on; `parts` are JSON values."""
    text = json.dumps([code_hash(), *parts], sort_keys=True, default=str)
    return xxhash.xxh3_128_hexdigest(text.encode())


@functools.cache
def code_hash() -> str:
    """Hash of all that can change a result: sources, lexicons, models and other data of the packages."""
    root = Path(__file__).parent.parent
    digest = xxhash.xxh3_128()
    for package in ("audits", "filters", "pipelines", "schemas"):
        for path in sorted((root / package).rglob("*")):
            if path.is_file() and path.suffix not in BUILT and "__pycache__" not in path.parts:
                digest.update(path.relative_to(root).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()

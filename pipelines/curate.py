"""`curate`: raw corpora in, a snapshot out. Each stage is its own Beam pipeline with its result on disk.

    plan -> measure -> match -> verify -> link -> finish -> publish

The stages lie in `OUT.partial` under keys that hash code, config and input, so the same command resumes where it was
killed, and a changed one redoes what changed.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipelines import find_duplicates as duplicates
from pipelines import parent as parents
from pipelines import storage
from pipelines.estimate import Estimate, check_space, expected
from pipelines.find_duplicates import Layout, Link, Match, Verify
from pipelines.finish import Finish, finish_part
from pipelines.measure import DEDUP, Measure, measure_unit
from pipelines.output import Output, open_output
from pipelines.progress import Progress
from pipelines.publish import Publish, publish, publish_ledger
from pipelines.runners import Where, run_stage, where
from pipelines.sketches import Part
from pipelines.sources.pieces import Piece, ReadSettings, Source
from pipelines.sources.plan import plan
from pipelines.tasks import Task, code_hash, key, pending, results
from pipelines.units import Unit, units
from schemas.config import Config
from schemas.errors import RunError, UserError

Report = Callable[[Progress], None]
Say = Callable[[str], None]


@dataclass(frozen=True)
class Outcome:
    """A finished run.

    Attributes:
        path: the snapshot.
        manifest: its `snapshot.json`.
        run: its `run.json`.
        fresh: False where the snapshot was there already and equal.
    """

    path: str
    manifest: dict[str, Any]
    run: dict[str, Any]
    fresh: bool = True


@dataclass
class Run:
    """What the stages of one run share."""

    config: Config
    output: Output
    place: Where
    report: Report
    limit: int | None
    parent: parents.Parent | None
    seconds: dict[str, float] = field(default_factory=dict)
    resumed: int = 0

    @property
    def measured(self) -> list[Any]:
        """What the scores depend on besides the input."""
        return [self.config.measured(), self.limit]

    def stage(self, name: str, tasks: Sequence[Task]) -> list[dict[str, Any]]:
        """Runs what is left of a stage; what the markers say, in the order of the tasks."""
        started = time.monotonic()
        left = pending(tasks)
        self.resumed += len(tasks) - len(left)
        run_stage(name, left, self.place, self.report)
        self.seconds[name] = self.seconds.get(name, 0.0) + round(time.monotonic() - started, 3)
        return results(tasks)


def curate(
    config: Config,
    output: str,
    *,
    workers: int | None = None,
    runner: str | None = None,
    runner_options: Sequence[str] = (),
    parent: str | None = None,
    limit: int | None = None,
    overwrite: bool = False,
    progress: Report = lambda _: None,
    say: Say = lambda _: None,
) -> Outcome:
    """Curates a corpus into a snapshot.

    Args:
        config: what to read, which filters, with which parameters.
        output: folder of the snapshot, local or of any Beam filesystem.
        workers: processes of the local pool; None: one a core.
        runner: name of a Beam runner; None: the local pool.
        runner_options: Beam pipeline options, as on a command line.
        parent: an earlier snapshot; what its index holds counts as seen before.
        limit: records to read at most, in the order of the input.
        overwrite: replace a different snapshot at `output`.
        progress: called a few times a second.
        say: called with lines for people.

    Raises:
        UserError: bad use: nothing to read, an output that is there and different, a parent that does not fit.
        RunError: a failure while running; what is finished stays in `OUT.partial` and the same command continues.
    """
    started = time.time()
    place = where(workers, runner, runner_options)
    pieces, skipped = plan(sources(config), config.output.shard_bytes)
    for path in skipped:
        say(f"skipped {path}: not a format that is read")
    found = parents.open_parent(parent, config) if parent else None
    identity = {
        "code": code_hash(),
        "measured": [config.measured(), limit],
        "policy": config.policy(),
        "config": config.document(),
        "input": key([[p.uri, p.start, p.stop, p.stamp] for p in pieces], config.output.shard_bytes),
        "parent": found.snapshot if found else None,
    }
    with open_output(output, identity, overwrite=overwrite, say=say) as target:
        if target.complete:
            say(f"{output} is complete and equal; nothing to do")
            return _outcome(target, fresh=False)
        check_space(output, pieces)
        run = Run(config, target, place, progress, limit, found)
        measured, tasks = _measure(run, pieces)
        layout = _layout(run, tasks, measured)
        _check_errors(run, layout, tasks, measured)
        linked, counted = _find_duplicates(run, layout)
        finished = _finish(run, layout, tasks, measured, linked)
        _publish(run, layout, finished, counted)
        target.close(
            {
                "created": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(started)),
                "seconds": round(time.time() - started, 3),
                "stages": run.seconds,
                "workers": place.workers if place.runner is None else None,
                "runner": place.runner or "local pool",
                "resumed_shards": run.resumed,
                "identity": identity,
            }
        )
        return _outcome(target, fresh=True)


def estimate(config: Config, *, workers: int | None = None, limit: int | None = None) -> Estimate:
    """What `curate` would do, without doing it.

    Raises:
        UserError: as `curate`.
    """
    pieces, _ = plan(sources(config), config.output.shard_bytes)
    return expected(pieces, config, where(workers, None, ()).workers, limit)


def _outcome(target: Output, *, fresh: bool) -> Outcome:
    manifest = storage.read_json(storage.join(target.path, "snapshot.json"))
    return Outcome(target.path, manifest, storage.read_json(storage.join(target.path, "run.json")), fresh)


def sources(config: Config) -> list[Source]:
    """The declared sources, then what `input.paths` names.

    Raises:
        UserError: there is nothing to read.
    """
    declared = [Source(s.name, s.paths, s.format) for s in config.sources if s.paths]
    if config.input.paths:
        declared.append(Source(None, config.input.paths, config.input.format))
    if not declared:
        raise UserError("no input", "name a file or folder, or set `input.paths` or `sources` in the config")
    return declared


def settings(config: Config) -> ReadSettings:
    """How records are read."""
    given = config.input
    return ReadSettings(given.text_field, given.id_field, given.max_record_bytes)


def _measure(run: Run, pieces: Sequence[Piece]) -> tuple[list[dict[str, Any]], list[Task]]:
    """Stage 1; with a limit, unit by unit until it is reached."""
    folder = run.output.stage("measure")
    shard_bytes = run.config.output.shard_bytes

    def task(unit: Unit, limit: int | None) -> Task:
        stamp = [[p.uri, p.path, p.format, p.source, p.order, p.start, p.stop, p.stamp] for p in unit.pieces]
        name = key("measure", run.measured, shard_bytes, stamp, limit)
        job = Measure(unit, settings(run.config), run.config.filters, run.config.parameters(), shard_bytes, limit)
        return Task(folder, name, unit.text_bytes, measure_unit, job)

    grouped = units(pieces, shard_bytes)
    if run.limit is None:
        tasks = [task(unit, None) for unit in grouped]
        return run.stage("read and measure", tasks), tasks
    left, tasks, measured = run.limit, [], []
    for unit in grouped:
        if left <= 0:
            break
        tasks.append(task(unit, left))
        measured += run.stage("read and measure", tasks[-1:])
        left -= sum(part["rows"] for part in measured[-1]["parts"])
    return measured, tasks


def _parts(tasks: Sequence[Task], measured: Sequence[dict[str, Any]]) -> list[tuple[str, dict[str, Any]]]:
    """(path prefix, summary) of every staged part, in order."""
    return [
        (storage.join(task.folder, part["name"]), part)
        for task, result in zip(tasks, measured, strict=True)
        for part in result["parts"]
    ]


def _layout(run: Run, tasks: Sequence[Task], measured: Sequence[dict[str, Any]]) -> str:
    """Writes the Layout of all parts and returns its path."""
    parts, first = [], 0
    for path, part in _parts(tasks, measured):
        parts.append(Part(f"{path}.sketch.arrow", first, part["rows"]))
        first += part["rows"]
    new = first
    for path, rows, snapshot in run.parent.parts if run.parent else ():
        parts.append(Part(path, first, rows, snapshot))
        first += rows
    folder = run.output.stage("layout")
    path = storage.join(folder, key("layout", [task.key for task in tasks], run.parent and run.parent.snapshot))
    Layout(tuple(parts), new).save(path)
    return path


def _check_errors(run: Run, layout: str, tasks: Sequence[Task], measured: Sequence[dict[str, Any]]) -> None:
    """Fails a run with too many unreadable records, and leaves the ledger of what it saw."""
    parts = [part for _, part in _parts(tasks, measured)]
    records, errors = (sum(part[name] for part in parts) for name in ("rows", "errors"))
    allowed = run.config.input.max_error_rate
    if errors <= allowed * records:
        return
    finished = _finish(run, layout, tasks, measured, None)
    folder = publish_ledger(_job(run, layout, finished, {}, run.output.partial))
    rate = f"{errors:,} of {records:,} records could not be read ({errors / records:.1%})"
    raise RunError(
        f"{rate}; `input.max_error_rate` allows {allowed:.1%}",
        f"see `{folder}`; mend the input, or set `input.max_error_rate` higher",
    )


def _find_duplicates(run: Run, layout_path: str) -> tuple[str | None, dict[str, int]]:
    """Stages 2 to 4.

    Returns:
        (path prefix of the links, what was counted on the way).
    """
    on = [name for name in DEDUP if name in run.config.filters]
    if not on:
        return None, {}
    layout = Layout.load(layout_path)
    parameters = run.config.near_dedup
    base = [layout_path.rpartition("/")[2], on]
    slices = duplicates.slices(layout.documents)
    folder = run.output.stage("match")
    bands = [duplicates.EXACT] if "exact_dedup" in on else []
    bands += list(range(parameters.bands)) if "near_dedup" in on else []
    matches = [
        Task(
            folder,
            key("match", base, band, part, slices, parameters.max_bucket),
            24 * layout.documents // slices,
            duplicates.match,
            Match(layout_path, band, part, slices, parameters.max_bucket),
        )
        for band in bands
        for part in range(slices)
    ]
    counted = {"guarded_buckets": 0, "guarded_documents": 0, "skipped_pairs": 0, "candidates": 0, "verified": 0}
    _add(counted, run.stage("match bands", matches))
    near = {task: task.argument.band for task in matches if task.argument.band != duplicates.EXACT}
    prefixes = tuple(_prefix(task) for task in near)
    folder = run.output.stage("verify")
    verifies = [
        Task(
            folder,
            key("verify", base, part, parameters.threshold, [task.key for task in near]),
            layout.parts[part].rows * 2000,
            duplicates.verify,
            Verify(layout_path, part, prefixes, parameters.threshold),
        )
        for part in range(len(layout.parts))
        if near and not layout.parts[part].snapshot
    ]
    _add(counted, run.stage("verify pairs", verifies))
    link = Link(
        layout_path,
        exact=tuple(_prefix(task) for task in matches if task not in near),
        stars=tuple(_prefix(task) for task, band in near.items() if band == 0),
        edges=tuple(_prefix(task) for task in verifies),
    )
    task = Task(
        run.output.stage("link"),
        key("link", base, [task.key for task in (*matches, *verifies)]),
        layout.documents,
        duplicates.link,
        link,
    )
    _add(counted, run.stage("link components", [task]))
    return _prefix(task), counted


def _add(counted: dict[str, int], found: Sequence[dict[str, int]]) -> None:
    for result in found:
        for name, count in result.items():
            counted[name] = counted.get(name, 0) + count


def _prefix(task: Task) -> str:
    return storage.join(task.folder, task.key)


def _finish(
    run: Run, layout: str, tasks: Sequence[Task], measured: Sequence[dict[str, Any]], links: str | None
) -> list[tuple[str, dict[str, Any]]]:
    """Stage 5; (path prefix, summary) of every finished part, in order."""
    folder = run.output.stage("finish")
    finishes = [
        Task(
            folder,
            key("finish", layout.rpartition("/")[2], links and links.rpartition("/")[2], i, run.config.policy()),
            part["text_bytes"],
            finish_part,
            Finish(layout, i, f"{path}.docs.arrow", links, run.config.filters, run.config.parameters()),
        )
        for i, (path, part) in enumerate(_parts(tasks, measured))
    ]
    summaries = run.stage("decide and write", finishes)
    return [(_prefix(task), summary) for task, summary in zip(finishes, summaries, strict=True)]


def _job(
    run: Run, layout: str, finished: Sequence[tuple[str, dict[str, Any]]], counted: dict[str, int], target: str
) -> Publish:
    near = run.config.near_dedup.model_dump(include={"threshold", "ngram", "bands", "rows"})
    on = [name for name in DEDUP if name in run.config.filters]
    return Publish(
        layout=layout,
        finished=tuple(path for path, _ in finished),
        results=tuple(summary for _, summary in finished),
        target=target,
        config=run.config.document(),
        policy_hash=run.config.policy_hash,
        parent=run.parent.snapshot if run.parent else None,
        code_version=code_hash(),
        index={"near_dedup": near, "filters": on},
        dedup=counted,
    )


def _publish(
    run: Run, layout: str, finished: Sequence[tuple[str, dict[str, Any]]], counted: dict[str, int]
) -> None:
    """Stage 6, always done anew: it only links and sums up."""
    job = _job(run, layout, finished, counted, run.output.assembly)
    folder = run.output.stage("publish")
    task = Task(folder, key("publish", time.time_ns()), 0, publish, job)
    run.stage("publish", [task])

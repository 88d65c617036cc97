"""The stages of one run: which tasks each has, under which keys, and what it hands to the next."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from audits.reviews import Decision
from filters.catalogue import COSTLY
from pipelines import balance, evaluation_sets, source_names, storage
from pipelines import find_duplicates as duplicates
from pipelines.account import Finish, Policy
from pipelines.find_duplicates import Layout, Link, Match, Verify
from pipelines.finish import finish_part
from pipelines.measure import DEDUP, Measure, measure_unit
from pipelines.output import Output
from pipelines.parent import Parent
from pipelines.runners import Report, Where, run_stage
from pipelines.sketches import Part
from pipelines.sources.pieces import Piece, ReadSettings
from pipelines.tasks import Task, key, pending, results
from pipelines.units import Unit, units
from schemas.config import Config

# Of a document, for the schedule: so much text is read while its pairs are verified, or a band is matched.
VERIFY_BYTES, MATCH_BYTES = 200, 3


@dataclass
class Run:
    """What the stages of one run share.

    Attributes:
        config: of the run.
        output: where it writes.
        place: where its graphs run.
        report: told of the progress.
        say: told lines for people.
        limit: records to read at most.
        parent: the earlier snapshot.
        decisions: of reviewers, on the parent's report.
        seconds: wall time by stage.
        resumed: tasks that an earlier run had finished.
    """

    config: Config
    output: Output
    place: Where
    report: Report
    say: Callable[[str], None]
    limit: int | None
    parent: Parent | None
    decisions: tuple[Decision, ...] = ()
    seconds: dict[str, float] = field(default_factory=dict)
    resumed: int = 0

    def stage(self, name: str, tasks: Sequence[Task]) -> list[dict[str, Any]]:
        """Runs what is left of a stage; what the markers say, in the order of the tasks."""
        self.output.sign()
        started = time.monotonic()
        left = pending(tasks)
        self.resumed += len(tasks) - len(left)
        run_stage(name, left, self.place, self.report)
        self.seconds[name] = round(self.seconds.get(name, 0.0) + time.monotonic() - started, 3)
        return results(tasks)

    @property
    def dedup(self) -> list[str]:
        """The dedup filters that are on."""
        return [name for name in DEDUP if name in self.config.filters]


@dataclass(frozen=True)
class Staged:
    """A measured part: the path prefix of its files, and what its task said of it."""

    prefix: str
    rows: int
    errors: int
    text_bytes: int
    sources: dict[str, int]
    checksum: str


@dataclass(frozen=True)
class Finished:
    """A finished part: the path prefix of its files, what its task said of it, and what was read for it."""

    prefix: str
    summary: dict[str, Any]
    sources: dict[str, int]


def measure(run: Run, pieces: Sequence[Piece]) -> list[Staged]:
    """Stage 1; with a limit, unit by unit until it is reached."""
    folder = run.output.stage("measure")
    config = run.config
    given, shard_bytes = config.input, config.output.shard_bytes
    cheap = {name: value for name, value in config.measured()["filters"].items() if name not in COSTLY}
    names = source_names.identity(config.filters, config.parameters())
    looked_for = {**config.measured(), "filters": cheap, "names": names}
    settings = ReadSettings(given.text_field, given.id_field, given.max_record_bytes)

    def task(unit: Unit, limit: int | None) -> Task:
        stamp = [[p.uri, p.path, p.format, p.source, p.order, p.start, p.stop, p.stamp] for p in unit.pieces]
        name = key("measure", looked_for, shard_bytes, stamp, limit)
        job = Measure(unit, settings, config.filters, config.parameters(), config.groups, shard_bytes, limit)
        return Task(folder, name, unit.text_bytes, measure_unit, job)

    name = "read and measure"
    grouped = units(pieces, shard_bytes)
    if run.limit is None:
        return _staged(run, folder, run.stage(name, [task(unit, None) for unit in grouped]))
    measured: list[dict[str, Any]] = []
    left = run.limit
    for unit in grouped:
        if left > 0:
            measured += run.stage(name, [task(unit, left)])
            left -= sum(part["rows"] for part in measured[-1]["parts"])
    return _staged(run, folder, measured)


def _staged(run: Run, folder: str, results: Sequence[dict[str, Any]]) -> list[Staged]:
    fields: Counter[str] = Counter()
    for result in results:
        fields.update(result["text_fields"])
    for name, files in sorted(fields.items()):
        run.say(f"text is taken from field `{name}` ({files:,} {'file' if files == 1 else 'files'})")
    return [
        Staged(
            storage.join(folder, part["name"]),
            part["rows"],
            part["errors"],
            part["text_bytes"],
            part["sources"],
            part["checksum"],
        )
        for result in results
        for part in result["parts"]
    ]


def lay_out(run: Run, staged: Sequence[Staged]) -> str:
    """Numbers the documents of all parts, the parents' last; the path of the Layout."""
    parts, first = [], 0
    for part in staged:
        parts.append(Part(f"{part.prefix}.sketch.arrow", first, part.rows, checksum=part.checksum))
        first += part.rows
    new = first
    for path, rows, snapshot, checksum in run.parent.parts if run.parent else ():
        parts.append(Part(path, first, rows, snapshot, checksum))
        first += rows
    name = key(
        "layout", [part.prefix.rpartition("/")[2] for part in staged], run.parent and run.parent.snapshot
    )
    path = storage.join(run.output.stage("layout"), name)
    Layout(tuple(parts), new).save(path)
    return path


def find_duplicates(run: Run, path: str) -> tuple[str | None, dict[str, int]]:
    """Stages 2 to 4.

    Returns:
        (path prefix of the links; None where no dedup is on, what was counted on the way).
    """
    if not run.dedup:
        return None, {}
    layout, parameters = Layout.load(path), run.config.near_dedup
    base = [path.rpartition("/")[2], run.dedup]
    slices = duplicates.slices(layout.documents)

    def match(bands: tuple[int, ...], part: int) -> Task:
        name = key("match", base, bands, part, slices, parameters.max_bucket)
        job = Match(path, bands, part, slices, parameters.max_bucket)
        size = MATCH_BYTES * max(1, len(bands)) * layout.documents // slices
        return Task(run.output.stage("match"), name, size, duplicates.match, job)

    exact = [match((), part) for part in range(slices) if "exact_dedup" in run.dedup]
    together = duplicates.together(parameters.bands, layout.documents)
    near = [match(bands, part) for bands in together if "near_dedup" in run.dedup for part in range(slices)]
    found = run.stage("match bands", [*exact, *near])
    pairs = tuple(task.prefix for task in near)

    def verify(part: int) -> Task:
        name = key("verify", base, part, parameters.threshold, [task.key for task in near])
        job = Verify(path, part, pairs, parameters.threshold)
        return Task(
            run.output.stage("verify"), name, layout.parts[part].rows * VERIFY_BYTES, duplicates.verify, job
        )

    verifies = [verify(i) for i, part in enumerate(layout.parts) if near and not part.snapshot]
    found += run.stage("verify pairs", verifies)
    edges = tuple(task.prefix for task in verifies)
    job = Link(path, tuple(task.prefix for task in exact), pairs[:slices], edges)
    name = key("link", base, [task.key for task in (*exact, *near, *verifies)])
    link = Task(run.output.stage("link"), name, layout.documents, duplicates.link, job)
    found += run.stage("link components", [link])
    counted: dict[str, int] = {}
    for result in found:
        for what, count in result.items():
            counted[what] = counted.get(what, 0) + count
    return link.prefix, counted


@dataclass(frozen=True)
class Weighing:
    """What balance found: of each part the ledger rows it counted, the weights, and its report."""

    accounts: tuple[str, ...]
    weights: str
    report: dict[str, Any]


def weigh(run: Run, layout: str, staged: Sequence[Staged], links: str | None) -> Weighing | None:
    """Balance, between deciding and writing; None where it is off."""
    if "balance" not in run.config.filters:
        return None
    policy, base = policy_of(run, layout, links)
    folder = run.output.stage("balance")
    counts = [
        Task(
            folder,
            key("count", base, i),
            part.text_bytes,
            balance.count,
            Finish(layout, i, f"{part.prefix}.docs.arrow", links, policy),
        )
        for i, part in enumerate(staged)
    ]
    run.stage("count groups", counts)
    job = balance.Rake(tuple(task.prefix for task in counts), run.config.balance)
    rake = Task(folder, key("rake", [task.key for task in counts]), 0, balance.rake, job)
    (report,) = run.stage("weigh groups", [rake])
    accounts = tuple(balance.accounts_path(task.prefix) for task in counts)
    return Weighing(accounts, balance.weights_path(rake.prefix), report)


def finish(
    run: Run, layout: str, staged: Sequence[Staged], links: str | None, weighing: Weighing | None
) -> list[Finished]:
    """Stage 5; `links` None: dedup counts as not measured."""
    folder = run.output.stage("finish")
    policy, base = policy_of(run, layout, links)

    def task(i: int, part: Staged) -> Task:
        paths = (weighing.accounts[i], weighing.weights) if weighing else None
        job = Finish(layout, i, f"{part.prefix}.docs.arrow", links, policy, paths)
        name = key("finish", base, i, paths and [path.rpartition("/")[2] for path in paths])
        return Task(folder, name, part.text_bytes, finish_part, job)

    tasks = [task(i, part) for i, part in enumerate(staged)]
    summaries = run.stage("decide and write", tasks)
    return [
        Finished(task.prefix, summary, part.sources)
        for task, summary, part in zip(tasks, summaries, staged, strict=True)
    ]


def policy_of(run: Run, layout: str, links: str | None) -> tuple[Policy, list[Any]]:
    """What documents are held against, and what a decision depends on, for its key."""
    evaluation = _evaluation(run)
    policy = Policy(run.config.filters, run.config.parameters(), evaluation)
    files = [path and path.rpartition("/")[2] for path in (layout, links, evaluation)]
    return policy, [*files, run.config.decisions(), run.config.measured()]


def _evaluation(run: Run) -> str | None:
    """Path of the evaluation sets' index, made once; None where decontamination is off."""
    if "decontamination" not in run.config.filters:
        return None
    parameters = run.config.decontamination
    task = Task(
        run.output.stage("evaluation"),
        key("evaluation", parameters.model_dump(mode="json"), evaluation_sets.stamps(parameters)),
        0,
        evaluation_sets.prepare,
        evaluation_sets.Evaluation(parameters),
    )
    run.stage("index evaluation sets", [task])
    return evaluation_sets.path_of(task.prefix)

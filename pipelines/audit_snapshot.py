"""`evenhand audit`: the audit of a snapshot that is there, or of files that were never curated.

    snapshot.json, ledger/, data/ -> the tasks of `curate`'s own audit -> DIR/report.html, DIR/report.json
    files -> `curate` without any filter, into DIR.corpus -> the same -> DIR.corpus is removed

The stages lie in `DIR.partial`, and the same command resumes. What needs the removed texts (verdicts under
changed text), or a file of word vectors that is not named again, is taken from the snapshot's own report.
"""

import functools
import hashlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from audits import report, reviews
from audits.gate_faults import check_gates
from pipelines import audit, audit_vectors, storage
from pipelines.audit_rows import sections
from pipelines.curate import curate
from pipelines.output import Output, open_output
from pipelines.runners import Report, where
from pipelines.stages import Run
from pipelines.tasks import Task, code_hash, key
from schemas import snapshot as schema
from schemas.config import Config
from schemas.errors import RunError, UserError
from schemas.load import check

REPORT = "report.json"
REPLAYED = (
    "whom the rules remove is by replay of that policy; records, verdicts under changed text, representation,"
    " associations, personal data and clusters of duplicates are those of the snapshot"
)
CARRIED = "counterfactual"  # needs texts that a snapshot does not hold


@dataclass(frozen=True)
class Audited:
    """A finished audit.

    Attributes:
        path: folder of the report.
        report: its `report.json`.
        fresh: False where it was there already and equal.
    """

    path: str
    report: dict[str, Any]
    fresh: bool = True


@dataclass(frozen=True)
class Job:
    """The argument of the last task: what the report is made of; `earlier`: path of the one to compare."""

    snapshot: str
    config: Config
    counted: audit.Counted
    vectors: dict[str, Any] | None
    decisions: tuple[reviews.Decision, ...]
    earlier: str | None
    target: str


def is_snapshot(path: str) -> bool:
    """Whether a snapshot lies at `path`."""
    return storage.exists(storage.join(path, schema.MANIFEST))


def manifest(snapshot: str) -> dict[str, Any]:
    """Its `snapshot.json`.

    Raises:
        UserError: it is damaged.
    """
    if storage.is_local(snapshot):
        return schema.read(snapshot).model_dump(mode="json")
    path = storage.join(snapshot, schema.MANIFEST)
    return schema.checked(storage.read(path), path).model_dump(mode="json")


def ledger_schema(snapshot: str, known: Mapping[str, Any]) -> pa.Schema | None:
    """Columns of its ledger; None where they cannot be read: the audit then says what is damaged."""
    first = next((shard for shard in known["shards"] if shard["path"].startswith("ledger/")), None)
    if first is None:
        return None
    try:
        with storage.open_parquet(storage.join(snapshot, *first["path"].split("/"))) as file:
            return file.schema_arrow
    except (OSError, pa.ArrowException):
        return None


def report_of(place: str) -> str:
    """Path of the report.json of a snapshot, of an audit, or of the file itself.

    Raises:
        UserError: there is none.
    """
    inside = [storage.join(place, "report", REPORT), storage.join(place, REPORT)]
    for path in [place] if place.endswith(".json") else inside:
        if storage.exists(path):
            return storage.absolute(path)
    raise UserError(
        f"`{place}` holds no report to compare with",
        "name a snapshot, the folder of an audit or a report.json",
    )


def audit_snapshot(
    snapshot: str,
    config: Config,
    output: str,
    *,
    compare: str | None = None,
    workers: int | None = None,
    runner: str | None = None,
    runner_options: Sequence[str] = (),
    overwrite: bool = False,
    progress: Report = lambda _: None,
    say: Callable[[str], None] = lambda _: None,
) -> Audited:
    """Audits a snapshot from its ledger and data.

    Args:
        snapshot: its folder, local or of any Beam filesystem.
        config: the snapshot's own, or with other keys of `audit`, `impact` and `gates`, or of another policy:
            then whom the rules remove is by replay, and all else is of the snapshot as it is.
        output: folder of the report.
        compare: a snapshot, folder of an audit or report.json, to be set beside this one.
        workers: processes of the local pool; None: one a core.
        runner: name of a Beam runner; None: the local pool.
        runner_options: Beam pipeline options, as on a command line.
        overwrite: replace a different report at `output`.
        progress: called a few times a second.
        say: called with lines for people.

    Raises:
        UserError: gates that name what there is not, an output that is there and different.
        RunError: a shard is missing or damaged, or another failure while running.
    """
    started = time.time()
    check_gates(config.gates)
    known = manifest(snapshot)
    earlier = report_of(compare) if compare else None
    decisions = reviews.decisions(snapshot) if storage.is_local(snapshot) else ()
    identity = {
        "code": code_hash(),
        "policy": config.policy(),
        "audit": config.audited(),
        "input": known["id"],
        "reviews": reviews.identity(decisions),
        "compared": storage.sha256(earlier) if earlier else None,
    }
    place = where(workers, runner, runner_options)
    with open_output(output, identity, overwrite=overwrite, say=say, last=REPORT) as target:
        if target.complete:
            say(f"{output} is complete and equal; nothing to do")
            return Audited(output, storage.read_json(storage.join(output, REPORT)), fresh=False)
        run = Run(config, target, place, progress, say, None, None)
        counted, vectors = _count(run, snapshot, known)
        root = storage.absolute(snapshot)
        job = Job(root, config, counted, vectors, decisions, earlier, target.assembly)
        folder = target.stage("report")
        run.stage("report", [Task(folder, key("report", time.time_ns()), 0, write, job)])
        _close(target, run, started, identity)
    return Audited(output, storage.read_json(storage.join(output, REPORT)))


def audit_files(
    config: Config,
    output: str,
    *,
    compare: str | None = None,
    workers: int | None = None,
    runner: str | None = None,
    runner_options: Sequence[str] = (),
    overwrite: bool = False,
    progress: Report = lambda _: None,
    say: Callable[[str], None] = lambda _: None,
) -> Audited:
    """Audits files as they are: reads them without any filter, and audits that.

    Args:
        config: what to read, and the audit; its filters do not run.
        output: folder of the report.
        compare: a snapshot, folder of an audit or report.json, to be set beside this one.
        workers: as of `audit_snapshot`, like what follows.
        runner: name of a Beam runner.
        runner_options: Beam pipeline options.
        overwrite: replace a report at `output`.
        progress: called a few times a second.
        say: called with lines for people.

    Raises:
        UserError: nothing to read, or an output that is there.
        RunError: a failure while running; the same command continues.
    """
    check_gates(config.gates)
    if compare:
        report_of(compare)
    if storage.exists(storage.join(output, REPORT)) and not overwrite:
        raise UserError(f"`{output}` holds a report", "choose another `--output`, or `--overwrite` it")
    bare = config.model_copy(update={"filters": ()})
    reading = bare.model_copy(
        update={"audit": config.audit.model_copy(update={"enabled": False}), "gates": ()}
    )
    corpus = f"{output.rstrip('/')}.corpus"
    curate(
        reading,
        corpus,
        workers=workers,
        runner=runner,
        runner_options=runner_options,
        overwrite=True,
        beside=(output, f"{output.rstrip('/')}.partial"),
        progress=progress,
        say=say,
    )
    audited = audit_snapshot(
        corpus,
        bare,
        output,
        compare=compare,
        workers=workers,
        runner=runner,
        runner_options=runner_options,
        overwrite=overwrite,
        progress=progress,
        say=say,
    )
    storage.remove(corpus)
    return audited


def _count(run: Run, snapshot: str, known: Mapping[str, Any]) -> tuple[audit.Counted, dict[str, Any] | None]:
    """The tasks of the audit over a snapshot's shards: counts, and the marker of that on word vectors.

    Raises:
        RunError: a shard is missing or damaged.
    """
    statistics = known["statistics"]
    read = {
        by: {name: volume["read"]["documents"] for name, volume in statistics[by].items()}
        for by in ("source", "language")
    }
    plan = audit.Plan.of(run.config, read, known["counts"]["keep"])
    root = storage.absolute(snapshot)
    shards = {
        kind: [
            audit.Shard(
                storage.join(root, *shard["path"].split("/")), shard["rows"], shard["sha256"], check=True
            )
            for shard in known["shards"]
            if shard["path"].startswith(f"{kind}/")
        ]
        for kind in ("ledger", "data")
    }
    folder = run.output.stage("audit")
    tasks = audit.Tasks.of(folder, plan, shards["ledger"], shards["data"])
    faults = []
    for task, result in zip(tasks.all, run.stage("audit", tasks.all), strict=True):
        if "fault" in result:
            faults.append(result["fault"])
            storage.remove(task.marker)  # so that it is looked at again
    if faults:
        more = f" (and {len(faults) - 1} more shards)" if len(faults) > 1 else ""
        raise RunError(
            f"{faults[0]}{more}",
            f"restore it from a copy, or curate again; `evenhand verify {snapshot}` lists what else is wrong",
        )
    vectors = audit_vectors.task(folder, run.config.audit, shards["data"])
    return tasks.counted, run.stage("word vectors", [vectors])[0] if vectors else None


def write(job: Job, prefix: str) -> dict[str, Any]:
    """Writes report.html and report.json to `target`; `prefix` is unused."""
    del prefix
    storage.remove(job.target)
    storage.make_folder(job.target)
    known = manifest(job.snapshot)
    own = _own_report(job.snapshot)
    flips: list[dict[str, Any]] = own.get(CARRIED, [])
    vectors = job.vectors
    if job.config.audit.embeddings is None and job.config.audit.embeddings_fingerprint:
        vectors = audit_vectors.carried(own)
    drawn = functools.partial(_samples, job.snapshot)
    measured = sections(job.counted, job.config, known["statistics"], drawn, flips, vectors)
    if job.config.decisions() != check(known["config"]).decisions():
        measured["not_measured"].append({"what": "the corpus under the policy given", "why": REPLAYED})
    built = report.build(known, measured, job.config.audited())
    built["settings"]["policy_hash"] = job.config.policy_hash
    earlier = storage.read_json(job.earlier) if job.earlier else None
    report.judge(built, job.config.gates, job.decisions, earlier)
    path = storage.join(job.target, REPORT)
    storage.write(path, report.written(built))
    storage.write(storage.join(job.target, "report.html"), report.render(storage.read_json(path)).encode())
    return {}


def _samples(snapshot: str) -> Iterator[pa.RecordBatch]:
    """The snapshot's removed documents."""
    for path in storage.children(storage.join(snapshot, "samples"), "*.parquet"):
        with storage.open_parquet(path) as file:
            yield from file.iter_batches(use_threads=False)


def _own_report(snapshot: str) -> dict[str, Any]:
    """The snapshot's own report, for what is not measured again; empty where it has none."""
    path = storage.join(snapshot, "report", REPORT)
    found: dict[str, Any] = storage.read_json(path) if storage.exists(path) else {}
    return found


def _close(target: Output, run: Run, started: float, identity: Mapping[str, Any]) -> None:
    sealed = storage.read(storage.join(target.assembly, REPORT))
    target.close(
        {
            "created": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(started)),
            "seconds": round(time.time() - started, 3),
            "stages": run.seconds,
            "workers": run.place.workers if run.place.runner is None else None,
            "runner": run.place.runner or "local pool",
            "report_sha256": hashlib.sha256(sealed).hexdigest(),
            "identity": dict(identity),
        }
    )

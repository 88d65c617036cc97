"""Stage 6: the parts of a run become a snapshot, whole or not at all (design, section 4).

Locally the snapshot is assembled beside the stages out of hard links and renamed; on an object store its
files are copied to their place and `snapshot.json` comes last.
"""

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from audits import card, counterfactual, report, statistics
from audits.reviews import Decision
from pipelines import storage
from pipelines.account import LEDGER
from pipelines.audit import Counted
from pipelines.audit_rows import sections
from pipelines.find_duplicates import JOINS, Layout, fate_path, joins_path
from pipelines.samples import SAMPLES
from pipelines.shards import shard
from schemas.config import Config, digest
from schemas.document import DOCUMENT
from schemas.errors import RunError

SCHEMA_VERSION = 1


@dataclass(frozen=True)
class Publish:
    """The argument of the task.

    Attributes:
        layout: path of the Layout.
        links: path prefix of the link task's result; None where dedup did not run.
        finished: path prefix of each part's results, in order.
        summed: path prefix of what `sum_up` made of them.
        samples: path prefix of each part's samples, in order.
        results: what each part's marker says, in order.
        target: folder to assemble the snapshot in.
        config: of the run.
        counted: what the audit counted; None where it is off.
        flips: marker of the counterfactual task; None where it did not run.
        vectors: marker of the task on word vectors; None where it did not run.
        decisions: of reviewers, on the parent's report.
        parent: id of the parent snapshot.
        code_version: of the program.
        index: how the dedup index was made.
        dedup: what the dedup stages counted.
        balance: what balance reached; None where it is off.
        read: records read, by source; the ledger must account for each.
    """

    layout: str
    links: str | None
    finished: tuple[str, ...]
    summed: str
    samples: tuple[str, ...]
    results: tuple[dict[str, Any], ...]
    target: str
    config: Config
    counted: Counted | None
    flips: dict[str, Any] | None
    vectors: dict[str, Any] | None
    decisions: tuple[Decision, ...]
    parent: str | None
    code_version: str
    index: dict[str, Any]
    dedup: dict[str, int]
    balance: dict[str, Any] | None
    read: dict[str, int]


def publish(job: Publish, prefix: str) -> dict[str, Any]:
    """Assembles the snapshot in `target`; `prefix` is unused, the snapshot is the result.

    Returns:
        For the marker: `id` and `counts`.

    Raises:
        RunError: the ledger does not account for every record that was read.
    """
    del prefix
    storage.remove(job.target)
    for folder in ("data", "ledger", "index", "samples", "quarantine", "report"):
        storage.make_folder(storage.join(job.target, folder))
    table = storage.open_arrow(f"{job.summed}.tally.arrow").read_all()
    counts, stats = statistics.counts(table), statistics.statistics(table)
    conserve(job.read, counts)
    lost = sum(result["lost_components"] for result in job.results)
    index_bytes, known = _index(job)
    stats["dedup"] = job.dedup | {"lost_components": lost, "index_bytes": index_bytes}
    if job.balance is not None:
        stats["balance"] = job.balance
    shards = [*_shards(job, "data", DOCUMENT), *_shards(job, "ledger", LEDGER)]
    _quarantine(job)
    _samples(job)
    config = job.config.document()
    identity = [config, job.parent, [shard["sha256"] for shard in shards]]
    manifest = {
        "schema_version": SCHEMA_VERSION,
        "id": digest(identity)[:32],
        "parent": job.parent,
        "config": config,
        "policy_hash": job.config.policy_hash,
        "code_version": job.code_version,
        "counts": counts,
        "shards": shards,
        "sources": config["sources"],
        "statistics": stats,
    }
    flips = counterfactual.rows(job.flips) if job.flips else ()
    drawn = functools.partial(_drawn, job.samples)
    measured = sections(job.counted, job.config, stats, drawn, flips, job.vectors) if job.counted else None
    built = report.build(manifest, measured)
    report.judge(built, job.config.gates, job.decisions)
    path = storage.join(job.target, "report", "report.json")
    storage.write(path, report.written(built))
    stats["report_sha256"] = storage.sha256(path)  # a reviewer's decision is bound to it
    page = report.render(
        storage.read_json(path)
    )  # drawn from the file alone, so that anybody can draw it again
    storage.write(storage.join(job.target, "report", "report.html"), page.encode())
    storage.write(storage.join(job.target, "README.md"), card.render(manifest, built).encode())
    stats["files"] = _checksums(job.target, known)
    storage.write_json(storage.join(job.target, "snapshot.json"), manifest)
    return {"id": manifest["id"], "counts": counts}


def conserve(read: dict[str, int], counts: dict[str, Any]) -> None:
    """Holds records read against keep + drop + review + error, by source and so in total.

    Raises:
        RunError: they differ; the first source that does is named.
    """
    told = {source: number["read"] for source, number in counts["by_source"].items()}
    for source in sorted(read.keys() | told.keys()):
        if read.get(source, 0) != told.get(source, 0):
            raise RunError(
                f"conservation is broken: {read.get(source, 0):,} records of `{source}` were read,"
                f" the ledger accounts for {told.get(source, 0):,}",
                "this is a fault of the program; nothing was published",
            )


def _checksums(target: str, known: dict[str, str]) -> dict[str, str]:
    """Checksums of all files but the shards, whose own are in the manifest; `known` ones are not read."""
    others = [name for name in sorted(storage.files(target)) if not name.startswith(("data/", "ledger/"))]
    return {
        name: known.get(name) or storage.xxh3_128(storage.join(target, *name.split("/"))) for name in others
    }


def _shards(job: Publish, kind: str, schema: pa.Schema) -> list[dict[str, Any]]:
    """Links the shards of one kind to their final names."""
    written = [
        (path, result[kind]) for path, result in zip(job.finished, job.results, strict=True) if result[kind]
    ]
    names = [
        f"{kind}/part-{i:05d}-of-{max(1, len(written)):05d}.parquet" for i in range(max(1, len(written)))
    ]
    if not written:  # nothing was kept, or read: readers still find a shard, of no rows
        with shard(storage.join(job.target, *names[0].split("/")), schema) as empty:
            empty.start()
        return [{"path": names[0], **(empty.summary() or {})}]
    for name, (path, _) in zip(names, written, strict=True):
        storage.link(f"{path}.{kind}.parquet", storage.join(job.target, *name.split("/")))
    return [{"path": name, **summary} for name, (_, summary) in zip(names, written, strict=True)]


def publish_ledger(job: Publish) -> str:
    """What a run leaves that fails on its error rate: the ledger and the quarantine.

    Returns:
        The folder of the quarantine.
    """
    for kind in ("ledger", "quarantine"):
        storage.remove(storage.join(job.target, kind))
        storage.make_folder(storage.join(job.target, kind))
    _shards(job, "ledger", LEDGER)
    _quarantine(job)
    return storage.join(job.target, "quarantine")


def _quarantine(job: Publish) -> None:
    """Links what could not be read."""
    for i, (path, result) in enumerate(zip(job.finished, job.results, strict=True)):
        if result["errors"]:
            target = storage.join(job.target, "quarantine", f"part-{i:05d}.jsonl")
            storage.link(f"{path}.quarantine.jsonl", target)


def _drawn(paths: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """What was drawn of each part, in their order."""
    for path in paths:
        yield from storage.batches(f"{path}.samples.arrow")


def _samples(job: Publish) -> None:
    """Writes it."""
    with shard(storage.join(job.target, "samples", "removed.parquet"), SAMPLES) as samples:
        samples.start()
        for batch in _drawn(job.samples):
            samples.write(batch)


def _index(job: Publish) -> tuple[int, dict[str, str]]:
    """Links this run's sketches and its parents' into `index/`.

    Returns:
        (bytes of this run's own index files, checksums of sketches by their name in the snapshot).
    """
    folder = storage.join(job.target, "index")
    layout = Layout.load(job.layout)
    generations: dict[str, list[dict[str, Any]]] = {}
    own_bytes = 0
    known = {}
    old = [part for part in layout.parts if part.snapshot]
    for part in old:
        name = f"part-{len(generations.setdefault(part.snapshot, [])):05d}"
        generations[part.snapshot].append({"name": name, "rows": part.rows})
        storage.make_folder(storage.join(folder, part.snapshot))
        known[f"index/{part.snapshot}/{name}.sketch.arrow"] = part.checksum
        for source in (part.path, fate_path(part.path)):
            kind = source.rpartition("/")[2].partition(".")[2]
            storage.link(source, storage.join(folder, part.snapshot, f"{name}.{kind}"))
    for snapshot, joins in {part.snapshot: joins_path(part.path) for part in old}.items():
        if storage.exists(joins):
            storage.link(joins, storage.join(folder, snapshot, JOINS))
    if job.links and storage.exists(f"{job.links}.joins.npy"):
        storage.link(f"{job.links}.joins.npy", storage.join(folder, JOINS))
    own = []
    new = [part for part in layout.parts if not part.snapshot]
    for i, (part, finished) in enumerate(zip(new, job.finished, strict=True)):
        for source in (part.path, fate_path(f"{finished}.sketch.arrow")):
            kind = source.rpartition("/")[2].partition(".")[2]
            storage.link(source, storage.join(folder, f"part-{i:05d}.{kind}"))
            own_bytes += storage.size(source)
        known[f"index/part-{i:05d}.sketch.arrow"] = part.checksum
        own.append({"name": f"part-{i:05d}", "rows": part.rows})
    parents = [{"snapshot": snapshot, "parts": parts} for snapshot, parts in generations.items()]
    storage.write_json(storage.join(folder, "index.json"), {"parents": parents, "parts": own, **job.index})
    return own_bytes, known

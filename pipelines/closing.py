"""The stages after all parts are finished: sum up, audit, publish.

sum up    all parts' tallies and candidates -> sums, which documents are samples
each ledger -> documents to be changed
audit     each shard of ledger and data -> counts;  each part -> its samples
the documents to be changed -> verdicts under changed text;  all data -> tests on word vectors
publish   all of it -> the snapshot
"""

import dataclasses
import time
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pipelines import audit, audit_vectors, counterfactual, samples
from pipelines.account import Policy
from pipelines.publish import Publish, publish
from pipelines.stages import Finished, Run, Staged, Weighing, policy_of
from pipelines.sum_up import sum_up as sum_up_parts
from pipelines.tasks import Task, code_hash, key

DRAW_SIZE, FLIP_SIZE = 500_000, 6_000_000  # bytes of text that take as long to measure, for the schedule


@dataclass(frozen=True)
class Whole:
    """What all finished parts are together.

    Attributes:
        prefix: path prefix of the sums.
        read: documents read, by `source` and by `language`, and name.
        flips: the task that changes documents; None where none is changed.
    """

    prefix: str
    read: dict[str, dict[str, int]]
    flips: Task | None


@dataclass(frozen=True)
class Audited:
    """What the audit left.

    Attributes:
        samples: path prefix of each part's samples.
        counted: its counts; None where it is off.
        flips: marker of the task on changed text; None where it did not run.
        vectors: marker of the task on word vectors; None where it did not run.
    """

    samples: tuple[str, ...]
    counted: audit.Counted | None
    flips: dict[str, Any] | None
    vectors: dict[str, Any] | None


def sum_up(
    run: Run, layout: str, staged: Sequence[Staged], links: str | None, finished: Sequence[Finished]
) -> Whole:
    """Sums of all parts; which documents are drawn from them."""
    paths = tuple(part.prefix for part in finished)
    folder = run.output.stage("samples")
    summing = Task(folder, key("sum up", [path.rpartition("/")[2] for path in paths]), 0, sum_up_parts, paths)
    draws, flips = _flips(run, layout, staged, links, finished)
    summed, *_ = run.stage("sum up", [summing, *draws])
    return Whole(summing.prefix, {by: summed[by] for by in ("source", "language")}, flips)


def _flips(
    run: Run, layout: str, staged: Sequence[Staged], links: str | None, finished: Sequence[Finished]
) -> tuple[list[Task], Task | None]:
    """The tasks that draw documents to be changed, and the one that changes them."""
    config = run.config
    number = config.audit.counterfactual_documents
    if not (config.audit.enabled and config.groups.enabled and config.filters and number):
        return [], None
    folder = run.output.stage("audit")
    policy, base = policy_of(run, layout, links)
    ledgers = [shard.path for shard in _shards(finished, "ledger")]
    draws = counterfactual.draw_tasks(folder, base, ledgers, number)
    texts = [_texts(source) for source, part in zip(staged, finished, strict=True) if part.summary["ledger"]]
    flips = counterfactual.flip_task(folder, base, draws, texts, number, policy)
    return draws, dataclasses.replace(flips, size=FLIP_SIZE)


def audit_all(
    run: Run, layout: str, staged: Sequence[Staged], finished: Sequence[Finished], whole: Whole
) -> Audited:
    """Samples, and the audit where it is on: one stage, since each task needs what lies on disk already."""
    policy, _ = policy_of(run, layout, None)
    draws = [_draw(run, source, part, whole, policy) for source, part in zip(staged, finished, strict=True)]
    drawn = tuple(task.prefix for task in draws)
    if not run.config.audit.enabled:
        run.stage("draw samples", draws)
        return Audited(drawn, None, None, None)
    kept = sum(part.summary["data"]["rows"] for part in finished if part.summary["data"])
    plan = audit.Plan.of(run.config, whole.read, kept)
    ledger, data = _shards(finished, "ledger"), _shards(finished, "data")
    folder = run.output.stage("audit")
    counts = audit.Tasks.of(folder, plan, ledger, data)
    vectors = audit_vectors.task(folder, run.config.audit, data)
    alone = [task for task in (whole.flips, vectors) if task]
    markers = run.stage("audit", [*alone, *counts.all, *draws])
    said = {task.key: marker for task, marker in zip(alone, markers, strict=False)}
    flips, tests = (said[task.key] if task else None for task in (whole.flips, vectors))
    return Audited(drawn, counts.counted, flips, tests)


def _draw(run: Run, source: Staged, part: Finished, whole: Whole, policy: Policy) -> Task:
    job = samples.Draw(part.prefix, _texts(source), whole.prefix, policy)
    name = key("draw", whole.prefix.rpartition("/")[2], part.prefix.rpartition("/")[2])
    return Task(run.output.stage("samples"), name, DRAW_SIZE, samples.draw, job)


def _texts(part: Staged) -> str:
    """Path of a part's documents as they were read."""
    return f"{part.prefix}.docs.arrow"


def _shards(finished: Sequence[Finished], kind: str) -> list[audit.Shard]:
    """The parts' shards of a kind, `ledger` or `data`, for the audit."""
    return [
        audit.Shard(
            f"{part.prefix}.{kind}.parquet", part.summary[kind]["rows"], part.prefix.rpartition("/")[2]
        )
        for part in finished
        if part.summary[kind]
    ]


def publication(
    run: Run,
    layout: str,
    links: str | None,
    finished: Sequence[Finished],
    whole: Whole | None,
    audited: Audited | None,
    counted: dict[str, int],
    weighing: Weighing | None,
    target: str,
) -> Publish:
    """What `publish` needs to know to assemble the snapshot in `target`."""
    read: Counter[str] = Counter()
    for part in finished:
        read.update(part.sources)
    return Publish(
        layout=layout,
        links=links,
        finished=tuple(part.prefix for part in finished),
        summed=whole.prefix if whole else "",
        samples=audited.samples if audited else (),
        results=tuple(part.summary for part in finished),
        target=target,
        config=run.config,
        counted=audited.counted if audited else None,
        flips=audited.flips if audited else None,
        vectors=audited.vectors if audited else None,
        decisions=run.decisions,
        parent=run.parent.snapshot if run.parent else None,
        code_version=code_hash(),
        index={
            "filters": run.dedup,
            "unicode": unicodedata.unidata_version,
            "near_dedup": run.config.near_dedup.model_dump(include={"threshold", "ngram", "bands", "rows"}),
        },
        dedup=counted,
        balance=weighing.report if weighing else None,
        read=dict(read),
    )


def publish_snapshot(run: Run, job: Publish) -> None:
    """Stage 6, always done anew: it links and sums up what is there."""
    run.stage("publish", [Task(run.output.stage("publish"), key("publish", time.time_ns()), 0, publish, job)])

"""`curate`: raw corpora in, a snapshot out. Each stage is its own Beam pipeline with its result on disk.

    plan -> measure -> match -> verify -> link -> finish -> publish

The stages lie in `OUT.partial` under keys that hash code, config and input, so the same command resumes where
it was killed, and a changed one redoes what changed.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from audits import reviews
from audits.gate_faults import check_gates
from filters import groups
from filters.balance import resolve
from filters.mentions import dialect_model
from pipelines import closing, costly, evaluation_sets, local_pool, stages, storage
from pipelines.estimate import Estimate, check_space, expected
from pipelines.output import Output, open_output
from pipelines.parent import open_parent
from pipelines.publish import publish_ledger
from pipelines.runners import Report, where
from pipelines.sources.listing import Own
from pipelines.sources.pieces import Source
from pipelines.sources.plan import plan
from pipelines.stages import Run, Staged
from pipelines.tasks import code_hash, key
from schemas.config import Config
from schemas.errors import RunError, UserError


@dataclass(frozen=True)
class Outcome:
    """A finished run.

    Attributes:
        path: the snapshot.
        manifest: its `snapshot.json`.
        run: its `run.json`.
        report: its `report/report.json`.
        fresh: False where the snapshot was there already and equal.
    """

    path: str
    manifest: dict[str, Any]
    run: dict[str, Any]
    report: dict[str, Any]
    fresh: bool = True


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
    beside: Sequence[str] = (),
    progress: Report = lambda _: None,
    say: Callable[[str], None] = lambda _: None,
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
        beside: other folders that are no input, though they may lie in it.
        progress: called a few times a second.
        say: called with lines for people.

    Raises:
        UserError: bad use: nothing to read, an output that is there and different, a parent that does not
        fit. RunError: a failure while running; what is finished stays in `OUT.partial` and the same command
        continues.
    """
    started = time.time()
    place = where(workers, runner, runner_options)
    if runner is None and not local_pool.can_fork():
        say("this system has no `fork`: one process does the work")
    _check_balance(config)
    check_gates(config.gates)
    if config.groups.enabled and config.groups.dialect_model:
        dialect_model(config.groups)  # a broken one is told now; workers inherit it
    own = Own((output, Output(output, complete=False).partial, *beside))
    pieces, skipped = plan(sources(config), config.output.shard_bytes, own)
    for path in sorted(own.met):
        say(f"left `{path}` out of the input: this run writes there")
    for path in skipped:
        say(f"skipped {path}: not a format that is read")
    earlier = open_parent(parent, config) if parent else None
    decisions = reviews.decisions(parent) if parent and storage.is_local(parent) else ()
    decontaminates = "decontamination" in config.filters
    identity = {
        "code": code_hash(),
        "measured": [config.measured(), limit],
        "policy": config.policy(),
        "config": config.document(),
        "input": key([[p.uri, p.start, p.stop, p.stamp] for p in pieces], config.output.shard_bytes),
        "parent": earlier.snapshot if earlier else None,
        "evaluation": evaluation_sets.stamps(config.decontamination) if decontaminates else None,
        "reviews": reviews.identity(decisions),
    }
    with open_output(output, identity, overwrite=overwrite, say=say) as target:
        if target.complete:
            say(f"{output} is complete and equal; nothing to do")
            return _outcome(target, fresh=False)
        check_space(target, pieces)
        run = Run(config, target, place, progress, say, limit, earlier, decisions)
        if place.runner is None and config.groups.enabled:
            groups.prepare()
        staged = stages.measure(run, pieces)
        layout = stages.lay_out(run, staged)
        _check_errors(run, layout, staged)
        links, counted = stages.find_duplicates(run, layout)
        if place.runner is None:
            costly.prepare(config.filters, config.parameters())
        weighing = stages.weigh(run, layout, staged, links)
        finished = stages.finish(run, layout, staged, links, weighing)
        whole = closing.sum_up(run, layout, staged, links, finished)
        audited = closing.audit_all(run, layout, staged, finished, whole)
        job = closing.publication(
            run, layout, links, finished, whole, audited, counted, weighing, target.assembly
        )
        closing.publish_snapshot(run, job)
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


def estimate(
    config: Config, output: str | None = None, *, workers: int | None = None, limit: int | None = None
) -> Estimate:
    """What `curate` into `output` would do, without doing it.

    Raises:
        UserError: as `curate`.
    """
    own = Own((output, Output(output, complete=False).partial) if output else ())
    pieces, _ = plan(sources(config), config.output.shard_bytes, own)
    return expected(pieces, config, where(workers, None, ()).workers, limit)


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


def _check_balance(config: Config) -> None:
    """Refuses targets that name no group, and balance without mentions.

    Raises:
        UserError: there are such.
    """
    if "balance" in config.filters:
        resolve(config.balance)
        if not config.groups.enabled:
            raise UserError(
                "`balance` needs mentions of groups", "set `groups.enabled: true`, or leave `balance` out"
            )


def _check_errors(run: Run, layout: str, staged: Sequence[Staged]) -> None:
    """Fails a run with too many unreadable records, and leaves the ledger of what it saw."""
    records, errors = sum(part.rows for part in staged), sum(part.errors for part in staged)
    allowed = run.config.input.max_error_rate
    if errors <= allowed * records:
        return
    finished = stages.finish(run, layout, staged, None, None)
    folder = publish_ledger(
        closing.publication(run, layout, None, finished, None, None, {}, None, run.output.partial)
    )
    raise RunError(
        f"{errors:,} of {records:,} records could not be read ({errors / records:.1%});"
        f" `input.max_error_rate` allows {allowed:.1%}",
        f"see `{folder}`; mend the input, or set `input.max_error_rate` higher",
    )


def _outcome(target: Output, *, fresh: bool) -> Outcome:
    manifest, run, report = (
        storage.read_json(storage.join(target.path, *name.split("/")))
        for name in ("snapshot.json", "run.json", "report/report.json")
    )
    return Outcome(target.path, manifest, run, report, fresh)

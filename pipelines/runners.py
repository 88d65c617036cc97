"""Where a stage's graph runs: in the local pool, or on any Beam runner that is named."""

import logging
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.runners.portability.fn_api_runner import FnApiRunner

from pipelines import local_pool, progress
from pipelines.tasks import Task, graph
from schemas.errors import RunError, UserError

REFUSED = {
    "DaskRunner": "of two outputs it silently runs only the last, ignores output tags and drops what"
    " `finish_bundle` puts out (Beam 2.77), so it would lose documents",
}
# DirectRunner may switch to Prism, which downloads a program at run time.
Report = Callable[[progress.Progress], None]
IN_PROCESS = ("FnApiRunner", "DirectRunner", "BundleBasedDirectRunner")


@dataclass(frozen=True)
class Where:
    """How stages are run.

    Attributes:
        workers: processes of the local pool.
        runner: a Beam runner's name; None: the local pool.
        options: Beam pipeline options, as on a command line.
    """

    workers: int
    runner: str | None = None
    options: tuple[str, ...] = ()


def where(workers: int | None, runner: str | None, options: Sequence[str]) -> Where:
    """Checks what the user asked for.

    Raises:
        UserError: a runner that would lose data or that Beam does not know, or fewer than one worker.
    """
    if runner in REFUSED:
        raise UserError(
            f"runner `{runner}` is refused: {REFUSED[runner]}", "leave `--runner` out, or use Flink or Spark"
        )
    if workers is not None and workers < 1:
        raise UserError(f"`--workers` is {workers}, must be at least 1")
    if options and runner is None:
        raise UserError(f"pipeline options {' '.join(options)} need `--runner`")
    if runner == "PortableRunner" and not any(one.startswith("--job_endpoint") for one in options):
        raise UserError(
            "runner `PortableRunner` needs the address of its job service",
            "such as `-- --job_endpoint=localhost:8099` behind all other options",
        )
    if runner is not None and runner not in IN_PROCESS:
        try:
            beam.runners.create_runner(runner)
        except (ValueError, ImportError, AttributeError) as error:
            raise UserError(
                f"runner `{runner}` is unknown: {' '.join(str(error).split())}",
                "leave `--runner` out for the pool of local processes",
            ) from None
    if runner is None and not local_pool.can_fork():
        workers = 1
    return Where(workers or len(os.sched_getaffinity(0)), runner, tuple(options))


def run_stage(stage: str, tasks: Sequence[Task], place: Where, report: Report) -> None:
    """Runs the tasks of one stage to the end.

    Raises:
        RunError: a task failed.
    """
    if not tasks:
        return
    if place.runner is None and local_pool.can_fork():
        local_pool.run(stage, tasks, run_group, place.workers, report)
        return
    report(progress.Progress(stage, 0, len(tasks), 0, 0, 0.0))
    try:
        if place.runner is None or (place.runner in IN_PROCESS and not place.options):
            run_group(stage, tasks)
        else:
            name = "FnApiRunner" if place.runner in IN_PROCESS else place.runner
            runner = FnApiRunner() if name == "FnApiRunner" else name
            _run(stage, tasks, runner, list(place.options))
    except RunError:
        raise
    except Exception as error:
        raise local_pool.explain(stage, error) from error
    report(progress.Progress(stage, len(tasks), len(tasks), *progress.counted(), 0.0))


def run_group(stage: str, tasks: Sequence[Task]) -> None:
    """Runs the stage's graph over some tasks on Beam's in-memory runner, in this process."""
    _run(stage, tasks, FnApiRunner(), [])


def _run(
    stage: str, tasks: Sequence[Task], runner: beam.runners.PipelineRunner | str, options: list[str]
) -> None:
    # In this process a failure is raised; Beam would print its traceback as well.
    quiet = isinstance(runner, FnApiRunner) and not options
    logging.getLogger("apache_beam").setLevel(logging.CRITICAL if quiet else logging.ERROR)
    with beam.Pipeline(runner=runner, options=PipelineOptions(options)) as pipeline:
        graph(pipeline, stage, tasks)

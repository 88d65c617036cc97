"""The same graphs on Beam's runners and in the pool: the same bytes, and every task inside Beam."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import apache_beam as beam
import pytest
from apache_beam.metrics import MetricsFilter

from pipelines import local_pool, runners
from pipelines.curate import Outcome, curate
from pipelines.tasks import Task
from pipelines.tasks import graph as real_graph
from schemas.errors import RunError, UserError
from tests.pipelines import corpora
from tests.pipelines.running import (
    SHARD_BYTES,
    config,
    curated,
    curating,
    differing,
    environment,
    evenhand,
)

SMALL = [f"output.shard_bytes={SHARD_BYTES}"]


class Counted:
    """Tasks that were handed to Beam by stage, and those that Beam counted while it ran them."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.given: dict[str, int] = {}
        self.pipelines: list[tuple[str, beam.Pipeline]] = []
        patch.setattr(runners, "graph", self._graph)

    def _graph(self, pipeline: beam.Pipeline, stage: str, tasks: Sequence[Task]) -> Any:
        self.given[stage] = self.given.get(stage, 0) + len(tasks)
        self.pipelines.append((stage, pipeline))
        return real_graph(pipeline, stage, tasks)

    @property
    def ran(self) -> dict[str, int]:
        """From Beam's metrics."""
        found: dict[str, int] = {}
        for stage, pipeline in self.pipelines:
            counters = pipeline.result.metrics().query(MetricsFilter().with_name(stage))["counters"]
            found[stage] = found.get(stage, 0) + sum(counter.result for counter in counters)
        return found


def run(source: Path, output: Path, name: str, *options: str) -> Outcome:
    """A curation by a runner, the program in this process."""
    return curate(config([source], SMALL), str(output), runner=name, runner_options=options)


@pytest.fixture(scope="module")
def expected(few_texts: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pool's snapshot."""
    return curated(few_texts, tmp_path_factory.mktemp("pool") / "out")


def check(outcome: Outcome, expected: Path, counted: Counted) -> None:
    """The same bytes, and as many tasks counted by Beam as there are, in every stage."""
    assert differing(Path(outcome.path), expected) == []
    assert set(counted.given) == set(outcome.run["stages"])
    assert counted.given["read and measure"] == 2
    assert counted.given["decide and write"] == len(list((expected / "ledger").iterdir())) == 2
    assert counted.given["match bands"] == 5, "28 bands, seven a task, and the exact hashes"
    assert counted.ran == counted.given


def test_fn_api_runner_in_memory(
    few_texts: Path, expected: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = Counted(monkeypatch)
    outcome = run(few_texts, tmp_path / "out", "FnApiRunner")
    check(outcome, expected, counted)
    assert outcome.run["runner"] == "FnApiRunner"


@pytest.mark.slow
def test_fn_api_runner_with_worker_processes(
    few_texts: Path, expected: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = Counted(monkeypatch)
    options = ["--direct_running_mode=multi_processing", "--direct_num_workers=2"]
    check(run(few_texts, tmp_path / "out", "FnApiRunner", *options), expected, counted)


@pytest.fixture
def job_service(tmp_path: Path) -> Iterator[str]:
    """Beam's Python job service, in a process and working directory of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    module = "apache_beam.runners.portability.local_job_service_main"
    log = tmp_path / "service.log"
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    with log.open("w") as stream:
        service = subprocess.Popen(
            [sys.executable, "-m", module, "--port", str(port), "--staging_dir", tmp_path / "staged"],
            cwd=elsewhere,
            env=environment(),
            stdout=stream,
            stderr=stream,
            start_new_session=True,
        )
    try:
        end = time.monotonic() + 60
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert service.poll() is None, log.read_text()
            assert time.monotonic() < end, "the job service does not answer"
            time.sleep(0.1)
        yield f"127.0.0.1:{port}"
    finally:
        os.killpg(service.pid, 9)
        service.wait()


@pytest.mark.slow
def test_portable_runner_on_a_job_service_with_worker_processes(
    few_texts: Path,
    expected: Path,
    tmp_path: Path,
    job_service: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """`harness_subprocess_python`: the service starts each worker as a process."""
    counted = Counted(monkeypatch)
    monkeypatch.chdir(tmp_path)  # a relative output: the workers have another working directory
    options = [
        f"--job_endpoint={job_service}",
        "--environment_type=beam:env:harness_subprocess_python:v1",
        f"--environment_config={sys.executable} -m apache_beam.runners.worker.sdk_worker_main",
    ]
    outcome = run(few_texts, Path("out"), "PortableRunner", *options)
    check(outcome, expected, counted)


# Refused, and without fork


def test_dask_runner_is_refused_with_the_reason(few_texts: Path, tmp_path: Path) -> None:
    refused = evenhand(*curating(few_texts, tmp_path / "out", "--runner", "DaskRunner"))
    assert refused.returncode == 2
    assert "runner `DaskRunner` is refused" in refused.stderr
    assert "would lose documents" in refused.stderr
    assert list(tmp_path.iterdir()) == []


REFUSED = [
    (None, "NoSuchRunner", (), "runner `NoSuchRunner` is unknown"),
    (None, "no.such.Runner", (), "runner `no.such.Runner` is unknown"),
    (None, "PortableRunner", ("--environment_type=LOOPBACK",), "needs the address of its job service"),
    (0, None, (), "`--workers` is 0, must be at least 1"),
    (None, None, ("--direct_num_workers=2",), "need `--runner`"),
]


@pytest.mark.parametrize(("workers", "name", "options", "message"), REFUSED, ids=[row[3] for row in REFUSED])
def test_bad_use_of_runners_is_named(
    workers: int | None, name: str | None, options: Sequence[str], message: str
) -> None:
    with pytest.raises(UserError, match=message) as refused:
        runners.where(workers, name, options)
    assert refused.value.exit_code == 2


def test_without_fork_one_process_does_the_work_and_says_so(
    few_texts: Path, expected: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local_pool, "can_fork", lambda: False)
    monkeypatch.setattr(local_pool, "run", lambda *_: pytest.fail("forked"))
    said: list[str] = []
    outcome = curate(config([few_texts], SMALL), str(tmp_path / "out"), workers=4, say=said.append)
    assert differing(Path(outcome.path), expected) == []
    assert "this system has no `fork`: one process does the work" in said
    assert outcome.run["workers"] == 1


def headache(*_: object) -> None:
    """A task that fails."""
    message = "the disk has a headache"
    raise OSError(message)


def test_a_task_that_fails_under_a_runner_is_one_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = corpora.write_corpus(tmp_path / "corpus", 5, seed=3)
    monkeypatch.setattr("pipelines.stages.measure_unit", headache)
    with pytest.raises(RunError) as failed:
        run(source, tmp_path / "out", "FnApiRunner")
    assert failed.value.message.startswith("read and measure: ")
    assert "the disk has a headache" in failed.value.message
    assert "\n" not in failed.value.message
    assert failed.value.hint

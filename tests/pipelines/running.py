"""Runs of `curate`: as the command that people type, or in this process without Beam, for many small ones."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from evenhand.configs import recorded
from pipelines import audit_snapshot, stages
from pipelines.curate import Outcome, curate
from pipelines.tasks import RunTask, Task
from schemas.config import Config
from schemas.load import load
from tests.conftest import ROOT

SHARD_BYTES = 65_536
DEDUP = ["filters=[exact_dedup, near_dedup]"]
STAGES = ("measure", "match", "verify", "link", "finish", "samples", "audit", "publish")
PATIENCE = 120.0  # seconds that a run may take on a busy machine


def command(*arguments: str | Path) -> list[str]:
    """The words of an `evenhand` command."""
    return [sys.executable, "-m", "evenhand.cli", *map(str, arguments)]


def environment() -> dict[str, str]:
    """The environment of a command: this checkout, no colours."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"}


def evenhand(*arguments: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
    """Runs a command to its end."""
    return subprocess.run(
        command(*arguments),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
        env=environment(),
        **options,
    )


def curated(source: Path, output: Path, *arguments: str | Path, shard_bytes: int = SHARD_BYTES) -> Path:
    """A snapshot by the command, which must succeed."""
    done = evenhand(*curating(source, output, *arguments, shard_bytes=shard_bytes))
    assert done.returncode == 0, done.stderr
    return output


def curating(
    source: Path, output: Path, *arguments: str | Path, shard_bytes: int = SHARD_BYTES
) -> list[str | Path]:
    """The arguments of a `curate` with shards small enough to be many."""
    return ["curate", source, "--output", output, "--set", f"output.shard_bytes={shard_bytes}", *arguments]


class Running:
    """A command that runs in a process group of its own, as from a terminal."""

    def __init__(self, *arguments: str | Path) -> None:
        self.process = subprocess.Popen(
            command(*arguments),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(),
            start_new_session=True,
            # Under `nohup` or from a script's background SIGINT comes ignored, and Ctrl-C would do nothing.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.communicate()

    def workers(self) -> list[psutil.Process]:
        """Its worker processes."""
        try:
            return psutil.Process(self.process.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []

    def wait_for(self, ready: Any, what: str) -> None:
        """Waits until `ready()`; fails where the run ends before."""
        end = time.monotonic() + PATIENCE
        while not ready():
            if self.process.poll() is not None:
                pytest.fail(
                    f"the run ended ({self.process.returncode}) before {what}: {self.process.stderr.read()}"
                )
            assert time.monotonic() < end, f"{what} never came"
            time.sleep(0.004)

    def end(self) -> tuple[int, str]:
        """(exit code, stderr) of the run."""
        _, errors = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, errors


def gone(processes: Iterable[psutil.Process], within: float = 3.0) -> bool:
    """Whether all processes end in that many seconds."""
    return not psutil.wait_procs(processes, timeout=within)[1]


def markers(output: Path, stage: str = "*") -> dict[str, int]:
    """Markers of finished tasks in OUT.partial, with their times (ns); publishing is always done again."""
    found = output.with_name(f"{output.name}.partial").glob(f"stages/{stage}/*.done")
    return {
        f"{path.parent.name}/{path.name}": path.stat().st_mtime_ns
        for path in found
        if path.parent.name != "publish"
    }


def differing(first: Path, second: Path) -> list[str]:
    """Files that two snapshots do not have in common to the byte, `run.json` aside."""
    one, two = _digests(first), _digests(second)
    assert one, f"{first} is empty"
    return sorted(name for name in one.keys() | two.keys() if one.get(name) != two.get(name))


def _digests(root: Path) -> dict[str, str]:
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in root.rglob("*")
        if path.is_file() and path.name != "run.json"
    }


def table(snapshot: Path | str, kind: str) -> pa.Table:
    """The rows of `data` or `ledger`, in the order of the shards."""
    return pa.concat_tables(pq.read_table(path) for path in sorted(Path(snapshot, kind).glob("*.parquet")))


def rows(snapshot: Path | str, kind: str = "ledger") -> list[dict[str, Any]]:
    """The same as dictionaries."""
    return table(snapshot, kind).to_pylist()


def config(paths: Sequence[Path | str], settings: Mapping[str, object] | Sequence[str] = ()) -> Config:
    """A config for some paths with `--set` overrides."""
    return load(None, [str(path) for path in paths], list(settings))


def run_directly(name: str, tasks: Sequence[Task], *_: object) -> None:
    """Does what a stage's graph does, task by task, without Beam: for laws that take many runs."""
    runner = RunTask(name)
    for task in tasks:
        list(runner.process(task))


def audit_directly(
    snapshot: Path | str, output: Path | str, settings: Sequence[str] = (), **options: Any
) -> Any:
    """`report.json` of `evenhand audit SNAPSHOT`, in this process with `run_directly`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stages, "run_stage", run_directly)
        given = recorded(audit_snapshot.manifest(str(snapshot))["config"], settings)
        return audit_snapshot.audit_snapshot(str(snapshot), given, str(output), **options).report


def curate_directly(given: Config, output: Path | str, **options: Any) -> Outcome:
    """`curate` in this process with `run_directly`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stages, "run_stage", run_directly)
        return curate(given, str(output), **options)

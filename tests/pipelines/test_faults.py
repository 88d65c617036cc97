"""What a run survives: killed at any moment, killed workers, Ctrl-C, a second run, a full disk."""

import json
import os
import random
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.pipelines import corpora
from tests.pipelines.running import (
    STAGES,
    Running,
    curating,
    differing,
    evenhand,
    gone,
    markers,
    table,
)

pytestmark = [pytest.mark.alone, pytest.mark.slow]


def arguments(corpus: Path, output: Path) -> list[str | Path]:
    return curating(corpus, output, "--workers", "2")


def resumed(output: Path) -> int:
    """Tasks that the run found done."""
    found: int = json.loads((output / "run.json").read_text())["resumed_shards"]
    return found


def test_killed_in_every_stage_it_ends_with_the_bytes_of_an_undisturbed_run(
    corpus: Path, undisturbed: Path, tmp_path: Path
) -> None:
    """One run, killed once in each stage, a seeded moment after that stage began."""
    output, draw = tmp_path / "out", random.Random(20261124)
    before: dict[str, int] = {}
    for stage in STAGES:
        folder = tmp_path / "out.partial" / "stages" / stage
        with Running(*arguments(corpus, output)) as run:
            run.wait_for(folder.exists, f"stage {stage}")
            # A stage of one task ends too soon to be hit later.
            time.sleep(draw.uniform(0, 0.4) if stage in ("measure", "match", "finish") else 0)
            workers = run.workers()
            os.kill(run.process.pid, signal.SIGKILL)
            run.process.wait()
            assert gone(workers), "a worker outlived its parent"
        assert not output.exists()
        now = markers(output)
        assert before.items() <= now.items(), "a finished shard was done again"
        before = now
    assert len(before) > 50, "the stages before the last were done"
    done = evenhand(*arguments(corpus, output))
    assert done.returncode == 0, done.stderr
    assert "resuming" in done.stderr
    assert resumed(output) == len(before)
    assert differing(output, undisturbed) == []
    assert not output.with_name("out.partial").exists()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_killed_at_a_random_moment_it_does_the_rest_only(
    corpus: Path, undisturbed: Path, tmp_path: Path, seed: int
) -> None:
    output = tmp_path / "out"
    due = random.Random(seed).randrange(1, 90)  # of about 95 tasks
    with Running(*arguments(corpus, output)) as run:
        run.wait_for(lambda: len(markers(output)) >= due, f"task {due}")
        os.kill(run.process.pid, signal.SIGKILL)
    finished = markers(output)
    done = evenhand(*arguments(corpus, output))
    assert done.returncode == 0, done.stderr
    assert resumed(output) == len(finished) >= due
    assert differing(output, undisturbed) == []


def test_killed_workers_are_replaced(corpus: Path, undisturbed: Path, tmp_path: Path) -> None:
    output = tmp_path / "out"
    with Running(*arguments(corpus, output)) as run:
        for stage in ("measure", "finish"):
            run.wait_for(lambda stage=stage: markers(output, stage), f"a task of {stage}")
            for worker in run.workers()[:1]:
                worker.kill()
        code, errors = run.end()
    assert code == 0, errors
    assert differing(output, undisturbed) == []


def test_workers_that_always_die_end_the_run_with_one_message(
    corpus: Path, undisturbed: Path, tmp_path: Path
) -> None:
    output = tmp_path / "out"
    with Running(*arguments(corpus, output)) as run:
        run.wait_for(lambda: (tmp_path / "out.partial" / "stages" / "measure").exists(), "the first stage")
        while run.process.poll() is None:
            for worker in run.workers():
                worker.kill()
            time.sleep(0.01)
        code, errors = run.end()
    assert code == 3
    assert "error: read and measure: 3 workers died on one group of tasks (exit -9)" in errors
    assert "the same command continues" in errors
    assert "Traceback" not in errors
    done = evenhand(*arguments(corpus, output))
    assert done.returncode == 0, done.stderr
    assert differing(output, undisturbed) == []


@pytest.mark.parametrize("whom", ["the group", "the parent alone"])
def test_ctrl_c_ends_within_a_second_and_can_be_resumed(
    corpus: Path, undisturbed: Path, tmp_path: Path, whom: str
) -> None:
    output = tmp_path / "out"
    with Running(*arguments(corpus, output)) as run:
        run.wait_for(lambda: markers(output, "measure"), "the first task")
        workers = run.workers()
        assert workers
        started = time.monotonic()
        if whom == "the group":  # what a terminal does
            os.killpg(run.process.pid, signal.SIGINT)
        else:
            os.kill(run.process.pid, signal.SIGINT)
        code, errors = run.end()
        seconds = time.monotonic() - started
        assert code == 3
        assert "error: interrupted\nhint: run the same command again to continue" in errors
        assert "Traceback" not in errors
        assert seconds < 1
        assert gone(workers, within=0.1)
    finished = markers(output)
    done = evenhand(*arguments(corpus, output))
    assert done.returncode == 0, done.stderr
    assert resumed(output) == len(finished)
    assert differing(output, undisturbed) == []


def test_a_second_run_on_one_output_is_refused_and_harms_nothing(
    corpus: Path, undisturbed: Path, tmp_path: Path
) -> None:
    output = tmp_path / "out"
    with Running(*arguments(corpus, output)) as run:
        run.wait_for(lambda: markers(output, "measure"), "the first task")
        os.killpg(run.process.pid, signal.SIGSTOP)  # so that it cannot end before the second asks
        second = evenhand(*arguments(corpus, output))
        os.killpg(run.process.pid, signal.SIGCONT)
        assert second.returncode == 3
        assert "another run is writing to" in second.stderr
        code, errors = run.end()
    assert code == 0, errors
    assert differing(output, undisturbed) == []


def test_a_changed_policy_redoes_what_depends_on_it_and_says_so(corpus: Path, tmp_path: Path) -> None:
    output, policy = tmp_path / "out", ["--set", "gopher_quality.min_doc_words=120"]
    with Running(*arguments(corpus, output)) as run:
        run.wait_for(lambda: markers(output, "finish"), "a task of the last stage but one")
        os.kill(run.process.pid, signal.SIGKILL)
    finished = markers(output)
    done = evenhand(*arguments(corpus, output), *policy)
    assert done.returncode == 0, done.stderr
    assert "the policy" in done.stderr
    assert resumed(output) == sum(not name.startswith("finish/") for name in finished)
    fresh = tmp_path / "fresh"
    assert evenhand(*arguments(corpus, fresh), *policy).returncode == 0
    assert differing(output, fresh) == []


# A full disk


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 2 MB, to be made larger with `grow`."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    if mount is None or os.geteuid() != 0:
        pytest.skip("a full disk is not tested: only root can mount a small file system")
    made = subprocess.run(
        [mount, "-t", "tmpfs", "-o", "size=2m", "tmpfs", folder], capture_output=True, text=True
    )
    if made.returncode:
        pytest.skip(f"a full disk is not tested: no small file system can be mounted: {made.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def grow(disk: Path) -> None:
    """Makes room."""
    subprocess.run(["mount", "-o", "remount,size=200m", disk], check=True)


def test_a_full_disk_ends_the_run_and_after_making_room_it_continues(
    small_disk: Path, tmp_path: Path
) -> None:
    # Packed so well that the look at the disk before the start passes.
    import zstandard

    texts = [corpora.document(random.Random(seed)) for seed in range(40)]
    lines = b"".join(
        json.dumps({"text": f"{i}\n" + "\n".join([text] * 12)}).encode() + b"\n"
        for i, text in enumerate(texts)
    )
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for i in range(4):
        (corpus / f"{i}.jsonl.zst").write_bytes(zstandard.compress(lines, 19))
    output = small_disk / "out"
    full = evenhand(*arguments(corpus, output))
    assert full.returncode == 3, full.stderr
    assert "no space left on the disk" in full.stderr
    assert "make room, then run the same command again to continue" in full.stderr
    assert "Traceback" not in full.stderr
    assert not output.exists()
    finished = markers(output)
    grow(small_disk)
    done = evenhand(*arguments(corpus, output))
    assert done.returncode == 0, done.stderr
    assert resumed(output) >= len(finished)
    fresh = tmp_path / "fresh"
    assert evenhand(*arguments(corpus, fresh)).returncode == 0
    assert differing(output, fresh) == []


def test_a_disk_that_is_too_small_is_refused_before_the_start(corpus: Path, small_disk: Path) -> None:
    refused = evenhand(*arguments(corpus, small_disk / "out"))
    assert refused.returncode == 3
    assert re.search(r"needs about [\d.]+ MB, its disk has [\d.]+ MB free", refused.stderr)
    assert markers(small_disk / "out") == {}


def test_the_output_can_be_read_while_nobody_else_could_read_the_unfinished_one(
    corpus: Path, undisturbed: Path, tmp_path: Path
) -> None:
    output = tmp_path / "out"
    with Running(*arguments(corpus, output)) as run:
        run.wait_for(lambda: markers(output, "measure"), "the first task")
        assert output.with_name("out.partial").stat().st_mode & 0o777 == 0o700
        assert psutil.Process(run.process.pid).is_running()
    assert table(undisturbed, "data").num_rows

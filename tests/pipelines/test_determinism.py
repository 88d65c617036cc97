"""The same bytes for any number of workers, wherever the input lies; other bytes where the input differs."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.curate import curate
from tests.pipelines import corpora
from tests.pipelines.running import (
    SHARD_BYTES,
    config,
    curate_directly,
    curated,
    curating,
    differing,
    evenhand,
    rows,
    table,
)

SMALL = [f"output.shard_bytes={SHARD_BYTES}"]


@pytest.mark.slow
@pytest.mark.parametrize("workers", [2, 4])
def test_any_number_of_workers_gives_the_same_bytes(
    corpus: Path, undisturbed: Path, tmp_path: Path, workers: int
) -> None:
    output = curated(corpus, tmp_path / "out", "--workers", str(workers))
    assert differing(output, undisturbed) == []
    assert len(list((output / "data").iterdir())) > 20, "many shards"
    run = json.loads((output / "run.json").read_text())
    assert (run["workers"], run["resumed_shards"]) == (workers, 0)


def test_a_clone_of_the_input_elsewhere_gives_the_same_bytes(few_texts: Path, tmp_path: Path) -> None:
    clone = tmp_path / "another" / "place"
    shutil.copytree(few_texts, clone, copy_function=shutil.copy)  # other times, too
    first = curate_directly(config([few_texts], SMALL), tmp_path / "first")
    second = curate_directly(config([clone], SMALL), tmp_path / "second")
    assert differing(Path(first.path), Path(second.path)) == []


def test_the_order_in_which_inputs_are_given_changes_nothing(tmp_path: Path) -> None:
    paths = [
        corpora.write_corpus(tmp_path / name, 20, seed) / "part-1.jsonl"
        for name, seed in (("a", 1), ("b", 2))
    ]
    paths[1] = paths[1].rename(paths[1].with_name("part-9.jsonl"))
    first = curate_directly(config(paths), tmp_path / "first")
    second = curate_directly(config(paths[::-1]), tmp_path / "second")
    assert differing(Path(first.path), Path(second.path)) == []


def test_ids_are_those_of_the_contract(few_texts: Path, tmp_path: Path) -> None:
    import xxhash

    outcome = curate_directly(config([few_texts], [*SMALL, "input.id_field=none"]), tmp_path / "out")
    expected = []
    for uri in ("deep/er/part-0.jsonl", "part-1.jsonl", "part-2.jsonl"):
        position = 0
        for line in (few_texts / uri).read_bytes().splitlines(keepends=True):
            place = f"{uri}#{position}"
            expected.append((xxhash.xxh3_128_hexdigest(place.encode()), place))
            position += len(line)
    ledger = rows(outcome.path)
    assert [(row["doc_id"], row["source_id"]) for row in ledger] == expected
    assert {row["source"] for row in ledger} == {"deep", "part-1.jsonl", "part-2.jsonl"}
    written = [row["doc_id"] for row in rows(outcome.path, "data")]
    assert written == [row["doc_id"] for row in ledger if row["verdict"] == "keep"], (
        "in order of URI and position"
    )


def test_shard_size_changes_the_shards_and_not_the_verdicts(few_texts: Path, tmp_path: Path) -> None:
    first = curate_directly(config([few_texts], SMALL), tmp_path / "first")
    second = curate_directly(config([few_texts]), tmp_path / "second")
    assert len(first.manifest["shards"]) > len(second.manifest["shards"])
    for kind in ("data", "ledger"):
        assert table(first.path, kind).equals(table(second.path, kind))
    assert first.manifest["counts"] == second.manifest["counts"]
    # The index of more parts has more files and file heads; a report names its snapshot.
    ignored = {"dedup", "files", "report_sha256"}
    for name in first.manifest["statistics"].keys() - ignored:
        assert first.manifest["statistics"][name] == second.manifest["statistics"][name], name


def test_the_same_command_again_does_nothing_and_another_one_is_refused(
    few_texts: Path, tmp_path: Path
) -> None:
    output = tmp_path / "out"
    first = curate_directly(config([few_texts], SMALL), output)
    before = {path: path.stat().st_mtime_ns for path in output.rglob("*")}
    again = evenhand(*curating(few_texts, output))
    assert (again.returncode, "nothing to do" in again.stderr) == (0, True), again.stderr
    assert before == {path: path.stat().st_mtime_ns for path in output.rglob("*")}
    refused = evenhand(*curating(few_texts, output, "--set", "gopher_quality.min_doc_words=9"))
    assert refused.returncode == 2
    assert "holds a different snapshot (the policy, the config changed)" in refused.stderr
    assert before == {path: path.stat().st_mtime_ns for path in output.rglob("*")}
    replaced = evenhand(
        *curating(few_texts, output, "--set", "gopher_quality.min_doc_words=9", "--overwrite")
    )
    assert replaced.returncode == 0, replaced.stderr
    assert json.loads((output / "snapshot.json").read_text())["id"] != first.manifest["id"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]


def test_what_a_run_killed_at_its_very_end_left_is_removed(few_texts: Path, tmp_path: Path) -> None:
    output = tmp_path / "out"
    curate_directly(config([few_texts], SMALL), output)
    left = tmp_path / "out.partial"
    left.mkdir()
    (left / "identity.json").write_text(json.dumps(json.loads((output / "run.json").read_text())["identity"]))
    curate_directly(config([few_texts], SMALL), output)
    assert not left.exists()


def test_no_published_file_holds_a_time_a_path_or_a_machine(few_texts: Path, tmp_path: Path) -> None:
    import socket
    import time

    output = tmp_path / "out"
    curate(config([few_texts], SMALL), str(output), runner="FnApiRunner")
    host = socket.gethostname()
    secrets = [str(tmp_path), str(few_texts), time.strftime("%Y-%m-%d"), *[host] * (len(host) > 5)]
    for path in output.rglob("*"):
        if path.is_file() and path.name != "run.json":
            content = path.read_bytes()
            assert not [secret for secret in secrets if secret.encode() in content], path


def test_a_limit_reads_the_first_records_and_gives_the_same_bytes_each_time(
    few_texts: Path, tmp_path: Path
) -> None:
    first = curate_directly(config([few_texts], SMALL), tmp_path / "first", limit=33)
    second = curate_directly(config([few_texts], SMALL), tmp_path / "second", limit=33, workers=4)
    whole = curate_directly(config([few_texts], SMALL), tmp_path / "whole")
    assert first.manifest["counts"]["read"] == 33
    assert differing(Path(first.path), Path(second.path)) == []
    ids = [row["doc_id"] for row in rows(whole.path)]
    assert [row["doc_id"] for row in rows(first.path)] == ids[:33]


# The checks that were written outside of this repository


def outside(shared_checks: Path, script: str, *arguments: object) -> None:
    """Runs one of them, which must pass."""
    done = subprocess.run(
        [sys.executable, shared_checks / script, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="session")
def c4_snapshot(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """s30 with C4's own rule for the ends of lines."""
    sets = ["--set", "c4_quality.require_terminal_punctuation=true"]
    source = shared_data / "corpus" / "s30" / "parquet"
    return curated(source, tmp_path_factory.mktemp("s30") / "out", *sets, shard_bytes=4 << 20)


@pytest.mark.slow
def test_the_contract_holds_on_real_text(shared_checks: Path, shared_data: Path, c4_snapshot: Path) -> None:
    outside(shared_checks, "contract.py", c4_snapshot, shared_data / "corpus" / "s30" / "parquet")


@pytest.mark.slow
def test_quality_rules_agree_with_datatrove(
    shared_checks: Path, shared_data: Path, c4_snapshot: Path
) -> None:
    outside(
        shared_checks,
        "rules_agreement.py",
        c4_snapshot,
        shared_data / "corpus" / "s30" / "datatrove_verdicts.parquet",
    )


@pytest.mark.slow
def test_planted_duplicates_are_found(shared_checks: Path, shared_data: Path, tmp_path: Path) -> None:
    truth = shared_data / "corpus" / "planted_s30"
    output = curated(
        truth / "jsonl", tmp_path / "out", "--set", "filters=[exact_dedup, near_dedup]", shard_bytes=4 << 20
    )
    outside(shared_checks, "dedup_quality.py", output, truth)
    outside(shared_checks, "contract.py", output)


def test_the_outside_check_of_bytes_agrees_with_ours(
    shared_checks: Path, few_texts: Path, tmp_path: Path
) -> None:
    first = curate_directly(config([few_texts], SMALL), tmp_path / "first")
    shutil.copytree(first.path, tmp_path / "second")
    outside(shared_checks, "same_bytes.py", first.path, tmp_path / "second")
    (tmp_path / "second" / "README.md").write_text("another")
    assert differing(Path(first.path), tmp_path / "second") == ["README.md"]
    with pytest.raises(AssertionError, match=r"1 differ: \['README.md'\]"):
        outside(shared_checks, "same_bytes.py", first.path, tmp_path / "second")

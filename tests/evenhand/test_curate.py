"""`evenhand curate`, as a user runs it; what it does to documents is tested with the pipelines."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from evenhand.summary import guarded, plan
from evenhand.table import size
from schemas.config import DEFAULT
from tests.evenhand.conftest import Said, shell

Run = Callable[..., Said]


def test_the_summary_adds_up_and_says_where_to_look(curated: tuple[Path, Said]) -> None:
    out, said = curated
    counts = json.loads((out / "snapshot.json").read_text())["counts"]
    kept, dropped, errors = counts["keep"], counts["drop"], counts["error"]
    assert f"\nkept {kept}  dropped {dropped}  review 0  errors {errors}  = read 50\n" in said.out
    assert said.out.splitlines()[0].split("  ")[0] == "rule and reason"
    assert f"report: {out}/report/report.html\n" in said.out
    assert f"errors: {out}/quarantine/ (file, position, reason, size)\n" in said.out
    assert "read and measure  1/1  " in said.err
    assert "\x1b" not in said.err  # no terminal, no colours


def test_buckets_that_were_not_compared_whole_are_said() -> None:
    dedup = {"guarded_buckets": 28, "skipped_pairs": 23_108_682}
    manifest = {"statistics": {"dedup": dedup}, "config": {"near_dedup": {"max_bucket": 1000}}}
    assert guarded(manifest) == (
        "guard: 28 buckets held more than 1,000 alike documents (`near_dedup.max_bucket`);"
        " 23,108,682 pairs in them were not compared, so that duplicates may be left\n"
    )
    assert guarded({"statistics": {"dedup": {"guarded_buckets": 0}}}) == ""
    assert guarded({"statistics": {}}) == ""


def test_the_same_command_again_does_nothing_and_a_different_one_asks(
    corpus_file: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    command = ["curate", corpus_file, "--output", out, "--json", "--set", "filters=[language]"]
    said = shell(*command)
    found = json.loads(said.out)  # nothing else is on standard output
    assert found["snapshot"] == json.loads((out / "snapshot.json").read_text())
    assert found["run"] == json.loads((out / "run.json").read_text())
    assert found["path"] == str(out)
    assert found["snapshot"]["config"]["filters"] == ["language"]
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    assert shell(*command).code == 0
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before
    other = shell(*command, "--set", "language.keep=[en]")
    assert (other.code, other.out) == (2, "")
    assert "--overwrite" in other.err
    assert shell(*command, "--set", "language.keep=[en]", "--overwrite").code == 0


def test_a_dry_run_writes_nothing(corpus_file: Path, tmp_path: Path) -> None:
    said = shell("curate", corpus_file, "--dry-run", "--output", tmp_path / "out", "--json")
    assert said.code == 0
    found = json.loads(said.out)
    assert (found["files"], found["bytes"]) == (1, corpus_file.stat().st_size)
    assert list(tmp_path.iterdir()) == []
    assert plan(found).splitlines()[1:4] == [
        "filters        " + ", ".join(DEFAULT),
        "files          1",
        f"size           {size(corpus_file.stat().st_size)}",
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            [],
            "error: there is nothing to read: no INPUT was given, and `input.paths` and `sources` are empty\n"
            "hint: such as `evenhand curate corpus/ --output out`\n",
        ),
        (
            ["x"],
            "error: `--output` is missing: where shall the snapshot go?\nhint: such as `--output out`\n",
        ),
        (
            ["a.yaml"],
            "error: config `a.yaml` cannot be read: No such file or directory\n"
            "hint: `evenhand init` writes one\n",
        ),
        (
            ["x", "b.yml", "--output", "o"],
            "error: `b.yml`: a config comes first, and there is one\nhint: see `evenhand curate --help`\n",
        ),
        (
            ["x", "--output", "o", "--set", "near_dedup.threshold=1.4", "--set", "foo=1"],
            "error: --set: `near_dedup.threshold` is 1.4, must lie in 0..1\n"
            "error: --set: unknown key `foo`\n",
        ),
    ],
)
def test_bad_use_is_told_before_anything_starts(arguments: list[str], said: str, run: Run) -> None:
    found = run("curate", *arguments)
    assert (found.code, found.out) == (2, "")
    assert found.err.startswith(said)


def test_dask_is_refused_with_the_reason(corpus_file: Path, tmp_path: Path, run: Run) -> None:
    said = run("curate", corpus_file, "--output", tmp_path / "out", "--runner", "DaskRunner")
    assert said.code == 2
    assert "it would lose documents" in said.err


def test_pipeline_options_after_two_dashes_need_a_runner(corpus_file: Path, tmp_path: Path, run: Run) -> None:
    said = run("curate", corpus_file, "--output", tmp_path / "out", "--", "--direct_num_workers=2")
    assert said.code == 2
    assert "pipeline options --direct_num_workers=2 need `--runner`" in said.err

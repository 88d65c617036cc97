"""`evenhand audit`, and what gates do to `curate`: exit codes, what is printed, what is refused."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import evenhand
from tests.evenhand.conftest import Said, shell

Run = Callable[..., Said]
GATES = "gates=[{measure: kept_share, at_least: 0.99}, {measure: error_rate, at_most: 0.5}]"


@pytest.fixture(scope="module")
def audited(snapshot: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Said]:
    """The snapshot audited against a gate that fails and one that passes."""
    path = tmp_path_factory.mktemp("audits") / "audited"
    return path, shell("audit", snapshot, "--output", path, "--workers", "1", "--set", GATES)


def test_a_gate_that_fails_ends_with_1_and_the_report_is_there(audited: tuple[Path, Said]) -> None:
    path, said = audited
    assert said.code == 1
    told = said.out.splitlines()
    assert told[0].startswith("failed        kept share at least 0.99: ")
    assert told[1].startswith("passed        error rate at most 0.5: ")
    assert told[-1] == f"report: {path}/report.html"
    (broken,) = [line for line in said.err.splitlines() if line.startswith("gate failed: ")]
    assert "kept share at least 0.99" in broken
    verdicts = [gate["verdict"] for gate in json.loads((path / "report.json").read_text())["gates"]]
    assert verdicts == ["failed", "passed"]


def test_the_same_audit_again_fails_by_the_same_gate(audited: tuple[Path, Said], snapshot: Path) -> None:
    again = shell("audit", snapshot, "--output", audited[0], "--workers", "1", "--set", GATES, "--json")
    assert (again.code, "nothing to do" in again.err) == (1, True)
    found = json.loads(again.out)  # nothing else is on standard output
    assert found["report"] == f"{audited[0]}/report.json"
    assert [gate["verdict"] for gate in found["gates"]] == ["failed", "passed"]
    assert found["findings"]


def test_curate_publishes_a_snapshot_whose_gate_failed_and_ends_with_1(
    corpus_file: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    said = shell("curate", corpus_file, "--output", out, "--workers", "1", "--set", GATES)
    assert said.code == 1
    assert "gate failed: kept share at least 0.99" in said.err
    assert "\nfailed        kept share at least 0.99: " in said.out
    assert shell("verify", out).code == 0
    assert "Gates of the policy: 1 failed, 1 passed." in (out / "README.md").read_text()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["SNAPSHOT"], "evenhand audit: the following arguments are required: --output"),
        (
            ["SNAPSHOT", "--output", "o", "--set", "gates=[{measure: kept_shar, at_least: 1}]"],
            "--set: `gates[0]",
        ),
        (
            ["SNAPSHOT", "--output", "o", "--set", "gates=[{measure: mh_ratio, at_most: 1, rule: gopher}]"],
            "--set: `gates[0].rule` names an unknown rule: `gopher`",
        ),
        (
            ["SNAPSHOT", "--output", "o", "--set", "language.min_score=.5"],
            "--set: `language.min_score` is no part",
        ),
        (["SNAPSHOT", "--output", "o", "--compare", "none"], "`none` holds no report to compare with"),
        (["SNAPSHOT", "--output", "o", "--policy", "none.yaml"], "config `none.yaml` cannot be read"),
        (["FILE", "--output", "o", "--policy", "none.yaml"], "`--policy` needs a snapshot"),
        (["FILE", "none.yaml", "--output", "o"], "`none.yaml`: a config comes first, and there is one"),
    ],
)
def test_bad_use_ends_with_2_and_one_line(
    arguments: list[str],
    said: str,
    snapshot: Path,
    corpus_file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    run: Run,
) -> None:
    monkeypatch.chdir(tmp_path)
    places = {"SNAPSHOT": str(snapshot), "FILE": str(corpus_file)}
    found = run("audit", *(places.get(word, word) for word in arguments))
    assert (found.code, found.out) == (2, "")
    assert found.err.startswith(f"error: {said}")
    assert not list(tmp_path.iterdir())


def test_a_damaged_shard_ends_with_3_and_names_it(snapshot: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(snapshot, broken)
    path = next((broken / "data").iterdir())
    path.write_bytes(path.read_bytes()[:-9])
    said = shell("audit", broken, "--output", tmp_path / "audited", "--workers", "1")
    assert said.code == 3
    assert f"error: `{path}` is damaged: its SHA-256 differs from snapshot.json\nhint: restore it" in said.err
    assert "Traceback" not in said.err
    assert not (tmp_path / "audited").exists()


@pytest.mark.parametrize("without", ["snapshot.json", "snapshot.json ledger", "snapshot.json data run.json"])
def test_a_snapshot_that_is_not_whole_is_not_read_as_a_corpus(
    snapshot: Path, tmp_path: Path, run: Run, without: str
) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(snapshot, broken, ignore=shutil.ignore_patterns(*without.split()))
    said = run("audit", broken, "--output", tmp_path / "audited", "--workers", "1")
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith(f"error: `{broken}` is a snapshot that is not whole: it has `")
    assert "but no `snapshot.json`\nhint: restore `snapshot.json` from a copy" in said.err
    assert [path.name for path in tmp_path.iterdir()] == ["broken"]


def test_a_snapshot_among_files_is_not_read_as_a_corpus(
    snapshot: Path, corpus_file: Path, tmp_path: Path, run: Run
) -> None:
    said = run("audit", corpus_file, snapshot, "--output", tmp_path / "audited")
    assert said.code == 2
    assert said.err.startswith(f"error: `{snapshot}` is a snapshot: it is audited alone\nhint: ")


def test_an_audit_from_python_gives_the_report(snapshot: Path, tmp_path: Path) -> None:
    own = json.loads((snapshot / "report" / "report.json").read_text())
    found = evenhand.audit(evenhand.Snapshot(snapshot), tmp_path / "audited", workers=1)
    assert found == own

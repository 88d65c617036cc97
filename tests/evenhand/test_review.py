"""`evenhand review`: the answer of a reviewer, bound to the report that was published."""

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from audits.findings import findings
from audits.reviews import path_of
from tests.audits.rows_of import impact, report
from tests.evenhand.conftest import Said

BY = ("--by", "A. Reviewer")
Run = Callable[..., Said]


@pytest.fixture
def audited(tmp_path: Path) -> Path:
    """The folder of an audit that flags two removals."""
    folder = tmp_path / "audited"
    counts = {
        ("toxicity/1", None, "religion/islam"): (90, 1000, 200, 10000),
        ("pii/1", None, "age/children"): (300, 1000, 300, 5000),
    }
    made = report(impact=impact(counts), snapshot={"id": "ef" * 16})
    made["findings"] = findings(made)
    folder.mkdir()
    content = json.dumps(made).encode()
    (folder / "report.json").write_bytes(content)
    (folder / "run.json").write_text(json.dumps({"report_sha256": hashlib.sha256(content).hexdigest()}))
    return folder


def listed(run: Run, folder: Path) -> list[dict[str, Any]]:
    said = run("review", folder, "--json")
    assert (said.code, said.err) == (0, "")
    found: list[dict[str, Any]] = json.loads(said.out)
    return found


def test_findings_are_listed_with_their_ids_and_states(run: Run, audited: Path) -> None:
    said = run("review", audited)
    assert said.code == 0
    first, sentence, *_ = said.out.splitlines()
    assert first.split() == [listed(run, audited)[0]["id"], "open"]
    assert sentence.startswith("  Documents that mention")
    assert run("review", audited / "report.json").out == said.out


def test_a_decision_is_kept_beside_the_audit_and_shown(run: Run, audited: Path) -> None:
    name = listed(run, audited)[0]["id"]
    said = run("review", audited, "--finding", name, "--dismiss", "--reason", "spam  of\none site", *BY)
    assert (said.code, said.out, said.err) == (0, "", f"{name} is dismissed by A. Reviewer\n")
    (line,) = [json.loads(line) for line in path_of(audited).read_text().splitlines()]
    assert line["report"] == hashlib.sha256((audited / "report.json").read_bytes()).hexdigest()
    assert (line["reason"], line["snapshot"]) == ("spam of one site", "ef" * 16)
    assert line["at"].endswith("Z")
    row = listed(run, audited)[0]
    assert (row["state"], row["by"], row["reason"]) == ("dismissed", "A. Reviewer", "spam of one site")
    assert (
        f"dismissed by A. Reviewer on the report {line['report'][:12]}: spam of one site"
        in run("review", audited).out
    )


def test_a_second_decision_replaces_the_first_and_takes_nothing_out(run: Run, audited: Path) -> None:
    name = listed(run, audited)[0]["id"]
    words = ("review", audited, "--finding", name)
    assert run(*words, "--dismiss", "--reason", "spam", *BY).code == 0
    first = path_of(audited).read_bytes()
    said = run(*words, "--accept", "--reason", "the bound is raised", "--by", "B. Reviewer")
    assert said.err == f"{name} is accepted by B. Reviewer, instead of dismissed by A. Reviewer\n"
    assert path_of(audited).read_bytes().startswith(first)
    assert listed(run, audited)[0]["state"] == "accepted"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--dismiss", "--reason", "x", *BY], "`--finding` is missing"),
        (["--finding", "ID", "--reason", "x", *BY], "`--accept` or `--dismiss` is missing"),
        (["--finding", "ID", "--accept", *BY], "`--reason` is missing"),
        (["--finding", "ID", "--accept", "--reason", "x"], "`--by` is missing"),
        (["--finding", "ID", "--accept", "--reason", "  ", *BY], "`--reason` is empty"),
        (["--finding", "ID", "--accept", "--reason", "x", "--by", ""], "`--by` is empty"),
        (["--finding", "ID", "--accept", "--dismiss", "--reason", "x", *BY], "not allowed with argument"),
    ],
)
def test_half_a_decision_is_refused(run: Run, audited: Path, arguments: list[str], message: str) -> None:
    name = listed(run, audited)[0]["id"]
    said = run("review", audited, *[name if word == "ID" else word for word in arguments])
    assert said.code == 2
    assert message in said.err
    assert not path_of(audited).exists()


def test_an_unknown_finding_is_refused_with_the_nearest(run: Run, audited: Path) -> None:
    name = listed(run, audited)[0]["id"]
    wrong = name[:-1] + ("0" if name[-1] != "0" else "1")
    said = run("review", audited, "--finding", wrong, "--accept", "--reason", "x", *BY)
    assert said.code == 2
    assert said.err == f"error: the report has no finding `{wrong}`\nhint: did you mean `{name}`?\n"


def test_a_tampered_report_is_refused(run: Run, audited: Path) -> None:
    name = listed(run, audited)[0]["id"]
    file = audited / "report.json"
    file.write_bytes(file.read_bytes().replace(b"4.5", b"1.5"))
    for arguments in ([], ["--finding", name, "--dismiss", "--reason", "x", *BY]):
        said = run("review", audited, *arguments)
        assert said.code == 2
        assert "is not the report that was published" in said.err
    assert not path_of(audited).exists()


def test_a_report_that_nobody_sealed_is_refused(run: Run, audited: Path) -> None:
    (audited / "run.json").unlink()
    said = run("review", audited)
    assert said.code == 2
    assert "says nothing of it" in said.err


@pytest.mark.parametrize(
    ("content", "message"), [(None, "holds no report"), (b"{", "is damaged"), (b"[]", "is damaged")]
)
def test_what_is_no_report_is_told(run: Run, tmp_path: Path, content: bytes | None, message: str) -> None:
    if content is not None:
        (tmp_path / "report.json").write_bytes(content)
    said = run("review", tmp_path)
    assert said.code == 2
    assert message in said.err


def test_a_damaged_file_of_decisions_is_left_as_it_is(run: Run, audited: Path) -> None:
    name = listed(run, audited)[0]["id"]
    path_of(audited).write_text('{"finding": "half a l')
    said = run("review", audited, "--finding", name, "--accept", "--reason", "x", *BY)
    assert said.code == 2
    assert "line 1: no decision of a reviewer" in said.err
    assert path_of(audited).read_text() == '{"finding": "half a l'


def test_a_snapshots_report_is_answered_and_the_next_audit_shows_it(
    run: Run, snapshot: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    shutil.copytree(snapshot, out)
    rows = listed(run, out)
    name = rows[0]["id"]
    assert run("review", out, "--finding", name, "--accept", "--reason", "known", *BY).code == 0
    assert path_of(out) == tmp_path / "out.reviews.jsonl"
    from audits.reviews import decisions

    made = json.loads((out / "report" / "report.json").read_bytes())
    (row,) = [row for row in findings(made, decisions(out)) if row["id"] == name]
    assert (row["review_decision"], row["review_by"], row["review_reason"]) == (
        "accepted",
        "A. Reviewer",
        "known",
    )

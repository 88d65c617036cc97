"""Decisions of reviewers: where they lie, what holds, and how they reach the next report."""

import json
from pathlib import Path

import pytest

from audits.findings import findings
from audits.reviews import Decision, attached, decisions, identity, path_of, read, told
from schemas.errors import UserError
from tests.audits.rows_of import impact, report

LINE = {
    "finding": "ab" * 8,
    "decision": "dismissed",
    "reason": "spam of one site",
    "by": "A. Reviewer",
    "at": "2026-11-24T10:00:00Z",
    "report": "cd" * 32,
    "snapshot": "ef" * 16,
}


def written(folder: Path, *lines: object) -> Path:
    """A snapshot's folder with decisions beside it."""
    folder.mkdir(exist_ok=True)
    path_of(folder).write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return folder


def test_decisions_lie_beside_the_folder(tmp_path: Path) -> None:
    assert path_of(tmp_path / "out") == tmp_path / "out.reviews.jsonl"
    assert path_of(Path(f"{tmp_path}/out/")) == tmp_path / "out.reviews.jsonl"


def test_without_a_file_nothing_was_decided(tmp_path: Path) -> None:
    assert decisions(tmp_path / "out") == ()
    assert identity(()) == []


def test_the_last_decision_on_a_finding_holds(tmp_path: Path) -> None:
    folder = written(tmp_path / "out", LINE, LINE | {"decision": "accepted", "by": "B. Reviewer"})
    (found,) = decisions(folder)
    assert (found.decision, found.by) == ("accepted", "B. Reviewer")
    assert len(read(path_of(folder))) == 2


def test_what_a_report_carried_over_holds_until_somebody_decides_anew(tmp_path: Path) -> None:
    made = report(impact=impact({("pii/1", None, "age/children"): (300, 1000, 300, 5000)}))
    first = Decision(findings(made)[0]["id"], "dismissed", "spam", "A. Reviewer", "cd" * 32)
    made["findings"] = findings(made, [first])
    folder = tmp_path / "out"
    (folder / "report").mkdir(parents=True)
    (folder / "report" / "report.json").write_text(json.dumps(made))
    (carried,) = decisions(folder)
    assert carried == first._replace(report="cd" * 6)
    written(folder, LINE | {"finding": first.finding, "decision": "accepted"})
    (anew,) = decisions(folder)
    assert anew.decision == "accepted"
    (row,) = findings(made, decisions(folder))
    assert told(row) == f"accepted by A. Reviewer on the report {'cd' * 6}: spam of one site"


def test_findings_that_nobody_decided_on_say_nothing() -> None:
    row = attached({"id": "x"}, {})
    assert (row["review_decision"], row["review_report"], told(row)) == (None, None, None)


def test_the_identity_of_decisions_does_not_depend_on_their_order() -> None:
    one, other = Decision("a", "accepted", "r", "b", "c"), Decision("b", "accepted", "r", "b", "c")
    assert identity([one, other]) == identity([other, one]) != identity([one])


@pytest.mark.parametrize(
    "line",
    [
        "{",
        '"text"',
        json.dumps(LINE | {"decision": "maybe"}),
        json.dumps({**LINE, "by": 3}),
        json.dumps({"finding": "x"}),
    ],
)
def test_a_damaged_line_is_told_with_its_number(tmp_path: Path, line: str) -> None:
    path_of(tmp_path / "out").write_text(f"{json.dumps(LINE)}\n{line}\n")
    with pytest.raises(UserError, match="line 2: no decision"):
        decisions(tmp_path / "out")


def test_a_damaged_report_is_told(tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text("[]")
    with pytest.raises(UserError, match="is no report"):
        decisions(tmp_path)

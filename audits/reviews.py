"""What reviewers decided on findings: `OUT.reviews.jsonl` beside snapshot or audit OUT, only ever added to.

A line binds a decision to the SHA-256 of the report that it was taken on. The next report shows it: a finding
has the same id as long as it is about the same rule and group. Reports hold no time; the lines do.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

from schemas.errors import UserError

Answer = Literal["accepted", "dismissed"]
ANSWERS: tuple[str, ...] = get_args(Answer)
HASH_SHOWN = 12  # hex digits
KEYS = ("finding", "decision", "reason", "by", "at", "report", "snapshot")


class Decision(NamedTuple):
    """What somebody decided on a finding.

    Attributes:
        finding: its id.
        decision: `accepted` or `dismissed`.
        reason: in words.
        by: who.
        report: SHA-256 of the report, or its first digits.
    """

    finding: str
    decision: str
    reason: str
    by: str
    report: str


def path_of(folder: Path) -> Path:
    """Where the decisions on the report in `folder` are kept."""
    whole = folder.resolve()
    return whole.with_name(f"{whole.name}.reviews.jsonl")


def report_in(folder: Path) -> Path:
    """`report.json` of a snapshot or an audit."""
    inside = folder / "report" / "report.json"
    return inside if inside.exists() else folder / "report.json"


def read(path: Path) -> list[dict[str, Any]]:
    """The lines of a file of decisions; none where there is no file.

    Raises:
        UserError: a line is damaged.
    """
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"`{path}` cannot be read: {error}") from None
    rows = []
    for number, line in enumerate(text.splitlines(), 1):
        try:
            row = json.loads(line)
            known = {key: row[key] for key in KEYS}
        except (ValueError, KeyError, TypeError):
            known = {}
        if (
            not all(isinstance(value, str) for value in known.values())
            or known.get("decision") not in ANSWERS
        ):
            message = f"`{path}`, line {number}: no decision of a reviewer"
            raise UserError(message, "restore the line from a copy, or take it out")
        rows.append(known)
    return rows


def decisions(folder: str | Path) -> tuple[Decision, ...]:
    """What holds of the report in `folder`: what it carried over, then what was decided on it; the last wins.

    Raises:
        UserError: the report or a line is damaged.
    """
    folder = Path(folder)
    found: dict[str, Decision] = {}
    report = report_in(folder)
    if report.exists():
        try:
            findings = json.loads(report.read_bytes())["findings"]
        except (ValueError, KeyError, TypeError):
            message = f"`{report}` is no report"
            raise UserError(message, "curate or audit again, or restore it from a copy") from None
        found |= _carried(findings)
    for row in read(path_of(folder)):
        keys = ("finding", "decision", "reason", "by", "report")
        found[row["finding"]] = Decision(*(row[key] for key in keys))
    return tuple(found[name] for name in sorted(found))


def _carried(findings: Iterable[Mapping[str, Any]]) -> dict[str, Decision]:
    return {
        row["id"]: Decision(
            row["id"], row["review_decision"], row["review_reason"], row["review_by"], row["review_report"]
        )
        for row in findings
        if row.get("review_decision") is not None
    }


def identity(taken: Sequence[Decision]) -> list[list[str]]:
    """Decisions as JSON, for the keys of what depends on them."""
    return [list(decision) for decision in sorted(taken)]


def attached(finding: Mapping[str, Any], taken: Mapping[str, Decision]) -> dict[str, Any]:
    """The finding with what was decided on it, if anything was."""
    known = taken.get(finding["id"])
    return {
        **finding,
        "review_decision": known and known.decision,
        "review_reason": known and known.reason,
        "review_by": known and known.by,
        "review_report": known and known.report[:HASH_SHOWN],
    }


def told(finding: Mapping[str, Any]) -> str | None:
    """`dismissed by N on the report 1f2e...: reason`, or nothing."""
    if finding["review_decision"] is None:
        return None
    by, report = finding["review_by"], finding["review_report"]
    return f"{finding['review_decision']} by {by} on the report {report}: {finding['review_reason']}"

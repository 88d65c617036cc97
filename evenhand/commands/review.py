"""`evenhand review`: a reviewer's answer to a finding."""

import json
import sys
from typing import TYPE_CHECKING, Any

from evenhand.parsing import Parser
from schemas.errors import UserError

if TYPE_CHECKING:
    from audits.reviews import Answer, Decision

DOES = """Lists the findings of a report with what was decided on them; with --finding, records a decision. It
is bound to the report's checksum, kept in REPORT.reviews.jsonl beside the snapshot or audit, and shown in the
next report: that of `curate --parent SNAPSHOT` or `audit SNAPSHOT`. REPORT is a snapshot, the folder of an
audit, or its report.json. The last decision on a finding holds; none is taken out."""


def parser() -> Parser:
    """The command's options."""
    example = (
        'evenhand review out --finding 1f2e3d4c5b6a7988 --dismiss --reason "spam only" --by "A. Reviewer"'
    )
    parser = Parser("review", DOES, example)
    parser.add_argument("report", metavar="REPORT", help="a snapshot, an audit's folder or its report.json")
    parser.add_argument("--finding", metavar="ID", help="the finding that is decided on")
    answer = parser.add_mutually_exclusive_group()
    answer.add_argument("--accept", action="store_true", help="it stands, and somebody will act on it")
    answer.add_argument(
        "--dismiss", action="store_true", help="it needs no action; it is shown last from now on"
    )
    parser.add_argument("--reason", metavar="TEXT", help="why")
    parser.add_argument("--by", metavar="NAME", help="who decides")
    parser.add_argument("--json", action="store_true", help="the findings as JSON")
    return parser


def run(arguments: list[str]) -> int:
    """Lists, or records."""
    options = parser().parse(arguments)
    from evenhand.reviewing import published, record, states

    deciding = {
        "--finding": options.finding,
        "--accept` or `--dismiss": options.accept or options.dismiss or None,
        "--reason": options.reason,
        "--by": options.by,
    }
    given = [name for name, value in deciding.items() if value is not None]
    if given and len(given) < len(deciding):
        missing = next(name for name, value in deciding.items() if value is None)
        message = (
            f"`{missing}` is missing: a decision names its finding, its answer, its reason and who took it"
        )
        raise UserError(message, "see `evenhand review --help`")
    report = published(options.report)
    if given:
        answer: Answer = "accepted" if options.accept else "dismissed"
        before = record(report, options.finding, answer, options.reason, options.by)
        instead = f", instead of {before.decision} by {before.by}" if before else ""
        sys.stderr.write(f"{options.finding} is {answer} by {options.by}{instead}\n")
        return 0
    rows = [_row(finding, states(report)) for finding in report.report["findings"]]
    sys.stdout.write(json.dumps(rows, indent=1, ensure_ascii=False) + "\n" if options.json else _text(rows))
    return 0


def _row(finding: dict[str, Any], known: dict[str, "Decision"]) -> dict[str, Any]:
    decision = known.get(finding["id"])
    return {
        "id": finding["id"],
        "state": decision.decision if decision else "open",
        "reason": decision and decision.reason,
        "by": decision and decision.by,
        "report": decision and decision.report,
        "sentence": finding["sentence"],
        "action": finding["action"],
    }


def _text(rows: list[dict[str, Any]]) -> str:
    text = ""
    for row in rows:
        state = row["state"]
        if state != "open":
            state += f" by {row['by']} on the report {row['report'][:12]}: {row['reason']}"
        text += f"{row['id']}  {state}\n  {row['sentence']}\n"
    return text or "the report has no findings\n"

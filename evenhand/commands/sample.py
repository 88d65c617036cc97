"""`evenhand sample`: documents that a rule removed."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from evenhand.parsing import Parser, count
from schemas.errors import UserError
from schemas.faults import did_you_mean, nearest

SHOWN = 500  # characters of a text


def parser() -> Parser:
    """The command's options."""
    parser = Parser(
        "sample",
        "Shows documents that a rule removed or sent to review: those of lowest hash, a fair draw that\n"
        "repeats. The snapshot holds up to 20 a rule and group that they mention, with a cut of their text.",
        "evenhand sample out --rule near_dedup --group geography/nigeria --n 3",
    )
    parser.add_argument("snapshot", metavar="SNAPSHOT", help="a folder that `curate` wrote")
    parser.add_argument(
        "--rule", metavar="R", required=True, help="`near_dedup/1`, or the filter's name alone"
    )
    parser.add_argument(
        "--group", metavar="G", help="only documents that mention this group, such as `religion/islam`"
    )
    parser.add_argument("--n", type=count, default=5, metavar="N", help="documents at most (default: 5)")
    parser.add_argument(
        "--json", action="store_true", help="as JSON lines, texts as long as the snapshot holds them"
    )
    return parser


def run(arguments: list[str]) -> int:
    """Prints the samples."""
    options = parser().parse(arguments)
    from evenhand.snapshot import Snapshot

    snapshot = Snapshot(options.snapshot)
    rows = _samples(snapshot.path)
    rules = sorted({row["rule"] for row in rows})
    chosen = [row for row in rows if options.rule in (row["rule"], row["rule"].rpartition("/")[0])]
    if not chosen:
        return _none(snapshot.manifest, options, rules)
    if options.group:
        chosen = [row for row in chosen if options.group in row["groups"]]
        if not chosen:
            return _nobody(options.rule, options.group)
    for row in chosen[: options.n]:
        sys.stdout.write(
            json.dumps(row, ensure_ascii=False, default=str) + "\n" if options.json else _text(row)
        )
    return 0


def _nobody(rule: str, group: str) -> int:
    """None of a rule's samples mentions the group: fine, unless there is no such group."""
    from filters import dialect, groups

    known = (*groups.GROUPS, *dialect.GROUPS)
    if group not in known:
        near = nearest(group, known)
        hint = f"did you mean `{near}`?" if near else "groups are named as in `geography/nigeria`"
        raise UserError(f"unknown group `{group}`", hint)
    sys.stderr.write(f"no sample of `{rule}` mentions `{group}`\n")
    return 0


def _samples(path: Path) -> list[dict[str, Any]]:
    import pyarrow.parquet as pq

    rows: list[dict[str, Any]] = []
    for file in sorted((path / "samples").glob("*.parquet")):
        rows += pq.read_table(file).to_pylist()
    return sorted(rows, key=lambda row: (row["rule"], row["doc_id"]))


def _none(manifest: dict[str, Any], options: argparse.Namespace, rules: list[str]) -> int:
    """A rule that removed nothing is fine; one that the snapshot does not know is a fault."""
    ran = sorted({rule["rule"] for rule in manifest["statistics"]["rules"]} | set(rules))
    if options.rule in ran or options.rule in manifest["config"]["filters"]:
        sys.stderr.write(f"`{options.rule}` removed nothing\n")
        return 0
    message = f"no rule `{options.rule}` ran in `{options.snapshot}`"
    names = [rule.rpartition("/")[0] for rule in ran]
    raise UserError(message, did_you_mean(options.rule, names, "rules") if ran else "no filter ran")


def _text(row: dict[str, Any]) -> str:
    from evenhand.table import show

    score = ""
    if row["score"] is not None:
        score = f", score {show(row['score'])}"
        score += f", threshold {show(row['threshold'])}" if row["threshold"] is not None else ""
    text = " ".join(row["text"].split())
    cut = "..." if len(text) > SHOWN or (row.get("chars") or 0) > len(row["text"]) else ""
    # A control character of a document must not reach the terminal.
    safe = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text[:SHOWN])
    what = f"{row['source_id']}  {row['rule']} ({row['reason']}{score})"
    return f"{what}\n  {safe}{cut}\n\n"

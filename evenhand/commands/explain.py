"""`evenhand explain`: what happened to one record, and why."""

import json
import sys

from evenhand.parsing import Parser

MOST = 10  # records of one source_id that are told in full


def parser() -> Parser:
    """The command's options."""
    parser = Parser(
        "explain",
        "Tells what happened to a record: verdict, deciding rule, score and threshold, everything that\n"
        "fired, the document it repeats, edits and signals. A source_id may belong to several records.",
        "evenhand explain out news-07.jsonl#8812",
    )
    parser.add_argument("snapshot", metavar="SNAPSHOT", help="a folder that `curate` wrote")
    parser.add_argument("record", metavar="DOC_ID|SOURCE_ID", help="the record")
    parser.add_argument("--json", action="store_true", help="its ledger rows as JSON")
    return parser


def run(arguments: list[str]) -> int:
    """Prints the explanation."""
    options = parser().parse(arguments)
    from evenhand.snapshot import Snapshot

    snapshot = Snapshot(options.snapshot)
    rows = snapshot.explain(options.record)
    if options.json:
        sys.stdout.write(json.dumps(rows, indent=1, ensure_ascii=False) + "\n")
        return 0
    from evenhand.explanation import explanation
    from filters.catalogue import FILTERS

    filter_of = {field.name: filter_.name for filter_ in FILTERS for field in filter_.signals}
    texts = []
    for row in rows[:MOST]:
        first = row["duplicate_of"]
        kept = snapshot.explain(first)[0] if first and ":" not in first else None
        texts.append(explanation(row, kept, filter_of))
    if len(rows) > MOST:
        texts.append(f"and {len(rows) - MOST} more records with this source_id; `--json` lists all\n")
    sys.stdout.write("\n".join(texts))
    return 0

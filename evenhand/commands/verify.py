"""`evenhand verify`: does a snapshot keep its contract?"""

import json
import sys

from evenhand.parsing import Parser

SHOWN = 50  # faults in full


def parser() -> Parser:
    """The command's options."""
    parser = Parser(
        "verify",
        "Checks every file's checksum, and each shard's rows and schema; that records read = kept + dropped\n"
        "+ review + errors, in total, by source and rule; the manifest's id, policy hash and statistics;\n"
        "and the ledger against the data. Exit code 3 if anything is wrong.",
        "evenhand verify out",
    )
    parser.add_argument("snapshot", metavar="SNAPSHOT", help="a folder that `curate` wrote")
    parser.add_argument("--json", action="store_true", help="the faults as JSON")
    return parser


def run(arguments: list[str]) -> int:
    """Prints the faults, or that there are none."""
    options = parser().parse(arguments)
    from evenhand.integrity import verify

    result = verify(options.snapshot)
    if options.json:
        sys.stdout.write(
            json.dumps({"shards": result.shards, "rows": result.rows, "faults": result.faults}) + "\n"
        )
    elif not result.faults:
        sys.stdout.write(f"{options.snapshot} is whole: {result.shards} shards, {result.rows:,} records\n")
    else:
        for fault in result.faults[:SHOWN]:
            sys.stderr.write(f"error: {fault}\n")
        more = f", the first {SHOWN} above" if len(result.faults) > SHOWN else ""
        sys.stderr.write(
            f"hint: {len(result.faults)} faults{more}; curate again, or restore the files from a copy\n"
        )
    return 3 if result.faults else 0

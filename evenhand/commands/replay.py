"""`evenhand replay`: what another policy would have decided, without reading the corpus again."""

import json
import sys
from pathlib import Path

from evenhand.parsing import Parser
from schemas.errors import UserError

DOES = """Decides again, from the ledger alone, with the keys of a policy file; keys that it does not name
stay as in the snapshot. A key that changes what was measured, such as a dedup threshold, needs a re-run. A
record that needs a signal that was not measured is `unknown`; every other verdict equals that of a re-run."""


def parser() -> Parser:
    """The command's options."""
    parser = Parser("replay", DOES, "evenhand replay out --policy stricter.yaml --output verdicts.parquet")
    parser.add_argument("snapshot", metavar="SNAPSHOT", help="a folder that `curate` wrote")
    parser.add_argument(
        "--policy", metavar="FILE", required=True, help="YAML: `filters` and bounds, or a whole config"
    )
    parser.add_argument(
        "--output", metavar="FILE", help="Parquet, one row per record: doc_id, verdict, rule, ..."
    )
    parser.add_argument("--json", action="store_true", help="the counts as JSON")
    return parser


def run(arguments: list[str]) -> int:
    """Replays and prints how the verdicts change."""
    options = parser().parse(arguments)
    from evenhand.policies import changes, over
    from evenhand.replaying import as_json, replay_snapshot
    from evenhand.snapshot import Snapshot

    snapshot = Snapshot(options.snapshot)
    if options.output and Path(options.output).exists():
        message = f"`{options.output}` exists already"
        raise UserError(message, "name another file, or move it away")
    old, new = over(snapshot.manifest["config"], options.policy)
    result = replay_snapshot(snapshot, old, new, options.output)
    found = as_json(result, changes(old, new))
    sys.stdout.write(json.dumps(found, indent=1) + "\n" if options.json else _text(found))
    return 0


def _text(found: dict[str, list[dict[str, object]]]) -> str:
    from evenhand.table import table

    lines = [f"{row['key']}: {_value(row['before'])} -> {_value(row['after'])}\n" for row in found["policy"]]
    text = ("".join(lines) or "the policy is the snapshot's own\n") + "\n"
    afters = ["keep", "drop", "review", "error", "unknown"]
    matrix = {(row["before"], row["after"]): row["documents"] for row in found["verdicts"]}
    befores = [verdict for verdict in afters if any(was == verdict for was, _ in matrix)]
    afters = [verdict for verdict in afters if any(now == verdict for _, now in matrix)]
    body = [[was, *(matrix.get((was, now), 0) for now in afters)] for was in befores]
    text += table(["before \\ after", *afters], body) + "\n"
    rules = [[row["rule"], row["decided_before"], row["decided_after"]] for row in found["rules"]]
    text += table(["deciding rule", "before", "after"], rules) + "\n" if rules else ""
    return text + f"{found['changed']:,} records get another verdict or deciding rule\n"


def _value(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else json.dumps(value, ensure_ascii=False)

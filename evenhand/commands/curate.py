"""`evenhand curate`: a raw corpus in, a snapshot out."""

import argparse
import dataclasses
import json
import sys
from typing import TYPE_CHECKING

from evenhand.parsing import Parser, add_place, count, divided
from schemas.errors import UserError

if TYPE_CHECKING:
    from schemas.config import Config

DOES = """Reads files, folders, globs, URLs or `datasets` names; removes by rule; writes the kept documents, a
ledger with one row per record, and a report to OUT. Works without any config; a first argument that ends in
.yaml is one. A run that was stopped goes on when the same command is given again. Options after `--` go to
the Beam runner."""
NO_INPUT = "there is nothing to read: no INPUT was given, and `input.paths` and `sources` are empty"


def parser() -> Parser:
    """The command's options."""
    parser = Parser("curate", DOES, "evenhand curate corpus/ --output out --set near_dedup.threshold=0.8")
    parser.add_argument("inputs", nargs="*", metavar="[CONFIG.yaml] INPUT", help="replaces `input.paths`")
    parser.add_argument(
        "--output", metavar="OUT", help="a new folder, or the one of the same run stopped before"
    )
    add_place(parser, "overrides a key of the config; repeatable")
    parser.add_argument(
        "--parent", metavar="SNAPSHOT", help="drop what repeats a document of this snapshot, too"
    )
    parser.add_argument("--limit", type=count, metavar="N", help="read N records at most")
    parser.add_argument("--dry-run", action="store_true", help="tell what would run, for how long, on what")
    parser.add_argument("--overwrite", action="store_true", help="replace a different snapshot in OUT")
    parser.add_argument("--json", action="store_true", help="the result as JSON on standard output")
    return parser


def run(arguments: list[str]) -> int:
    """Curates, or estimates, and prints the summary."""
    ours, runner_options = divided(arguments)
    options = parser().parse(ours)
    config = _config(options.inputs, options.set)
    if options.dry_run:
        return _estimate(config, options)
    if not options.output:
        message = "`--output` is missing: where shall the snapshot go?"
        raise UserError(message, "such as `--output out`")
    from evenhand.judgement import failed
    from evenhand.progress import Display
    from evenhand.summary import summary
    from pipelines.curate import curate

    with Display(sys.stderr) as display:
        outcome = curate(
            config,
            options.output,
            workers=options.workers,
            runner=options.runner,
            runner_options=runner_options,
            parent=options.parent,
            limit=options.limit,
            overwrite=options.overwrite,
            progress=display,
            say=display.say,
        )
    if options.json:
        result = {"path": str(outcome.path), "snapshot": outcome.manifest, "run": outcome.run}
        result |= {name: outcome.report[name] for name in ("gates", "findings")}
        sys.stdout.write(json.dumps(result, indent=1) + "\n")
    else:
        sys.stdout.write(summary(outcome.manifest, outcome.report, str(outcome.path)))
    return failed(outcome.report, sys.stderr)


def _config(inputs: list[str], overrides: list[str]) -> "Config":
    from evenhand.configs import given

    config = given(inputs, overrides, "curate")
    if not config.input.paths and not any(source.paths for source in config.sources):
        raise UserError(NO_INPUT, "such as `evenhand curate corpus/ --output out`")
    return config


def _estimate(config: "Config", options: argparse.Namespace) -> int:
    from evenhand.summary import plan
    from pipelines.curate import estimate

    found = dataclasses.asdict(estimate(config, options.output, workers=options.workers, limit=options.limit))
    sys.stdout.write(json.dumps(found, indent=1) + "\n" if options.json else plan(found))
    return 0

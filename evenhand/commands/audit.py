"""`evenhand audit`: the audit of a snapshot, or of files that were never curated."""

import json
import sys

from evenhand.parsing import Parser, add_place, divided

DOES = """Tells who is in a corpus, what is said about them, and whom each filter removed; writes
DIR/report.html and DIR/report.json. SNAPSHOT is a folder that `curate` wrote: its ledger and data are read,
nothing is measured again, and the numbers are those of its own report. INPUT are files and folders as of
`curate`: they are read as they are, no filter runs. Exit code 1 if a gate of the policy failed."""


def parser() -> Parser:
    """The command's options."""
    parser = Parser("audit", DOES, "evenhand audit out --output audited --compare last-month")
    parser.add_argument("inputs", nargs="+", metavar="SNAPSHOT | [CONFIG.yaml] INPUT", help="what is audited")
    parser.add_argument("--output", metavar="DIR", required=True, help="a new folder for the report")
    parser.add_argument(
        "--compare", metavar="OTHER", help="a snapshot, audit or report.json to be set beside this one"
    )
    parser.add_argument(
        "--policy",
        metavar="FILE",
        help="YAML: whom the rules would have removed with these bounds, by replay",
    )
    add_place(
        parser, "overrides a key of the config; of a snapshot: of `audit`, `impact`, `gates`; repeatable"
    )
    parser.add_argument("--overwrite", action="store_true", help="replace a different report in DIR")
    parser.add_argument(
        "--json", action="store_true", help="gates, findings and the report's path as JSON on standard output"
    )
    return parser


def run(arguments: list[str]) -> int:
    """Audits, and prints gates and findings."""
    ours, runner_options = divided(arguments)
    options = parser().parse(ours)
    from evenhand.auditing import run_audit
    from evenhand.judgement import failed, judgement
    from evenhand.progress import Display

    with Display(sys.stderr) as display:
        audited = run_audit(
            options.inputs,
            options.output,
            overrides=options.set,
            policy=options.policy,
            compare=options.compare,
            workers=options.workers,
            runner=options.runner,
            runner_options=runner_options,
            overwrite=options.overwrite,
            progress=display,
            say=display.say,
        )
    report = audited.report
    if options.json:
        found = {
            "report": f"{audited.path}/report.json",
            "gates": report["gates"],
            "findings": report["findings"],
        }
        sys.stdout.write(json.dumps(found, indent=1) + "\n")
    else:
        sys.stdout.write(f"{judgement(report)}report: {audited.path}/report.html\n")
    return failed(report, sys.stderr)

"""The command line: finds the command, runs it, and turns whatever happens into an exit code and one line.

Exit codes: 0 done; 1 a gate failed; 2 bad use or bad config; 3 failed while running.
"""

import gc
import sys
from collections.abc import Sequence
from importlib import import_module

from schemas.errors import UserError

COMMANDS = {
    "init": "write a commented config",
    "curate": "turn a raw corpus into clean shards and a complete ledger",
    "audit": "tell who is in a corpus, what is said about them, and whom each filter removed",
    "review": "answer a finding of a report: accept or dismiss it, with a reason",
    "explain": "tell what happened to one record, and why",
    "sample": "show documents that a rule removed",
    "replay": "give the verdicts that another policy would have given, from the ledger alone",
    "verify": "check a snapshot: checksums, schemas, conservation, ledger against data",
    "doctor": "check this machine and installation",
}
OBJECTS = 50_000  # between two looks for garbage: with Python's 700 they take a tenth of the start
EXAMPLE = """example:
  evenhand curate corpus/ --output out
  evenhand explain out news-07.jsonl#8812"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns the exit code."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    gc.set_threshold(OBJECTS)
    try:
        return _run(arguments)
    except UserError as error:
        for fault in getattr(error, "faults", ()) or [error]:
            place = f"{fault.place}: " if hasattr(fault, "place") else ""
            complain(f"{place}{fault.message}", fault.hint)
        return error.exit_code
    except KeyboardInterrupt:
        complain("interrupted", "run the same command again to continue")
        return 3
    except BrokenPipeError:
        # The reader of our output has gone (`| head`): nothing is left to say, and nobody to say it to.
        sys.stderr.close()
        return 3
    except SystemExit as stop:
        return int(stop.code or 0)
    except Exception as error:
        if "--debug" in arguments:
            raise
        complain(f"{type(error).__name__}: {' '.join(str(error).split())}", "`--debug` shows the traceback")
        return 3


def complain(message: str, hint: str | None = None) -> None:
    """One fault on stderr."""
    sys.stderr.write(f"error: {message}\n")
    if hint:
        sys.stderr.write(f"hint: {hint}\n")


def _run(arguments: list[str]) -> int:
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        sys.stdout.write(_help())
        return 0
    if arguments[0] in ("-V", "--version"):
        from evenhand import __version__

        sys.stdout.write(f"evenhand {__version__}\n")
        return 0
    name = arguments[0]
    if name not in COMMANDS:
        from schemas.faults import did_you_mean

        message = f"unknown {'option' if name.startswith('-') else 'command'} `{name}`"
        raise UserError(message, did_you_mean(name, COMMANDS, "commands"))
    code: int = import_module(f"evenhand.commands.{name}").run(arguments[1:])
    return code


def _help() -> str:
    width = max(map(len, COMMANDS))
    lines = "\n".join(f"  {name:<{width}}  {does}" for name, does in COMMANDS.items())
    return (
        f"{EXAMPLE}\n\nusage: evenhand COMMAND ...\n\n"
        "Curate text corpora for language-model training, and prove what the curation did to people.\n\n"
        f"commands:\n{lines}\n\n`evenhand COMMAND --help` tells more; `--version` the version.\n"
    )


if __name__ == "__main__":
    sys.exit(main())

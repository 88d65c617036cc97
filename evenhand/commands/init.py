"""`evenhand init`: a commented config with every key and its default."""

import sys
from pathlib import Path

from evenhand.parsing import Parser
from schemas.errors import UserError


def parser() -> Parser:
    """The command's options."""
    parser = Parser(
        "init",
        "Writes a config with every key, its meaning and its default. A key that you delete keeps it.",
        "evenhand init corpus/ --output config.yaml",
    )
    parser.add_argument("inputs", nargs="*", metavar="INPUT", help="goes into `input.paths`")
    parser.add_argument("--output", metavar="FILE", help="a new file (default: standard output)")
    return parser


def run(arguments: list[str]) -> int:
    """Writes the config."""
    options = parser().parse(arguments)
    from evenhand.template import template

    text = template(options.inputs)
    if not options.output:
        sys.stdout.write(text)
        return 0
    try:
        with Path(options.output).open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        message = f"`{options.output}` exists already"
        raise UserError(message, "name another file, or move it away") from None
    except OSError as error:
        message = f"`{options.output}` cannot be written: {error.strerror}"
        raise UserError(message) from None
    sys.stderr.write(f"wrote {options.output}\nnext: `evenhand curate {options.output} --output OUT`\n")
    return 0

"""An argument parser that answers in our words: help starts with an example, faults are UserErrors."""

import argparse
import re
from typing import Never

from schemas.errors import UserError
from schemas.faults import did_you_mean


class Parser(argparse.ArgumentParser):
    """Parser of one command.

    Args:
        name: the command.
        does: what it does; the text under the example.
        example: command lines to begin with.
    """

    def __init__(self, name: str, does: str, example: str) -> None:
        super().__init__(
            prog=f"evenhand {name}",
            description=does,
            add_help=False,
            allow_abbrev=False,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        self.example = example
        self.add_argument("-h", "--help", action="help", help="show this and exit")
        self.add_argument("--debug", action="store_true", help="show the traceback of an unexpected error")

    def format_help(self) -> str:
        """The example, then argparse's own text."""
        return f"example:\n  {self.example}\n\n{super().format_help()}"

    def parse(self, arguments: list[str]) -> argparse.Namespace:
        """Parses options and positionals in any order.

        Raises:
            UserError: bad use; the hint names the option that was probably meant.
        """
        found, unknown = self.parse_known_intermixed_args(arguments)
        if unknown:
            options = [option for option in self._option_string_actions if option.startswith("--")]
            word = unknown[0].partition("=")[0]
            hint = (
                did_you_mean(word, options, "options")
                if word.startswith("-")
                else f"see `{self.prog} --help`"
            )
            message = f"{self.prog}: unknown {'option' if word.startswith('-') else 'argument'} `{word}`"
            raise UserError(message, hint)
        return found

    def error(self, message: str) -> Never:
        """Raises argparse's complaint as a UserError."""
        message = re.sub(r"^argument ([^:]+): ", r"`\1`: ", message)
        msg = f"{self.prog}: {message}"
        raise UserError(msg, f"see `{self.prog} --help`")


def add_place(parser: Parser, settings: str) -> None:
    """Options of a command that runs graphs: how many workers, which runner, and `--set` ("`settings`")."""
    parser.add_argument("--workers", type=count, metavar="N", help="processes (default: one a core)")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help=settings)
    parser.add_argument("--runner", metavar="R", help="a Beam runner (default: a pool of local processes)")


def divided(arguments: list[str]) -> tuple[list[str], tuple[str, ...]]:
    """(ours, the Beam runner's), which stand after `--`."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    return arguments[:end], tuple(arguments[end + 1 :])


def count(text: str) -> int:
    """A whole number of at least 1, as an option's type."""
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        message = f"`{text}` must be a whole number of at least 1"
        raise argparse.ArgumentTypeError(message)
    return number

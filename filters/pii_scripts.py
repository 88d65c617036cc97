r"""Scripts that write no space between a word and a number beside it: `卡号4111...`, `는`, `です`.

To Presidio's patterns their letters are letters like any other, so that `\b` finds no border beside them.
"""

import functools
from typing import Any

SCRIPTS = (
    "Han", "Hiragana", "Katakana", "Bopomofo", "Hangul", "Yi", "Thai", "Lao", "Khmer", "Myanmar", "Tibetan",
)  # fmt: skip
LETTERS = "".join(rf"\p{{{script}}}" for script in SCRIPTS) + "ーｰ"  # inside of a class of `regex`
BLANK = "\0"  # neither letter nor space, so a border to every pattern


@functools.cache
def _letters() -> Any:  # noqa: ANN401
    import regex

    return regex.compile(f"[{LETTERS}]+")


def blanked(text: str) -> str:
    """The text with a border in place of each of these letters."""
    return str(_letters().sub(lambda found: BLANK * len(found.group()), text))


def continues(char: str) -> bool:
    """Whether a word or number goes on in `char`: a letter or digit, of another script; false for none."""
    return char.isalnum() and (char.isascii() or not _letters().match(char))


@functools.cache
def _before_name() -> Any:  # noqa: ANN401
    import regex

    return regex.compile(rf"[{LETTERS}]+(?=[A-Za-z][\w.+\-]+\W)")


def before_name(address: str) -> int:
    """Characters of a sentence that an address of ASCII took along: 4 of `メールはtaro@example.jp`."""
    found = _before_name().match(address)
    return found.end() if found and address[found.end() :].isascii() else 0

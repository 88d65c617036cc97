"""Rows of any shape as a table: what the page has no picture for is shown all the same."""

from collections.abc import Mapping, Sequence
from typing import Any

from audits.page.figures import NONE, number, plain
from audits.page.markup import Html, cut
from audits.page.tables import Line, folded

LETTERS = 120


def rows_table(caption: str, found: Sequence[Mapping[str, Any]], *, shown: int = 20, most: int = 200) -> Html:
    """A column a key, words before numbers."""
    keys = list(dict.fromkeys(key for row in found for key in row))
    wordy = [key for key in keys if not all(_is_number(row.get(key)) for row in found)]
    order = [*wordy, *(key for key in keys if key not in wordy)]
    lines = [Line([said(row.get(key)) for key in order]) for row in found]
    heads = [words(key) for key in order]
    return folded(caption, heads, lines, shown=shown, most=most, words=len(wordy))


def said(value: object) -> str:
    """Any value of JSON in words."""
    if value is None:
        return NONE
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return number(value)
    if isinstance(value, float):
        return plain(value, trim=True)
    if isinstance(value, list | tuple):
        return cut(", ".join(map(said, value)) or NONE, LETTERS)
    if isinstance(value, Mapping):
        return cut("; ".join(f"{words(str(key))} {said(inner)}" for key, inner in value.items()), LETTERS)
    return cut(value, LETTERS)


def words(key: str) -> str:
    """`lost_components`: Lost components."""
    spaced = key.replace("_", " ")
    return spaced[:1].upper() + spaced[1:]


def _is_number(value: object) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))

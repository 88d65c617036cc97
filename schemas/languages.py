"""The codes that language identification gives, and what people write in their place."""

import functools
import json
import re
from importlib import resources
from typing import NamedTuple

from schemas.faults import nearest


class Languages(NamedTuple):
    """`languages.json`.

    Attributes:
        codes: those of fastText's lid.176, and `und` for a text that is blank.
        others: names and other codes, lower-case -> code.
    """

    codes: frozenset[str]
    others: dict[str, str]


@functools.cache
def languages() -> Languages:
    """The table, read once."""
    table = json.loads(resources.files("schemas").joinpath("languages.json").read_text("utf-8"))
    return Languages(frozenset(table["codes"]), table["others"])


def meant(word: str) -> str | None:
    """The code that `word` was probably meant to be: `eng`, `English`, `en-US` and `EN` are all `en`."""
    codes, others = languages()
    lower = word.strip().lower()
    for said in (lower, re.split(r"[-_]", lower)[0]):
        if said in codes or said in others:
            return said if said in codes else others[said]
    near = nearest(lower, others) if len(lower) > 3 else None  # any two letters are near some code
    return others[near] if near else None

"""Codes of the data as short heads of columns and rows; sentences take theirs from audits/names.py."""

import functools

from audits import names
from audits.page.markup import cut
from schemas.languages import languages

RULES = {
    "exact_dedup": "Exact duplicates",
    "near_dedup": "Near duplicates",
    "language": "Language",
    "gopher_repetition": "Repetition",
    "gopher_quality": "Gopher quality",
    "c4_quality": "C4 quality",
    "fineweb_quality": "FineWeb quality",
    "pii": "Personal data",
    "toxicity": "Toxicity",
    "decontamination": "Evaluation sets",
    "balance": "Balance",
    "input": "Unreadable input",
}
DOES = {
    "exact_dedup": "has the same text as another document",
    "near_dedup": "has nearly the same text as another document, at or above the threshold",
    "language": "is in a language that the policy does not keep, or in one that could not be told",
    "gopher_repetition": "repeats lines, paragraphs or phrases (Rae et al. 2021)",
    "gopher_quality": "is too short or long, has few common words or many symbols (Rae et al. 2021)",
    "c4_quality": "has few sentences, curly brackets or placeholder text (Raffel et al. 2020)",
    "fineweb_quality": "has many short or repeated lines, or few with punctuation (Penedo et al. 2024)",
    "pii": "holds more personal data than the policy lets through",
    "toxicity": "scores high with a classifier of toxic language",
    "decontamination": "holds text of an evaluation set",
    "balance": "has a weight below one",
    "input": "could not be read",
}
MOST = 60  # characters
UNKNOWN = "und"  # what is said of a text that is blank


def rule(name: str | None) -> str:
    """`gopher_repetition/1`: Repetition; what is not ours keeps its name."""
    if name is None:
        return "All rules"
    return RULES.get(name.partition("/")[0], cut(name, MOST))


def reason(rule_name: str, code: str | None) -> str:
    """What a reason says of a document; of none, any."""
    return "any reason" if code is None else cut(names.reason(rule_name, code), MOST)


def language(code: str | None) -> str:
    """`de`: German (de); one without a name keeps its code."""
    if code in (None, UNKNOWN):
        return "not told"
    said = _languages().get(str(code))
    return cut(f"{said} ({code})" if said else code, MOST)


@functools.cache
def _languages() -> dict[str, str]:
    """English names by code: what is longer than the codes that stand beside them."""
    return {code: name.title() for name, code in languages().others.items() if len(name) > len("deu")}


def axis(code: str) -> str:
    """`race_ethnicity`: Race and ethnicity."""
    said = cut(names.axis(code), MOST)
    return said[:1].upper() + said[1:]


def group(code: str | None) -> str:
    """`geography/nigeria`: Nigeria; None: all documents."""
    return "all documents" if code is None else cut(names.group(code), MOST)

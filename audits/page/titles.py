"""Codes of the data as short heads of columns and rows; sentences take theirs from audits/names.py."""

from audits import names
from audits.page.markup import cut

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


def rule(name: str | None) -> str:
    """`gopher_repetition/1`: Repetition; what is not ours keeps its name."""
    if name is None:
        return "All rules"
    return RULES.get(name.partition("/")[0], cut(name, MOST))


def reason(rule_name: str, code: str | None) -> str:
    """What a reason says of a document; of none, any."""
    return "any reason" if code is None else cut(names.reason(rule_name, code), MOST)


def axis(code: str) -> str:
    """`race_ethnicity`: Race and ethnicity."""
    said = cut(names.axis(code), MOST)
    return said[:1].upper() + said[1:]


def group(code: str | None) -> str:
    """`geography/nigeria`: Nigeria; None: all documents."""
    return "all documents" if code is None else cut(names.group(code), MOST)

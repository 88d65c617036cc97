"""What the scan of a text knows of single English words: tone, gender, occupations, names of groups.

Valences are those of VADER (Hutto and Gilbert, "VADER: a parsimonious rule-based model for sentiment analysis
of social media text", 2014), read from the package `vaderSentiment`, as are its degree words and negations;
of its entries only single words are used. A word that by itself names a group has no valence here, so that no
group is rated by its own name.
"""

import csv
import functools
import re
from importlib import resources
from typing import NamedTuple

import numpy as np
from vaderSentiment.vaderSentiment import BOOSTER_DICT, NEGATE

from filters import group_lexicons, words
from filters.group_lexicons import AXES, HIDES, Term
from filters.kernels.word_counts import Kernel
from schemas import group_names

LANGUAGE = "en"
NEGATION, STEM, BUT, NO, WOMEN, MEN, ABBREVIATION, NAMES, BEGINS = (1 << bit for bit in range(9))
ONE_WORD = re.compile(r"\w+")


class Occupation(NamedTuple):
    """An occupation, as the census counts it.

    Attributes:
        name: in the singular.
        forms: words it is looked for as.
        share_of_women: 0..1, of those who held it in the United States, 2015.
    """

    name: str
    forms: tuple[str, ...]
    share_of_women: float


@functools.cache
def occupations() -> tuple[Occupation, ...]:
    """The 60 occupations of WinoGender, sorted by name."""
    with (resources.files("audits.data") / "occupations.csv").open(encoding="utf-8") as stream:
        return tuple(
            Occupation(line["occupation"], tuple(line["forms"].split()), float(line["share_of_women"]))
            for line in csv.DictReader(stream)
        )


@functools.cache
def word_lists() -> dict[str, tuple[str, ...]]:
    """By name, the lists of english_words.txt."""
    text = (resources.files("audits.data") / "english_words.txt").read_text("utf-8")
    lines = (line.partition(":") for line in text.splitlines() if not line.startswith("#"))
    return {name: tuple(members.split()) for name, _, members in lines}


@functools.cache
def valences() -> dict[str, float]:
    """Valence of each single word, -4 to 4, names of groups left out."""
    text = (resources.files("vaderSentiment") / "vader_lexicon.txt").read_text("utf-8")
    entries = (line.split("\t")[:2] for line in text.splitlines() if line.strip())
    names = {core[0] for core in _cores() if len(core) == 1}
    return {
        word: float(valence)
        for word, valence in entries
        if ONE_WORD.fullmatch(word) and word not in names and float(valence) != 0
    }


@functools.cache
def kernel() -> Kernel:
    """The scanner, with all that is known of words; once a process."""
    valence, lists = valences(), word_lists()
    degree = {word: step for word, step in BOOSTER_DICT.items() if ONE_WORD.fullmatch(word)}
    flags: dict[str, int] = {}
    negations = [word for word in NEGATE if ONE_WORD.fullmatch(word)]
    stems = [word.partition("'")[0] for word in NEGATE if word.endswith("'t")]
    cores = _cores()
    pairs = sorted({core[:2] for core in cores if len(core) > 1})
    for flag, members in (
        (NEGATION, negations),
        (STEM, stems),
        (BUT, ["but"]),
        (NO, ["no"]),
        (WOMEN, lists["women"]),
        (MEN, lists["men"]),
        (ABBREVIATION, lists["abbreviations"]),
        (NAMES, sorted({core[0] for core in cores if len(core) == 1})),
        (BEGINS, [first for first, _ in pairs]),
    ):
        for word in members:
            flags[word] = flags.get(word, 0) | flag
    numbers = {form: i for i, occupation in enumerate(occupations()) for form in occupation.forms}
    known = sorted(valence.keys() | degree.keys() | flags.keys() | numbers.keys())
    return Kernel(
        words.table(),
        known,
        np.array([valence.get(word, 0.0) for word in known]),
        np.array([degree.get(word, 0.0) for word in known]),
        np.array([flags.get(word, 0) for word in known], np.uint16),
        np.array([numbers.get(word, -1) for word in known], np.int16),
        [(first, second) for first, second in pairs],
    )


@functools.cache
def own_words() -> dict[str, frozenset[str]]:
    """By axis, the words by which its groups are found: mentions bring them along, so they tell nothing.

    They are the terms of one word, and words that stand in two terms of a group or more. A word of one longer
    term ("singer" of "female singer") is not among them.
    """
    found: dict[str, set[str]] = {axis: set() for axis in AXES}
    seen: dict[tuple[str, str], int] = {}
    for term, core in zip(_terms(), _cores(), strict=True):
        for word in set(core):
            seen[term.group, word] = seen.get((term.group, word), 0) + 1
            if len(core) == 1 or seen[term.group, word] > 1:
                found[group_names.axis_of(term.group)].add(word)
    return {axis: frozenset(members) for axis, members in found.items()}


def _terms() -> list[Term]:
    return [term for term in group_lexicons.terms(LANGUAGE) if not term.group.endswith(f"/{HIDES}")]


@functools.cache
def _cores() -> tuple[tuple[str, ...], ...]:
    return tuple(_words(term.core) for term in _terms())


def _words(text: str) -> tuple[str, ...]:
    return tuple(ONE_WORD.findall(text.lower()))

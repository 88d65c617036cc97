"""Candidates and verdicts: Presidio's recognisers on their windows, then the named validators.

Every result that plain Presidio has on the whole text (same recognisers, same least score) is among the
findings; one that is refused names the validator.
"""

import functools
from typing import Any, NamedTuple

import pyarrow as pa

from filters import pii_context, pii_names, pii_recognisers, pii_validators, pii_windows
from filters.pii_recognisers import Recogniser
from filters.pii_windows import Scanner, Window
from schemas.parameters import Pii


class Finding(NamedTuple):
    """A candidate in one text.

    Attributes:
        entity: what it would be.
        start, end: characters.
        score: of Presidio's.
        refused: name of the validator that refuses it; None: it is personal data.
    """

    entity: str
    start: int
    end: int
    score: float
    refused: str | None


NAMES = ("PERSON", "LOCATION", "ORGANIZATION")


def find(text: pa.StringArray, parameters: Pii) -> list[list[Finding]]:
    """The findings of each text, in order of their starts; nulls have none."""
    found: list[list[Finding]] = [[] for _ in range(len(text))]
    scanner = _scanner(tuple(sorted(parameters.entities)), parameters.phone_regions)
    row, value = -1, ""
    for window in scanner.windows(text):
        if window.row != row:
            row = window.row
            value = text[row].as_py()
        found[row] += _decide(value, window, scanner.recognisers[window.recogniser], parameters.min_score)
    if parameters.names_model is not None and set(NAMES) & set(parameters.entities):
        _add_names(found, text, parameters)
    return [sorted(set(findings), key=lambda f: (f.start, -f.end, f.entity)) for findings in found]


def _add_names(found: list[list[Finding]], text: pa.StringArray, parameters: Pii) -> None:
    texts = text.fill_null("").to_pylist()
    for row, names in enumerate(pii_names.find(texts, str(parameters.names_model))):
        for entity, start, end, score in names:
            if entity in parameters.entities and score >= parameters.min_score:
                match = pii_validators.Match(entity, texts[row], start, end, score, parameters.min_score, ())
                found[row].append(Finding(entity, start, end, score, pii_validators.verdict(match)))


@functools.lru_cache(maxsize=4)
def _scanner(entities: tuple[str, ...], regions: tuple[str, ...]) -> Scanner:
    return pii_windows.compile_needles(pii_recognisers.recognisers(entities, regions))


def _decide(text: str, window: Window, recogniser: Recogniser, least: float) -> list[Finding]:
    found = []
    context = _lower(tuple(recogniser.presidio.context or ()))
    shown = text[window.left : window.right]
    analyze: Any = recogniser.presidio.analyze  # context is ours to look for, so without Presidio's tokens
    for result in analyze(shown, [recogniser.entity], None):
        start, end = window.left + result.start, window.left + result.end
        if end <= window.start or start >= window.end or (start < window.start and recogniser.region is None):
            continue
        score = result.score
        if score < least:
            if pii_context.lifted(score) < least or not pii_context.near(text, start, context):
                continue
            score = pii_context.lifted(score)
        match = pii_validators.Match(recogniser.entity, text, start, end, result.score, least, context)
        match = pii_validators.narrowed(match)
        found.append(Finding(match.entity, match.start, match.end, score, pii_validators.verdict(match)))
    return found


@functools.cache
def _lower(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word.lower() for word in words)

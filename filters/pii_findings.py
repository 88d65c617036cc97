"""Candidates and verdicts: Presidio's recognisers on their windows, then the named validators.

Every result that plain Presidio has on the whole text (same recognisers, same least score) is among the
findings; one that is refused names the validator.
"""

import functools
from collections.abc import Iterator
from typing import Any, NamedTuple

import pyarrow as pa

from filters import pii_context, pii_names, pii_recognisers, pii_scripts, pii_validators, pii_windows
from filters.pii_match import Match
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
    """The findings of each text; nulls have none."""
    found: list[list[Finding]] = [[] for _ in range(len(text))]
    scanner = _scanner(tuple(sorted(parameters.entities)), parameters.phone_regions)
    row, value = -1, ""
    for window in scanner.windows(text):
        if window.row != row:
            row = window.row
            value = text[row].as_py()
        _decide(value, window, scanner.recognisers[window.recogniser], parameters.min_score, found[row])
    if parameters.names_model is not None and set(NAMES) & set(parameters.entities):
        _add_names(found, text, parameters)
    for one in found:
        one[:] = sorted(set(one), key=lambda f: (f.start, -f.end, f.entity))
    return found


def _add_names(found: list[list[Finding]], text: pa.StringArray, parameters: Pii) -> None:
    texts = text.fill_null("").to_pylist()
    for row, names in enumerate(pii_names.find(texts, str(parameters.names_model))):
        for entity, start, end, score in names:
            if entity in parameters.entities and score >= parameters.min_score:
                match = Match(entity, texts[row], start, end, score, parameters.min_score, ())
                verdict = pii_validators.verdict(match)
                found[row].append(Finding(entity, start, end, score, verdict))


@functools.lru_cache(maxsize=4)
def _scanner(entities: tuple[str, ...], regions: tuple[str, ...]) -> Scanner:
    return pii_windows.compile_needles(pii_recognisers.recognisers(entities, regions))


def _decide(text: str, window: Window, recogniser: Recogniser, least: float, found: list[Finding]) -> None:
    if window.refused is not None:
        found.append(Finding(recogniser.entity, window.start, window.end, least, window.refused))
        return
    context = _lower(tuple(recogniser.presidio.context or ()))
    shown = text[window.left : window.right]
    results = list(_results(recogniser, shown))
    if window.spaceless and recogniser.patterns:
        results += _results(recogniser, pii_scripts.blanked(shown))
    for first, last, score in results:
        start, end = window.left + first, window.left + last
        if end <= window.start or start >= window.end or (start < window.start and recogniser.region is None):
            continue
        lifted = score
        if score < least:
            lifted = pii_context.lifted(score)
            if lifted < least or not pii_context.near(text, start, context):
                continue
        match = Match(recogniser.entity, text, start, end, score, least, context)
        match = pii_validators.narrowed(match)
        verdict = pii_validators.verdict(match)
        found.append(Finding(match.entity, match.start, match.end, lifted, verdict))


def _results(recogniser: Recogniser, shown: str) -> Iterator[tuple[int, int, float]]:
    """(start, end, score) of what the recogniser finds, without context.

    A recogniser that is but patterns and checks is asked pattern by pattern, as its `analyze` does, without
    the explanation of each result.
    """
    presidio: Any = recogniser.presidio
    if not recogniser.patterns:
        for result in presidio.analyze(shown, [recogniser.entity], None):
            yield result.start, result.end, result.score
        return
    for pattern, score in recogniser.patterns:
        for found in pattern.finditer(shown):
            value = found.group()
            valid = presidio.validate_result(value) if value else False
            if valid is False or presidio.invalidate_result(value):
                continue
            yield found.start(), found.end(), 1.0 if valid else score


@functools.cache
def _lower(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word.lower() for word in words)

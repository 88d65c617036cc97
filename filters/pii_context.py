"""Context words: what Presidio looks for before a match whose form alone says too little.

Presidio's enhancer takes the five keywords before a match and the match's own token, or the keyword behind
where that token is none, and lifts its score if one holds a context word of the recogniser. Its tokens and
keywords come from an NLP engine; ours is spaCy's English tokenizer with the lower-cased token for a lemma, so
that no model is needed. Stop words and punctuation are no keywords, but are looked at here too: so what lifts
a score in Presidio does here.
"""

import bisect
import functools
import re
from collections.abc import Sequence
from typing import Any

from filters import pii_scripts

KEYWORDS = 6  # five and the match's own token (LemmaContextAwareEnhancer, context_prefix_count)
LIFT, LEAST_LIFTED = 0.35, 0.4  # of its score (context_similarity_factor, min_score_with_context_similarity)
FIRST_LOOK = 256  # characters
BEFORE, AFTER = 120, 40  # characters in which a whole context word is looked for
PLACEHOLDER = re.compile(r"<[A-Z][A-Z_]{2,30}(?::[0-9a-f]{8})?>")
CUT = re.compile(r"\A[A-Z_]{0,31}(?::[0-9a-f]{0,8})?>"), re.compile(r"<[A-Z_]{0,31}(?::[0-9a-f]{0,8})?\Z")


def lifted(score: float) -> float:
    """The score of a match with a context word."""
    return min(1.0, max(score + LIFT, LEAST_LIFTED))


def near(text: str, start: int, words: Sequence[str]) -> bool:
    """Whether Presidio finds one of `words` (lower case) at or before the match that starts at `start`."""
    look = FIRST_LOOK
    if _surely_far(text[max(0, start - look) : start + look], min(start, look), words):
        return False
    while True:
        left, right = max(0, start - look), min(len(text), start + look)
        while left > 0 and not text[left - 1].isspace():
            left -= 1
        while right < len(text) and not text[right].isspace():
            right += 1
        tokens = [(token.idx, token.lower_, _is_keyword(token)) for token in _tokenizer()(text[left:right])]
        here = bisect.bisect_right(tokens, start - left, key=lambda token: token[0])
        before, enough_before = _up_to(KEYWORDS, tokens[:here][::-1])
        after, enough_after = _up_to(1, tokens[max(0, here - 1) :])
        if any(word in token for token in (*before, *after) for word in words):
            return True
        if (enough_before or left == 0) and (enough_after or right == len(text)):
            return False
        look *= 4


def prepare() -> None:
    """Loads the tokenizer in this process: those that it forks then need not."""
    _tokenizer()
    _not_plain()


def _surely_far(stretch: str, start: int, words: Sequence[str]) -> bool:
    """Whether a glance is enough: none of the words, and more than enough keywords on either side."""
    lower = stretch.lower()
    if any(word in lower for word in words):
        return False
    before, after = lower[:start].split()[1:], lower[start:].split()[1:-1]  # the outer ones may be cut
    return sum(map(_plain_keyword, before)) >= KEYWORDS and any(map(_plain_keyword, after))


def _plain_keyword(word: str) -> bool:
    """Whether the tokenizer makes at least one keyword of it; false where that is not plain."""
    return word.isalnum() and word not in _not_plain()


@functools.cache
def _not_plain() -> frozenset[str]:
    """Stop words, and words that the tokenizer takes apart by a rule of their own."""
    import spacy

    nlp: Any = spacy.blank("en")
    return frozenset(nlp.Defaults.stop_words) | {rule.lower() for rule in nlp.tokenizer.rules} | {"be"}


def _up_to(count: int, tokens: Sequence[tuple[int, str, bool]]) -> tuple[list[str], bool]:
    """Tokens up to the `count`-th keyword, and whether there are so many."""
    keywords = 0
    for place, (_, _, keyword) in enumerate(tokens):
        keywords += keyword
        if keywords == count:
            return [lower for _, lower, _ in tokens[: place + 1]], True
    return [lower for _, lower, _ in tokens], False


def _is_keyword(token: Any) -> bool:  # noqa: ANN401
    lower = token.lower_
    lexeme = token.vocab[lower]
    return not (lexeme.is_stop or lexeme.is_punct or ":" in lower or lower == "be")


@functools.cache
def _tokenizer() -> Any:  # noqa: ANN401
    import spacy

    return spacy.blank("en").tokenizer


def beside(text: str, start: int, end: int, words: re.Pattern[str]) -> bool:
    """Whether a whole context word stands near the match; those of placeholders do not count."""
    before = CUT[0].sub(" ", PLACEHOLDER.sub(" ", text[max(0, start - BEFORE) : start]))
    after = CUT[1].sub(" ", PLACEHOLDER.sub(" ", text[end : end + AFTER]))
    return bool(words.search(before) or words.search(after))


@functools.cache
def whole_words(words: tuple[str, ...]) -> re.Pattern[str]:
    """Matches any of the words or phrases, standing alone."""
    longest_first = sorted((word for word in words if word), key=len, reverse=True)
    spaced, spaceless = (
        "|".join(re.escape(word) for word in longest_first if (pii_scripts.blanked(word) == word) is bordered)
        for bordered in (True, False)
    )
    patterns = [rf"(?<![^\W_])(?:{spaced})(?![^\W\d_])"] * bool(spaced) + [spaceless] * bool(spaceless)
    return re.compile("|".join(patterns) if patterns else r"(?!)", re.IGNORECASE)

"""Context words: what Presidio looks for before a match whose form alone says too little.

Presidio's enhancer takes the five keywords before a match and the match's own token, and lifts its score if
one holds a context word of the recogniser. Its tokens and keywords come from an NLP engine; ours is spaCy's
English tokenizer with the lower-cased token for a lemma, so that no model is needed. Stop words and
punctuation are no keywords, but are looked at here too: so what lifts a score in Presidio does here.
"""

import functools
import re
from collections.abc import Sequence
from typing import Any

KEYWORDS = 6  # five and the match's own token (LemmaContextAwareEnhancer, context_prefix_count)
LIFT, LEAST_LIFTED = 0.35, 0.4  # of its score (context_similarity_factor, min_score_with_context_similarity)
FIRST_LOOK = 256  # characters
BEFORE, AFTER = 120, 40  # characters in which a whole context word is looked for
PLACEHOLDER = re.compile(r"<[A-Z][A-Z_]{2,30}(?::[0-9a-f]{8})?>")


def lifted(score: float) -> float:
    """The score of a match with a context word."""
    return min(1.0, max(score + LIFT, LEAST_LIFTED))


def near(text: str, start: int, words: Sequence[str]) -> bool:
    """Whether Presidio finds one of `words` (lower case) before or at the match that starts at `start`."""
    look = FIRST_LOOK
    while True:
        left = max(0, start - look)
        while left > 0 and not text[left - 1].isspace():
            left -= 1
        right = start + 1
        while right < len(text) and not text[right].isspace() and right - start < FIRST_LOOK:
            right += 1
        tokens, enough = _before(text[left:right], start - left)
        if any(word in token for token in tokens for word in words):
            return True
        if enough or left == 0:
            return False
        look *= 4


def _before(text: str, start: int) -> tuple[list[str], bool]:
    """Lower-cased tokens from the one at `start` back to the sixth keyword; whether there are six."""
    found: list[str] = []
    keywords = 0
    for token in reversed([token for token in _tokenizer()(text) if token.idx <= start]):
        lower = token.lower_
        found.append(lower)
        lexeme = token.vocab[lower]
        keywords += not (lexeme.is_stop or lexeme.is_punct or ":" in lower or lower == "be")
        if keywords == KEYWORDS:
            return found, True
    return found, False


@functools.cache
def _tokenizer() -> Any:  # noqa: ANN401
    import spacy

    return spacy.blank("en").tokenizer


def beside(text: str, start: int, end: int, words: re.Pattern[str]) -> bool:
    """Whether a whole context word stands near the match; those of placeholders do not count."""
    before = PLACEHOLDER.sub(" ", text[max(0, start - BEFORE) : start])
    after = PLACEHOLDER.sub(" ", text[end : end + AFTER])
    return bool(words.search(before) or words.search(after))


@functools.cache
def whole_words(words: tuple[str, ...]) -> re.Pattern[str]:
    """Matches any of the words or phrases, standing alone."""
    alternatives = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True) if word)
    return re.compile(
        rf"(?<![^\W_])(?:{alternatives})(?![^\W\d_])" if alternatives else r"(?!)", re.IGNORECASE
    )

"""Plain Presidio over whole texts, with the recognisers that `pii` uses: the authority it is held to."""

import functools
import string
import unicodedata
from typing import Any

import regex
import spacy
from phonenumbers.phonenumberutil import _PLUS_CHARS, _VALID_PUNCTUATION
from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
from presidio_analyzer.nlp_engine import NlpArtifacts, NlpEngine
from presidio_analyzer.predefined_recognizers import PhoneRecognizer

from filters.pii_recognisers import recognisers
from filters.pii_scripts import LETTERS
from schemas.parameters import Pii

Result = tuple[str, int, int, float]


class Words(NlpEngine):
    """spaCy's English tokenizer; the lemma of a token is its lower-cased self."""

    engine_name, is_available = "words", True

    def __init__(self) -> None:
        self.nlp = spacy.blank("en")

    def load(self) -> None:
        pass

    def is_loaded(self) -> bool:
        return True

    def process_text(self, text: str, language: str) -> NlpArtifacts:
        doc = self.nlp.make_doc(text)
        places, lemmas = [token.idx for token in doc], [token.lower_ for token in doc]
        return NlpArtifacts([], doc, places, lemmas, self, language, [])

    def process_batch(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError

    def is_stopword(self, word: str, language: str) -> bool:
        return self.nlp.vocab[word].is_stop

    def is_punct(self, word: str, language: str) -> bool:
        return self.nlp.vocab[word].is_punct

    def get_supported_entities(self) -> list[str]:
        return []

    def get_supported_languages(self) -> list[str]:
        return ["en"]


@functools.cache
def engine(entities: tuple[str, ...], regions: tuple[str, ...]) -> AnalyzerEngine:
    registry = RecognizerRegistry(supported_languages=["en"])
    registry.recognizers = []
    for recogniser in recognisers(entities, ()):
        registry.add_recognizer(recogniser.presidio)
    registry.add_recognizer(PhoneRecognizer(supported_regions=regions))
    return AnalyzerEngine(registry=registry, nlp_engine=Words(), supported_languages=["en"])


def analyze(text: str, parameters: Pii) -> list[Result]:
    presidio = engine(tuple(sorted(parameters.entities)), parameters.phone_regions)
    found = presidio.analyze(text, "en", score_threshold=parameters.min_score)
    return [(result.entity_type, result.start, result.end, result.score) for result in found]


def folded(text: str) -> str:
    """An ASCII character for each of `text`: the twin of filters/kernels/fold.cpp and its table."""
    return "".join(map(_folded, text))


@functools.cache
def _folded(char: str) -> str:
    space = regex.match(r"\s", char)
    if char.isascii() and (not space or char in " \t\n\v\f\r"):
        return char
    equal = [x for x in string.ascii_lowercase if regex.match(x, char, regex.IGNORECASE)]
    if equal:
        return equal[-1]
    if char in _PLUS_CHARS:
        return "+"
    if regex.match(r"\d", char):
        return str(unicodedata.decimal(char, 0))
    if regex.match(f"[{_VALID_PUNCTUATION}]", char) and not char.isspace():
        return "~"
    if space:
        return " "
    if regex.match(r"\w", char):
        return "\x1c" if regex.match(f"[{LETTERS}]", char) else "_"
    return "\x7f"

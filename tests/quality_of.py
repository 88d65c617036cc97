"""What the tests of the quality families ask: scores, reasons and edited text of one document."""

import functools
from types import ModuleType
from typing import Any

import pyarrow as pa
import spacy
from spacy.language import Language as Pipeline

from filters import c4_quality, fineweb_quality, gopher_quality, gopher_repetition, quality
from schemas.parameters import C4Quality, FinewebQuality, GopherQuality, GopherRepetition, Parameters
from tests import naive

PARAMETERS: dict[str, type[Parameters]] = {
    "gopher_quality": GopherQuality,
    "gopher_repetition": GopherRepetition,
    "c4_quality": C4Quality,
    "fineweb_quality": FinewebQuality,
}
MODULES: dict[str, ModuleType] = {
    module.__name__.rpartition(".")[2]: module
    for module in (gopher_quality, gopher_repetition, c4_quality, fineweb_quality)
}


def batch_of(texts: list[str | None], languages: list[str] | str = "en") -> pa.RecordBatch:
    if isinstance(languages, str):
        languages = [languages] * len(texts)
    columns = [pa.array(texts, pa.string()), pa.array(languages, pa.string())]
    return pa.RecordBatch.from_arrays(columns, names=["text", "language"])


def measure(texts: list[str | None], family: str, language: str = "en", **keys: Any) -> pa.RecordBatch:
    return quality.measure(batch_of(texts, language), [family], {family: PARAMETERS[family](**keys)})[0]


def scores(text: str, family: str, language: str = "en", **keys: Any) -> dict[str, Any]:
    row: dict[str, Any] = measure([text], family, language, **keys).to_pylist()[0]
    return row


def reasons(text: str, family: str, language: str = "en", **keys: Any) -> list[str]:
    signals = measure([text], family, language, **keys)
    firings = MODULES[family].fire(with_scores(signals), PARAMETERS[family](**keys))
    return [firing.reason for firing in firings if firing.removes[0]]


def with_scores(signals: pa.RecordBatch, scores: pa.Array | None = None) -> pa.RecordBatch:
    """The signals with each document's language score; without scores, as if all languages were certain."""
    column = scores if scores is not None else pa.repeat(1.0, signals.num_rows)
    return signals.append_column("language_score", column)


def edited(text: str, language: str = "en", **keys: Any) -> str:
    """The text with C4's edits applied."""
    _, edits = quality.measure(batch_of([text], language), ["c4_quality"], {"c4_quality": C4Quality(**keys)})
    return naive.apply_edits(text, edits.to_pylist()[0])


@functools.cache
def english() -> Pipeline:
    """spaCy's English tokenizer and sentencizer: the twin of the splitter."""
    pipeline = spacy.blank("en")
    pipeline.add_pipe("sentencizer")
    pipeline.max_length = 10**9
    return pipeline


def spacy_words(text: str) -> list[str]:
    return [token.text for token in english()(text) if not token.is_space]


def spacy_sentences(text: str) -> int:
    return max(1, len(list(english()(text).sents)))


def words(text: str) -> list[str]:
    data = text.encode()
    return [data[start:end].decode() for start, end in quality.splitter().words(text)]

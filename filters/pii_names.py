"""Names, places and organisations by a model that the config names: a folder of spaCy or transformers.

Off unless `names_model` is given; nothing is downloaded. Long texts are shown to the model in pieces that end
at white space, so that memory does not grow with a document.
"""

import functools
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from schemas.errors import UserError

LABELS = {
    "PERSON": "PERSON", "PER": "PERSON", "GPE": "LOCATION", "LOC": "LOCATION", "LOCATION": "LOCATION",
    "FAC": "LOCATION", "ORG": "ORGANIZATION", "ORGANIZATION": "ORGANIZATION",
}  # fmt: skip
SCORE = 0.85  # of spaCy's entities in Presidio
PIECE = 50_000  # characters

Name = tuple[str, int, int, float]  # entity, start, end, score


def find(texts: Sequence[str], model: str) -> list[list[Name]]:
    """Names in each text, offsets in characters.

    Raises:
        UserError: the folder holds no model that can be loaded.
    """
    tagger = load(model)
    pieces = [(row, start, piece) for row, text in enumerate(texts) for start, piece in _pieces(text)]
    found: list[list[Name]] = [[] for _ in texts]
    for (row, start, _), names in zip(pieces, tagger([piece for _, _, piece in pieces]), strict=True):
        for label, a, b, score in names:
            entity = LABELS.get(label.upper().removeprefix("B-").removeprefix("I-"))
            if entity is not None and b > a:
                found[row].append((entity, start + a, start + b, score))
    return found


@functools.lru_cache(maxsize=1)
def load(model: str) -> Callable[[list[str]], Iterator[list[Name]]]:
    """(texts) -> (label, start, end, score) of each; the model stays in memory."""
    folder = Path(model)
    if (folder / "meta.json").is_file():
        return _spacy(folder)
    if (folder / "config.json").is_file():
        return _transformers(folder)
    raise UserError(
        f"`pii.names_model` is `{model}`, which holds no spaCy or transformers model",
        "name a folder with meta.json (spaCy) or config.json (transformers)",
    )


def _spacy(folder: Path) -> Callable[[list[str]], Iterator[list[Name]]]:
    import spacy

    try:
        nlp = spacy.load(folder, exclude=["parser", "lemmatizer", "textcat"])
    except (OSError, ValueError, ImportError) as error:
        raise UserError(f"`pii.names_model`: spaCy cannot load `{folder}`: {error}") from error

    def tag(texts: list[str]) -> Iterator[list[Name]]:
        for doc in nlp.pipe(texts, batch_size=64):
            yield [(e.label_, e.start_char, e.end_char, SCORE) for e in doc.ents]

    return tag


def _transformers(folder: Path) -> Callable[[list[str]], Iterator[list[Name]]]:
    try:
        from transformers import pipeline  # type: ignore[import-not-found,unused-ignore]
    except ImportError as error:
        raise UserError(
            "`pii.names_model` is a transformers model, and `transformers` is not installed",
            "install `transformers` and `torch` into the environment",
        ) from error
    try:
        tagger: Any = pipeline(
            "token-classification", model=str(folder), tokenizer=str(folder), aggregation_strategy="simple"
        )
    except (OSError, ValueError, KeyError) as error:
        message = f"`pii.names_model`: transformers cannot load `{folder}`: {error}"
        raise UserError(message) from error

    def tag(texts: list[str]) -> Iterator[list[Name]]:
        for text in texts:
            found: list[Name] = []
            for start, piece in _pieces(text, 1_000):  # under the 512 tokens of most models
                for entity in tagger(piece):
                    a, b = start + int(entity["start"]), start + int(entity["end"])
                    found.append((str(entity["entity_group"]), a, b, float(entity["score"])))
            yield found

    return tag


def _pieces(text: str, size: int = PIECE) -> Iterator[tuple[int, str]]:
    start = 0
    while len(text) - start > size:
        spaces = [m.end() for m in re.finditer(r"\s+", text[start + size // 2 : start + size])]
        stop = start + (size // 2 + spaces[-1] if spaces else size)
        yield start, text[start:stop]
        start = stop
    if start < len(text):
        yield start, text[start:]

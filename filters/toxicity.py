"""Toxicity of a document, line by line, by a linear model of word n-grams in fastText's format.

The model that ships is trained by `python -m filters.training.toxicity`; its card, with error rates by group,
is docs/filters/toxicity.md. It reads names of groups of people as one and the same word, so that a score does
not depend on which group a sentence speaks of (counterfactual fairness by construction, for the names in
filters/data/toxicity_words.json). Another fastText model, or a local `transformers` classifier, can take its
place. Lines longer than `piece_words` are scored in pieces; a line without words has no score.

toxicity_max          float64, highest score of a piece; null where the text has no words
toxicity_mean         float64, mean score
toxicity_lines_share  float64, share of pieces that score above `line_score`
toxicity_start        int64, first character of the first piece with the highest score
toxicity_end          int64, the character after it
"""

import functools
import json
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from filters import checks, fasttext_model
from filters.arrow_buffers import string_buffers
from filters.kernels import fasttext
from schemas.errors import UserError
from schemas.parameters import Toxicity

VERSION = 1
SIGNALS = pa.schema(
    [
        pa.field("toxicity_max", pa.float64()),
        pa.field("toxicity_mean", pa.float64()),
        pa.field("toxicity_lines_share", pa.float64()),
        pa.field("toxicity_start", pa.int64()),
        pa.field("toxicity_end", pa.int64()),
    ]
)
CHECKS = (
    checks.Check("toxicity_lines_share", "at_most", "max_lines_share", "toxic_lines"),
    checks.Check("toxicity_max", "at_most", "max_line_score", "toxic_line"),
    checks.Check("toxicity_mean", "at_most", "max_mean_score", "toxic_mean"),
)
GROUP, SLUR, UNKNOWN = "groupname", "slurword", "unknownword"  # what the model's own text can hold
PERSONS = ("people", "person", "persons", "folk", "folks")  # "deaf people" are one name, as "women" are


def measure(text: pa.StringArray, parameters: Toxicity) -> pa.RecordBatch:
    """SIGNALS of each document, in the same order."""
    if parameters.model is not None and Path(parameters.model).is_dir():
        from filters import toxicity_transformers

        found = toxicity_transformers.score(text, parameters, indices)
    else:
        found = _score(text, parameters)
    pieces, total, toxic, highest, begin, end = found
    scored = pieces > 0
    absent = ~scored | pc.is_null(text).to_numpy(zero_copy_only=False)
    count = np.maximum(pieces, 1)
    columns = [
        pa.array(highest / 1e6, mask=absent),
        pa.array(np.round(total / 1e6 / count, 6), mask=absent),
        pa.array(np.round(toxic / count, 6), mask=absent),
        pa.array(begin, mask=absent),
        pa.array(end, mask=absent),
    ]
    return pa.RecordBatch.from_arrays(columns, schema=SIGNALS)


def fire(signals: pa.RecordBatch, parameters: Toxicity) -> list[checks.Firing]:
    """One Firing for each bound that is set."""
    return checks.fire(CHECKS, signals, parameters)


@functools.cache
def plain_words() -> fasttext.PlainWords:
    """The words that the shipped model reads."""
    return fasttext.PlainWords(phrases())


def phrases() -> list[tuple[str, str]]:
    """(words, what the shipped model reads in their place): names of groups, slurs, other spellings."""
    lexicon = json.loads((resources.files("filters.data") / "toxicity_words.json").read_text("utf-8"))
    bare = fasttext.PlainWords([])
    found: dict[str, str] = {}
    for forms in lexicon["groups"].values():
        for name in (name for names in forms.values() for name in names):
            words = bare.words(name)
            # "the deaf", "deaf people": the name without what comes with it
            words = words[words[0] == "the" : len(words) - (words[-1] in PERSONS)]
            found |= {" ".join([*words, *more]): GROUP for more in ((), *((person,) for person in PERSONS))}
    found |= {" ".join(bare.words(name)): GROUP for name in lexicon["also"]}
    found |= {" ".join(bare.words(slur)): SLUR for slur in lexicon["slurs"]}
    found |= lexicon["spellings"]
    del found["little"]  # of "little people"; ordinary alone
    return list(found.items())


def _score(text: pa.StringArray, parameters: Toxicity) -> tuple[npt.NDArray[np.int64], ...]:
    model, labels = _model(parameters.model)
    own = parameters.model is None
    targets = indices(parameters.labels, labels)
    offsets, data = string_buffers(text)
    return model.score_lines(
        offsets=offsets,
        data=data,
        targets=targets,
        plain=plain_words() if own else None,
        unknown=UNKNOWN,
        longest=parameters.piece_words,
        toxic_from=parameters.line_score,
    )


def indices(wanted: Sequence[str], labels: Sequence[str]) -> list[int]:
    """Where `wanted` stand among a model's labels.

    Raises:
        UserError: the model lacks one of them.
    """
    for label in wanted:
        if label not in labels:
            message = f"`toxicity.labels` has `{label}`; the model's labels are {list(labels)}"
            raise UserError(message, "name those of its labels that mean toxic")
    return [labels.index(label) for label in wanted]


@functools.cache
def _model(path: str | None) -> tuple[fasttext.Model, list[str]]:
    """(model, names of its labels), once a process."""
    if path is not None:
        try:
            return fasttext_model.load(Path(path))
        except (OSError, ValueError) as error:
            raise UserError(f"`toxicity.model` is `{path}`: {error}") from error
    with resources.as_file(resources.files("filters.data") / "toxicity.ftz") as own:
        return fasttext_model.load(own)

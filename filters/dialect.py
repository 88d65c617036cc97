"""Dialect of a document by a model of words, such as that of Blodgett, Green and O'Connor (2016, EMNLP).

The model is not shipped: its files (MIT licence, 6 MB) are named by their folder, and nothing is measured
without them. It was learned from tweets and the census of where they were sent from. It gives the share of a
text's words that go with a dialect; **not a probability that its author belongs to a group**. Its authors
validated two of its four shares, those of GROUPS. A long text is judged by its first 1,000 known words.

Inference is theirs: word likelihoods (count + 1) / total, CVB0 with alpha 1, five passes.
"""

import re
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from filters.kernels import dialect as kernel
from schemas.errors import UserError

VOCABULARY, COUNTS = "model_vocab.txt", "model_count_table.txt"
TOPICS = ("african_american", "hispanic", "other", "white")
GROUPS = {"dialect/african_american": 0, "dialect/white": 3}  # name -> topic
WORD = re.compile(r"[@#]?\w+(?:['’]\w+)*|[^\w\s]")
THRESHOLD = 0.8  # above it, as where its authors and later studies call a text aligned with a dialect
MOST_WORDS = 1000
ALPHA, PASSES = 1.0, 5


class Model(NamedTuple):
    """A model in memory: 30 MB.

    Attributes:
        rows: word -> its row.
        likelihood: float64[words, 4], of each word in each of TOPICS.
    """

    rows: dict[str, int]
    likelihood: npt.NDArray[np.float64]


def load(folder: Path) -> Model:
    """Reads `model_vocab.txt` (count, tab, word a line) and `model_count_table.txt` (four counts a line).

    Raises:
        UserError: a file is missing or no table of counts, or the two do not fit together.
    """
    try:
        lines = (folder / VOCABULARY).read_text("utf-8").splitlines()
        counts = np.loadtxt(folder / COUNTS, ndmin=2)
    except (OSError, ValueError) as error:
        message = f"`groups.dialect_model` names `{folder}`, which holds no model: {error}"
        raise UserError(message) from None
    if counts.shape != (len(lines), len(TOPICS)):
        message = f"`{folder}`: {len(lines)} words but a table of {counts.shape[0]} rows by {counts.shape[1]}"
        raise UserError(message)
    if not ((counts >= 0).all() and (counts.sum(0) > 0).all()):  # NaN is neither
        raise UserError(f"`{folder}`: counts must be zero or more, and some of each dialect above zero")
    rows = {line.rpartition("\t")[2]: row for row, line in enumerate(lines)}
    return Model(rows, (counts + 1) / counts.sum(0))


def shares(text: pa.StringArray, model: Model) -> npt.NDArray[np.float64]:
    """float64[n, 4], share of each of TOPICS in the words known; NaN where there are none."""
    words: list[int] = []
    offsets = [0]
    for document in text.to_pylist():
        begin = len(words)
        for word in WORD.finditer(document or ""):
            row = model.rows.get(word.group().lower())
            if row is not None:
                words.append(row)
                if len(words) - begin == MOST_WORDS:
                    break
        offsets.append(len(words))
    return kernel.shares(
        np.array(offsets, np.int64), np.array(words, np.int32), model.likelihood, ALPHA, PASSES
    )


def mentions(text: pa.StringArray, model: Model) -> pa.ListArray:
    """For each document the members of GROUPS whose share is above THRESHOLD; empty where none is."""
    found = shares(text, model)
    flags = [(name, found[:, topic] > THRESHOLD) for name, topic in GROUPS.items()]
    return pa.array([[name for name, of in flags if of[i]] for i in range(len(text))], pa.list_(pa.string()))

"""Word vectors in the text format of word2vec and fastText, of which only the words asked for are kept.

A line is a word and its numbers, separated by spaces; a first line of two whole numbers (words, dimensions)
is a header.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from audits.intervals import Numbers
from schemas.errors import UserError


class Vectors(NamedTuple):
    """Word vectors of length 1.

    Attributes:
        rows: word -> its row.
        matrix: float64[words, dimensions].
    """

    rows: dict[str, int]
    matrix: Numbers

    def found(self, words: Iterable[str]) -> tuple[list[int], list[str]]:
        """(rows of the words that are there, the words that are not).

        A word is looked for as it is written, then in lower case, then with a capital.
        """
        rows, missing = [], []
        for word in words:
            forms = (self.rows.get(form) for form in (word, word.lower(), word.capitalize()))
            row = next((row for row in forms if row is not None), None)
            if row is None:
                missing.append(word)
            else:
                rows.append(row)
        return rows, missing


def load(path: str, wanted: Iterable[str]) -> Vectors:
    """Vectors of `wanted` words, each in the forms that `Vectors.found` looks for.

    Raises:
        UserError: the file cannot be read, or a line of a wanted word is no vector.
    """
    forms = {form.encode() for word in wanted for form in (word, word.lower(), word.capitalize())}
    rows: dict[str, int] = {}
    vectors: list[Numbers] = []
    dimensions = None
    try:
        with Path(path).open("rb") as stream:
            for number, line in enumerate(stream, 1):
                word, _, rest = line.rstrip().partition(b" ")
                if number == 1 and word.isdigit() and rest.isdigit():
                    continue
                count = len(rest.split()) if dimensions is None else dimensions
                dimensions = count
                if word in forms and word.decode() not in rows:
                    rows[word.decode()] = len(rows)
                    vectors.append(_vector(path, number, rest, count))
    except OSError as error:
        message = f"`audit.embeddings` names `{path}`, which cannot be read: {error.strerror or error}"
        raise UserError(message, "name a file of word vectors as text, or `train`") from error
    if not dimensions:
        message = f"`audit.embeddings` names `{path}`, which holds no vectors"
        raise UserError(message, "a line is a word and its numbers, separated by spaces")
    return Vectors(rows, np.array(vectors).reshape(len(rows), dimensions))


def _vector(path: str, number: int, text: bytes, dimensions: int) -> Numbers:
    """The numbers of a line as a vector of length 1."""
    try:
        vector = np.array(text.split(), np.float64)
    except ValueError:
        vector = np.empty(0)
    length = float(np.linalg.norm(vector))
    if len(vector) != dimensions or not np.isfinite(length) or length == 0:
        message = f"`{path}`, line {number}: not {dimensions} numbers, or all of them 0"
        raise UserError(message, "a line is a word and its numbers, separated by spaces")
    return vector / length

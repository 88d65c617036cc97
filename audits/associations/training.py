r"""fastText vectors of the corpus itself, for the association tests (`audit.embeddings: train`).

Skip-grams of whole words (Mikolov, Sutskever, Chen, Corrado and Dean, "Distributed representations of words
and phrases and their compositionality", 2013) by fastText's trainer, with one thread, whose seed is fixed:
the same documents in the same order give the same vectors to the bit on one architecture. Its subwords are
off: they would bring words together that are written alike, and take three times as long. English documents
only; words are lower-cased runs of `\w`, a document a line; those used fewer than FEWEST times have no
vector.
"""

import re
from collections.abc import Iterable
from pathlib import Path

import fasttext
import numpy as np
import pyarrow as pa

from audits.associations import embedding_rows, lexicon
from audits.associations.vectors import Vectors
from schemas.errors import UserError

DIMENSIONS = 100
EPOCHS = 5
FEWEST = 5
WORDS = re.compile(r"\w+")
TEXT = "embeddings.txt"


def train(documents: Iterable[pa.RecordBatch], folder: str) -> Vectors:
    """Trains on the documents, in their order; about .3 MB of text a second.

    Args:
        documents: batches with columns text and language.
        folder: local, for the text that is trained on; removed again.

    Raises:
        UserError: no word occurs FEWEST times.
    """
    path = Path(folder) / TEXT
    try:
        used = _write(documents, path)
        if not used:
            message = f"`audit.embeddings` is `train`, but no English word occurs {FEWEST} times"
            raise UserError(message, "name a file of word vectors, or leave it out")
        model = fasttext.train_unsupervised(
            str(path),
            model="skipgram",
            dim=DIMENSIONS,
            epoch=EPOCHS,
            minCount=FEWEST,
            thread=1,
            maxn=0,
            verbose=0,
        )
    finally:
        path.unlink(missing_ok=True)
    known = set(model.get_words()) & {word.lower() for word in embedding_rows.words()}
    words = sorted(known)
    matrix = np.array([model.get_word_vector(word) for word in words], np.float64).reshape(-1, DIMENSIONS)
    return Vectors(
        {word: row for row, word in enumerate(words)}, matrix / np.linalg.norm(matrix, axis=1, keepdims=True)
    )


def _write(documents: Iterable[pa.RecordBatch], path: Path) -> bool:
    """Writes the words of English documents; whether one occurs often enough."""
    counts: dict[str, int] = {}
    enough = False
    with path.open("w", encoding="utf-8") as stream:
        for batch in documents:
            for text, language in zip(
                batch.column("text").to_pylist(), batch.column("language").to_pylist(), strict=True
            ):
                if language != lexicon.LANGUAGE:
                    continue
                words = WORDS.findall(text.lower())
                stream.write(" ".join(words) + "\n")
                if not enough:
                    for word in words:
                        counts[word] = counts.get(word, 0) + 1
                    enough = max(counts.values(), default=0) >= FEWEST
    return enough

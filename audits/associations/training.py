r"""fastText vectors of the corpus itself, for the association tests (`audit.embeddings: train`).

Skip-grams of whole words (Mikolov, Sutskever, Chen, Corrado and Dean, "Distributed representations of words
and phrases and their compositionality", 2013) by fastText's trainer, with one thread, whose seed is fixed:
the same documents in the same order give the same vectors to the bit on one architecture. Its subwords are
off: they would bring words together that are written alike, and take three times as long. English documents
only; words are lower-cased runs of `\w`, a document a line; those used fewer than FEWEST times have no
vector.

fastText 0.9.3 with one thread draws a tenth of the vectors it starts from and leaves the others as memory was
found (`DenseMatrix::uniform`), so all of them are given to it.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import fasttext
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from audits.associations import embedding_rows, lexicon
from audits.associations.vectors import Vectors
from schemas.errors import UserError

DIMENSIONS = 100
EPOCHS = 5
FEWEST = 5
WORDS = re.compile(r"\w+")
TEXT, START = "embeddings.text.txt", "embeddings.start.txt"
LINE_END, LABEL = "</s>", "__label__"  # fastText's own words
SEED = 20261124


def train(documents: Iterable[pa.RecordBatch], folder: str) -> Vectors:
    """Trains on the documents, in their order.

    Args:
        documents: batches with columns text and language.
        folder: local, for two files (the text, and 700 bytes a word) that are removed again.

    Raises:
        UserError: no word occurs FEWEST times.
    """
    text, start = Path(folder) / TEXT, Path(folder) / START
    try:
        vocabulary = _write(documents, text)
        if not vocabulary:
            message = f"`audit.embeddings` is `train`, but no English word occurs {FEWEST} times"
            raise UserError(message, "name a file of word vectors, or leave it out")
        _start(vocabulary, start)
        model = fasttext.train_unsupervised(
            str(text),
            model="skipgram",
            dim=DIMENSIONS,
            epoch=EPOCHS,
            minCount=FEWEST,
            thread=1,
            maxn=0,
            pretrainedVectors=str(start),
            verbose=0,
        )
    finally:
        text.unlink(missing_ok=True)
        start.unlink(missing_ok=True)
    words = sorted(set(vocabulary) & {word.lower() for word in embedding_rows.words()})
    matrix = np.array([model.get_word_vector(word) for word in words], np.float64).reshape(-1, DIMENSIONS)
    matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
    return Vectors({word: row for row, word in enumerate(words)}, matrix)


def _write(documents: Iterable[pa.RecordBatch], path: Path) -> list[str]:
    """Writes the words of English documents; those that occur often enough, sorted."""
    counts: Counter[str] = Counter()
    with path.open("w", encoding="utf-8") as stream:
        for batch in documents:
            english = batch.filter(pc.equal(batch.column("language"), lexicon.LANGUAGE))
            for text in english.column("text").to_pylist():
                words = [word for word in WORDS.findall(text.lower()) if not word.startswith(LABEL)]
                stream.write(" ".join(words) + "\n")
                counts.update(words)
    return sorted(word for word, count in counts.items() if count >= FEWEST)


def _start(vocabulary: Sequence[str], path: Path) -> None:
    """Writes vectors to begin with, in the range that fastText draws its own from."""
    random = np.random.default_rng(SEED)
    with path.open("w", encoding="utf-8") as stream:
        stream.write(f"{len(vocabulary) + 1} {DIMENSIONS}\n")
        for word in [LINE_END, *vocabulary]:
            numbers = (2 * random.random(DIMENSIONS) - 1) / DIMENSIONS
            stream.write(f"{word} {' '.join(f'{number:.5f}' for number in numbers)}\n")

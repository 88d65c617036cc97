"""Supervised fastText models (.bin, .ftz), read from the file's own format into plain tables.

The format is that of fastText 0.9 (version 12; version 11 differs in one argument): arguments, dictionary,
input matrix, output matrix; numbers little-endian. Product-quantised matrices (Joulin et al. 2016,
arXiv:1612.03651) are decoded into rows of floats, so that one kernel serves both kinds.
"""

from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from filters.kernels import fasttext

MAGIC = 793712314
SUPERVISED = 3
CENTROIDS = 256  # of a quantiser; a code is one byte


class Tables(NamedTuple):
    """A model's content.

    Attributes:
        entries: uint8[...], the dictionary's words, then its labels, as UTF-8, one after the other.
        entry_offsets: int64[words + labels + 1].
        words: how many entries are words.
        counts: int64[labels], occurrences in training; they shape the tree of a hierarchical softmax.
        loss: 1 hierarchical softmax, 2 negative sampling, 3 softmax, 4 one against all.
        word_ngrams: longest run of words that is a feature.
        bucket: number of hash buckets of subwords and word n-grams.
        minn: shortest subword, in characters.
        maxn: longest subword; 0: none.
        kept: int64[k, 2], (bucket, row behind the words) of the features left in a pruned model; None: all.
        rows: float32[words + buckets, dim], input vectors.
        output: float32[labels (a tree's inner nodes: labels - 1 used), dim].
    """

    entries: npt.NDArray[np.uint8]
    entry_offsets: npt.NDArray[np.int64]
    words: int
    counts: npt.NDArray[np.int64]
    loss: int
    word_ngrams: int
    bucket: int
    minn: int
    maxn: int
    kept: npt.NDArray[np.int64] | None
    rows: npt.NDArray[np.float32]
    output: npt.NDArray[np.float32]

    def labels(self) -> list[str]:
        """Names of the labels, without fastText's prefix."""
        raw, offsets = self.entries.tobytes(), self.entry_offsets[self.words :].tolist()
        return [raw[a:b].decode().removeprefix("__label__") for a, b in pairwise(offsets)]


class _Reader:
    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.at = 0

    def numbers(self, dtype: str, count: int) -> npt.NDArray[np.generic]:
        array = np.frombuffer(self.raw, np.dtype(dtype), count, self.at)
        self.at += array.nbytes
        return array

    def integer(self, dtype: str = "<i4") -> int:
        return int(self.numbers(dtype, 1)[0])

    def word(self) -> bytes:
        end = self.raw.index(0, self.at)
        word = self.raw[self.at : end]
        self.at = end + 1
        return word


def read(path: Path) -> Tables:
    """Reads a model file.

    Raises:
        ValueError: the file is not a supervised fastText model, or ends early.
    """
    reader = _Reader(path.read_bytes())
    try:
        return _read(reader)
    except ValueError as error:
        message = f"{path.name} is not a readable supervised fastText model: {error}"
        raise ValueError(message) from error


def load(path: Path) -> tuple[fasttext.Model, list[str]]:
    """(kernel's model, names of its labels) of a model file; raises as `read`."""
    tables = read(path)
    model = fasttext.Model(
        entries=tables.entries,
        entry_offsets=tables.entry_offsets,
        words=tables.words,
        counts=tables.counts,
        loss=tables.loss,
        word_ngrams=tables.word_ngrams,
        bucket=tables.bucket,
        minn=tables.minn,
        maxn=tables.maxn,
        pruned=tables.kept is not None,
        kept=np.empty((0, 2), np.int64) if tables.kept is None else tables.kept,
        rows=tables.rows,
        output=tables.output,
    )
    return model, tables.labels()


def _read(reader: _Reader) -> Tables:
    _require(reader.integer() == MAGIC, "it begins with another magic number")
    version = reader.integer()
    _require(version in (11, 12), f"its version is {version}, known are 11 and 12")
    # dim, ws, epoch, minCount, neg, wordNgrams, loss, model, bucket, minn, maxn, lrUpdateRate; then the
    # double t
    arguments = reader.numbers("<i4", 12).tolist()
    reader.numbers("<f8", 1)
    word_ngrams, loss, kind, bucket, minn, maxn = arguments[5:11]
    _require(kind == SUPERVISED, "it is unsupervised")
    if version == 11:
        maxn = 0  # its supervised models had no subwords
    entries, words, labels = reader.numbers("<i4", 3).tolist()
    _, kept_size = reader.numbers("<i8", 2).tolist()
    names, counts = [], np.empty(entries, np.int64)
    for i in range(entries):
        names.append(reader.word())
        counts[i] = reader.integer("<i8")
        is_label = reader.integer("u1") == 1
        _require(is_label == (i >= words), "words and labels are mixed")
    kept = reader.numbers("<i4", 2 * kept_size).reshape(-1, 2).astype(np.int64) if kept_size >= 0 else None
    quantised = reader.integer("u1")
    rows = _quantised(reader) if quantised else _dense(reader)
    output_quantised = reader.integer("u1")
    output = _quantised(reader) if quantised and output_quantised else _dense(reader)
    _require(0 < labels <= len(output) and entries == words + labels, "sizes contradict each other")
    offsets = np.zeros(entries + 1, np.int64)
    np.cumsum([len(name) for name in names], out=offsets[1:])
    return Tables(
        np.frombuffer(b"".join(names), np.uint8),
        offsets,
        words,
        counts[words:],
        loss,
        word_ngrams,
        bucket,
        minn,
        maxn,
        kept,
        rows,
        output,
    )


def _require(holds: bool, why: str) -> None:
    if not holds:
        raise ValueError(why)


def _dense(reader: _Reader) -> npt.NDArray[np.float32]:
    height, width = reader.numbers("<i8", 2).tolist()
    return reader.numbers("<f4", height * width).reshape(height, width).astype(np.float32)


def _quantised(reader: _Reader) -> npt.NDArray[np.float32]:
    has_norms = reader.integer("u1")
    height, width = reader.numbers("<i8", 2).tolist()
    codes = reader.numbers("u1", reader.integer()).reshape(height, -1)
    rows = _decode(reader, codes)
    _require(rows.shape[1] == width, "a quantiser's width differs from its matrix's")
    if has_norms:
        norm_codes = reader.numbers("u1", height).reshape(height, 1)
        rows *= _decode(reader, norm_codes)
    return rows


def _decode(reader: _Reader, codes: npt.NDArray[np.generic]) -> npt.NDArray[np.float32]:
    """float32[height, dim] of codes uint8[height, parts]: each part's code names a centroid of that part."""
    dim, parts, part_width, last_width = reader.numbers("<i4", 4).tolist()
    centroids = reader.numbers("<f4", dim * CENTROIDS)
    rows = np.empty((len(codes), dim), np.float32)
    for part in range(parts):
        width = last_width if part == parts - 1 else part_width
        first = part * part_width
        table = centroids[first * CENTROIDS : (first + width) * CENTROIDS].reshape(CENTROIDS, width)
        rows[:, first : first + width] = table[codes[:, part]]
    return rows

"""Writes a linear model of two labels as a quantised, pruned fastText file (version 12).

fastText's classifier of two labels is a logistic regression on the mean of its features' vectors: with one
dimension, a vector is the feature's weight. Each weight becomes one byte, the nearest of 256 centroids.
"""

import struct
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from filters.fasttext_model import CENTROIDS, MAGIC, SUPERVISED

SOFTMAX = 3
MULTIPLIER = 116049371  # of fastText's hash of word n-grams


def hash_word(word: str) -> int:
    """32-bit FNV-1a of a word's bytes, each sign-extended, as fastText has it; as a signed number."""
    value = 2166136261
    for byte in word.encode():
        value = ((value ^ (byte if byte < 128 else byte | 0xFFFFFF00)) * 16777619) & 0xFFFFFFFF
    return value - (1 << 32) if value >= 1 << 31 else value


def bucket_of(gram: tuple[str, ...], bucket: int) -> int:
    """The bucket of a word n-gram."""
    value = hash_word(gram[0])
    for word in gram[1:]:
        value = value * MULTIPLIER + hash_word(word)
    return (value & 0xFFFFFFFFFFFFFFFF) % bucket


def write(
    path: Path,
    words: Mapping[str, float],
    grams: Mapping[tuple[str, ...], float],
    labels: tuple[str, str],
    ngrams: int,
    bucket: int,
) -> None:
    """Writes weights of words and n-grams; a positive sum speaks for the second of `labels`.

    Of n-grams that share a bucket, the one with the greatest weight is written.
    """
    kept: dict[int, float] = {}
    for gram, weight in grams.items():
        place = bucket_of(gram, bucket)
        if abs(weight) > abs(kept.get(place, 0.0)):
            kept[place] = weight
    buckets = sorted(kept)
    weights = np.array([*words.values(), *(kept[place] for place in buckets)])
    centroids, codes = quantise(weights)
    out = bytearray(struct.pack("<ii", MAGIC, 12))
    # dim, ws, epoch, minCount, neg, wordNgrams, loss, model, bucket, minn, maxn, lrUpdateRate, t
    out += struct.pack("<12id", 1, 5, 1, 1, 5, ngrams, SOFTMAX, SUPERVISED, bucket, 0, 0, 100, 1e-4)
    out += struct.pack("<iiiqq", len(words) + 2, len(words), 2, 0, len(buckets))
    for name, kind in [*((w, 0) for w in words), *((f"__label__{label}", 1) for label in labels)]:
        out += name.encode() + b"\0" + struct.pack("<qb", 1, kind)
    for row, place in enumerate(buckets):
        out += struct.pack("<ii", place, row)
    out += struct.pack("<?", True)  # input: quantised, without norms
    out += struct.pack("<?qqi", False, len(weights), 1, len(codes)) + codes.tobytes()
    out += struct.pack("<iiii", 1, 1, 1, 1) + centroids.astype("<f4").tobytes()
    out += struct.pack("<?qq2f", False, 2, 1, -0.5, 0.5)  # output: dense
    path.write_bytes(out)


def quantise(weights: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.uint8]]:
    """(centroids float64[256], codes uint8[n]) of weights float64[n], by Lloyd's algorithm from quantiles."""
    centroids = np.quantile(weights, (np.arange(CENTROIDS) + 0.5) / CENTROIDS)
    for _ in range(100):
        edges = (centroids[1:] + centroids[:-1]) / 2
        codes = np.searchsorted(edges, weights)
        counts = np.bincount(codes, minlength=CENTROIDS)
        means = np.bincount(codes, weights, minlength=CENTROIDS) / np.maximum(counts, 1)
        centroids = np.sort(np.where(counts > 0, means, centroids))
    codes = np.searchsorted((centroids[1:] + centroids[:-1]) / 2, weights)
    return centroids, codes.astype(np.uint8)

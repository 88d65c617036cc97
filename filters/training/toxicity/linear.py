"""Logistic regression on the mean of a text's features: its words, the end mark, and runs of words.

Convex, so that it has one answer whatever the order of the texts: `fasttext.train_supervised` gives the same
model only with one thread, which in release 0.9.3 leaves nine tenths of its input matrix uninitialised.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

END = "</s>"  # fastText's word at the end of every text
Gram = tuple[str, ...]
Floats = npt.NDArray[np.float64]


class Linear(NamedTuple):
    """Weights of words and of n-grams; a positive sum speaks for the label."""

    words: dict[str, float]
    grams: dict[Gram, float]


class Limits(NamedTuple):
    """How large a model is, and how strongly its weights are held back (L2, on the mean loss)."""

    ngrams: int = 3
    least_count: int = 8  # texts with an n-gram
    most_grams: int = 26_000
    word_penalty: float = 2.5e-7
    gram_penalty: float = 5e-7
    weak: frozenset[str] = frozenset()  # words of which none should decide; nor a run of them alone
    weak_penalty: float = 3e-6


def runs(words: Sequence[str], longest: int) -> Iterator[Gram]:
    """All runs of 2 to `longest` words of a text and its end mark."""
    every = [*words, END]
    for length in range(2, longest + 1):
        for i in range(len(every) - length + 1):
            yield tuple(every[i : i + length])


def fit(
    texts: Sequence[Sequence[str]], label: npt.NDArray[np.bool_], weight: Floats, limits: Limits
) -> Linear:
    """Fits n texts with labels bool[n] and weights float64[n].

    The first fit has every frequent n-gram; the second only those that mattered most in the first.
    """
    words = [END, *sorted({word for text in texts for word in text})]
    counts = Counter(gram for text in texts for gram in set(runs(text, limits.ngrams)))
    weak = limits.weak | {END}
    grams = sorted(g for g, count in counts.items() if count >= limits.least_count and not weak.issuperset(g))
    found = _fit(texts, label, weight, words, grams, limits)
    if len(grams) > limits.most_grams:
        matters = np.abs(found[len(words) :]) * np.sqrt([counts[gram] for gram in grams])
        best = np.sort(np.argsort(-matters, kind="stable")[: limits.most_grams])
        grams = [grams[i] for i in best]
        found = _fit(texts, label, weight, words, grams, limits)
    split = len(words)
    return Linear(
        dict(zip(words, found[:split].tolist(), strict=True)),
        dict(zip(grams, found[split:].tolist(), strict=True)),
    )


def _fit(
    texts: Sequence[Sequence[str]],
    label: npt.NDArray[np.bool_],
    weight: Floats,
    words: list[str],
    grams: list[Gram],
    limits: Limits,
) -> Floats:
    word_rows = {word: i for i, word in enumerate(words)}
    gram_rows = {gram: len(words) + i for i, gram in enumerate(grams)}
    features: list[int] = []
    sizes = np.empty(len(texts))
    for i, text in enumerate(texts):
        before = len(features)
        features.append(0)
        features += [word_rows[word] for word in text]
        features += [gram_rows[gram] for gram in runs(text, limits.ngrams) if gram in gram_rows]
        sizes[i] = len(features) - before
    index = np.array(features)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64)
    rows = np.repeat(np.arange(len(texts)), sizes.astype(np.int64))
    share = weight / weight.sum()
    target = label.astype(np.float64)
    penalty = np.full(len(words) + len(grams), limits.gram_penalty)
    penalty[: len(words)] = [
        limits.weak_penalty if word in limits.weak else limits.word_penalty for word in words
    ]

    def loss(weights: Floats) -> tuple[float, Floats]:
        logits = np.add.reduceat(weights[index], starts) / sizes
        excess = share * (1 / (1 + np.exp(-logits)) - target) / sizes
        value = (share * (np.logaddexp(0, logits) - target * logits)).sum()
        slope = np.bincount(index, excess[rows], len(weights)) + penalty * weights
        return float(value + (penalty * weights * weights).sum() / 2), slope

    return minimise(loss, np.zeros(len(penalty)))


def minimise(
    loss: Callable[[Floats], tuple[float, Floats]], at: Floats, steps: int = 300, memory: int = 12
) -> Floats:
    """Minimum of a smooth convex function that gives (value, slope), by L-BFGS (Liu and Nocedal 1989)."""
    moves: list[tuple[Floats, Floats, float]] = []
    value, slope = loss(at)
    for _ in range(steps):
        way = slope.copy()
        scales = []
        for move, change, curve in reversed(moves):
            scales.append(float(move @ way) / curve)
            way -= scales[-1] * change
        way *= (
            moves[-1][2] / float(moves[-1][1] @ moves[-1][1]) if moves else 1 / float(np.linalg.norm(slope))
        )
        for (move, change, curve), scale in zip(moves, reversed(scales), strict=True):
            way += move * (scale - float(change @ way) / curve)
        length = 1.0
        while True:
            there = at - length * way
            new_value, new_slope = loss(there)
            if new_value <= value - 1e-4 * length * float(slope @ way) or length < 1e-9:
                break
            length /= 2
        move, change = there - at, new_slope - slope
        done = value - new_value <= 1e-7 * max(1.0, abs(value))
        at, value, slope = there, new_value, new_slope
        if done:
            break
        if (curve := float(move @ change)) > 0:
            moves = [*moves[1 - memory :], (move, change, curve)]
    return at

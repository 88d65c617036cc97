"""Association tests on word vectors. All take vectors of length 1, so that a product is a cosine.

weat   s(w) = mean cosine to attributes A minus mean to B. Effect d = (mean of s over X - mean over Y) /
       standard deviation of s over both (n - 1); p: share of all ways to deal the targets into sets of these
       sizes whose sum over X is at least as great. Exact to MOST_SPLITS ways, else (c + 1) / (DRAWS + 1)
       of DRAWS random ones, seed fixed (Caliskan, Bryson and Narayanan 2017)
wefat  of each word: s(w) / standard deviation (n - 1) of its cosines to A and B (same paper)
rnd    sum over words of |w - mean of A| - |w - mean of B|; below 0: nearer to A (Garg, Schiebinger, Jurafsky
       and Zou, "Word embeddings quantify 100 years of gender and ethnic stereotypes", 2018)
ripa   mean of w . (a - b) / |a - b| over words and pairs (a, b); above 0: towards a (Ethayarajh, Duvenaud and
       Hirst, "Understanding undesirable word embedding associations", 2019)
mac    mean cosine distance of targets to each attribute set, over targets and sets; 1: no association
       (Manzini, Lim, Black and Tsvetkov, "Black is to criminal as Caucasian is to police", 2019)
rnsb   Kullback-Leibler divergence, in nats, of how negative a classifier finds each word, as shares, from
       equal shares; 0: alike (Sweeney and Najafian, "A transparent framework for evaluating unintended
       demographic bias in word embeddings", 2019)
ect    Spearman's correlation of the cosines of words to the mean of A and to that of B; 1: alike (Dev and
       Phillips, "Attenuating bias in word vectors", 2019)
"""

from itertools import combinations
from math import comb
from typing import NamedTuple

import numpy as np
from scipy import optimize, special, stats

from audits.intervals import Numbers

MOST_SPLITS = 200_000
DRAWS = 100_000
SEED = 20261124
TIE = 1e-12  # sums that differ by less are equal
PENALTY = 1.0  # of the classifier's squared weights, halved


class Weat(NamedTuple):
    """Result of a test.

    Attributes:
        d: effect size, -2 to 2.
        p: one-sided.
        splits: ways that were looked at.
        exact: all of them.
    """

    d: float
    p: float
    splits: int
    exact: bool


def weat(x: Numbers, y: Numbers, a: Numbers, b: Numbers) -> Weat:
    """WEAT of targets x, y and attributes a, b, float64[words, dimensions] each."""
    s = np.concatenate([association(x, a, b), association(y, a, b)])
    d = (s[: len(x)].mean() - s[len(x) :].mean()) / s.std(ddof=1)
    p, splits, exact = permutation_p(s, len(x))
    return Weat(float(d), p, splits, exact)


def association(words: Numbers, a: Numbers, b: Numbers) -> Numbers:
    """float64[words], mean cosine to a minus mean cosine to b."""
    means: Numbers = (words @ a.T).mean(axis=1) - (words @ b.T).mean(axis=1)
    return means


def permutation_p(s: Numbers, first: int) -> tuple[float, int, bool]:
    """(p, splits, exact): how often `first` of the numbers `s` sum to as much as the first ones do."""
    seen = s[:first].sum() - TIE
    splits = comb(len(s), first)
    if splits <= MOST_SPLITS:
        chosen = np.fromiter((i for split in combinations(range(len(s)), first) for i in split), np.int64)
        sums = s[chosen.reshape(splits, first)].sum(axis=1)
        return float((sums >= seen).mean()), splits, True
    random, reached = np.random.default_rng(SEED), 0
    for _ in range(DRAWS // 10_000):
        order = random.random((10_000, len(s))).argpartition(first, axis=1)[:, :first]
        reached += int((s[order].sum(axis=1) >= seen).sum())
    return (reached + 1) / (DRAWS + 1), DRAWS, False


def wefat(words: Numbers, a: Numbers, b: Numbers) -> Numbers:
    """float64[words], association of each word with a against b in standard deviations."""
    cosines = words @ np.concatenate([a, b]).T
    effect: Numbers = association(words, a, b) / cosines.std(axis=1, ddof=1)
    return effect


def rnd(words: Numbers, a: Numbers, b: Numbers) -> float:
    """Relative norm distance of words to the means of a and b."""
    to_a, to_b = (np.linalg.norm(words - group.mean(axis=0), axis=1) for group in (a, b))
    return float((to_a - to_b).sum())


def ripa(words: Numbers, a: Numbers, b: Numbers) -> float:
    """Mean inner product of words with the directions of the pairs (a_i, b_i), of which none are equal."""
    directions = a - b
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    return float((words @ directions.T).mean())


def mac(targets: Numbers, attributes: list[Numbers]) -> float:
    """Mean cosine distance of targets to attribute sets, each set counting alike."""
    return float(np.mean([1 - (targets @ members.T).mean() for members in attributes]))


def rnsb(words: Numbers, positive: Numbers, negative: Numbers) -> tuple[float, Numbers]:
    """(divergence, float64[words] shares of negativity) by a logistic regression on the two lists."""
    x = np.concatenate([positive, negative])
    x = np.column_stack([x, np.ones(len(x))])
    sign = np.repeat([-1.0, 1.0], [len(positive), len(negative)])

    def loss(weights: Numbers) -> tuple[float, Numbers]:
        margin = sign * (x @ weights)
        slope = np.append(weights[:-1], 0.0) * PENALTY  # the constant is free
        return (
            float(np.logaddexp(0, -margin).sum() + weights[:-1] @ weights[:-1] * PENALTY / 2),
            slope - x.T @ (sign * special.expit(-margin)),
        )

    fit = optimize.minimize(
        loss, np.zeros(x.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 1000}
    )
    negativity = special.expit(words @ fit.x[:-1] + fit.x[-1])
    shares = negativity / negativity.sum()
    return float(special.rel_entr(shares, np.full(len(shares), 1 / len(shares))).sum()), shares


def ect(words: Numbers, a: Numbers, b: Numbers) -> float:
    """Spearman's correlation of the words' cosines to the two means; NaN for fewer than 3 words."""
    if len(words) < 3:
        return float("nan")
    sides = [words @ (mean / np.linalg.norm(mean)) for mean in (a.mean(axis=0), b.mean(axis=0))]
    return float(stats.spearmanr(*sides).statistic)

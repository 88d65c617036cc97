"""How far shares are from each other: gaps of two groups, distances of many.

Shares are of mentions: each group's documents over the sum of that of all groups compared, so they sum to 1.
"""

import numpy as np
import numpy.typing as npt
from scipy import special

Numbers = npt.NDArray[np.float64]


def gender_gap(male: float, female: float) -> float | None:
    """(m - f) / (m + f), from -1 (women alone) to 1 (men alone); None where there are none."""
    return (male - female) / (male + female) if male + female else None


def gender_ratio(male: float, female: float) -> float | None:
    """Mentions or words for men to one for women, m / f; None where there is none."""
    return male / female if female else None


def entropy_ratio(shares: Numbers) -> float:
    """Shannon entropy over that of equal shares, H(p) / ln k: 0 one group alone, 1 all alike; k > 1."""
    return float(special.entr(shares).sum() / np.log(len(shares)))


def total_variation(shares: Numbers, other: Numbers) -> float:
    """Half the sum of the differences, 0 to 1: the share of mentions that would have to move."""
    return float(np.abs(shares - other).sum() / 2)


def jensen_shannon(shares: Numbers, other: Numbers) -> float:
    """Jensen-Shannon divergence in bits, 0 to 1 (Lin, "Divergence measures based on the entropy", 1991)."""
    middle = (shares + other) / 2
    nats = special.rel_entr(shares, middle).sum() + special.rel_entr(other, middle).sum()
    return float(nats / 2 / np.log(2))


def chance_total_variation(shares: Numbers, draws: int) -> float:
    """Mean total variation between `shares` and those of as many independent `draws` from them.

    Half the sum of each count's mean deviation, |count - n p| / n, which de Moivre gave in closed form:
    2 v C(n, v) p^v (1 - p)^(n - v + 1), v = floor(n p) + 1 (Diaconis and Zabell, "Closed form summation for
    classical distributions", 1991). What a corpus shows beyond it is not chance alone.
    """
    if draws < 1:
        return float("nan")
    p = shares[(shares > 0) & (shares < 1)]
    v = np.floor(draws * p) + 1
    ways = special.gammaln(draws + 1) - special.gammaln(v + 1) - special.gammaln(draws - v + 1)
    logs = np.log(v) + ways + v * np.log(p) + (draws - v + 1) * np.log1p(-p)
    return float((2 * np.exp(logs)).sum() / draws / 2)

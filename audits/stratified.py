"""The Mantel-Haenszel risk ratio: one removal ratio over strata of documents that resemble each other.

With a of n1 documents removed in the group and b of n0 in the reference, N = n1 + n0 and m = a + b, in each
stratum:

ratio     R / S, R = sum a n0 / N, S = sum b n1 / N
variance  of its logarithm: sum (m n1 n0 - a b N) / N^2 / (R S), right for few large strata and for many small
          ones (Greenland and Robins, "Estimation of a common effect parameter from sparse follow-up data",
          1985)
p         (sum a - n1 m / N)^2 / V, V = sum n1 n0 m (N - m) / (N^2 (N - 1)), against chi-square with one
          degree of freedom (Mantel and Haenszel, 1959), without correction for continuity; where V is below
          EXACT_BELOW, the tail of the same sum by its saddlepoint (`audits/saddlepoint.py`).

Strata that lack either side say nothing and are left out. It answers: had both sides the same mix of sources,
languages and lengths, would the rule still remove one of them more often?
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from audits import intervals, saddlepoint
from audits.equality import EXACT_BELOW
from audits.intervals import Numbers, Z


class Stratified(NamedTuple):
    """Of each row: float64[n], NaN where undefined (ratio and high: infinite where S is 0); int64[n]."""

    ratio: Numbers
    low: Numbers
    high: Numbers
    p: Numbers
    strata: npt.NDArray[np.int64]


def mantel_haenszel(
    removed: npt.ArrayLike,
    documents: npt.ArrayLike,
    reference_removed: npt.ArrayLike,
    reference_documents: npt.ArrayLike,
) -> Stratified:
    """The ratio of each row over its strata; every argument is [n, strata].

    Where nothing of either side is removed, ratio and p are NaN. Where only one side is (R or S is 0), the
    variance does not exist, so low and high are NaN; p stands.
    """
    a, n1, b, n0 = (
        np.asarray(x, np.float64) for x in (removed, documents, reference_removed, reference_documents)
    )
    both = (n1 > 0) & (n0 > 0)
    a, n1, b, n0 = (np.where(both, x, 0.0) for x in (a, n1, b, n0))
    total = np.where(both, n1 + n0, 2.0)
    m = a + b
    right, left = (a * n0 / total).sum(axis=1), (b * n1 / total).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = right / left
        spread = ((m * n1 * n0 - a * b * total) / total**2).sum(axis=1)
        error = np.sqrt(np.where(right * left > 0, spread / (right * left), np.nan))
        expected, variance = n1 * m / total, n1 * n0 * m * (total - m) / (total**2 * (total - 1))
        spread_of_sum = variance.sum(axis=1)
        p = intervals.two_sided((a - expected).sum(axis=1) / np.sqrt(spread_of_sum))
        low, high = ratio * np.exp(-Z * error), ratio * np.exp(Z * error)
    p = np.where(spread_of_sum > 0, p, np.nan)
    few = (spread_of_sum > 0) & (spread_of_sum < EXACT_BELOW)
    p[few] = saddlepoint.two_sided(a[few].sum(axis=1), expected[few], variance[few])
    return Stratified(ratio, low, high, p, both.sum(axis=1))

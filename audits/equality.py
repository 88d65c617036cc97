"""Do two sets of documents have the same removal rate? The score test, exact where few removals are expected.

The statistic is that of `intervals.score_p`: how far the x1 removals of the group lie from n1 m / N, what it
would have of all m = x1 + x0 removals among N = n1 + n0 documents were the rates equal. Its normal
approximation is good near p = .05, but not where thousands of rows are tested at once and a row must reach
p = 1e-5: a group that expects .2 removals and has 2 would have p = 6e-5, and happens once in 60 times. Among
14,000 rows of rules that look at no group, every run would flag somebody (docs/decisions/disparity.md). So
where a cell of the two-by-two table expects fewer than EXACT_BELOW documents, p is the statistic's exact
distribution given m: P(|X - n1 m / N| >= |x1 - n1 m / N|), X hypergeometric, as in Fisher's exact test.
"""

import numpy as np
import numpy.typing as npt
from scipy import special

from audits.intervals import Numbers, score_p

EXACT_BELOW = 100
NEGLIGIBLE = 1e-12  # of a tail: where its sum ends
SAME = 1e-9  # distances from the mean that count as equal, of the mean


def p_equal(x1: npt.ArrayLike, n1: npt.ArrayLike, x0: npt.ArrayLike, n0: npt.ArrayLike) -> Numbers:
    """Two-sided p that x1 of n1 and x0 of n0 come of one rate; NaN where `score_p` is."""
    p, x1, n1, x0, n0 = np.broadcast_arrays(
        score_p(x1, n1, x0, n0), *(np.asarray(x, np.float64) for x in (x1, n1, x0, n0))
    )
    found: Numbers = p.copy()
    with np.errstate(invalid="ignore", divide="ignore"):
        least = np.minimum(n1, n0) * np.minimum(x1 + x0, n1 + n0 - x1 - x0) / (n1 + n0)
    few = ~np.isnan(p) & (least < EXACT_BELOW)
    found[few] = exact_p(x1[few], n1[few], x0[few], n0[few])
    return found


def exact_p(x1: Numbers, n1: Numbers, x0: Numbers, n0: Numbers) -> Numbers:
    """The exact p of n tables whose sizes are above 0."""
    total, removed = n1 + n0, x1 + x0
    mean = removed * n1 / total
    distance, same = np.abs(x1 - mean), SAME * (1 + mean)
    upper = _tail(np.ceil(mean + distance - same), 1, n1, removed, total)
    lower = _tail(np.floor(mean - distance + same), -1, n1, removed, total)
    return np.minimum(upper + lower, 1.0)


def _tail(first: Numbers, step: int, drawn: Numbers, removed: Numbers, total: Numbers) -> Numbers:
    """P(X >= first), or P(X <= first) for step -1, X the removed among `drawn` of `total` documents."""
    found = np.zeros(first.shape)
    possible = (first >= np.maximum(0, removed + drawn - total)) & (first <= np.minimum(removed, drawn))
    rows = np.flatnonzero(possible)
    x, n, m, of = (column[rows] for column in (first, drawn, removed, total))
    # Of `first`; then each by its ratio to the one before.
    chance = np.exp(_log_choose(m, x) + _log_choose(of - m, n - x) - _log_choose(of, n))
    tail = chance.copy()
    while len(rows):
        if step > 0:
            chance = chance * (m - x) * (n - x) / ((x + 1) * (of - m - n + x + 1))
        else:
            chance = chance * x * (of - m - n + x) / ((m - x + 1) * (n - x + 1))
        tail, x = tail + chance, x + step
        ended = chance <= tail * NEGLIGIBLE
        found[rows[ended]] = tail[ended]
        rows, x, n, m, of = rows[~ended], x[~ended], n[~ended], m[~ended], of[~ended]
        chance, tail = chance[~ended], tail[~ended]
    return found


def _log_choose(n: Numbers, k: Numbers) -> Numbers:
    chosen: Numbers = special.gammaln(n + 1) - special.gammaln(k + 1) - special.gammaln(n - k + 1)
    return chosen

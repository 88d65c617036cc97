"""Differences of two estimates of independent samples, with intervals and tests.

Intervals: MOVER (Zou and Donner, "Construction of confidence limits about effect measures", 2008), which
takes the distance of each estimate from the ends of its own interval; with Wilson's intervals of two shares
it is Newcombe's hybrid score interval ("Interval estimation for the difference between independent
proportions", 1998). Tests: the score test of two shares; a normal test of other estimates or their
logarithms, with standard errors from their intervals; Pearson's chi-square of classes; Simes' test of several
at once.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from audits.disparity import number, p_value
from audits.intervals import Z, score_p, two_sided, wilson

LEAST_EXPECTED = 5  # in each cell, for the approximations to hold


class Estimate(NamedTuple):
    """A number with its 95 % interval; None: there is none, or an end is open."""

    value: float | None
    low: float | None
    high: float | None

    @classmethod
    def of_share(cls, count: int, of: int) -> "Estimate":
        """A share with Wilson's interval; `of` above 0."""
        low, high = wilson(count, of)
        return cls(count / of, float(low), float(high))


def interval(then: Estimate, now: Estimate) -> tuple[float | None, float | None]:
    """95 % interval of now - then; None at an end that is open."""
    if then.value is None or now.value is None:
        return None, None
    low = high = None
    if now.low is not None and then.high is not None:
        low = number(now.value - then.value - np.hypot(now.value - now.low, then.high - then.value))
    if now.high is not None and then.low is not None:
        high = number(now.value - then.value + np.hypot(now.high - now.value, then.value - then.low))
    return low, high


def p_of_shares(x0: int, n0: int, x1: int, n1: int) -> float | None:
    """P that both shares are equal; None where fewer than LEAST_EXPECTED are expected in a cell."""
    pooled, n = (x0 + x1) / (n0 + n1), min(n0, n1)
    if min(pooled, 1 - pooled) * n < LEAST_EXPECTED:
        return None
    return p_value(score_p(x1, n1, x0, n0).item())


def p_of_estimates(then: Estimate, now: Estimate, *, logarithm: bool) -> float | None:
    """P that two estimates are equal, by their logarithms or as they are; None without whole intervals."""
    errors = [_standard_error(side, logarithm=logarithm) for side in (then, now)]
    if errors[0] is None or errors[1] is None or then.value is None or now.value is None:
        return None
    gap = np.log(now.value / then.value) if logarithm else now.value - then.value
    spread = np.hypot(errors[0], errors[1])
    return p_value(two_sided(gap / spread).item()) if spread else None


def _standard_error(side: Estimate, *, logarithm: bool) -> float | None:
    if side.value is None or side.low is None or side.high is None or (logarithm and side.low <= 0):
        return None
    return float(np.log(side.high / side.low) if logarithm else side.high - side.low) / (2 * Z)


def p_of_classes(counts: npt.NDArray[np.int64]) -> float | None:
    """P that both columns of int[classes, 2] are drawn alike; rare classes are taken together."""
    if not counts.sum(axis=0).all():
        return None
    least = counts.sum(axis=0).min() / counts.sum()
    common = counts.sum(axis=1) * least >= LEAST_EXPECTED
    rest = counts[~common].sum(axis=0)
    table: npt.NDArray[Any] = counts[common]
    if rest.sum() * least >= LEAST_EXPECTED:
        table = np.vstack([table, rest])
    from scipy import stats  # half a second, which only a comparison needs

    return p_value(float(stats.chi2_contingency(table, correction=False).pvalue)) if len(table) > 1 else None


def simes(p: Sequence[float]) -> float | None:
    """P that all of some hypotheses hold (Simes, 1986), for tests positively dependent; None without any."""
    ordered = np.sort(np.asarray(p, np.float64))
    return p_value((ordered * len(ordered) / np.arange(1, len(ordered) + 1)).min()) if len(ordered) else None

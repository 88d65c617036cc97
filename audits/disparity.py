"""Was one set of documents removed more often than another? Ratios with interval and test.

removal ratio    (x1 / n1) / (x0 / n0), x of n documents removed; 1 where both are removed alike
retention ratio  (1 - x1 / n1) / (1 - x0 / n0), the figure of the four-fifths rule. It hides what befalls the
                 few: a rule that removes 5 % of one group and 1 % of another has the ratios 5 and .96
low, high        95 % Koopman score interval of the removal ratio
p                score test that it is 1: pooled z
p_exact          the same test, exact where few removals are expected (`audits/equality.py`)

All is computed from counts, so any published comparison can be recomputed with its own reference.
"""

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from audits import intervals
from audits.equality import p_equal
from audits.intervals import Numbers

DECIMALS = 6
DIGITS = 6  # of a p-value: six decimals would leave nothing of the small ones, which matter most


class Ratios(NamedTuple):
    """float64[n] each, NaN where undefined.

    removal and high are infinite where something of the group and nothing of the reference was removed.
    """

    removal: Numbers
    retention: Numbers
    low: Numbers
    high: Numbers
    p: Numbers
    p_exact: Numbers


def ratios(
    removed: npt.ArrayLike,
    documents: npt.ArrayLike,
    reference_removed: npt.ArrayLike,
    reference_documents: npt.ArrayLike,
) -> Ratios:
    """Many comparisons at once, from counts of any one shape."""
    x1, n1, x0, n0 = (
        np.asarray(x, np.float64) for x in (removed, documents, reference_removed, reference_documents)
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        removal, retention = (x1 / n1) / (x0 / n0), (1 - x1 / n1) / (1 - x0 / n0)
    retention = np.where((n1 > 0) & (n0 > x0), retention, np.nan)
    counts = (x1, n1, x0, n0)
    tests = intervals.score_p(*counts), p_equal(*counts)
    return Ratios(removal, retention, *intervals.koopman(*counts), *tests)


def compare(
    removed: int, documents: int, reference_removed: int, reference_documents: int
) -> dict[str, float | None]:
    """One comparison with an explicit reference.

    Returns:
        removal_ratio, retention_ratio, low, high, p, p_exact; null where undefined or infinite.

    Raises:
        ValueError: more documents removed than there are, or fewer than none.
    """
    for x, n in ((removed, documents), (reference_removed, reference_documents)):
        if not 0 <= x <= n:
            message = f"{x} of {n} documents cannot have been removed"
            raise ValueError(message)
    found = ratios(removed, documents, reference_removed, reference_documents)
    *estimates, p, p_exact = map(float, found)
    names = ("removal_ratio", "retention_ratio", "low", "high")
    known = {name: number(value) for name, value in zip(names, estimates, strict=True)}
    return {**known, "p": p_value(p), "p_exact": p_value(p_exact)}


def number(value: float) -> float | None:
    """A number as it stands in a report: rounded to six decimals, null for NaN and infinity."""
    return round(float(value), DECIMALS) if math.isfinite(value) else None


def p_value(p: float) -> float | None:
    """A p-value as it stands in a report: six significant digits, null for NaN."""
    return float(f"{float(p):.{DIGITS}g}") if math.isfinite(p) else None

"""How small a removal ratio the data could have shown.

Of two proportions that a two-sided test of level `level` compares, the power is, by the normal approximation
of Fleiss, Levin and Paik (Statistical Methods for Rates and Proportions, 3rd edition, 2003, chapter 4) with
groups of unequal size, where z_q is the normal quantile and p the pooled rate,

    p1 - p0 = z_(1 - level / 2) sqrt(p (1 - p) (1 / n1 + 1 / n0))
              + z_power sqrt(p1 (1 - p1) / n1 + p0 (1 - p0) / n0)

solved for p1. It is coarse where fewer than five removals are expected in either group.
"""

import math

from scipy import special

POWER = 0.8


def smallest_ratio(n1: int, n0: int, p0: float, *, level: float, power: float = POWER) -> float | None:
    """The least p1 / p0 above 1 that is found with probability `power`; None where none is.

    Args:
        n1: documents of the group.
        n0: documents of the reference.
        p0: the reference's removal rate.
        level: of the test; under Benjamini-Hochberg a lone finding among m tests needs .05 / m.
        power: probability of finding it.
    """
    if not (n1 and n0 and 0 < p0 < 1):
        return None
    of_level, of_power = -special.ndtri(level / 2), special.ndtri(power)

    def beyond(p1: float) -> float:
        pooled = (n1 * p1 + n0 * p0) / (n1 + n0)
        under_null = of_level * math.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n0))
        apart = of_power * math.sqrt(p1 * (1 - p1) / n1 + p0 * (1 - p0) / n0)
        return float(p1 - p0 - under_null - apart)

    if beyond(1.0) < 0:
        return None
    from scipy import optimize  # .1 s, which only a report without a flag needs

    return float(optimize.brentq(beyond, p0, 1.0, xtol=1e-12)) / p0

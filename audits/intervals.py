"""Intervals and tests for proportions and for the ratio of two of them.

wilson   score interval of a proportion (Wilson, "Probable inference, the law of succession, and statistical
         inference", 1927).
koopman  score interval of a ratio of two independent binomial proportions (Koopman, "Confidence intervals for
         the ratio of two binomial proportions", 1984): all ratios t that the test z(t)^2 <= 1.96^2 accepts,

         z(t) = (p1 - t p0) / sqrt(q1 (1 - q1) / n1 + t^2 q0 (1 - q0) / n0),

         q1 = t q0, q0 the likeliest under t: the smaller root of a quadratic (Miettinen and Nurminen,
         "Comparative analysis of two rates", 1985, whose interval has a factor N / (N - 1) more).
score_p  the same test at t = 1, where q1 = q0 = (x1 + x0) / (n1 + n0): the pooled z test of two proportions.

Documents count as independent draws. Simulated coverage: docs/decisions/disparity.md.
"""

import numpy as np
import numpy.typing as npt
from scipy import special

Numbers = npt.NDArray[np.float64]
Z = float(special.ndtri(0.975))
WIDEST = 60.0  # |ln ratio| beyond any that counts below 2^40 can bound
STEPS = 45  # halvings of at most 2 * WIDEST: below 1e-11 of the ratio


def wilson(successes: npt.ArrayLike, n: npt.ArrayLike) -> tuple[Numbers, Numbers]:
    """Bounds of a 95 % interval of successes / n; NaN where n is 0."""
    x, n = np.broadcast_arrays(_floats(successes), _floats(n))
    with np.errstate(invalid="ignore", divide="ignore"):
        p, spread = x / n, Z * Z / n
        centre = (p + spread / 2) / (1 + spread)
        half = np.sqrt(p * (1 - p) * spread + spread * spread / 4) / (1 + spread)
        low = np.where(x == 0, 0.0, np.clip(centre - half, 0, 1))
        high = np.where(x == n, 1.0, np.clip(centre + half, 0, 1))
    return np.where(n > 0, low, np.nan), np.where(n > 0, high, np.nan)


def koopman(
    x1: npt.ArrayLike, n1: npt.ArrayLike, x0: npt.ArrayLike, n0: npt.ArrayLike
) -> tuple[Numbers, Numbers]:
    """Bounds of a 95 % interval of (x1 / n1) / (x0 / n0).

    Args:
        x1: successes of the first group, of any shape.
        n1: its size.
        x0: successes of the reference.
        n0: its size.

    Returns:
        (low, high). low is 0 where x1 is 0; high is infinite where x0 is 0; both are NaN where either size
        is 0, and where neither has a success, since then every ratio is possible.
    """
    x1, n1, x0, n0 = np.broadcast_arrays(*map(_floats, (x1, n1, x0, n0)))
    with np.errstate(invalid="ignore", divide="ignore"):
        middle = np.log(x1 / n1) - np.log(x0 / n0)
    known = (n1 > 0) & (n0 > 0) & (x1 + x0 > 0)
    below, above = known & (x1 > 0), known & (x0 > 0)
    low, high = np.where(known, 0.0, np.nan), np.where(known, np.inf, np.nan)
    for end, where, sign in ((low, below, 1.0), (high, above, -1.0)):
        counts = x1[where], n1[where], x0[where], n0[where]
        inside = np.clip(middle[where], -WIDEST, WIDEST)  # z is 0 here, and 1.96 towards -sign * WIDEST
        outside = np.full(inside.shape, -sign * WIDEST)
        for _ in range(STEPS):
            centre = (inside + outside) / 2
            accepted = sign * score(*counts, np.exp(centre)) <= Z
            inside, outside = np.where(accepted, centre, inside), np.where(accepted, outside, centre)
        end[where] = np.exp((inside + outside) / 2)
    return low, high


def score(x1: Numbers, n1: Numbers, x0: Numbers, n0: Numbers, ratio: Numbers) -> Numbers:
    """z(ratio), falling in `ratio`; sizes above 0 and a success in either group."""
    # The root of N t q^2 - (t (n1 + x0) + x1 + n0) q + (x1 + x0), written so that nothing cancels.
    gap = ratio * (n1 + x0) - (x1 + n0)
    root = np.sqrt(gap * gap + 4 * ratio * (n1 - x1) * (n0 - x0))
    q0 = np.minimum(2 * (x1 + x0) / (ratio * (n1 + x0) + x1 + n0 + root), 1.0)
    q1 = np.minimum(ratio * q0, 1.0)
    variance = q1 * (1 - q1) / n1 + ratio * ratio * q0 * (1 - q0) / n0
    difference = x1 / n1 - ratio * x0 / n0
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(difference == 0, 0.0, difference / np.sqrt(variance))


def score_p(x1: npt.ArrayLike, n1: npt.ArrayLike, x0: npt.ArrayLike, n0: npt.ArrayLike) -> Numbers:
    """Two-sided p that both proportions are equal; NaN where a size is 0, or all or none succeed."""
    x1, n1, x0, n0 = np.broadcast_arrays(*map(_floats, (x1, n1, x0, n0)))
    with np.errstate(invalid="ignore", divide="ignore"):
        pooled = (x1 + x0) / (n1 + n0)
        z = (x1 / n1 - x0 / n0) / np.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n0))
    usable = (n1 > 0) & (n0 > 0) & (pooled > 0) & (pooled < 1)
    return np.where(usable, two_sided(z), np.nan)


def two_sided(z: npt.ArrayLike) -> Numbers:
    """P(|Z| >= |z|) of a standard normal Z."""
    p: Numbers = special.erfc(np.abs(_floats(z)) / np.sqrt(2))
    return p


def _floats(numbers: npt.ArrayLike) -> Numbers:
    return np.asarray(numbers, dtype=np.float64)

"""Intervals of ratios of sums by the cluster bootstrap.

Documents of one site or source resemble each other, so a rate over words has more noise than as many
independent words would give. The percentile bootstrap draws clusters, not documents, with replacement, sums,
and takes the 2.5 and 97.5 percentiles of the ratio (Efron and Tibshirani, "An Introduction to the Bootstrap",
1993, chapter 13; of clusters: Davison and Hinkley, "Bootstrap Methods and their Application", 1997, 3.8).

Sums of a replicate are of integers below 2^53, so they are exact in whatever order they are added, and the
seed is fixed: the same counts give the same bounds. Simulated coverage: docs/decisions/representation.md.
"""

import numpy as np
import numpy.typing as npt

DRAWS = 1000
SEED = 20261124
Integers = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]


def ratio_intervals(
    numerators: Integers, denominators: Integers, draws: int = DRAWS, seed: int = SEED
) -> tuple[Numbers, Numbers]:
    """Bounds of 95 % intervals of sum(numerators) / sum(denominators).

    Args:
        numerators: int64[K, G], of each cluster and figure.
        denominators: int64[K, G], or int64[K] where it is the same for all figures.
        draws: replicates.
        seed: of the draws.

    Returns:
        (low, high), float64[G]; NaN where there are fewer than two clusters with a denominator, which tell
        nothing of the noise between clusters. Replicates without a denominator are left out.
    """
    below = denominators.reshape(len(denominators), -1)
    clusters, figures = len(numerators), numerators.shape[1]
    enough = (below > 0).sum(axis=0) >= 2
    low, high = np.full(figures, np.nan), np.full(figures, np.nan)
    if clusters < 2 or not enough.any():
        return low, high
    weights = np.random.default_rng(seed).multinomial(clusters, np.full(clusters, 1 / clusters), size=draws)
    drawn = weights.astype(np.float64)  # [draws, K]
    with np.errstate(invalid="ignore", divide="ignore"):
        ratios = (drawn @ numerators.astype(np.float64)) / (drawn @ below.astype(np.float64))
    known = np.broadcast_to(enough, figures) & np.isfinite(ratios).any(axis=0)
    ratios[~np.isfinite(ratios)] = np.nan
    low[known], high[known] = np.nanpercentile(ratios[:, known], [2.5, 97.5], axis=0)
    return low, high

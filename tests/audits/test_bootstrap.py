"""Intervals of ratios by the cluster bootstrap."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from audits import bootstrap


def bounds(
    numerators: list[int], denominators: list[int], within: tuple[float, float] = (0.0, math.inf), **more: int
) -> tuple[float, float]:
    low, high = bootstrap.ratio_intervals(
        np.array(numerators, np.int64)[:, None],
        np.array(denominators, np.int64)[:, None],
        within=within,
        **more,
    )
    return float(low[0]), float(high[0])


def ratio_and_error(clusters: list[tuple[int, int]]) -> tuple[float, float]:
    ratio = sum(m for m, _ in clusters) / sum(d for _, d in clusters)
    return ratio, math.sqrt(sum((m - ratio * d) ** 2 for m, d in clusters)) / sum(d for _, d in clusters)


def plain_bounds(clusters: list[tuple[int, int]]) -> tuple[float, float]:
    """One replicate after another, cluster by cluster; the seed gives how often each is drawn."""
    number = len(clusters)
    weights = np.random.default_rng(bootstrap.SEED).multinomial(
        number, [1 / number] * number, bootstrap.DRAWS
    )
    ratio, error = ratio_and_error(clusters)
    found = []
    for weight in weights.tolist():
        drawn = [cluster for cluster, times in zip(clusters, weight, strict=True) for _ in range(times)]
        r, e = ratio_and_error(drawn)
        found.append(
            (r - ratio) / e if e > 1e-12 else 0.0 if abs(r - ratio) < 1e-12 else math.inf * (r - ratio)
        )
    found.sort()
    lowest, highest = (len(found) - 1) * 0.025, (len(found) - 1) * 0.975
    return max(0.0, ratio - found[math.ceil(highest)] * error), ratio - found[math.floor(lowest)] * error


@settings(max_examples=15)
@given(st.lists(st.tuples(st.integers(1, 50), st.integers(100, 1000)), min_size=5, max_size=9))
def test_bounds_are_those_of_a_plain_loop(clusters: list[tuple[int, int]]) -> None:
    ratio, error = ratio_and_error(clusters)
    assume(error > 1e-6 * ratio)
    found = bounds(*map(list, zip(*clusters, strict=True)))
    assert found == pytest.approx(plain_bounds(clusters), rel=1e-5, abs=1e-9)
    assert found[0] <= ratio <= found[1]


def test_equal_clusters_leave_no_doubt() -> None:
    assert bounds([3] * 5, [100] * 5) == (0.03, 0.03)


def test_few_clusters_tell_nothing_of_the_noise_between_clusters() -> None:
    assert np.isnan(bounds([3], [100])).all()
    assert np.isnan(bounds([3, 2, 4, 5] + [0] * 50, [100] * 54)).all()
    assert not np.isnan(bounds([3, 2, 4, 5, 1] + [0] * 50, [100] * 55)).any()
    low, high = bootstrap.ratio_intervals(np.zeros((0, 2), np.int64), np.zeros((0, 1), np.int64))
    assert np.isnan([low, high]).all()
    assert low.shape == (2,)


def test_every_figure_may_have_its_own_denominator() -> None:
    numerators = np.array([[1, 9], [2, 9], [4, 9], [2, 9], [3, 9]], np.int64)
    denominators = np.array([[10, 0], [10, 0], [10, 90], [10, 0], [9, 0]], np.int64)
    low, high = bootstrap.ratio_intervals(numerators, denominators)
    assert (low[0], high[0]) == bounds([1, 2, 4, 2, 3], [10, 10, 10, 10, 9])
    assert np.isnan([low[1], high[1]]).all()


def test_bounds_stay_within_what_the_ratio_can_be() -> None:
    men_and_women = [9, 8, -1, 7, 9], [9, 8, 3, 9, 9]
    low, high = bounds(*men_and_women, within=(-1, 1))
    assert -1 <= low < high <= 1
    assert bounds([1, 90, 1, 1, 1], [99, 99, 99, 99, 99])[0] == 0


def test_the_same_counts_give_the_same_bounds_and_another_seed_others() -> None:
    numerators, denominators = [1, 5, 2, 8, 3], [50, 40, 60, 50, 45]
    assert bounds(numerators, denominators) == bounds(numerators, denominators)
    assert bounds(numerators, denominators) != bounds(numerators, denominators, seed=1)


def clustered(
    rng: np.random.Generator, clusters: int, spread: float, rate: float = 300e-6
) -> tuple[np.ndarray, np.ndarray]:
    """Mentions and words of sites: sizes vary by e, a site's own rate by `spread`, mentions are Poisson."""
    words = np.maximum(100, rng.lognormal(10, 1, clusters)).astype(np.int64)
    own = rate * rng.lognormal(-(spread**2) / 2, spread, clusters)
    return rng.poisson(words * own), words


def coverage(clusters: int, spread: float, corpora: int) -> tuple[float, float]:
    """Share of simulated corpora whose interval holds the true rate: by clusters, and by words alone."""
    rng = np.random.default_rng(5)
    held = naive = 0
    for corpus in range(corpora):
        mentions, words = clustered(rng, clusters, spread)
        low, high = bounds(mentions.tolist(), words.tolist(), draws=400, seed=corpus)
        held += low <= 300e-6 <= high
        total = mentions.sum()
        half = 1.96 * total**0.5
        naive += total - half <= 300e-6 * words.sum() <= total + half
    return held / corpora, naive / corpora


def test_intervals_hold_the_rate_of_a_clustered_corpus_about_as_often_as_they_say() -> None:
    by_clusters, by_words = coverage(clusters=60, spread=0.7, corpora=400)
    assert by_clusters >= 0.92  # .95 less noise
    assert by_words <= 0.5  # what taking words as independent would have claimed to hold in 95 %

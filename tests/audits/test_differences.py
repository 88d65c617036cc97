"""Differences of two estimates: known answers, coverage, and how often chance is taken for a difference."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from audits.differences import Estimate, interval, p_of_classes, p_of_estimates, p_of_shares, simes


@pytest.mark.parametrize(
    ("then", "now", "low", "high"),
    [  # Newcombe 1998, table II, method 10
        ((48, 80), (56, 70), 0.0524, 0.3339),
        ((3, 10), (9, 10), 0.1705, 0.8090),
        ((0, 29), (5, 56), -0.0381, 0.1926),
        ((0, 20), (0, 10), -0.1611, 0.2775),
        ((0, 20), (10, 10), 0.6791, 1.0),
        ((0, 10), (10, 10), 0.6075, 1.0),
    ],
)
def test_the_interval_of_two_shares_is_newcombes(
    then: tuple[int, int], now: tuple[int, int], low: float, high: float
) -> None:
    found = interval(Estimate.of_share(*then), Estimate.of_share(*now))
    assert found == pytest.approx((low, high), abs=6e-5)


def test_the_test_of_two_shares_is_pearsons() -> None:
    table = np.array([[480, 1520], [1920, 14080]])
    expected = stats.chi2_contingency(table, correction=False).pvalue
    assert p_of_shares(480, 2000, 1920, 16000) == pytest.approx(expected, abs=1e-6)
    assert p_of_shares(100, 1000, 130, 1000) == pytest.approx(
        stats.chi2_contingency([[100, 900], [130, 870]], correction=False).pvalue, abs=1e-6
    )


def test_too_few_are_not_tested() -> None:
    assert p_of_shares(1, 1000, 4, 1000) is None
    assert p_of_shares(0, 3, 3, 3) is None
    assert p_of_classes(np.array([[3, 4], [0, 1]])) is None
    assert p_of_classes(np.array([[3, 0], [5, 0]])) is None
    assert simes([]) is None
    assert p_of_estimates(Estimate(1.0, 0.0, 2.0), Estimate(1.0, 0.5, 2.0), logarithm=True) is None


def test_open_ends_stay_open() -> None:
    assert interval(Estimate(2.0, 1.5, None), Estimate(3.0, 2.0, 4.0))[0] is None
    assert interval(Estimate(2.0, 1.5, 3.0), Estimate(None, 2.0, None)) == (None, None)


def test_simes_known_answer() -> None:
    assert simes([0.01, 0.04, 0.5]) == pytest.approx(0.03)  # min(.03, .06, .5)


@given(value=st.floats(0.1, 10), width=st.floats(0.01, 0.09))
def test_an_estimate_does_not_differ_from_itself(value: float, width: float) -> None:
    one = Estimate(value, value - width, value + width)
    low, high = interval(one, one)
    assert low is not None
    assert high is not None
    assert low <= 0 <= high
    assert p_of_estimates(one, one, logarithm=True) == 1.0


def test_the_interval_covers_the_difference() -> None:
    rng = np.random.default_rng(7)
    inside = 0
    for _ in range(1000):
        x0, x1 = rng.binomial(900, 0.1), rng.binomial(400, 0.16)
        low, high = interval(Estimate.of_share(int(x0), 900), Estimate.of_share(int(x1), 400))
        inside += (low or 0) <= 0.06 <= (high or 0)
    assert 930 <= inside <= 970


def test_chance_passes_for_a_difference_one_time_in_twenty() -> None:
    rng = np.random.default_rng(11)
    shares = np.array([0.6, 0.3, 0.08, 0.015, 0.004, 0.001])
    found = [
        p_of_classes(np.stack([rng.multinomial(n, shares) for n in (3000, 1000)], axis=1))
        for _ in range(1000)
    ]
    assert 0.03 <= np.mean([p is not None and p < 0.05 for p in found]) <= 0.07

"""Gaps and distances, with answers from elsewhere."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits import parity

counts = st.lists(st.integers(0, 1000), min_size=2, max_size=8).filter(any)


def shares(numbers: list[int]) -> np.ndarray:
    return np.array(numbers, np.float64) / sum(numbers)


# He to one she by decade of English books (1960s to 1990s, n-gram counts), and in a newspaper, 1987 to 1990:
# a ratio r and a gap (r - 1) / (r + 1) are one thing.
@pytest.mark.parametrize(
    ("ratio", "gap"), [(5.72, 0.7024), (4.51, 0.6370), (2.73, 0.4638), (2.23, 0.3808), (4.22, 0.6169)]
)
def test_a_ratio_and_a_gap_tell_the_same(ratio: float, gap: float) -> None:
    male, female = round(ratio * 1_000_000), 1_000_000
    assert parity.gender_ratio(male, female) == pytest.approx(ratio)
    assert parity.gender_gap(male, female) == pytest.approx(gap, abs=5e-5)


def test_gaps_run_from_minus_one_to_one() -> None:
    assert parity.gender_gap(7, 0) == 1
    assert parity.gender_gap(0, 7) == -1
    assert parity.gender_gap(7, 7) == 0
    assert parity.gender_gap(0, 0) is None
    assert parity.gender_ratio(3, 0) is None


def test_distances_have_the_values_of_their_formulas() -> None:
    p, q = np.array([0.5, 0.25, 0.25, 0.0]), np.full(4, 0.25)
    assert parity.entropy_ratio(p) == pytest.approx(1.5 / 2)  # bits: 1.5 of 2
    assert parity.total_variation(p, q) == pytest.approx(0.25)
    # By hand: 1/2 [.5 lg(.5/.375) + .25 lg(.25/.25) * 2] + 1/2 [.25 lg(.25/.375) + .25 lg(.25/.125)]
    by_hand = (0.5 * math.log2(4 / 3) + 0.25 * math.log2(2 / 3) + 0.25) / 2
    assert parity.jensen_shannon(p, q) == pytest.approx(by_hand)


def test_distances_of_disjoint_and_of_equal_shares() -> None:
    one, other = np.array([1.0, 0.0]), np.array([0.0, 1.0])
    assert parity.total_variation(one, other) == parity.jensen_shannon(one, other) == 1
    assert parity.entropy_ratio(one) == 0
    assert parity.entropy_ratio(np.full(5, 0.2)) == pytest.approx(1)
    assert parity.total_variation(one, one) == parity.jensen_shannon(one, one) == 0


@given(st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)), min_size=2, max_size=6))
def test_distances_are_bounded_and_symmetric(pairs: list[tuple[int, int]]) -> None:
    one, other = ([n + (i == 0) for i, n in enumerate(side)] for side in zip(*pairs, strict=True))
    p, q = shares(one), shares(other)
    for distance in (parity.total_variation, parity.jensen_shannon):
        assert distance(p, q) == pytest.approx(distance(q, p))
        assert -1e-12 <= distance(p, q) <= 1 + 1e-12
    # Pinsker, and the other way round (Lin 1991): in bits, TV^2 / (2 ln 2) <= JS <= TV
    total, divergence = parity.total_variation(p, q), parity.jensen_shannon(p, q)
    assert total**2 / (2 * math.log(2)) - 1e-12 <= divergence <= total + 1e-12


@given(st.lists(st.integers(1, 9), min_size=2, max_size=3), st.integers(1, 6))
def test_what_chance_gives_is_the_mean_over_all_draws(weights: list[int], draws: int) -> None:
    p = shares(weights)
    mean = 0.0
    for drawn in itertools.product(range(len(p)), repeat=draws):
        seen = np.bincount(drawn, minlength=len(p)) / draws
        mean += float(np.prod(p[list(drawn)])) * parity.total_variation(seen, p)
    assert parity.chance_total_variation(p, draws) == pytest.approx(mean)


def test_chance_fades_with_the_root_of_the_draws() -> None:
    p = np.full(200, 1 / 200)
    few, many = parity.chance_total_variation(p, 10**4), parity.chance_total_variation(p, 10**6)
    assert few / many == pytest.approx(10, rel=0.02)
    assert parity.chance_total_variation(np.array([1.0, 0.0]), 50) == 0
    assert math.isnan(parity.chance_total_variation(p, 0))


@given(counts)
def test_the_entropy_of_shares_lies_between_none_and_all(numbers: list[int]) -> None:
    assert -1e-12 <= parity.entropy_ratio(shares(numbers)) <= 1 + 1e-12

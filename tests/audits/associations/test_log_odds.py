"""Log-odds with a prior and nPMI: worked by hand, symmetry, limits."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.associations.log_odds import PRIOR, npmi, weighted_log_odds

# y of n, y' of n', rate -> delta and its deviation, worked with a_0 = 1000.
BY_HAND = [
    # (30 + 10) / (1000 + 1000 - 40) against (5 + 10) / (2000 + 1000 - 15)
    ((30, 1000, 5, 2000, 0.01), math.log((40 / 1960) / (15 / 2985)), math.sqrt(1 / 40 + 1 / 15)),
    ((0, 0, 0, 0, 0.5), 0.0, math.sqrt(2 / 500)),
    ((7, 100, 7, 100, 0.001), 0.0, math.sqrt(2 / 8)),
]


@pytest.mark.parametrize(("counts", "delta", "deviation"), BY_HAND, ids=str)
def test_log_odds_are_those_worked_by_hand(counts: tuple[float, ...], delta: float, deviation: float) -> None:
    assert PRIOR == 1000
    found = weighted_log_odds(*counts)
    assert np.allclose(found, (delta, deviation), rtol=1e-12)


counts = st.integers(0, 10**6)


@given(counts, counts, counts, counts, st.floats(1e-6, 0.5))
def test_the_other_side_has_the_opposite_log_odds(y: int, n: int, y2: int, n2: int, rate: float) -> None:
    one, deviation = weighted_log_odds(y, y + n, y2, y2 + n2, rate)
    other, same = weighted_log_odds(y2, y2 + n2, y, y + n, rate)
    assert math.isclose(one, -other, rel_tol=1e-9, abs_tol=1e-9)
    assert math.isclose(deviation, same, rel_tol=1e-12)


def test_rare_words_are_drawn_to_the_background() -> None:
    rare, _ = weighted_log_odds(1, 100, 0, 100, 1e-5)
    common, _ = weighted_log_odds(100, 10_000, 0, 10_000, 1e-5)
    z = [float(np.divide(*weighted_log_odds(y, 1000, 0, 1000, 1e-5))) for y in (1, 5, 25, 125)]
    assert rare < common
    assert z == sorted(z)
    assert z[0] < 1.96


# both, word, group, documents -> nPMI
NPMI = [
    ((25, 50, 50, 100), 0.0),  # independent
    ((10, 10, 10, 100), 1.0),  # never apart
    ((100, 100, 100, 100), 1.0),
    ((20, 40, 25, 100), math.log(0.2 / (0.4 * 0.25)) / -math.log(0.2)),
]


@pytest.mark.parametrize(("given_counts", "expected"), NPMI, ids=str)
def test_npmi_is_that_worked_by_hand(given_counts: tuple[int, ...], expected: float) -> None:
    assert math.isclose(npmi(*given_counts), expected, abs_tol=1e-12)


@given(st.integers(1, 100), st.integers(0, 100), st.integers(0, 100), st.integers(0, 100))
def test_npmi_lies_between_minus_one_and_one(both: int, word: int, group: int, more: int) -> None:
    value = float(npmi(both, both + word, both + group, both + word + group + more))
    assert -1 - 1e-9 <= value <= 1 + 1e-9


def test_npmi_of_nothing_is_not_a_number() -> None:
    assert np.isnan(npmi(0, 3, 4, 10))

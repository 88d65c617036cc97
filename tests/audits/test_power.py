"""The smallest ratio that data can show, against simulation of the very test."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.intervals import score_p
from audits.power import smallest_ratio


def test_the_formula_worked_by_hand_is_given_back() -> None:
    # .25 against .40 at level .01 and power .95: (2.5758 sqrt(.43875) + 1.6449 sqrt(.4275))^2 / .15^2 = 343.9
    assert smallest_ratio(344, 344, 0.25, level=0.01, power=0.95) == pytest.approx(1.6, abs=0.0005)


@pytest.mark.parametrize(
    ("n1", "n0", "p0", "level"), [(2000, 16000, 0.05, 0.05), (300, 900, 0.2, 0.05 / 300)]
)
def test_the_test_finds_it_four_times_in_five(n1: int, n0: int, p0: float, level: float) -> None:
    ratio = smallest_ratio(n1, n0, p0, level=level)
    assert ratio is not None
    draws = np.random.default_rng(5)
    found = score_p(draws.binomial(n1, p0 * ratio, 20_000), n1, draws.binomial(n0, p0, 20_000), n0) < level
    assert found.mean() == pytest.approx(0.8, abs=0.03)


@pytest.mark.parametrize(
    ("n1", "n0", "p0"), [(0, 100, 0.1), (100, 0, 0.1), (100, 100, 0.0), (3, 3, 0.5), (100, 100, 1.0)]
)
def test_too_little_data_show_no_ratio(n1: int, n0: int, p0: float) -> None:
    assert smallest_ratio(n1, n0, p0, level=0.05) is None


@given(n=st.integers(200, 100_000), more=st.integers(1, 100_000), p0=st.floats(0.01, 0.3))
def test_more_documents_show_smaller_ratios(n: int, more: int, p0: float) -> None:
    few, many = (smallest_ratio(size, 10 * size, p0, level=0.05) for size in (n, n + more))
    if few is not None:
        assert many is not None
        assert 1 < many <= few

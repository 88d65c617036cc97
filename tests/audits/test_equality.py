import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from audits.equality import EXACT_BELOW, p_equal
from audits.intervals import score_p

COUNTS = st.tuples(st.integers(1, 300), st.integers(1, 3000)).flatmap(
    lambda n: st.tuples(st.integers(0, n[0]), st.just(n[0]), st.integers(0, n[1]), st.just(n[1]))
)


@given(COUNTS)
def test_small_tables_are_summed_over_all_that_are_as_far_from_the_mean(
    counts: tuple[int, int, int, int],
) -> None:
    x1, n1, x0, n0 = counts
    removed, total = x1 + x0, n1 + n0
    p = float(p_equal(*counts))
    if removed in (0, total):
        assert math.isnan(p)
        return
    if min(n1, n0) * min(removed, total - removed) / total >= EXACT_BELOW:
        return
    values = np.arange(removed + 1)
    distance = np.abs(values * total - removed * n1)  # whole numbers, so ties are exact
    chances = stats.hypergeom.pmf(values, total, removed, n1)
    assert p == pytest.approx(
        min(1, chances[distance >= abs(x1 * total - removed * n1)].sum()), rel=1e-6, abs=1e-12
    )


def test_large_tables_have_the_p_of_the_score_test() -> None:
    assert float(p_equal(480, 2000, 5000, 40_000)) == float(score_p(480, 2000, 5000, 40_000))


def test_both_meet_where_one_takes_over() -> None:
    below, above = (300, 3980, 3000, 40_000), (315, 4200, 3000, 40_000)
    assert float(p_equal(*below)) == pytest.approx(float(score_p(*below)), abs=0.06)
    assert float(p_equal(*above)) == float(score_p(*above))


def test_two_removals_where_a_fifth_of_one_is_expected_are_no_sensation() -> None:
    # Once in 60 such groups; the normal approximation says once in 17,000.
    assert float(p_equal(2, 200, 1000, 1_000_000)) == pytest.approx(0.0175, abs=0.0005)
    assert float(score_p(2, 200, 1000, 1_000_000)) < 1e-4


def test_shapes_are_kept() -> None:
    assert p_equal([[1, 2]], [[10, 20]], 3, 40).shape == (1, 2)

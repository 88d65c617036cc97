from fractions import Fraction
from math import exp, log, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from audits.disparity import ratios
from audits.stratified import mantel_haenszel

# Admissions to Berkeley's six largest departments, 1973 (Bickel, Hammel and O'Connell, 1975): admitted and
# applied, men, then women.
BERKELEY = np.array(
    [
        [512, 353, 120, 138, 53, 22],
        [825, 560, 325, 417, 191, 373],
        [89, 17, 202, 131, 94, 24],
        [108, 25, 593, 375, 393, 341],
    ]
)
STRATA = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60), st.integers(0, 60)).map(
        lambda t: (min(t[0], t[1]), t[1], min(t[2], t[3]), t[3])
    ),
    min_size=1,
    max_size=8,
)


def test_strata_turn_berkeleys_admissions_round() -> None:
    crude = ratios(*BERKELEY.sum(axis=1))
    assert float(crude.removal) == pytest.approx(1.47, abs=0.005)
    found = mantel_haenszel(*BERKELEY[:, None, :])
    # R: mantelhaen.test(UCBAdmissions, correct = FALSE) gives X-squared 1.5246, p .2169
    assert found.p[0] == pytest.approx(0.2169, abs=5e-5)
    assert found.ratio[0] < 1
    assert found.low[0] < 1 < found.high[0]
    assert found.strata[0] == 6


def by_hand(strata: list[tuple[int, int, int, int]]) -> tuple[float, float] | None:
    """(ratio, standard error of its logarithm) in exact fractions, formula by formula."""
    right = left = spread = Fraction(0)
    for a, n1, b, n0 in strata:
        total = n1 + n0
        if n1 == 0 or n0 == 0:
            continue
        right += Fraction(a * n0, total)
        left += Fraction(b * n1, total)
        spread += Fraction((a + b) * n1 * n0 - a * b * total, total**2)
    if right == 0 or left == 0:
        return None
    return float(right / left), sqrt(spread / (right * left))


@given(STRATA)
def test_it_equals_exact_fractions(strata: list[tuple[int, int, int, int]]) -> None:
    columns = np.array(strata).T[:, None, :]
    found, expected = mantel_haenszel(*columns), by_hand(strata)
    assert found.strata[0] == sum(n1 > 0 and n0 > 0 for _, n1, _, n0 in strata)
    if expected is None:
        assert np.isnan([found.low[0], found.high[0]]).all()
        return
    ratio, error = expected
    assert found.ratio[0] == pytest.approx(ratio)
    assert found.low[0] == pytest.approx(exp(log(ratio) - 1.959964 * error), rel=1e-5, abs=1e-12)
    assert found.high[0] == pytest.approx(exp(log(ratio) + 1.959964 * error), rel=1e-5)


def exact(strata: np.ndarray) -> float:
    """P of a sum as far from its mean, by convolution of each stratum's hypergeometric distribution."""
    a, n1, b, n0 = strata
    m, total = a + b, n1 + n0
    chances = np.array([1.0])
    for i in range(len(a)):
        values = np.arange(min(m[i], n1[i]) + 1)
        chances = np.convolve(chances, stats.hypergeom.pmf(values, total[i], m[i], n1[i]))
    expected = (m * n1 / total).sum()
    distance = abs(np.arange(len(chances)) - expected)
    return float(chances[distance >= abs(a.sum() - expected) - 1e-9].sum())


def test_the_p_of_few_removals_is_that_of_the_exact_distribution() -> None:
    random = np.random.default_rng(1980)
    errors = []
    for _ in range(600):
        n1, n0 = random.integers(1, 300, 8), random.integers(1, 3000, 8)
        rate = 10 ** random.uniform(-3, -0.7, 8)
        a, b = random.binomial(n1, rate * random.choice([1, 1.5])), random.binomial(n0, rate)
        strata = np.array([a, n1, b, n0])
        p = exact(strata)
        if (a + b).sum() and p > 1e-6:
            errors.append(log(mantel_haenszel(*strata[:, None, :]).p[0] / p))
    assert len(errors) > 300
    assert np.quantile(np.abs(errors), 0.9) < 0.05
    assert np.abs(errors).max() < log(2)


def test_one_stratum_has_the_plain_ratio() -> None:
    found = mantel_haenszel([[30]], [[300]], [[40]], [[1000]])
    assert found.ratio[0] == pytest.approx(2.5)


def test_a_difference_that_the_strata_explain_vanishes() -> None:
    # Short texts are removed five times as often whoever they mention; the group has more of them.
    found = mantel_haenszel([[500, 10]], [[1000, 100]], [[50, 100]], [[100, 1000]])
    assert ratios(510, 1100, 150, 1100).removal > 3
    assert found.ratio[0] == pytest.approx(1.0)
    assert found.p[0] == pytest.approx(1.0)

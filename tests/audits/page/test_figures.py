"""How numbers are written: three significant digits, intervals, directions."""

import math

from hypothesis import given
from hypothesis import strategies as st

from audits.page.figures import apart, chance, estimate, interval, number, percent, points


def test_intervals_stand_beside_estimates() -> None:
    assert estimate(2.0, 1.8, 2.2) == "2.00 (1.80 to 2.20)"
    assert estimate(2.0, 1.8, None) == "2.00 (1.80 or more)"
    assert estimate(0.241, 0.2, 0.3, percent) == "24.1 % (20 % to 30 %)"
    assert estimate(0.241, None, None, percent) == "24.1 %"
    assert estimate(None, 1.0, 2.0) == "–"
    assert interval(None, 0.5) == "0.500 or less"


def test_other_forms() -> None:
    assert [chance(p) for p in (None, 0.0, 0.0009, 0.04, 1.0)] == [
        "–",
        "< 0.001",
        "< 0.001",
        "0.0400",
        "1.00",
    ]
    assert [points(d) for d in (None, 0.1, -0.025, 0.0)] == ["–", "+10", "−2.5", "0"]
    assert number(1234567) == "1,234,567"


@given(st.floats(0.001, 1000))
def test_a_half_is_as_far_from_one_as_a_double(ratio: float) -> None:
    assert math.isclose(apart(ratio), apart(1 / ratio), abs_tol=1e-12)
    assert apart(0.0) == math.inf
    assert apart(None) == 0.0

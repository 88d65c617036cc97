"""How numbers are written: three significant digits, intervals, directions."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.page.figures import apart, chance, estimate, interval, number, percent, plain, points


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "–"),
        (0.0, "0"),
        (2.0, "2.00"),
        (1.996, "2.00"),
        (0.9996, "1.00"),
        (0.0123456, "0.0123"),
        (-0.25, "−0.250"),
        (1234.5, "1,230"),
        (999.6, "1,000"),
        (12_345_678.0, "12,300,000"),
        (math.inf, "–"),
    ],
)
def test_three_significant_digits(value: float | None, said: str) -> None:
    assert plain(value) == said


@given(st.floats(1e-9, 1e12) | st.floats(-1e12, -1e-9))
def test_what_is_written_is_within_half_a_percent_of_the_number(value: float) -> None:
    read = float(plain(value).replace(",", "").replace("−", "-"))
    assert math.isclose(read, value, rel_tol=0.0051)
    assert float(plain(value, trim=True).replace(",", "").replace("−", "-")) == read


def test_zeros_at_the_end_are_left_out_where_asked_for() -> None:
    assert [plain(value, trim=True) for value in (2.0, 1.25, 0.5, 100.0, 1200.0)] == [
        "2",
        "1.25",
        "0.5",
        "100",
        "1,200",
    ]


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

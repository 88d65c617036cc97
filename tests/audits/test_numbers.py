"""How numbers are written: three significant digits, no power of ten, no false whole."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.numbers import percent, plain, ratio


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


def test_a_share_is_not_rounded_to_all_nor_to_a_power_of_ten() -> None:
    assert [percent(share) for share in (1.0, 0.99999, 0.241, 0.2, 1e-7, 0.0, None)] == [
        "100 %",
        "> 99.9 %",
        "24.1 %",
        "20 %",
        "0.00001 %",
        "0 %",
        "–",
    ]


def test_ratios_in_sentences_have_fewer_digits_the_larger_they_are() -> None:
    assert [ratio(value) for value in (0.5, 1.994, 1.995, 9.94, 9.95, 1234.5)] == [
        "0.50", "1.99", "2.0", "9.9", "10", "1,234",
    ]  # fmt: skip
    assert ratio(0.5, like=12.0) == "0"

"""What phonenumbers accepts is never ruled out beforehand."""

import random

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat as Form
from phonenumbers import PhoneNumberMatcher, PhoneNumberType, example_number_for_type, format_number

from filters import pii, pii_phones
from schemas.errors import UserError
from schemas.parameters import Pii

REGIONS = Pii().phone_regions
MORE = ("AR", "AU", "IT", "JP", "MX", "NG", "PL", "SE", "ZA")


def plausible(run: str, regions: tuple[str, ...]) -> tuple[str, ...]:
    data = run.encode()
    return pii_phones.plausible(data, 0, len(data), 0, regions)


def accepts(text: str, region: str) -> bool:
    return PhoneNumberMatcher(text, region).has_next()


@pytest.mark.parametrize("region", [*REGIONS, *MORE])
def test_every_example_of_a_region_is_plausible_there(region: str) -> None:
    kinds = [kind for name, kind in vars(PhoneNumberType).items() if name.isupper() and kind != 99]
    for kind in kinds:
        number = example_number_for_type(region, kind)
        for form in (Form.NATIONAL, Form.INTERNATIONAL, Form.E164) if number else ():
            text = format_number(number, form)
            first = next(i for i, c in enumerate(text) if c.isdigit())
            data = text.encode()
            if accepts(text, region):
                assert pii_phones.plausible(data, first, len(data), 0, (region,)) == (region,), text


@given(st.sampled_from((*REGIONS, *MORE)), st.text("0123456789", min_size=3, max_size=15))
def test_digits_that_phonenumbers_accepts_are_plausible(region: str, digits: str) -> None:
    assert region in plausible(digits, (region,)) or not accepts(digits, region)


def test_digits_of_every_region_at_random() -> None:
    draw = random.Random(3)
    for _ in range(3000):
        size = draw.randrange(4, 13)
        digits = draw.choice(("", "0", "00", "1", "16")) + str(draw.randrange(10**size)).zfill(size)
        found = plausible(digits, REGIONS)
        region = draw.choice(REGIONS)
        assert region in found or not accepts(digits, region), (digits, region)


@pytest.mark.parametrize(
    ("run", "name"),
    [
        ("12.34.56.78", "dotted"),
        ("02.27.96.63.08", None),  # as France writes its numbers
        ("02.27.96.63.08.1", "dotted"),
        ("0.0652940278579471", "dotted"),
        ("2021-03-04", "date"),
        ("04.03.2021", "date"),
        ("1990 - 2000", "date"),
        ("9" * 21, "wrong_length"),
        ("1 2 " * 10 + "3", "table"),
        ("12345 " * 43 + "1", "table"),
        ("212-555-0100", None),
        ("0761 123 456", None),
    ],
)
def test_runs_that_are_no_numbers_name_the_validator(run: str, name: str | None) -> None:
    assert pii_phones.other(run.encode()) == name


def test_an_unknown_region_is_named() -> None:
    with pytest.raises(UserError, match="`XQ`"):
        pii.measure(pa.array(["x"]), Pii(phone_regions=("US", "XQ")))

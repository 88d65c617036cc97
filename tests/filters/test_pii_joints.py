"""What stands beside a match: a field of its own, or the rest of a longer number."""

import pytest

from tests.filters.test_pii_findings import accepted, refusals

CARD, OTHER = "4111111111111111", "5555555555554444"


@pytest.mark.parametrize(
    ("text", "entity", "values"),
    [
        (f"Smith,{CARD},12/26", "CREDIT_CARD", [CARD]),
        (f"7,{CARD},12/26,123", "CREDIT_CARD", [CARD]),
        (f"card:{CARD},cvv:123", "CREDIT_CARD", [CARD]),
        (f"{CARD}:12:26:123 {OTHER}=2612101", "CREDIT_CARD", [CARD, OTHER]),
        (f"{CARD}/{OTHER}", "CREDIT_CARD", [CARD, OTHER]),
        (f"Visa/{CARD}.Next", "CREDIT_CARD", [CARD]),
        ("Smith,219-09-9999,1980", "US_SSN", ["219-09-9999"]),
        ("1,219-09-9999/1980", "US_SSN", ["219-09-9999"]),
        ("No.219-09-9999.Next", "US_SSN", ["219-09-9999"]),
        ("ssn 219-09-9999 1980", "US_SSN", ["219-09-9999"]),
        ("81.23.44.201,81.23.44.202", "IP_ADDRESS", ["81.23.44.201", "81.23.44.202"]),
        ("1,81.23.44.201:Next", "IP_ADDRESS", ["81.23.44.201"]),
        ("Smith,00:1A:2B:3C:4D:5E,x", "MAC_ADDRESS", ["00:1A:2B:3C:4D:5E"]),
        ("mac:00-1A-2B-3C-4D-5E:x", "MAC_ADDRESS", ["00-1A-2B-3C-4D-5E"]),
        ("a,DE89370400440532013000,b", "IBAN_CODE", ["DE89370400440532013000"]),
        ("passport=123456780", "US_PASSPORT", ["123456780"]),
        ("passport,123456780,1980", "US_PASSPORT", ["123456780"]),
        ("1,415-555-2671,1980", "PHONE_NUMBER", ["415-555-2671"]),
        ("Jane Doe,4155552671,94103", "PHONE_NUMBER", ["4155552671"]),
    ],
)
def test_a_field_is_found_whatever_parts_it_from_the_next(text: str, entity: str, values: list[str]) -> None:
    assert list(dict.fromkeys(value for kind, value in accepted(text) if kind == entity)) == values


@pytest.mark.parametrize(
    ("text", "entity"),
    [
        ("0.4111111111111111", "CREDIT_CARD"),
        ("4111111111111111.5", "CREDIT_CARD"),
        ("a-4111111111111111", "CREDIT_CARD"),
        ("facebook.com/joe/posts/4111111111111111", "CREDIT_CARD"),
        ("in /var/log/4111111111111111", "CREDIT_CARD"),
        ("219-09-9999-1", "US_SSN"),
        ("1-219-09-9999", "US_SSN"),
        ("1.81.23.44.201", "IP_ADDRESS"),
        ("81.23.44.201.5", "IP_ADDRESS"),
        ("6F:70:00:1A:2B:3C:4D:5E:6F:70", "MAC_ADDRESS"),
        ("passport 123456780.pdf", "US_PASSPORT"),
        ("4155552671,2155552671,3015552671", "PHONE_NUMBER"),
    ],
)
def test_a_stretch_of_something_longer_is_refused(text: str, entity: str) -> None:
    assert (entity, "part_of_longer") in refusals(text)
    assert accepted(text) == []


@pytest.mark.parametrize("text", ["1,234,567,890", "12/31/1999 and 1/2/3", "267,593,939", "1,234.50, 0,4155"])
def test_numbers_with_commas_and_slashes_stay(text: str) -> None:
    assert accepted(text) == []

"""Keyed surrogates: the same for the same value, from reserved ranges, unlinkable without the key."""

import ipaddress
import re

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from filters.pii_spellings import normal
from filters.pii_surrogates import replacement, surrogate
from schemas.errors import UserError
from schemas.parameters import PII_ENTITIES, Pii

KEY, OTHER = b"k" * 32, b"other key, other surrogates"
VALUES = {
    "EMAIL_ADDRESS": ("joe@x.com", "JOSÉ@пример.рф", "a.b (at) c [dot] org"),
    "PHONE_NUMBER": (
        "415-222-3333",
        "+44 20 7123 4567",
        "+49(0)6271 868543",
        "+33 4 10 95 56 81",
        "٠٣٠١٢٣٤٥٦٧",
    ),
    "IP_ADDRESS": ("168.199.120.139", "10.1.2.3/32", "fe80::1", "a4:77d6:2df2:90d:3a0c:2e4c:6591:c48"),
    "MAC_ADDRESS": ("00:16:3E:C2:07:EE", "00-16-3E-C2-07-EE", "0012.3456.789A"),
    "CREDIT_CARD": ("4577541081968990", "3492-194796-86004", "4577 5410 8196 8990"),
    "IBAN_CODE": ("DE89370400440532013000", "GB82 WEST 1234 5698 7654 32"),
    "US_SSN": ("616-37-1980", "616 37 1980"),
}
pairs = st.one_of(
    *(st.tuples(st.just(entity), st.sampled_from(values)) for entity, values in VALUES.items()),
    st.tuples(
        st.sampled_from(("US_PASSPORT", "API_KEY", "CRYPTO", "PERSON")), st.text(min_size=1, max_size=20)
    ),
)


@given(pairs, st.binary(min_size=16, max_size=40))
def test_a_surrogate_follows_from_value_and_key_and_is_its_own(pair: tuple[str, str], key: bytes) -> None:
    first = surrogate(*pair, key)
    assert first == surrogate(*pair, key)
    assert first != pair[1]
    assert surrogate(pair[0], first, key) == first


def in_reserved_range(entity: str, value: str) -> bool:
    digits = re.sub(r"\D", "", value)
    match entity:
        case "EMAIL_ADDRESS":
            return re.fullmatch(r"[a-z]+\.[a-z]+\d{8}@example\.(com|org|net)", value) is not None
        case "PHONE_NUMBER":
            ranges = r"1?\d{3}55501\d\d|442079460\d{3}|3319900\d{4}|493023125\d{3}|6125550\d{4}"
            return re.fullmatch(ranges, digits) is not None
        case "IP_ADDRESS":
            nets = ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")
            address = ipaddress.ip_interface(value).ip
            return any(address in ipaddress.ip_network(net) for net in nets)
        case "MAC_ADDRESS":
            return re.sub(r"[:.-]", "", value).upper().startswith("00005E0053")
        case "CREDIT_CARD":
            return digits.startswith("9999")
        case "IBAN_CODE":
            moved = value[4:] + value[:4]
            return value.startswith("XX") and int("".join(str(int(c, 36)) for c in moved)) % 97 == 1
        case _:
            return re.fullmatch(r"000-\d\d-\d{4}", value) is not None


@pytest.mark.parametrize(("entity", "value"), [(e, v) for e, values in VALUES.items() for v in values])
def test_a_surrogate_comes_from_a_reserved_range(entity: str, value: str) -> None:
    assert in_reserved_range(entity, surrogate(entity, value, KEY))


@pytest.mark.parametrize("entity", [e for e in PII_ENTITIES if e not in VALUES])
def test_what_has_no_reserved_range_gets_a_keyed_tag(entity: str) -> None:
    assert re.fullmatch(rf"<{entity}:[0-9a-f]{{8}}>", surrogate(entity, "value", KEY))


@pytest.mark.parametrize("entity", VALUES)
@given(value=st.text("0123456789.:-+@ax ٣", min_size=1, max_size=60))
def test_matches_that_overlap_have_a_surrogate_too(entity: str, value: str) -> None:
    first = surrogate(entity, value, KEY)
    assert surrogate(entity, first, KEY) == first


@pytest.mark.parametrize(
    ("entity", "spellings"),
    [
        ("EMAIL_ADDRESS", ("Joe@X.com", "joe@x.com", "joe (at) x [dot] com")),
        (
            "PHONE_NUMBER",
            ("415-555-2671", "+1 415 555 2671", "(415) 555-2671", "+14155552671"),
        ),
        ("PHONE_NUMBER", ("+44 20 7496 0458", "(020) 7496 0458", "02074960458")),
        ("PHONE_NUMBER", ("٠٣٠ ١٢٣٤٥٦٧", "030 1234567")),
        ("PHONE_NUMBER", ("415-555-2671 ext 12", "+1 415 555 2671 x12")),
        ("IBAN_CODE", ("GB82 WEST 1234 5698 7654 32", "gb82west12345698765432")),
        ("US_SSN", ("616-37-1980", "616 37 1980", "616371980")),
        ("UK_NHS", ("943 476 5919", "9434765919", "943-476-5919")),
        ("UK_NINO", ("AB 12 34 56 C", "ab123456c")),
        ("IN_AADHAAR", ("2345 6789 0124", "234567890124", "2345:6789:0124")),
        ("CA_SIN", ("130-692-544", "130 692 544", "130692544")),
        ("IP_ADDRESS", ("fe80::1", "FE80:0:0:0:0:0:0:1")),
    ],
)
def test_spellings_of_one_value_share_a_surrogate(entity: str, spellings: tuple[str, ...]) -> None:
    assert len({surrogate(entity, one, KEY, Pii().phone_regions) for one in spellings}) == 1


def test_a_card_keeps_its_groups_and_has_the_same_digits_in_any() -> None:
    grouped, plain = (surrogate("CREDIT_CARD", v, KEY) for v in ("4577 5410 8196 8990", "4577541081968990"))
    assert grouped.replace(" ", "") == plain
    assert grouped.count(" ") == 3


def test_what_differs_has_another_surrogate() -> None:
    for entity, one, other in (
        ("PHONE_NUMBER", "415-555-2671", "415-555-2672"),
        ("PHONE_NUMBER", "415-555-2671", "415-555-2671 ext 2"),
        ("UK_NHS", "943 476 5919", "943 476 5870"),
        ("API_KEY", "abcdefgh", "ABCDEFGH"),
    ):
        assert normal(entity, one, ("US",)) != normal(entity, other, ("US",))


def test_keys_give_surrogates_that_say_nothing_of_each_other() -> None:
    values = [f"user{i}@mail.org" for i in range(500)]
    ours, theirs = ([surrogate("EMAIL_ADDRESS", value, key) for value in values] for key in (KEY, OTHER))
    assert len(set(ours)) == len(set(theirs)) == 500
    assert not set(ours) & set(theirs)


def test_a_stranger_at_example_com_is_no_surrogate() -> None:
    assert surrogate("EMAIL_ADDRESS", "mika.lund12345678@example.com", KEY) != "mika.lund12345678@example.com"


def test_a_phone_surrogate_is_written_with_its_country() -> None:
    number = phonenumbers.parse(surrogate("PHONE_NUMBER", "+44 20 7123 4567", KEY))
    assert number.country_code == 44
    assert surrogate("CREDIT_CARD", "3492-194796-86004", KEY).count("-") == 2


def test_the_key_must_be_the_one_of_the_config(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PII_TEST_KEY", "one key of some length")
    parameters = Pii(action="surrogate", key_env="PII_TEST_KEY")
    assert replacement("US_SSN", "616-37-1980", parameters).startswith("000-")
    again = Pii(action="surrogate", key_env="PII_TEST_KEY", key_fingerprint="0" * 16)
    with pytest.raises(UserError, match="fingerprint"):
        replacement("US_SSN", "616-37-1980", again)

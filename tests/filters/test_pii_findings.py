"""Candidates are what plain Presidio finds, and more; whatever is refused names its validator."""

import functools
import json
import random
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from filters import pii_findings, pii_validators
from filters.pii_findings import Finding
from schemas.parameters import Pii
from tests.plain_presidio import analyze

DEFAULT = Pii()
WALLET = "0x52908400098527886E0F7030069857D2E4169EE7"
VALUES = (
    "josé@example.org", "ivan@пример.рф", "a.b+c@mail.hughes.org", "x@y.com@z.org", "sam (at) mail (dot) com",
    "+1 747 207 5037", "(020) 7496 0458", "0956882021", "+49(0)6271 868543", "+33 4 10 95 56 81", "1645",
    "212-555-0199 ext 12", "03 -0700", "9876543210", "052-1234567", "٠٣٠ ١٢٣٤٥٦٧", "0041446681800",
    "168.199.120.139", "172.16.254.1", "::ffff:10.1.2.3", "a4:77d6:2df2:90d:3a0c:2e4c:6591:c48",
    "fe80::1%eth0", "10.1.2.0/24",
    "4577541081968990", "3492-194796-86004", "2720 4186 7947 0681", "ES31 7594 5807 1198 6941 1151",
    "gb51tjov96860035226754", "00:16:3E:C2:07:EE", "0012.3456.789A", "16dwXRJH2YBhk9T4p6qiuhzYAkA83iNEiY",
    "616-37-1980", "114153456", "912-70-1234", "A12345678", "943 476 5919", "AB 12 34 56 C", "123 456 782",
    "2123 45670 1", "046 454 286", "L01X00T471", "65070803A015", "86095742719", "X1234567L", "12345678Z",
    "AAA123456", "131052-308T", "2345 6789 0124", "ABCPE1234F", "A2096457", "RSSMRA85T10A562S", "AA1234567",
    "900101-1234568", "M12345678", "44051401359", "811228-9874", "S1234567D", "1101700230708", "10000000146",
    "8001015009087", "0111-1234567-1", "https://user:secret@host.com/x", "xoxb-1234567890-abcdef",
    "api_key = abcd1234efgh5678ijkl",
)  # fmt: skip
JOINTS = (
    " ", ", ", ".", "-", "/", "\n", "(", ")", "+", ":", "x", " ext ", "é", "_", "1", "0", "@", "A", "٣",
    "–", "\u00a0",
    " ssn ", " passport ", " phone ", " id ", "<", ">", "ー", "ſ", "K", "\x1c", "\x85", "　", "\t",
    " the the of ", "::",
)  # fmt: skip


def findings(text: str, parameters: Pii = DEFAULT) -> list[Finding]:
    return pii_findings.find(pa.array([text]), parameters)[0]


def accepted(text: str) -> list[tuple[str, str]]:
    return [(f.entity, text[f.start : f.end]) for f in findings(text) if f.refused is None]


def refusals(text: str) -> set[tuple[str, str]]:
    return {(f.entity, f.refused) for f in findings(text) if f.refused is not None}


def assert_superset(texts: list[str]) -> None:
    """Every result of Presidio's is a finding, whole or narrowed to what counts, accepted or refused."""
    for text, found in zip(texts, pii_findings.find(pa.array(texts), DEFAULT), strict=True):
        for entity, start, end, _ in analyze(text, DEFAULT):
            same = [f for f in found if f.entity == entity and f.start < end and start < f.end]
            held = [(start <= f.start and f.end <= end) or (f.start <= start and end <= f.end) for f in same]
            assert any(held), (
                entity, start, end, text,
            )  # fmt: skip
        for finding in found:
            assert finding.refused is None or finding.refused in pii_validators.NAMES


@pytest.mark.parametrize("value", VALUES)
def test_every_kind_of_value_alone_and_explained(value: str) -> None:
    assert_superset(
        [value, f"my passport number is {value} and my ssn {value}.", f"id: {value}, call {value}"]
    )


@given(
    st.lists(
        st.tuples(st.sampled_from(VALUES), st.integers(0, 40), st.sampled_from(JOINTS), st.booleans()),
        min_size=1,
        max_size=5,
    )
)
def test_candidates_are_a_superset_of_presidio_on_mutated_values(parts: list[tuple]) -> None:
    text = ""
    for value, place, joint, inside in parts:
        text += value[:place] + joint + value[place:] if inside else value + joint
    assert_superset([text])


@given(st.text("0123456789-. +()/x@:aAfeZ٣é_\n", max_size=80))
def test_candidates_are_a_superset_of_presidio_on_random_text(text: str) -> None:
    assert_superset([text])


def test_words_count_however_many_words_that_are_none_lie_between() -> None:
    assert_superset(["passport " + "the of and " * 300 + "123456780", "123456780 " + ". " * 500 + " ssn"])


def test_candidates_are_a_superset_of_presidio_on_real_text(shared_data: Path) -> None:
    texts = planted(shared_data)
    draw = random.Random(1)
    assert_superset([text[(at := draw.randrange(len(text))) : at + 800] for text in draw.sample(texts, 300)])


@functools.cache
def planted(shared_data: Path) -> list[str]:
    import zstandard

    lines = []
    for path in sorted((shared_data / "corpus" / "pii" / "jsonl").iterdir()):
        with path.open("rb") as raw:
            lines += zstandard.ZstdDecompressor().stream_reader(raw).read().splitlines()
    return [json.loads(line)["text"] for line in lines]


@pytest.mark.parametrize(
    ("text", "entity", "value"),
    [
        ("mail josé@example.org now", "EMAIL_ADDRESS", "josé@example.org"),
        ("jörg.müller@beispiel.de", "EMAIL_ADDRESS", "jörg.müller@beispiel.de"),
        ("ivan@пример.рф", "EMAIL_ADDRESS", "ivan@пример.рф"),
        ("JOE@EXAMPLE.COM", "EMAIL_ADDRESS", "JOE@EXAMPLE.COM"),
        ("joe@Example.com,", "EMAIL_ADDRESS", "joe@Example.com"),
        ("a@xn--80ak6aa92e.com", "EMAIL_ADDRESS", "a@xn--80ak6aa92e.com"),
        ("https://x.com/a?email=joe@x.com&b=1", "EMAIL_ADDRESS", "joe@x.com"),
        ("**joe@x.com**", "EMAIL_ADDRESS", "joe@x.com"),
        ("sam [at] gmail [dot] com", "EMAIL_ADDRESS", "sam [at] gmail [dot] com"),
        ("fe80::1 is up", "IP_ADDRESS", "fe80::1"),
        ("from [10.18.7.3]:25, ip 10.18.7.3", "IP_ADDRESS", "10.18.7.3"),
        ("http://10.2.3.4:80/x", "IP_ADDRESS", "10.2.3.4"),
        ("in case 4155552671", "PHONE_NUMBER", "4155552671"),
        ("call us to order 4155552671", "PHONE_NUMBER", "4155552671"),
        ("4 1 5 5 5 5 2 6 7 1", "PHONE_NUMBER", "4 1 5 5 5 5 2 6 7 1"),
        ("mail git@example.com now", "EMAIL_ADDRESS", "git@example.com"),
        ("call (555) 867-5309 now", "PHONE_NUMBER", "(555) 867-5309"),
        ("+1 892 298 3041", "PHONE_NUMBER", "+1 892 298 3041"),
        ("wa.me at https://wa.me/14155552671", "PHONE_NUMBER", "14155552671"),
        ("phone: ٠١٢٣٤٥٦٧٨٩", "PHONE_NUMBER", "٠١٢٣٤٥٦٧٨٩"),
        ("Visa 2720 4186 7947 0681 exp 04/27", "CREDIT_CARD", "2720 4186 7947 0681"),
        ("in DE89370400440532013000 2 days", "IBAN_CODE", "DE89370400440532013000"),
        ("gb51tjov96860035226754", "IBAN_CODE", "gb51tjov96860035226754"),
        ("SSN 123-45-6789", "US_SSN", "123-45-6789"),
        ("her passport is 123456780", "US_PASSPORT", "123456780"),
        ("PESEL 44051401359", "PL_PESEL", "44051401359"),
        ("Steuer-ID 86095742719", "DE_TAX_ID", "86095742719"),
        (f"ETH {WALLET}", "CRYPTO", WALLET),
        ("https://user:pass@host.com/x", "URL_CREDENTIALS", "user:pass"),
        ("key " + "AKIA" + "ABCDEFGHIJKLMNOP", "API_KEY", "AKIA" + "ABCDEFGHIJKLMNOP"),
        ("Authorization: Bearer abcdefghijklmnopqrstu", "API_KEY", "abcdefghijklmnopqrstu"),
    ],
)  # fmt: skip
def test_personal_data_is_found(text: str, entity: str, value: str) -> None:
    assert (entity, value) in accepted(text)


@pytest.mark.parametrize(
    "text",
    [
        "section 3.1.4.15.9 of the act",
        "nginx 1.2.3.45678",
        "OID 1.3.6.1.4.1.311.21.20",
        "section 3.1.4.1 of the law",
        "256.1.1.1",
        "release 17.13.96-rc1, version 2.12.18",
        "kernel version 5.4.0.1",
        "ISBN 978-0-7233-1947-4 and 978-1-5256-4188-6",
        "on 18.05.2009, 08/03/1995 and 1995-12-27, from 1990 to 2000, 2017 - 2021",
        "0d7c6d61-f809-433c-8524-71baea30682e",
        "commit 8f219cbad6069748059371493e2509e700a7fde9",
        "see https://example.org/2019/03/1234567890?id=4577541081",
        "267,593,939 and #95276636 and 968.73867531",
        "4067-4150-4802-9812",
        "FR9671268543121890079440217 and GB75 VZBU 6743 5048 0291 19",
        "000-04-0512, 985-00-8567, 666-07-4609",
        "771.430.174.280",
        "@media screen, user@localhost, 3 @ $33.99, icon@2x.png",
        "C++ add::bad, std::map, m[::2], -a::",
        "127.0.0.1, 0.0.0.0, ::1, 255.255.255.0, 192.168.0.0/16",
        "Message-Id: <200209261108.g8QB8Qg14711>",
        "the Settlement Act of 1697, 1645",
        "order no. 4155552671, barcode 036000291452, part number 4155552671",
        '{"order_id": 4155552671}, tracking number is 4155552671',
        "1 2 3 4 5 6 7 8 9 10 and 2 4 6 8 10 12 14 16 18 20",
        "J. Cell Sci. 12 (1990) 123-145",
        "git@github.com:user/repo.git, ssh://git@github.com/user/repo.git",
        "<EMAIL_ADDRESS> wrote to <US_SSN:0a1b2c3d>",
        "Also met Al today.",
    ],
)
def test_what_is_no_personal_data_stays(text: str) -> None:
    assert accepted(text) == []


@pytest.mark.parametrize(
    ("text", "entity", "validator"),
    [
        ("section 3.1.4.15.9", "IP_ADDRESS", "part_of_longer"),
        ("reference GB12 MRKJ 3121 8300 7944 02", "IN_AADHAAR", "part_of_iban"),
        ("https://x.com/a/7411093420", "PHONE_NUMBER", "part_of_longer"),
        ("https://x.com/a?b=7411093420", "PHONE_NUMBER", "in_link"),
        ("<200209261108@host.example>", "IN_AADHAAR", "in_address"),
        ("https://user:pass@host.com/x", "EMAIL_ADDRESS", "in_url_credentials"),
        ("ISBN 0-931137-07-1", "PHONE_NUMBER", "isbn"),
        ("1499414498 86248 9", "CREDIT_CARD", "unknown_issuer"),
        ("4577541 081968990", "CREDIT_CARD", "odd_groups"),
        ("section 3.1.4.1", "IP_ADDRESS", "number_of_a_section"),
        ("127.0.0.1", "IP_ADDRESS", "no_host"),
        (" a:: ", "IP_ADDRESS", "short_ipv6"),
        ("912-45-6781", "US_SSN", "not_issued"),
        ("08-05-2002", "PHONE_NUMBER", "date"),
        ("193.154.165.8", "PHONE_NUMBER", "dotted"),
        ("git@github.com:user/repo.git", "EMAIL_ADDRESS", "repository"),
        ("(1990) 123-145", "PHONE_NUMBER", "date"),
        ("1 2 3 4 5 6 7 8 9 10", "PHONE_NUMBER", "table"),
        ("barcode 036000291452", "PHONE_NUMBER", "plain_digits"),
        ("the Act of 1697", "PHONE_NUMBER", "wrong_length"),
        ("bug #1681331", "PHONE_NUMBER", "plain_digits"),
        ("943 476 5919", "UK_NHS", "unexplained"),
        ("<US_SSN>616-37-1980", "US_SSN", ""),
    ],
)  # fmt: skip
def test_a_refusal_names_its_validator(text: str, entity: str, validator: str) -> None:
    if validator:
        assert (entity, validator) in refusals(text)
    else:
        assert (entity, "616-37-1980") in accepted(text)


def test_the_word_of_a_placeholder_explains_nothing() -> None:
    assert ("US_PASSPORT", "unexplained") in refusals("<US_PASSPORT> 123456780")
    assert ("US_PASSPORT", "123456780") in accepted("passport 123456780")


def test_only_entities_asked_for_are_looked_for() -> None:
    text = "joe@x.com, 168.199.120.139, 616-37-1980"
    found = findings(text, Pii(entities=("IP_ADDRESS",)))
    assert {finding.entity for finding in found} == {"IP_ADDRESS"}
    assert findings(text, Pii(entities=())) == []

"""Edits, signals, scrubbing and bounds: what the pipeline sees of personal data."""

import json
import logging
import random
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from filters import edits, pii
from schemas.ledger import EDITS
from schemas.parameters import PII_ENTITIES, Pii
from tests.filters.test_pii_findings import JOINTS, VALUES

DEFAULT = Pii()
KEY = "a key that is long enough"
PART = st.one_of(
    st.sampled_from(VALUES),
    st.sampled_from(JOINTS),
    st.text("0123456789-. ()/:", min_size=1, max_size=12),
    st.sampled_from(
        (
            "<EMAIL_ADDRESS>", "<US_SSN>", "<US_PASSPORT:0123abcd>", "a word", "passport", "🙂", "שלום",
            "電話は", "です", "api_key=", "token: ",
        )
    ),
)  # fmt: skip
TEXTS = st.lists(PART, max_size=14).map("".join)


def among_digits(draw: random.Random) -> list[str]:
    """Values amid digits, which a placeholder in their middle parts, completes or leaves to be found."""

    def digits() -> str:
        return "".join(draw.choices("0123456789- ", k=draw.randrange(14)))

    return [digits() + draw.choice(VALUES) + digits() for _ in range(80)]


BATCHES = st.builds(
    lambda draw, texts: among_digits(draw) + texts,
    st.randoms(use_true_random=True),
    st.lists(TEXTS, max_size=10),
)


@pytest.fixture(scope="module")
def keyed() -> Pii:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PII_KEY", KEY)
        yield Pii(action="surrogate", key_env="PII_KEY")


def scrubbed(text: str, parameters: Pii = DEFAULT) -> str:
    texts = pa.array([text])
    signals, found = pii.measure(texts, parameters)
    assert found.type == EDITS
    assert signals.schema == pii.SIGNALS
    result = edits.apply(texts, found)[0].as_py()  # refuses what is not sorted and disjoint
    assert pii.scrub(texts, parameters).to_pylist() == [result] or text.lstrip().startswith("{")
    return result


def counts(text: str, parameters: Pii = DEFAULT) -> dict[str, int]:
    signals, _ = pii.measure(pa.array([text]), parameters)
    return {name: value for name, value in signals.to_pylist()[0].items() if value}


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("", ""),
        ("write to joe@x.com.", "write to <EMAIL_ADDRESS>."),
        ("joe@x.com, ann@y.org", "<EMAIL_ADDRESS>, <EMAIL_ADDRESS>"),
        ("Al met Al: al@x.com and Al", "Al met Al: <EMAIL_ADDRESS> and Al"),
        ("616-37-1980 is mine, 617-37-1980 is not 616-37-1980", "<US_SSN> is mine, <US_SSN> is not <US_SSN>"),
        ("https://user:pass@host.com/a", "https://<URL_CREDENTIALS>@host.com/a"),
        ("٣ 🙂 é joe@x.com 漢", "٣ 🙂 é <EMAIL_ADDRESS> 漢"),
        ("מספר טלפון 052-1234567 שלי", "מספר טלפון <PHONE_NUMBER> שלי"),
        ("a\x00b joe@x.com\x01\x1f", "a\x00b <EMAIL_ADDRESS>\x01\x1f"),
        ("<EMAIL_ADDRESS> and <US_SSN> 123456780", "<EMAIL_ADDRESS> and <US_SSN> 123456780"),
        ("section 3.1.4.1 of the law", "section 3.1.4.1 of the law"),
        ("-----BEGIN " + "PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----.", "<PRIVATE_KEY>."),
    ],
)
def test_a_placeholder_takes_the_place_of_the_span(text: str, result: str) -> None:
    assert scrubbed(text) == result


@pytest.mark.parametrize(
    "text",
    [
        "1 054-4567-172.16.254.1",
        "AIza" + "a1B2c" * 7 + "616-37-1980",  # ends where its length says, not at a border
        "172.16.254.1-054-4567-172.16.254.1",
        "1 2 3 4 5 6 7 8 9 1 2 3 4 5 4577541081968990 212-555-0123",
    ],
)
def test_a_placeholder_that_uncovers_another_match_is_followed_by_it(text: str) -> None:
    once = scrubbed(text)
    assert once != text
    assert scrubbed(once) == once


def twice(texts: list[str], parameters: Pii) -> tuple[list[str], list[str]]:
    """The texts scrubbed once, and twice."""
    once = pii.scrub(pa.array(texts), parameters)
    return once.to_pylist(), pii.scrub(once, parameters).to_pylist()


@given(BATCHES)
def test_scrubbing_scrubbed_texts_changes_nothing(texts: list[str]) -> None:
    once, again = twice(texts, DEFAULT)
    assert again == once


@pytest.mark.parametrize(
    "text",
    [
        "api_key=ES31 7594 5807 1198 6941 1151",  # an account, whose surrogate stands where a key would
        "6488-102345 6789 0124(:23- 1:33",
        "09568820 ext 21ー8f14e45f",
        "https://a.b/?card=4577-5410-8196-8990",
    ],
)
def test_a_surrogate_is_not_taken_for_something_else(keyed: Pii, text: str) -> None:
    once = scrubbed(text, keyed)
    assert once != text
    assert scrubbed(once, keyed) == once


@given(BATCHES)
def test_scrubbing_with_surrogates_twice_changes_nothing(keyed: Pii, texts: list[str]) -> None:
    once, again = twice(texts, keyed)
    assert again == once


@given(TEXTS)
def test_edits_that_are_applied_give_what_scrub_gives(text: str) -> None:
    scrubbed(text)


@given(st.lists(TEXTS, max_size=4), st.lists(TEXTS, max_size=4))
def test_a_text_is_measured_alone_whatever_its_batch(some: list[str], more: list[str]) -> None:
    def rows(texts: list[str]) -> list[tuple]:
        signals, found = pii.measure(pa.array(texts, pa.string()), DEFAULT)
        return list(zip(signals.to_pylist(), found.to_pylist(), strict=True))

    assert rows(some + more) == rows(some) + rows(more)


def test_the_ledger_holds_entity_offsets_and_replacement_never_the_value() -> None:
    _, found = pii.measure(pa.array(["é joe@x.com!"]), DEFAULT)
    edit = {"entity": "EMAIL_ADDRESS", "start": 2, "end": 11, "replacement": "<EMAIL_ADDRESS>"}
    assert found.to_pylist() == [[edit]]


def test_signals_count_matches_by_kind_and_refusals_by_validator() -> None:
    text = "joe@x.com, +33 4 10 95 56 81, 616-37-1980, 4577541081968990, 168.199.120.139, section 3.1.4.1"
    assert counts(text) == {
        "pii_matches": 5,
        "pii_contacts": 2,
        "pii_identifiers": 1,
        "pii_financial": 1,
        "pii_network": 1,
        "pii_refused_number_of_a_section": 1,
        **{name: n for name, n in counts(text).items() if name.startswith("pii_refused")},
    }
    assert counts("no data") == {}


def test_nulls_and_slices() -> None:
    texts = pa.array(["x", None, "joe@x.com", "", None]).slice(1, 3)
    signals, found = pii.measure(texts, DEFAULT)
    assert signals.column("pii_matches").to_pylist() == [None, 1, 0]
    assert [len(one) for one in found.to_pylist()] == [0, 1, 0]
    assert pii.scrub(texts, DEFAULT).to_pylist() == [None, "<EMAIL_ADDRESS>", ""]
    assert signals.column("pii_names").null_count == 3
    empty = pa.array([], pa.string())
    assert pii.measure(empty, DEFAULT)[0].num_rows == 0


def test_every_entity_has_one_kind() -> None:
    assert set(pii.KIND_OF) == set(PII_ENTITIES)
    assert sum(map(len, pii.KINDS.values())) == len(PII_ENTITIES)
    assert set(pii.KINDS) < set(pii.SIGNALS.names)


@pytest.mark.parametrize("bound", [None, 0, 1, 2])
def test_a_document_above_the_bound_is_dropped(bound: int | None) -> None:
    signals, _ = pii.measure(pa.array(["a", "a@x.com", "a@x.com b@x.com", None]), DEFAULT)
    fired = pii.fire(signals, Pii(max_matches=bound, max_contacts=bound))
    if bound is None:
        assert fired == []
    else:
        assert [firing.reason for firing in fired] == ["too_many_matches", "too_many_contacts"]
        for firing in fired:
            assert firing.removes.tolist() == [False, bound < 1, bound < 2, False]
            assert firing.measured.tolist() == [True, True, True, False]


def test_actions_differ_by_entity(keyed: Pii, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PII_KEY", KEY)
    mixed = Pii(actions={"EMAIL_ADDRESS": "surrogate"}, key_env="PII_KEY")
    result = scrubbed("joe@x.com 616-37-1980", mixed)
    assert result.endswith(" <US_SSN>")
    assert "@example." in result
    assert scrubbed("joe@x.com", keyed) == result.split()[0]


def test_links_lose_credentials_addresses_and_what_a_field_names() -> None:
    links = [
        "https://a.b/c?tel=+14155552671&x=joe@x.com",
        "ftp://joe:pw@h.org/1234567890123",
        None,
        "https://a.b/?id=4577541081",
        "https://a.b/?card=4577541081968990&card_number=4577-5410-8196-8990&x=1",
        "https://a.b/?discard=1&id=4577541081968990",
        "https://a.b/?phone_number=4155552671&passport=123456780",
    ]
    assert pii.scrub(pa.array(links), DEFAULT).to_pylist() == [
        "https://a.b/c?tel=<PHONE_NUMBER>&x=<EMAIL_ADDRESS>",
        "ftp://<URL_CREDENTIALS>@h.org/1234567890123",
        None,
        "https://a.b/?id=4577541081",
        "https://a.b/?card=<CREDIT_CARD>&card_number=<CREDIT_CARD>&x=1",
        "https://a.b/?discard=1&id=4577541081968990",
        "https://a.b/?phone_number=<PHONE_NUMBER>&passport=<US_PASSPORT>",
    ]


def test_nothing_is_written_to_a_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        scrubbed("joe@x.com GB82 WEST 1234 5698 7654 3\u0662 4577541081968990 ssn 114153456")
    assert not [record for record in caplog.records if "presidio" in record.name]


def test_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import socket

    def refuse(*_args: object, **_kwargs: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    assert scrubbed("fresh@never-seen-before.co.uk") == "<EMAIL_ADDRESS>"


@pytest.mark.alone
@pytest.mark.parametrize(
    "unit", ["joe@x.com ", "1", "a", "1.", "a@", "::", "\u0663", "12 ", "(", "ab12", "@x.y", "://a:b@"]
)
def test_a_long_line_of_one_thing_ends_soon(unit: str) -> None:
    text = pa.array([unit * (200_000 // len(unit.encode()))])
    pii.measure(text.slice(0, 0), DEFAULT)
    started = time.process_time()
    pii.measure(text, DEFAULT)
    assert time.process_time() - started < 5


@pytest.mark.slow
def test_a_line_of_50_megabytes() -> None:
    text = "lorem ipsum dolor 2002, sit amet " * (50_000_000 // 34)
    signals, found = pii.measure(pa.array([text + "joe@x.com"]), DEFAULT)
    assert signals.column("pii_matches").to_pylist() == [1]
    assert np.array(found.flatten().field("start")).tolist() == [len(text)]


def test_metadata_stays_json() -> None:
    value = {
        "phone": 2125550123,
        "ssn": "114153456",
        "by": {"joe@x.com": [1, "a", None, True, 1.5]},
        "mail": ["ann@y.org", {"deep": "ivan@пример.рф"}],
        "id": 7,
    }
    (result,) = pii.scrub(pa.array([json.dumps(value)]), DEFAULT).to_pylist()
    assert json.loads(result) == {
        "phone": "<PHONE_NUMBER>",
        "ssn": "<US_SSN>",
        "by": {"<EMAIL_ADDRESS>": [1, "a", None, True, 1.5]},
        "mail": ["<EMAIL_ADDRESS>", {"deep": "<EMAIL_ADDRESS>"}],
        "id": 7,
    }

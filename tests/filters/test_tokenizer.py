"""The splitter against spaCy: the same words and sentences, on a table, on real text and on made-up text."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from filters import quality
from tests.quality_of import english, spacy_sentences, spacy_words, words

# What the rules look at: marks, quotes, letters of several kinds, digits, units, URLs, exceptions, spaces.
PIECES = [
    *".,;:!?()[]{}<>_#*&'\"`-–—~+^=/@%$°|\\…0123456789aAbBzZéÉжЖ中。あ́٣²©★😀",
    *("\t", "\n", " ", "  ", "\u00a0", "\u3000", "\x1c", "\x85", "\u2028", "\u200b", "\x00"),
    *("...", "..", "--", "---", "——", "……", "http://", "www.", "example.com", "x@y.org", "co.uk", "://"),
    *(
        "'s",
        "’s",
        "1.2.3.4",
        "192.168.1.1",
        "172.16.0.1",
        "8.8.8.8:80",
        "/path?q=1",
        "a.b",
        "A.B.",
        "mailto:",
    ),
    *(
        "don't",
        "cannot",
        "U.S.",
        "e.g.",
        "Mr.",
        "o'clock",
        "Wed.",
        "10am",
        "10a.m.",
        "5km",
        "US$5",
        "7m²",
        "°F.",
    ),
    *(":)", ":-(", "8-)", "(^_^)", "and/or", "Hello", "world", "the", "foo.Bar", "x" * 70, "Ph.D."),
]
made_up = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \n ", []),
        ("Hello, world.", ["Hello", ",", "world", "."]),
        ("don't won't cannot", ["do", "n't", "wo", "n't", "can", "not"]),
        ("Mr. O'Neil's U.S. trip", ["Mr.", "O'Neil", "'s", "U.S.", "trip"]),
        ("well-known and/or new", ["well", "-", "known", "and/or", "new"]),
        ("see https://a.example/x-y?z=1, ok", ["see", "https://a.example/x-y?z=1", ",", "ok"]),
        ("fine :-) (fine:))", ["fine", ":-)", "(", "fine", ":))"]),
        ("5km for US$10 at 10a.m.", ["5", "km", "for", "US$", "10", "at", "10", "a.m."]),
        ("next Wed.", ["next", "We", "d."]),  # "Wed" is spaCy's "We'd", and "d." an abbreviation
        ("naïve Ж中。", ["naïve", "Ж中", "。"]),
        ("a…b....", ["a", "…", "b", "...."]),
        ("x\x00y", ["x\x00y"]),
    ],
)
def test_words_are_those_of_the_table_and_of_spacy(text: str, expected: list[str]) -> None:
    assert words(text) == expected
    assert spacy_words(text) == expected


@given(st.one_of(made_up, st.text(max_size=60)))
def test_words_and_sentences_of_made_up_text_are_those_of_spacy(text: str) -> None:
    assert words(text) == spacy_words(text)
    assert quality.splitter().sentences(text) == spacy_sentences(text)


def test_every_exception_is_split_as_in_spacy() -> None:
    for key in english().tokenizer.rules:
        for text in (key, f"({key}", f"{key},", f"a/{key}", f"{key}{key}", f"“{key}.”"):
            assert words(text) == spacy_words(text), text


def test_real_text_in_five_languages_is_split_as_in_spacy(shared_data: Path) -> None:
    texts = pq.read_table(shared_data / "corpus" / "s30" / "parquet", columns=["text"])["text"].to_pylist()
    for text in texts[::15]:
        assert words(text) == spacy_words(text)
        assert quality.splitter().sentences(text) == spacy_sentences(text)


@pytest.mark.parametrize("unit", ["a", "!", "a.", "é", "中", "a-", "x@y.z/"])
def test_a_megabyte_without_white_space_is_split_in_linear_time(unit: str) -> None:
    text = unit * (1_000_000 // len(unit.encode()))
    assert "".join(words(text)) == text

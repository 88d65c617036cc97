"""FineWeb's rules: a table, each bound from below, at it and above, languages, a plain twin."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filters import quality
from tests import naive
from tests.quality_of import measure, reasons, scores, spacy_words

FAMILY = "fineweb_quality"
TERMINAL = quality.characters("terminal")


@pytest.mark.parametrize(
    ("text", "signal", "expected"),
    [
        ("", "fineweb_lines", 0),
        ("", "fineweb_short_lines", None),
        (" \n\t\n", "fineweb_lines", 0),
        ("a\n\nb\n", "fineweb_lines", 2),
        ("a.\nb\nc。\nd. ", "fineweb_punctuated_lines", 2 / 4),
        ("a" * 30 + "\n" + "é" * 31, "fineweb_short_lines", 1 / 2),
        ("aé\nb\naé", "fineweb_duplicate_chars", 2 / 5),
        ("a b\nc d\n", "fineweb_newlines_per_word", 2 / 4),
    ],
)
def test_signals_are_those_of_the_table(text: str, signal: str, expected: float | None) -> None:
    assert scores(text, FAMILY)[signal] == expected


def test_an_unreadable_record_has_no_signal() -> None:
    assert set(measure([None], FAMILY).to_pylist()[0].values()) == {None}


def lines(closed: int, open_: int) -> str:
    return "\n".join([f"l{i}." for i in range(closed)] + [f"o{i}" for i in range(open_)])


def short_lines(short: int, long: int) -> str:
    return "\n".join([f"s{i}" for i in range(short)] + [f"{i:0>31}" for i in range(long)])


@pytest.mark.parametrize(
    ("reason", "inside", "outside"),
    [
        ("empty", ["a"], ["", "\n \n"]),
        ("too_few_punctuated_lines", [lines(3, 22), lines(4, 21)], [lines(2, 23), lines(0, 1)]),
        ("too_many_short_lines", [short_lines(67, 33), short_lines(66, 34)], [short_lines(68, 32)]),
        ("duplicate_characters", ["a\na\n" + "b" * 98, "a\na\n" + "b" * 99], ["a\na\n" + "b" * 97]),
        ("too_many_newlines", ["a a a a a a a a a a\n\n\n", "a"], ["a a a a a a a a a\n\n\n"]),
    ],
)
def test_a_document_at_the_bound_is_kept(reason: str, inside: list[str], outside: list[str]) -> None:
    for text in inside:
        assert reason not in reasons(text, FAMILY), text
    for text in outside:
        assert reason in reasons(text, FAMILY), text


def test_a_text_without_any_closing_mark_can_be_left_out() -> None:
    assert "too_few_punctuated_lines" in reasons("some words", FAMILY)
    assert "too_few_punctuated_lines" not in reasons("some words", FAMILY, line_punct_exclude_zero=True)


def test_the_length_of_a_short_line_is_a_parameter() -> None:
    assert scores("abcd\nabcde", FAMILY, short_line_length=4)["fineweb_short_lines"] == 0.5


@pytest.mark.parametrize(
    ("language", "text", "punctuated", "short"),
    [
        ("ja", "今日は天気がいいです。\n散歩", 0.5, None),
        ("th", "สวัสดีครับ", None, None),
        ("hi", "यह एक वाक्य है।", 1.0, 1.0),
        ("und", "some words.", None, 1.0),
    ],
)
def test_rules_apply_where_the_language_allows(
    language: str, text: str, punctuated: float | None, short: float | None
) -> None:
    row = scores(text, FAMILY, language)
    assert (row["fineweb_punctuated_lines"], row["fineweb_short_lines"]) == (punctuated, short)


def test_a_megabyte_on_one_line_is_measured() -> None:
    row = scores("word " * 200_000 + ".", FAMILY)
    assert (row["fineweb_lines"], row["fineweb_punctuated_lines"], row["fineweb_short_lines"]) == (1, 1, 0)


@given(st.one_of(st.text("ab. \n", max_size=120), st.text("a!。é \t\n\r\u2028\x1c", max_size=60)))
def test_signals_are_those_of_the_plain_twin(text: str) -> None:
    assert scores(text, FAMILY) == naive.fineweb_quality(text, spacy_words(text), TERMINAL)

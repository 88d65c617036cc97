"""Gopher's quality rules: a table, each bound from below, at it and above, languages, a plain twin."""

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from filters import gopher_quality, quality
from schemas.parameters import GopherQuality
from tests import naive
from tests.quality_of import batch_of, measure, reasons, scores, spacy_words, with_scores

FAMILY = "gopher_quality"
STOP_WORDS = {"the", "be", "to", "of", "and", "that", "have", "with"}  # Rae et al. 2021, appendix A.1.1
SYMBOLS = quality.characters("symbol")


@pytest.mark.parametrize(
    ("text", "signal", "expected"),
    [
        ("", "gopher_words", 0),
        ("", "gopher_mean_word_length", None),
        ("", "gopher_bullet_lines", None),
        (" \n\t", "gopher_words", 0),
        (" \n\t", "gopher_hash_ratio", None),
        ("Two words, !", "gopher_words", 2),
        ("a bcd", "gopher_mean_word_length", 2.0),
        ("Жар 中文字", "gopher_mean_word_length", 3.0),
        ("#one ## two three", "gopher_hash_ratio", 3 / 6),
        ("one ... two… ......", "gopher_ellipsis_ratio", 4 / 5),
        ("- a\n • b\nc\r\n-d", "gopher_bullet_lines", 3 / 4),
        ("a...\nb… \nc..", "gopher_ellipsis_lines", 2 / 3),
        ("a 1 ! é", "gopher_letter_words", 2 / 4),
        ("The the to TO with", "gopher_stop_words", 3),
    ],
)
def test_signals_are_those_of_the_table(text: str, signal: str, expected: float | None) -> None:
    assert scores(text, FAMILY)[signal] == expected


def test_an_unreadable_record_has_no_signal() -> None:
    assert set(measure([None], FAMILY).to_pylist()[0].values()) == {None}


def words(count: int, word: str = "word") -> str:
    return " ".join([word] * count)


@pytest.mark.parametrize(
    ("reason", "inside", "outside"),
    [
        ("too_few_words", [words(50), words(51)], [words(49), ""]),
        ("too_many_words", [words(100_000), words(99_999)], [words(100_001)]),
        ("words_too_short", ["abc", "abcd"], ["ab", "abc ab"]),
        ("words_too_long", ["a" * 10, "a" * 9], ["a" * 11]),
        ("too_many_hashes", [words(9) + " #", words(10) + " #"], [words(8) + " #"]),
        ("too_many_ellipses", [words(9) + " ...", words(10) + " …"], [words(8) + " ..."]),
        ("too_many_bullet_lines", ["- a\n" * 9 + "b", "- a\n" * 8 + "b\nc"], ["- a\n" * 10]),
        ("too_many_ellipsis_lines", ["a...\n" * 3 + "b\n" * 7], ["a...\n" * 3 + "b\n" * 6]),
        ("too_few_words_with_letters", ["a b c d 1", "a b c d e 1"], ["a b c 1"]),
        ("too_few_stop_words", ["the and", "the and of"], ["the", "the the", "The And"]),
    ],
)
def test_a_document_at_the_bound_is_kept(reason: str, inside: list[str], outside: list[str]) -> None:
    for text in inside:
        assert reason not in reasons(text, FAMILY), text[:40]
    for text in outside:
        assert reason in reasons(text, FAMILY), text[:40]


def test_stop_words_are_asked_for_only_where_the_language_is_no_guess() -> None:
    signals = measure(["no such word", "no such word", "the and of", "no such word"], FAMILY)
    signals = with_scores(signals, pa.array([0.69, 0.7, 0.1, None]))
    for bound, removed, applied in (
        (0.7, [False, True, False, False], [False, True, False, False]),
        (None, [True, True, False, True], [True] * 4),
        (0, [True, True, False, False], [True, True, True, False]),
    ):
        (firing,) = [
            one
            for one in gopher_quality.fire(signals, GopherQuality(min_language_score=bound))
            if one.reason == "too_few_stop_words"
        ]
        assert firing.removes.tolist() == removed
        assert firing.measured.tolist() == applied


def test_every_bound_can_be_switched_off() -> None:
    off: dict[str, Any] = dict.fromkeys(check.bound for check in gopher_quality.CHECKS)
    assert reasons("", FAMILY, **off) == []


@pytest.mark.parametrize(
    ("language", "text", "found"),
    [
        ("de", "Der Hund und die Katze", 2),
        ("fr", "le chat et la souris", 3),
        ("ru", "и в лесу не темно", 3),
        ("ar", "في البيت من الحجر", 2),
        ("hi", "राम के घर में", 2),
        ("ceb", "ang balay", None),  # no list
        ("und", "the and", None),
    ],
)
def test_stop_words_are_those_of_the_language(language: str, text: str, found: int | None) -> None:
    assert scores(text, FAMILY, language)["gopher_stop_words"] == found


def test_rules_of_words_do_not_apply_to_scripts_without_spaces() -> None:
    row = scores("今日は天気がいいです。\n・散歩に行きました…", FAMILY, "ja")
    assert {name for name, value in row.items() if value is not None} == {
        "gopher_bullet_lines",
        "gopher_ellipsis_lines",
    }
    assert row["gopher_ellipsis_lines"] == 0.5
    assert reasons("今日は天気がいいです。", FAMILY, "ja") == []


def test_english_that_was_taken_for_chinese_is_measured_as_words() -> None:
    assert scores("GAME THREAD: Boston at Denver", FAMILY, "zh")["gopher_words"] == 5


def test_a_megabyte_on_one_line_is_measured() -> None:
    row = scores("word " * 200_000, FAMILY)
    assert (row["gopher_words"], row["gopher_mean_word_length"]) == (200_000, 4.0)


@given(st.text("aB1 .…#-•\n\r\t\u2028é中the and", max_size=120))
def test_signals_are_those_of_the_plain_twin(text: str) -> None:
    assert scores(text, FAMILY) == naive.gopher_quality(text, spacy_words(text), SYMBOLS, STOP_WORDS)


def test_the_english_stop_words_are_gophers_own() -> None:
    signals, _ = quality.measure(batch_of([" ".join(sorted(STOP_WORDS))]), [FAMILY], {})
    assert signals.column("gopher_stop_words").to_pylist() == [8]
    assert set(quality.stop_words("en")) == STOP_WORDS

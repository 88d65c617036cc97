"""Gopher's repetition rules: a table, each bound from below, at it and above, a plain twin."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import naive
from tests.quality_of import measure, reasons, scores, spacy_words

FAMILY = "gopher_repetition"


@pytest.mark.parametrize(
    ("text", "signal", "expected"),
    [
        ("", "repetition_characters", 0),
        ("", "repetition_lines", None),
        ("é中", "repetition_characters", 2),
        ("a\n\nb\n\n\na", "repetition_paragraphs", 1 / 3),
        ("  aé\n\nb\n\naé  ", "repetition_paragraph_characters", 2 / 13),
        ("a\nb\na\na", "repetition_lines", 2 / 4),
        ("\na\n", "repetition_lines", 1 / 3),  # an empty line at both ends
        ("\n", "repetition_lines", 1 / 2),
        ("ab\n\nab\nc", "repetition_line_characters", 2 / 8),
        ("a", "repetition_top_2_gram", None),
        ("a b c d", "repetition_top_2_gram", 3 / 7),
        ("long words a b a b", "repetition_top_2_gram", 6 / 18),
        ("a b c a b c", "repetition_top_3_gram", 10 / 11),
        ("a b c d x a b c d", "repetition_top_4_gram", 14 / 17),
        ("a b c d e a b c d e", "repetition_duplicate_5_grams", 5 / 19),
        ("a b c d e a b c d e", "repetition_duplicate_6_grams", 0.0),
        ("a b c d ef x a b c de f", "repetition_duplicate_5_grams", 6 / 23),  # equal letters
    ],
)
def test_signals_are_those_of_the_table(text: str, signal: str, expected: float | None) -> None:
    assert scores(text, FAMILY)[signal] == expected


def test_an_unreadable_record_has_no_signal() -> None:
    assert set(measure([None], FAMILY).to_pylist()[0].values()) == {None}


def filler(count: int) -> str:
    """So many letters without a repeated word."""
    text = " ".join(f"w{i}" for i in range(count))
    return text[: count - 1].rstrip().ljust(count, "z")


def lines(same: int, other: int) -> str:
    return "\n".join(["same"] * (same + 1) + [f"line{i}" for i in range(other)])


def grams(share_repeated: int, total: int) -> str:
    """A text of `total` characters of which so many stand in a run of ten words seen before."""
    run = " ".join("abcdefghij")  # ten letters
    return f"{run} {run} " + filler(total - 2 * len(run) - 2) if share_repeated else filler(total)


@pytest.mark.parametrize(
    ("reason", "inside", "outside"),
    [
        ("empty", ["a", " "], [""]),
        ("duplicate_lines", [lines(3, 6), lines(2, 7)], [lines(4, 5)]),
        (
            "duplicate_paragraphs",
            [lines(3, 6).replace("\n", "\n\n")],
            [lines(4, 5).replace("\n", "\n\n")],
        ),
        (
            "duplicate_line_characters",
            ["aaaa\naaaa\n" + filler(10), "aaa\naaa\n" + filler(12)],
            ["aaaaa\naaaaa\n" + filler(8)],
        ),
        (
            "duplicate_paragraph_characters",
            ["aaaa\n\naaaa\n\n" + filler(8)],
            ["aaaaa\n\naaaaa\n\n" + filler(6)],
        ),
        ("top_2_gram", ["a b a b " + filler(22)], ["a b a b " + filler(21)]),
        ("duplicate_10_grams", [grams(10, 100)], [grams(10, 99)]),
    ],
)
def test_a_document_at_the_bound_is_kept(reason: str, inside: list[str], outside: list[str]) -> None:
    for text in inside:
        assert reason not in reasons(text, FAMILY), text[:40]
    for text in outside:
        assert reason in reasons(text, FAMILY), text[:40]


def test_runs_of_words_are_not_measured_in_scripts_without_spaces() -> None:
    row = scores("今日は今日は今日は。\n今日は今日は今日は。", FAMILY, "ja")
    assert row["repetition_lines"] == 0.5
    assert {name for name, value in row.items() if value is None} == {name for name in row if "gram" in name}


def test_a_megabyte_on_one_line_is_measured() -> None:
    row = scores("one two three four five " * 45_000, FAMILY)
    assert row["repetition_duplicate_10_grams"] > 0.7
    assert (
        row["repetition_top_2_gram"] == len("one two") / 24
    )  # the first of the most frequent, not the longest


@given(
    st.one_of(
        st.text("ab \n", max_size=150),
        st.lists(
            st.sampled_from(["the", "of", "cannot", "can", "not", "a", ".", "\n", "\n\n"]), max_size=80
        ).map(" ".join),
        st.text("a. é中\n\t", max_size=60),
    )
)
def test_signals_are_those_of_the_plain_twin(text: str) -> None:
    assert scores(text, FAMILY) == naive.gopher_repetition(text, spacy_words(text))

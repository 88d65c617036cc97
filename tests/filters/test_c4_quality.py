"""C4's rules: which lines go, what is left, how it is counted; the edits leave the text of C4."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filters import quality
from tests import naive
from tests.quality_of import batch_of, edited, measure, reasons, scores, spacy_sentences

FAMILY = "c4_quality"
CLOSING = (".", "?", "!", '"', "'")  # Raffel et al. 2020, section 2.2, and datatrove's single quote
KEPT = "These are some words."


@pytest.mark.parametrize(
    ("text", "strict", "expected"),
    [
        ("", False, ""),
        (KEPT, True, KEPT),
        (f"{KEPT}\n\n{KEPT}\n", True, f"{KEPT}\n{KEPT}\n"),
        (f"two words\n{KEPT}", False, KEPT),
        (f"{KEPT}\ntwo words", False, KEPT),  # and the line break before it
        (f"{KEPT}\r\ntwo words", False, KEPT),
        (f"{KEPT}\ntwo words\n", False, f"{KEPT}\n"),
        (f"{KEPT}\none\n\ntwo", False, KEPT),
        ("one\ntwo", False, ""),
        ("no closing mark here", True, ""),
        ("no closing mark here", False, "no closing mark here"),
        ("it trails off...", True, ""),
        ("  white space stays.  ", False, "  white space stays.  "),
        ("a word " + "x" * 1000 + " fits", False, "a word " + "x" * 1000 + " fits"),
        ("a word " + "x" * 1001 + " does not", False, ""),
        (f"Please enable JavaScript now.\n{KEPT}", False, KEPT),
        (f"Our Privacy Policy is here.\n{KEPT}", False, KEPT),
        (f"We use cookies for this.\n{KEPT}", False, KEPT),
        (f"We use coo\u212aies for this.\n{KEPT}", False, KEPT),  # the Kelvin sign is a k in lower case
        ("Some words[1] are cited[edit] here[citation needed].", False, "Some words are cited here."),
        ("Some words[1a] are not[ 2].", False, "Some words[1a] are not[ 2]."),
        ("Some java[1]script in here.", False, ""),
        ("Digits[٣] of any script[].", False, "Digits of any script."),
        ("é中 words[1] here.\u2028two words\u2028", False, "é中 words here.\u2028"),
    ],
)
def test_the_edits_leave_the_text_of_the_table(text: str, strict: bool, expected: str) -> None:
    assert edited(text, require_terminal_punctuation=strict) == expected


@pytest.mark.parametrize(
    ("text", "signal", "expected"),
    [
        ("", "c4_sentences", 0),
        ("One is here. Two is there.", "c4_sentences", 2),
        ("One is here... Two is there?! Three.", "c4_sentences", 2),
        ("Lorem Ipsum dolor sit.", "c4_lorem_lines", 1),
        ("lorem ipsum", "c4_lorem_lines", 0),  # two words: the line is gone before
        ("function f() { return", "c4_bracket_lines", 1),
        ("javascript f() { return", "c4_bracket_lines", 0),
        ("one\n\nand two more", "c4_lines_dropped", 2),
        ("Some words[1] are cited[2].\nless[3]", "c4_citations", 2),
    ],
)
def test_signals_are_those_of_the_table(text: str, signal: str, expected: int) -> None:
    assert scores(text, FAMILY)[signal] == expected


def test_an_unreadable_record_has_no_signal_and_no_edit() -> None:
    signals, edits = quality.measure(batch_of([None]), [FAMILY], {})
    assert set(signals.to_pylist()[0].values()) == {None}
    assert edits.to_pylist() == [[]]
    assert set(measure([None], FAMILY).to_pylist()[0].values()) == {None}


@pytest.mark.parametrize(
    ("reason", "inside", "outside"),
    [
        ("too_few_sentences", [f"{KEPT} " * 5, f"{KEPT} " * 6], [f"{KEPT} " * 4, ""]),
        ("lorem_ipsum", [KEPT], ["A lorem ipsum text."]),
        ("curly_bracket", [KEPT], ["A text with {."]),
    ],
)
def test_a_document_at_the_bound_is_kept(reason: str, inside: list[str], outside: list[str]) -> None:
    for text in inside:
        assert reason not in reasons(text, FAMILY), text
    for text in outside:
        assert reason in reasons(text, FAMILY), text


def test_every_rule_of_lines_can_be_switched_off() -> None:
    text = "a[1]\nuse cookies\njavascript is on\n" + "x" * 2000
    keys = {
        "remove_citations": False,
        "drop_javascript_lines": False,
        "drop_policy_lines": False,
        "min_words_per_line": None,
        "max_word_length": None,
    }
    assert edited(text, **keys) == text


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        (
            "ja",
            "今日は天気がいいです。\n\n見出し\n散歩に行きました。",
            "今日は天気がいいです。\n散歩に行きました。",
        ),
        ("hi", "यह एक वाक्य है।\nयह एक वाक्य", "यह एक वाक्य है।"),
        ("el", "Τι είναι αυτό εδώ;\nΤι είναι αυτό εδώ", "Τι είναι αυτό εδώ;"),
        ("th", "สวัสดีครับ\nสวัสดี", "สวัสดีครับ\nสวัสดี"),  # no closing marks: the rule does not apply
        ("und", "some words without mark", "some words without mark"),
    ],
)
def test_closing_marks_are_those_of_the_language(language: str, text: str, expected: str) -> None:
    assert edited(text, language, require_terminal_punctuation=True) == expected


def test_sentences_are_counted_by_marks_in_scripts_without_spaces() -> None:
    assert (
        scores("今日は天気がいいです。散歩に行きました！「はい。」と言った。", FAMILY, "ja")["c4_sentences"]
        == 4
    )
    assert scores("สวัสดีครับ", FAMILY, "th")["c4_sentences"] is None


def test_a_megabyte_on_one_line_is_measured() -> None:
    row = scores("A short sentence[1]. " * 50_000, FAMILY)
    assert (row["c4_sentences"], row["c4_citations"]) == (50_000, 50_000)


PIECES = [
    "word",
    "Two words.",
    "three of them",
    "[1]",
    "[edit]",
    "javascript",
    "lorem ipsum",
    "{",
    "use cookies",
]
SPACES = [" ", "  ", "\n", "\r\n", "\n\n", "\u2028", "\x0b", ".", "...", "é中", '"', "?", "\u212a", "\t"]


@given(st.lists(st.sampled_from(PIECES + SPACES * 2), max_size=30).map("".join), st.booleans())
def test_signals_and_edited_text_are_those_of_the_plain_twin(text: str, strict: bool) -> None:
    signals, left = naive.c4_quality(text, spacy_sentences, CLOSING if strict else None)
    assert scores(text, FAMILY, require_terminal_punctuation=strict) == signals
    assert edited(text, require_terminal_punctuation=strict) == left


@given(st.lists(st.sampled_from(PIECES + SPACES * 2), max_size=30).map("".join))
def test_edits_are_sorted_and_disjoint(text: str) -> None:
    edits = quality.measure(batch_of([text]), [FAMILY], {})[1].to_pylist()[0]
    ends = [0, *(bound for edit in edits for bound in (edit["start"], edit["end"])), len(text)]
    assert ends == sorted(ends)
    assert all(edit["start"] < edit["end"] and edit["replacement"] == "" for edit in edits)
    assert {edit["entity"] for edit in edits} <= {"C4_LINE", "C4_CITATION"}

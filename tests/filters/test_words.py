"""The table by character agrees with Python on every code point."""

import pytest

from filters import words
from tests import naive


def kind(point: int) -> int:
    return int(words.table()[point] >> 24)


def test_every_character_has_pythons_case_and_class() -> None:
    table = words.table()
    for point in [*range(0xD800), *range(0xE000, words.TABLE_SIZE)]:
        character = chr(point)
        lower = "i" if character == "İ" else character.lower().replace("ς", "σ")
        assert chr(table[point] & 0xFFFFFF) == lower
        expected = words.SPACE if lower.isspace() else words.OTHER
        if lower.isalnum() or lower == "_":
            alone = any(first <= ord(lower) <= last for first, last in words.WITHOUT_SPACES)
            expected = words.ALONE if alone else words.WORD
        assert table[point] >> 24 == expected, hex(point)


def test_no_letter_case_or_space_lies_beyond_the_table() -> None:
    for point in range(words.TABLE_SIZE, 0x110000):
        character = chr(point)
        assert character.lower() == character
        assert not character.isalnum()
        assert not character.isspace()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Snake_case isn't 2 words", ["snake_case", "isn", "t", "2", "words"]),
        ("東京タワーへ行く", list("東京タワーへ行く")),
        ("iPhone15を買う", ["iphone15", "を", "買", "う"]),
        ("สวัสดี", list("สวสด")),  # vowel signs above are no word characters
        ("Привет мир", ["привет", "мир"]),
        ("한국어 문장", ["한국어", "문장"]),  # Korean is written with spaces
        ("ΟΔΟΣ οδος", ["οδοσ", "οδοσ"]),
    ],
)
def test_words_of_the_plain_twin_are_as_documented(text: str, expected: list[str]) -> None:
    assert naive.dedup_words(text) == expected


@pytest.mark.parametrize("character", "漢あアㄅกກཀကក៖។កᥐꀀ")
def test_scripts_without_spaces_are_known(character: str) -> None:
    assert kind(ord(character)) == (words.ALONE if character.isalnum() else words.OTHER)

"""Groups from lexicons and from a dialect model, in one sorted list a document."""

from pathlib import Path

import pyarrow as pa
import pytest

from filters import dialect, groups, mentions
from schemas.config import Groups

WORDS = {"finna": (90, 1, 1, 1), "tryna": (90, 1, 1, 1), "quite": (1, 1, 1, 90), "woman": (9, 9, 9, 9)}


@pytest.fixture
def settings(tmp_path: Path) -> Groups:
    """With a model of four words."""
    (tmp_path / dialect.VOCABULARY).write_text("".join(f"9\t{word}\n" for word in WORDS), "utf-8")
    rows = "".join(" ".join(map(str, counts)) + "\n" for counts in WORDS.values())
    (tmp_path / dialect.COUNTS).write_text(rows, "utf-8")
    return Groups(dialect_model=str(tmp_path))


AFRICAN_AMERICAN, WHITE = "finna tryna " * 20, "quite " * 40  # a share nears 1 with the number of words
TEXTS = [AFRICAN_AMERICAN, WHITE, "a woman", f"woman {AFRICAN_AMERICAN}", "", AFRICAN_AMERICAN, None]
LANGUAGES = ["en", "en", "en", "en", "en", "fr", None]


def found(settings: Groups, begin: int = 0, end: int = 7) -> list[list[str]]:
    text, language = pa.array(TEXTS, pa.string()), pa.array(LANGUAGES, pa.string())
    return mentions.of_documents(
        text.slice(begin, end - begin), language.slice(begin, end - begin), settings
    ).to_pylist()


def test_english_documents_get_dialect_beside_what_they_mention(settings: Groups) -> None:
    african_american, women = "dialect/african_american", "gender/women"
    assert found(settings) == [
        [african_american],
        ["dialect/white"],
        [women],
        [african_american, women],
        [],
        [],
        [],
    ]


def test_any_slice_gives_its_rows(settings: Groups) -> None:
    whole = found(settings)
    for begin in range(7):
        for end in range(begin, 8):
            assert found(settings, begin, end) == whole[begin:end]


def test_without_a_model_there_are_the_lexicons_alone_and_switched_off_nothing() -> None:
    text, language = pa.array(TEXTS, pa.string()), pa.array(LANGUAGES, pa.string())
    assert found(Groups()) == groups.mentions(text, language).to_pylist()
    assert found(Groups(enabled=False)) == [[]] * 7

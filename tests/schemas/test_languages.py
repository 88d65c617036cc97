"""Codes of languages: those of the model and no others."""

from pathlib import Path

import pytest

from filters import language
from schemas.config import Config
from schemas.faults import ConfigError
from schemas.languages import languages, meant
from schemas.load import load


def test_the_codes_are_those_that_identification_gives() -> None:
    assert languages().codes == set(language.labels())
    assert len(languages().codes) == 177


def test_what_else_is_written_stands_for_a_code_and_is_none() -> None:
    codes, others = languages()
    assert set(others.values()) <= codes
    assert not codes & set(others)


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("eng", "en"),
        ("English", "en"),
        ("EN", "en"),
        ("en-US", "en"),
        ("zh_Hant", "zh"),
        ("cmn", "zh"),
        ("ger", "de"),
        ("deu", "de"),
        ("germann", "de"),
        ("yor", "yo"),
        ("Yoruba", "yo"),
        ("iw", "he"),
        ("12345", None),
        ("on", None),
    ],
)
def test_the_nearest_code_is_found(word: str, code: str | None) -> None:
    assert meant(word) == code


def test_an_unknown_language_is_a_fault_with_its_place_and_the_nearest_code(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("language:\n  keep:\n    - de\n    - eng\n")
    with pytest.raises(ConfigError) as error:
        load(path)
    assert str(error.value).replace(str(path), "FILE") == (
        "FILE:4: `language.keep` has `eng`, no code of a language\nhint: did you mean `en`?"
    )
    with pytest.raises(ConfigError, match="has `12345`, no code of a language\nhint: codes are those of"):
        load(None, (), ["language.keep=['12345']"])


def test_every_code_can_be_kept() -> None:
    codes = sorted(languages().codes)
    assert load(None, (), [f"language.keep={codes}"]).language.keep == tuple(codes)
    assert Config().language.keep is None

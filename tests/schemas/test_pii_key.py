"""Where the key of surrogates comes from, and that the config never holds it."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from schemas import pii_key
from schemas.parameters import Pii

KEY = "a secret of twenty-four b"


def test_the_config_holds_place_and_fingerprint_never_the_key(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text(KEY + "\n")
    parameters = Pii(action="surrogate", key_file=str(path))
    assert parameters.key_fingerprint == pii_key.fingerprint(KEY.encode())
    assert KEY not in parameters.model_dump_json()


def test_file_and_environment_give_the_same_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "key").write_text(KEY)
    monkeypatch.setenv("PII_KEY", KEY)
    prints = {
        Pii(action="surrogate", key_file=str(tmp_path / "key")).key_fingerprint,
        Pii(actions={"US_SSN": "surrogate"}, key_env="PII_KEY").key_fingerprint,
    }
    assert len(prints) == 1


def test_a_recorded_config_is_read_without_the_key() -> None:
    recorded = Pii(action="surrogate", key_env="NO_SUCH_KEY", key_fingerprint="0123456789abcdef")
    assert Pii.model_validate(recorded.model_dump(mode="json")) == recorded
    given = recorded.model_dump(mode="json", exclude={"key_file", "key_env"})  # as a snapshot has it
    assert Pii.model_validate(given).key_fingerprint == "0123456789abcdef"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"action": "surrogate"}, "neither `pii.key_file` nor `pii.key_env` is given"),
        ({"action": "surrogate", "key_file": "a", "key_env": "B"}, "both are given"),
        (
            {"action": "surrogate", "key_file": "/no/such/file"},
            "`pii.key_file`: `/no/such/file` cannot be read",
        ),
        ({"action": "surrogate", "key_env": "NO_SUCH_KEY"}, "the environment has no `NO_SUCH_KEY`"),
        ({"action": "surrogate", "key_env": "SHORT_KEY"}, "`SHORT_KEY` holds 5 bytes, must hold at least 16"),
        ({"action": "delete"}, "placeholder"),
        ({"entities": ("NAMES",)}, "EMAIL_ADDRESS"),
    ],
)
def test_what_cannot_be_is_said(given: dict, message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHORT_KEY", "short")
    with pytest.raises(ValidationError) as error:
        Pii(**given)
    assert message in str(error.value)
    assert "short\n" not in str(error.value)

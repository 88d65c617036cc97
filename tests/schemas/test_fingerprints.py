"""Models are told apart by their files, wherever they lie."""

from pathlib import Path

import pytest

from schemas import fingerprints
from schemas.config import Groups
from schemas.faults import ConfigError
from schemas.load import check, load


def model(folder: Path, **files: str) -> str:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return str(folder)


def test_names_and_contents_count_and_the_place_does_not(tmp_path: Path) -> None:
    first = fingerprints.of_files(model(tmp_path / "one", a="x", b="y"))
    assert fingerprints.of_files(model(tmp_path / "other/place", b="y", a="x")) == first
    others = [{"a": "x"}, {"a": "x", "b": "z"}, {"a": "x", "c": "y"}, {"a": "xb", "b": "y"}]
    for i, files in enumerate(others):
        assert fingerprints.of_files(model(tmp_path / str(i), **files)) != first
    assert len(first) == 16


def test_a_single_file_has_a_fingerprint_too(tmp_path: Path) -> None:
    folder = model(tmp_path, a="x", b="y")
    assert fingerprints.of_files(f"{folder}/a") != fingerprints.of_files(f"{folder}/b")


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="cannot be read: No such file"):
        fingerprints.of_files(str(tmp_path / "none"))
    with pytest.raises(ValueError, match="folder without files"):
        fingerprints.of_files(str(tmp_path))


def test_the_config_records_the_fingerprint_and_never_the_path(tmp_path: Path) -> None:
    config = load(None, (), [f"groups.dialect_model={model(tmp_path / 'hidden', a='x')}"])
    recorded = config.document()["groups"]
    assert recorded == {"enabled": True, "dialect_fingerprint": config.groups.dialect_fingerprint}
    assert check({"groups": recorded}).document()["groups"] == recorded
    model(tmp_path / "hidden", a="changed")
    # The files decide, not what was written down of them.
    changed = Groups(
        dialect_model=str(tmp_path / "hidden"), dialect_fingerprint=recorded["dialect_fingerprint"]
    )
    assert changed.dialect_fingerprint != recorded["dialect_fingerprint"]


def test_models_of_filters_are_known_by_their_files_too(tmp_path: Path) -> None:
    first = [
        f"toxicity.model={model(tmp_path / 'a', x='1')}",
        f"pii.names_model={model(tmp_path / 'n', x='1')}",
    ]
    moved = [
        f"toxicity.model={model(tmp_path / 'b', x='1')}",
        f"pii.names_model={model(tmp_path / 'm', x='1')}",
    ]
    other = [
        f"toxicity.model={model(tmp_path / 'c', x='2')}",
        f"pii.names_model={model(tmp_path / 'n', x='1')}",
    ]
    one, two, three = (load(None, (), given) for given in (first, moved, other))
    assert one.measured() == two.measured() != three.measured()
    assert one.document() == two.document() == check(two.document()).document()
    assert str(tmp_path) not in str(one.document())
    with pytest.raises(ConfigError, match=r"--set: `toxicity\.model`: `no/such` cannot be read"):
        load(None, (), ["toxicity.model=no/such"])


def test_a_missing_dialect_model_is_a_fault_of_its_key(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("groups:\n  dialect_model: no/such/folder\n")
    with pytest.raises(
        ConfigError, match=r"config\.yaml:2: `groups\.dialect_model`: `no/such/folder` cannot"
    ):
        load(path)

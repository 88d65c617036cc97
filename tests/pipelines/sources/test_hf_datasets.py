"""Hugging Face `datasets`: folders of `save_to_disk`, and `hf://` with a local name (here is no hub)."""

from pathlib import Path

import pytest

from pipelines.sources.pieces import ReadSettings
from pipelines.sources.plan import Source, plan
from pipelines.sources.read import chosen_text_field
from schemas.errors import UserError
from tests.pipelines.sources.reading import read_path

datasets = pytest.importorskip("datasets")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`one` (a dataset), `two` (splits `train` and `test`), `hub/train.parquet`."""
    root = tmp_path_factory.mktemp("saved")
    datasets.disable_progress_bars()
    data = datasets.Dataset.from_dict(
        {"body": [f"text {i} " * 30 for i in range(3_000)], "n": list(range(3_000)), "id": ["x"] * 3_000}
    )
    shuffled = data.shuffle(seed=1)  # an index that saving has to resolve
    shuffled.save_to_disk(root / "one", num_shards=3)
    datasets.DatasetDict(train=data, test=data.select(range(10))).save_to_disk(root / "two")
    data.to_parquet(root / "hub" / "train.parquet")
    return root


def test_a_saved_dataset_is_one_file_by_its_own_name(folder: Path) -> None:
    rows = read_path(folder / "one")
    assert [row["position"] for row in rows] == list(range(3_000))
    assert sorted(row["text"] for row in rows) == sorted(f"text {i} " * 30 for i in range(3_000))
    assert rows[5]["metadata"] == f'{{"n":{rows[5]["text"].split()[1]}}}'
    pieces, _ = plan([Source("s", (str(folder / "one"),))], 100_000)
    assert len(pieces) > 3
    assert {piece.uri for piece in pieces} == {"s/one"}
    assert chosen_text_field(pieces[1], ReadSettings()) == "body"
    assert read_path(folder / "one", 100_000) == rows


def test_splits_are_files(folder: Path) -> None:
    pieces, _ = plan([Source(None, (str(folder / "two"),))], 1 << 30)
    assert [piece.uri for piece in pieces] == ["test", "train"]
    assert len(read_path(folder / "two")) == 3_010
    pieces, _ = plan([Source(None, (str(folder),))], 1 << 30)
    assert [piece.uri for piece in pieces] == ["hub/train.parquet", "one", "two/test", "two/train"]


@pytest.mark.slow
def test_a_name_is_loaded_by_the_library(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_DATASETS_CACHE", str(tmp_path))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    pieces, _ = plan([Source(None, (f"hf://{folder}/hub",))], 100_000)
    assert {piece.uri for piece in pieces} == {"hub:train"}
    assert len(read_path(f"hf://{folder}/hub:train[:100]")) == 100
    with pytest.raises(UserError, match="hf://nobody/nothing` cannot be loaded"):
        plan([Source(None, ("hf://nobody/nothing",))], 1)


def test_a_damaged_dataset_is_one_fault(folder: Path, tmp_path: Path) -> None:
    import shutil

    broken = tmp_path / "one"
    shutil.copytree(folder / "one", broken)
    part = sorted(broken.glob("*.arrow"))[1]
    part.write_bytes(part.read_bytes()[:100])
    (row,) = read_path(broken, 100_000)
    assert (row["position"], row["error"]) == (0, "unreadable_file")

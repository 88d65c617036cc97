"""Counting cells of parts and raking them: the tasks, on files."""

from pathlib import Path

import pyarrow as pa
import pytest

from filters import balance
from pipelines import balance as stage
from pipelines import storage
from pipelines.balance import Rake
from schemas.parameters import Balance

PARAMETERS = Balance(targets={"gender": ["men", "women"]})


def write_cells(folder: Path, parts: list[dict[str, int]]) -> tuple[str, ...]:
    prefixes = []
    for i, part in enumerate(parts):
        prefix = str(folder / f"part{i}")
        table = pa.table([list(part), list(part.values())], schema=balance.CELLS)
        with (
            storage.replacing(f"{prefix}.cells.arrow") as file,
            pa.ipc.new_file(file, table.schema) as writer,
        ):
            writer.write_table(table)
        prefixes.append(prefix)
    return tuple(prefixes)


def raked(folder: Path, parts: list[dict[str, int]]) -> tuple[bytes, dict]:
    folder.mkdir()
    report = stage.rake(Rake(write_cells(folder, parts), PARAMETERS), str(folder / "all"))
    return Path(stage.weights_path(str(folder / "all"))).read_bytes(), report


def test_weights_do_not_depend_on_the_parts(tmp_path: Path) -> None:
    whole = {"": 7, "gender/men": 300, "gender/men gender/women": 40, "gender/women": 100}
    first = {"gender/men": 299, "gender/women": 1}
    second = {"": 7, "gender/men": 1, "gender/men gender/women": 40, "gender/women": 99}
    expected, report = raked(tmp_path / "one", [whole])
    assert raked(tmp_path / "two", [first, second, {}]) == (expected, report)
    assert report["axes"][0]["feasible"]
    weights = stage.load(stage.weights_path(str(tmp_path / "one" / "all")))
    by_cell = dict(zip(weights["cell"].to_pylist(), weights["weight"].to_pylist(), strict=True))
    assert by_cell[""] == 1
    assert 300 * by_cell["gender/men"] == pytest.approx(100 * by_cell["gender/women"], rel=1e-4)


def test_a_run_of_no_parts_has_no_weights(tmp_path: Path) -> None:
    _, report = raked(tmp_path / "none", [])
    assert (report["documents"], report["cells"]) == (0, 0)
    assert report["axes"][0]["feasible"] is False

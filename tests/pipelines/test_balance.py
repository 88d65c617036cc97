"""Counting cells of parts and raking them: the tasks, on files."""

from pathlib import Path

import pyarrow as pa
import pytest

from filters import balance
from filters.catalogue import BY_NAME, Filter
from pipelines import balance as stage
from pipelines import storage
from pipelines.account import Policy
from pipelines.balance import Rake
from schemas.ledger import ledger_schema
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


SCHEMA = ledger_schema(balance.SIGNALS)
NOTHING = {"balance_weight": None, "balance_draw": None}


def row(number: int, verdict: str, groups: list[str]) -> dict:
    dropped = verdict != "keep"
    return {
        "doc_id": f"{number:032x}", "source_id": str(number), "source": "s", "verdict": verdict,
        "rule": "input/1" if dropped else None, "reason": "no_text" if dropped else None, "fired": [],
        "edits": [], "groups": groups, "language": "en", "signals": NOTHING,
    }  # fmt: skip


@pytest.mark.parametrize("sampling", ["none", "down"])
def test_rows_are_weighed_and_decided_anew(sampling: str, monkeypatch: pytest.MonkeyPatch) -> None:
    known = Filter("balance", balance.VERSION, balance.SIGNALS, balance.fire)
    monkeypatch.setitem(BY_NAME, "balance", known)
    parameters = Balance(targets={"gender": ["men", "women"]}, sampling=sampling)
    rows = [row(i, "keep", ["gender/men"]) for i in range(300)]
    rows += [row(300, "error", []), row(301, "keep", ["gender/women"]), row(302, "keep", [])]
    table = pa.table([["gender/men", "gender/women"], [300, 1], [0.25, 2.0]], schema=balance.WEIGHTS)
    batch = pa.RecordBatch.from_pylist(rows, SCHEMA)
    found, firings = stage.weighed(batch, table, Policy(("balance",), {"balance": parameters}))
    assert found.schema == SCHEMA
    told = found.to_pylist()
    assert [r["signals"]["balance_weight"] for r in told[298:]] == [0.25, 0.25, None, 2.0, 1.0]
    assert told[300]["verdict"] == "error"
    assert told[300]["reason"] == "no_text"
    dropped = [r for r in told if r["verdict"] == "drop"]
    if sampling == "none":
        assert not dropped
        assert not firings
        return
    assert 0.6 < len(dropped) / 300 < 0.9
    for r in dropped:
        assert (r["rule"], r["reason"], r["score"]) == (known.rule, "down_sampled", 0.25)
        assert [fired["rule"] for fired in r["fired"]] == [known.rule]
        assert r["signals"]["balance_draw"] >= 0.25

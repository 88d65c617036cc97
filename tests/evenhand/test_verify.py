"""`evenhand verify`: every way to break a snapshot is found and named."""

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

Run = Callable[..., object]


@pytest.fixture
def copy(snapshot: Path, tmp_path: Path) -> Path:
    path = tmp_path / "copy"
    shutil.copytree(snapshot, path)
    return path


def shard(root: Path, part: str) -> Path:
    return next((root / part).glob("*.parquet"))


def manifest(root: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Changes snapshot.json."""
    path = root / "snapshot.json"
    document = json.loads(path.read_text())
    change(document)
    path.write_text(json.dumps(document))


def rewrite(root: Path, part: str, change: Callable[[pa.Table], pa.Table]) -> None:
    """Changes a shard and makes its checksum right again: a fault of content, not of copying."""
    path = shard(root, part)
    table = change(pq.read_table(path))
    pq.write_table(table, path)

    def fits(document: dict[str, Any]) -> None:
        for entry in document["shards"]:
            if entry["path"].startswith(part):
                entry["rows"], entry["bytes"] = table.num_rows, path.stat().st_size
                entry["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()

    manifest(root, fits)


def column(table: pa.Table, name: str, values: list[Any]) -> pa.Table:
    at = table.schema.get_field_index(name)
    return table.set_column(at, table.schema.field(at), pa.array(values, table.schema.field(at).type))


def test_a_snapshot_is_whole(snapshot: Path, run: Run) -> None:
    assert run("verify", snapshot) == (0, f"{snapshot} is whole: 2 shards, 50 records\n", "")
    assert json.loads(run("verify", snapshot, "--json").out) == {"shards": 2, "rows": 50, "faults": []}


def test_a_changed_byte_is_found(copy: Path, run: Run) -> None:
    path = shard(copy, "data")
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)
    said = run("verify", copy)
    assert said == (
        3,
        "",
        f"error: data/{path.name}: sha256 differs from snapshot.json\n"
        "hint: 1 faults; curate again, or restore the files from a copy\n",
    )


def test_a_missing_a_short_and_a_strange_file_are_all_told(copy: Path, run: Run) -> None:
    data, ledger = shard(copy, "data"), shard(copy, "ledger")
    size = ledger.stat().st_size
    data.rename(data.with_name("part-9.parquet"))
    ledger.write_bytes(ledger.read_bytes()[:-1])
    said = run("verify", copy).err.splitlines()
    assert said[:3] == [
        "error: data/part-9.parquet: not in snapshot.json",
        f"error: data/{data.name}: missing",
        f"error: ledger/{ledger.name}: {size - 1} bytes, snapshot.json says {size}",
    ]


def test_a_missing_report_and_a_lost_quarantine_are_told(copy: Path, run: Run) -> None:
    (copy / "report" / "report.json").unlink()
    for path in (copy / "quarantine").iterdir():
        path.unlink()
    assert run("verify", copy).err.splitlines()[:3] == [
        "error: quarantine/part-00000.jsonl: missing",
        "error: report/report.json: missing",
        "error: quarantine: 0 lines, snapshot.json says 2 errors",
    ]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("report/report.json", "report/report.json: sha256 differs from snapshot.json"),
        ("index/part-00000.sketch.arrow", "index/part-00000.sketch.arrow: checksum differs"),
        ("samples/removed.parquet", "samples/removed.parquet: checksum differs"),
        ("README.md", "README.md: checksum differs"),
    ],
)
def test_a_file_beside_the_shards_that_was_changed_or_lost_is_found(
    name: str, said: str, copy: Path, run: Run
) -> None:
    path = copy / name
    path.write_bytes(path.read_bytes()[:-9] + b"\n" + path.read_bytes()[-8:])
    assert f"error: {said}" in run("verify", copy).err
    path.unlink()
    assert f"error: {name}: missing\n" in run("verify", copy).err


def test_an_index_without_checksums_is_held_against_its_counts(copy: Path, run: Run) -> None:
    manifest(copy, lambda m: m["statistics"].pop("files"))  # as of an earlier version
    assert run("verify", copy).code == 0
    index = copy / "index" / "index.json"
    index.write_text(index.read_text().replace('"rows": 50', '"rows": 49'))
    assert run("verify", copy).err.splitlines()[:3] == [
        "error: index/index.json: 49 records, snapshot.json says 50",
        "error: index/part-00000.sketch.arrow: 50 records, its index.json says 49",
        "error: index/part-00000.fate.arrow: 50 records, its index.json says 49",
    ]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda m: m.update(id="0" * 32), "`id` is not the hash of config, parent and shards"),
        (lambda m: m["config"]["near_dedup"].update(threshold=0.9), "`id` is not the hash of config"),
        (lambda m: m.update(policy_hash="0" * 64), "`policy_hash` is not the hash of the policy"),
        (lambda m: m.update(sources=[{"name": "x"}]), "`sources` differ from those of its config"),
        (
            lambda m: m["statistics"]["total"]["read"].update(documents=1),
            "snapshot.json: total: documents read 1, the rows have 48",
        ),
        (
            lambda m: m["statistics"]["language"]["en"]["kept"].update(bytes=1),
            "snapshot.json: language `en`: bytes kept 1, the rows have ",
        ),
        (
            lambda m: m["statistics"]["total"]["read"].update(bytes=1),
            "snapshot.json: bytes read: 1 in total, ",
        ),
        (
            lambda m: m["statistics"]["rules"][-1].update(decided=99),
            "decided 99, the ledger has ",
        ),
        (lambda m: m["counts"].update(keep=m["counts"]["keep"] + 1), "snapshot.json: read 50 is not keep"),
        (
            lambda m: m["counts"]["by_source"]["news.jsonl"].update(drop=0),
            "snapshot.json: counts of source `news.jsonl` do not add up",
        ),
        (
            lambda m: m["counts"].update(by_rule={**m["counts"]["by_rule"], "c4_quality/1": 40}),
            "snapshot.json: rule `c4_quality/1`: 40, the ledger has 1",
        ),
        (
            lambda m: m["counts"].update(keep=m["counts"]["keep"] + 1, drop=m["counts"]["drop"] - 1),
            "snapshot.json: keep ",
        ),
        (
            lambda m: m["counts"].update(by_source={"other": m["counts"]["by_source"]["news.jsonl"]}),
            "snapshot.json: source `news.jsonl`: drop 0, the ledger has ",
        ),
        (lambda m: m["shards"][0].update(rows=1), "rows, snapshot.json says 1"),
    ],
)
def test_counts_that_are_wrong_are_found(
    change: Callable[[dict[str, Any]], None], said: str, copy: Path, run: Run
) -> None:
    manifest(copy, change)
    found = run("verify", copy)
    assert found.code == 3
    assert said in found.err


@pytest.mark.parametrize(
    ("part", "change", "said"),
    [
        ("data", lambda t: t.slice(1), "data: 1 documents that the ledger keeps are missing"),
        ("data", lambda t: pa.concat_tables([t, t.slice(0, 1)]), "data: 1 documents appear twice"),
        ("data", lambda t: t.drop_columns(["groups"]), "column `groups` is missing"),
        (
            "data",
            lambda t: column(t, "text", ["x" + text for text in t["text"].to_pylist()]),
            "texts differ in length from their input with the ledger's edits applied",
        ),
        (
            "data",
            lambda t: t.set_column(0, "doc_id", t["doc_id"].cast(pa.large_string())),
            "column `doc_id` is large_string, must be string",
        ),
        (
            "data",
            lambda t: column(t, "doc_id", ["0" * 32, *t["doc_id"].to_pylist()[1:]]),
            "data: 1 documents are there that the ledger does not keep",
        ),
        ("ledger", lambda t: pa.concat_tables([t, t.slice(0, 1)]), "ledger: 1 doc_id appear twice"),
        (
            "ledger",
            lambda t: column(t, "reason", [None] * t.num_rows),
            "records lack a rule or a reason",
        ),
        (
            "ledger",
            lambda t: column(t, "rule", ["a/1"] * t.num_rows),
            "kept documents carry a deciding rule",
        ),
        ("ledger", lambda t: column(t, "fired", [[]] * t.num_rows), "deciding rules are not among `fired`"),
        (
            "ledger",
            lambda t: column(t, "duplicate_of", ["0" * 32] * t.num_rows),
            "ledger: 50 duplicate_of name no record of the ledger",
        ),
        (
            "ledger",
            lambda t: column(t, "duplicate_of", t["doc_id"].to_pylist()),
            "ledger: 50 duplicate_of name a record that is a duplicate itself",
        ),
        (
            "ledger",
            lambda t: column(
                t, "edits", [[{"entity": "X", "start": 5, "end": 5, "replacement": ""}]] * t.num_rows
            ),
            "ledger: 50 edits lie outside of their text, overlap or are not sorted",
        ),
        (
            "ledger",
            lambda t: column(t, "verdict", ["kept"] * t.num_rows),
            "ledger: 50 verdicts are unknown",
        ),
    ],
)
def test_content_that_breaks_the_contract_is_found(
    part: str, change: Callable[[pa.Table], pa.Table], said: str, copy: Path, run: Run
) -> None:
    rewrite(copy, part, change)
    found = run("verify", copy)
    assert found.code == 3
    assert said in found.err

"""The README's demo, run as the README says."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

EVENHAND = str(Path(sys.executable).with_name("evenhand"))


@pytest.fixture(scope="module")
def demo(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The snapshot that `make demo` makes."""
    out = tmp_path_factory.mktemp("demo") / "snapshot"
    command = [EVENHAND, "curate", "examples/curate.yaml", "--output", str(out), "--workers", "2"]
    run = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return out


@pytest.fixture(scope="module")
def ledger(demo: Path) -> list[dict]:
    return pq.read_table(demo / "ledger").to_pylist()


def test_every_planted_duplicate_goes_and_nothing_else_does_as_one(ledger: list[dict]) -> None:
    by_doc_id = {row["doc_id"]: row["source_id"] for row in ledger}
    removed = {
        row["source_id"]: by_doc_id[row["duplicate_of"]]
        for row in ledger
        if row["rule"] in ("exact_dedup/1", "near_dedup/1")
    }
    assert removed == {name: name.partition(":")[2] for name in by_doc_id.values() if name.startswith("dup-")}


def test_each_document_meets_the_fate_in_its_id(ledger: list[dict]) -> None:
    for row in ledger:
        kind = row["source_id"].partition(":")[0]
        if kind == "low":
            fired = {f"{f['rule'].partition('/')[0]}.{f['reason']}" for f in row["fired"]}
            assert row["verdict"] == "drop"
            assert row["source_id"].removeprefix("low:") in fired
        elif kind == "edited":
            assert row["verdict"] == "keep"
            assert row["edits"]
        elif kind in ("near-miss-of", "near-leak-of") or kind.startswith("template-"):
            assert row["verdict"] == "keep"


def test_what_holds_an_item_of_the_evaluation_set_goes_and_names_it(ledger: list[dict]) -> None:
    found = {
        row["source_id"]: (row["signals"]["contamination_set"], row["signals"]["contamination_item"])
        for row in ledger
        if row["rule"] == "decontamination/1"
    }
    planted = [row["source_id"] for row in ledger if row["source_id"].startswith("leak-of:")]
    assert len(planted) == 4
    assert found == {name: ("reading", f"reading.jsonl#{name.partition(':')[2]}") for name in planted}


def test_weights_bring_gender_to_its_target_and_religion_as_near_as_can_be(demo: Path) -> None:
    balanced = json.loads((demo / "snapshot.json").read_text("utf-8"))["statistics"]["balance"]
    assert {row["axis"]: row["feasible"] for row in balanced["axes"]} == {"gender": True, "religion": False}
    rows = pq.read_table(demo / "data", columns=["groups", "weight"]).to_pylist()
    women, men = (
        sum(row["weight"] for row in rows if f"gender/{name}" in row["groups"]) for name in ("women", "men")
    )
    assert women / (women + men) == pytest.approx(0.5, abs=0.01)


def test_every_bad_record_is_an_error(ledger: list[dict]) -> None:
    reasons = sorted(row["reason"] for row in ledger if row["verdict"] == "error")
    assert reasons == [
        *("bad_json", "bad_utf8", "no_text", "no_text"),
        *("truncated_file", "unreadable_file", "wrong_type", "wrong_type"),
    ]


def test_the_readme_shows_what_explain_says(root: Path, demo: Path) -> None:
    readme = (root / "README.md").read_text("utf-8")
    shown = re.search(r"\$ \.venv/bin/evenhand explain out/demo (\S+)\n(.*?)```", readme, re.DOTALL)
    assert shown
    said = subprocess.run(
        [EVENHAND, "explain", str(demo), shown[1]], cwd=root, capture_output=True, text=True, check=True
    ).stdout
    assert said.startswith(shown[2])


def test_the_readme_lists_what_a_snapshot_holds(root: Path, demo: Path) -> None:
    listed = set(re.findall(r"^out/([\w.]+)", (root / "README.md").read_text("utf-8"), re.MULTILINE))
    assert listed == {path.name for path in demo.iterdir()} - {"run.json"}

"""Reading a snapshot: `explain`, `sample`, and `evenhand.Snapshot`."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

import evenhand
from audits import report
from evenhand.explanation import explanation
from schemas.document import DOCUMENT
from schemas.errors import UserError
from schemas.snapshot import Manifest

Run = Callable[..., object]


def test_a_snapshot_reads_as_arrow_pandas_and_datasets(snapshot: Path) -> None:
    opened = evenhand.Snapshot(snapshot)
    counts = opened.manifest["counts"]
    documents = opened.documents()
    assert documents.schema.equals(DOCUMENT)
    assert documents.num_rows == counts["keep"]
    assert opened.ledger(["doc_id"]).num_rows == counts["read"]
    assert sum(batch.num_rows for batch in opened.batches("ledger", ["verdict"])) == counts["read"]
    assert opened.to_pandas(columns=["text"])["text"].tolist() == documents["text"].to_pylist()
    assert opened.to_datasets()["text"][:] == documents["text"].to_pylist()
    assert repr(opened).startswith("Snapshot(")


def test_an_unknown_column_names_the_known_ones(snapshot: Path) -> None:
    with pytest.raises(UserError, match="no column `txt` in `data`") as caught:
        evenhand.Snapshot(snapshot).documents(["txt"])
    assert "`text`" in str(caught.value.hint)


def test_a_missing_shard_is_told(snapshot: Path, tmp_path: Path) -> None:
    import shutil

    copy = tmp_path / "copy"
    shutil.copytree(snapshot, copy)
    for path in (copy / "data").iterdir():
        path.unlink()
    with pytest.raises(UserError, match="cannot be read: FileNotFoundError"):
        evenhand.Snapshot(copy).documents()


def test_a_near_duplicate_is_explained_by_what_was_kept(snapshot: Path, run: Run) -> None:
    row = evenhand.Snapshot(snapshot).explain("copy")[0]
    said = run("explain", snapshot, "copy")
    assert said.code == 0
    assert said.out.startswith(f"copy  (doc_id {row['doc_id']}, source news.jsonl, language ")
    assert "removed by `exact_dedup/1`: exact duplicate (`exact_duplicate`)" in said.out
    assert f"duplicate of {row['duplicate_of']}, `a-3` (kept)" in said.out
    assert run("explain", snapshot, row["doc_id"]).out == said.out


def test_what_was_kept_is_told_with_its_edits_and_signals(snapshot: Path, run: Run) -> None:
    said = run("explain", snapshot, "citation").out
    assert "\nkept: no rule fired\n" in said
    assert "  C4_CITATION" in said
    assert "  gopher_quality " in said


def test_every_record_of_a_source_id_is_told(snapshot: Path, run: Run) -> None:
    said = run("explain", snapshot, "twin")
    assert said.out.count("twin  (doc_id ") == 2
    assert [row["source_id"] for row in json.loads(run("explain", snapshot, "twin", "--json").out)] == [
        "twin"
    ] * 2


def test_an_unreadable_record_is_explained_by_where_it_lies(snapshot: Path, run: Run) -> None:
    ledger = evenhand.Snapshot(snapshot).ledger(["source_id", "reason"]).to_pylist()
    broken = next(row["source_id"] for row in ledger if row["reason"] == "bad_json")
    said = run("explain", snapshot, broken)
    assert "not read: `input/1`: bad json (`bad_json`); position and size are in `quarantine/`" in said.out


def test_an_unknown_id_ends_with_2_and_the_nearest_one(snapshot: Path, run: Run) -> None:
    said = run("explain", snapshot, "coppy")
    assert said == (
        2,
        "",
        f"error: no record of `{snapshot}` has the doc_id or source_id `coppy`\nhint: did you mean `copy`?\n",
    )


def test_review_and_a_parent_snapshot_are_told_in_words() -> None:
    row = {
        "doc_id": "d" * 32, "source_id": "s", "source": "web", "language": "en", "chars": 1234,
        "verdict": "review",
        "rule": "gopher_quality/1", "reason": "too_few_words", "score": 55.0, "threshold": 60.0,
        "duplicate_of": None, "similarity": None, "fired": [], "edits": [], "signals": {},
    }  # fmt: skip
    assert explanation(row, None, {}) == (
        f"s  (doc_id {'d' * 32}, source web, language en, 1,234 characters)\n"
        "waits for review, asked for by `gopher_quality/1`: too few words (`too_few_words`);"
        " the score is 55, the threshold 60\n"
    )
    row |= {
        "verdict": "drop",
        "rule": "near_dedup/1",
        "reason": "near_duplicate",
        "score": 0.75,
        "threshold": 0.7,
    }
    row |= {"duplicate_of": "2026a:" + "e" * 32, "similarity": 0.75}
    assert explanation(row, None, {}).splitlines()[2] == (
        f"duplicate of 2026a:{'e' * 32}, a document of the earlier snapshot 2026a; Jaccard similarity 0.75"
    )


def test_samples_of_a_rule_are_documents_that_it_removed(snapshot: Path, run: Run) -> None:
    said = run("sample", snapshot, "--rule", "c4_quality", "--json")
    rows = [json.loads(line) for line in said.out.splitlines()]
    decided = evenhand.Snapshot(snapshot).manifest["counts"]["by_rule"]["c4_quality/1"]
    assert len(rows) == decided
    assert {row["rule"] for row in rows} == {"c4_quality/1"}
    text = run("sample", snapshot, "--rule", "c4_quality/1", "--n", "1").out
    assert text.startswith(f"{rows[0]['source_id']}  c4_quality/1 ({rows[0]['reason']}, score ")


def test_samples_can_be_asked_for_by_group(snapshot: Path, run: Run) -> None:
    every = [
        json.loads(line)
        for line in run("sample", snapshot, "--rule", "near_dedup", "--json").out.splitlines()
    ]
    group = every[0]["groups"][0]
    said = run("sample", snapshot, "--rule", "near_dedup", "--group", group, "--json")
    assert [json.loads(line) for line in said.out.splitlines()] == [r for r in every if group in r["groups"]]
    nobody = run("sample", snapshot, "--rule", "near_dedup", "--group", "religion/jainism")
    assert nobody == (0, "", "no sample of `near_dedup` mentions `religion/jainism`\n")
    unknown = run("sample", snapshot, "--rule", "near_dedup", "--group", "geography/nigera")
    assert unknown == (
        2, "", "error: unknown group `geography/nigera`\nhint: did you mean `geography/nigeria`?\n"
    )  # fmt: skip


def test_a_rule_that_removed_nothing_is_no_fault(snapshot: Path, run: Run) -> None:
    assert run("sample", snapshot, "--rule", "language") == (0, "", "`language` removed nothing\n")


def test_a_rule_that_did_not_run_is_one(snapshot: Path, run: Run) -> None:
    said = run("sample", snapshot, "--rule", "near_dup")
    assert said == (
        2,
        "",
        f"error: no rule `near_dup` ran in `{snapshot}`\nhint: did you mean `near_dedup`?\n",
    )


def test_curate_from_python_gives_a_snapshot(corpus_file: Path, tmp_path: Path) -> None:
    heard: list[str] = []
    found = evenhand.curate(
        [corpus_file],
        tmp_path / "out",
        settings={"filters": ["exact_dedup"], "input.id_field": "id"},
        workers=1,
        say=heard.append,
    )
    assert found.manifest["config"]["filters"] == ["exact_dedup"]
    assert found.manifest["counts"]["by_rule"] == {"exact_dedup/1": 1, "input/1": 2}
    assert any("text" in line for line in heard)
    again = evenhand.curate(
        corpus_file, tmp_path / "out", settings={"filters": ["exact_dedup"], "input.id_field": "id"}
    )
    assert again.manifest == found.manifest


def test_faults_of_settings_from_python_are_said_of_settings(snapshot: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"^settings: `near_dedup\.threshold` is 2"):
        evenhand.curate("corpus", tmp_path / "out", settings={"near_dedup.threshold": 2})
    with pytest.raises(UserError, match=r"^settings: `filters` is no part of the audit"):
        evenhand.audit(snapshot, tmp_path / "out", settings={"filters": []})


def test_an_empty_part_still_has_its_schema(corpus_file: Path, tmp_path: Path) -> None:
    kept_none = evenhand.curate(corpus_file, tmp_path / "out", settings={"language.keep": ["vo"]}, workers=1)
    assert kept_none.manifest["counts"]["keep"] == 0
    assert kept_none.documents().schema.equals(DOCUMENT)
    assert kept_none.documents(["text"]).schema == pa.schema([DOCUMENT.field("text")])


def test_datasets_loads_a_snapshot_by_its_card(snapshot: Path, tmp_path: Path) -> None:
    import datasets

    loaded = datasets.load_dataset(str(snapshot), split="train", cache_dir=str(tmp_path))
    assert loaded["doc_id"][:] == evenhand.Snapshot(snapshot).documents(["doc_id"])["doc_id"].to_pylist()


def test_the_report_of_a_run_is_what_its_manifest_gives(snapshot: Path) -> None:
    manifest = json.loads((snapshot / "snapshot.json").read_text())
    built = json.loads((snapshot / "report" / "report.json").read_text())
    audited = {*report.SECTIONS, "not_measured", "gates", "findings", "lexicons"}
    told = {key: value for key, value in report.build(manifest).items() if key not in audited}
    assert built.items() >= told.items()
    assert (snapshot / "report" / "report.html").read_text() == report.render(built)
    sealed = hashlib.sha256((snapshot / "report" / "report.json").read_bytes()).hexdigest()
    assert manifest["statistics"]["report_sha256"] == sealed
    assert Manifest.model_validate(manifest).counts.read == 50

"""Bad input, end to end: counted as the contract says, quarantined without its text; the run goes on."""

import gzip
import json
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from evenhand.snapshot import Snapshot
from schemas.document import DOCUMENT
from schemas.errors import RunError, UserError
from tests.pipelines import corpora
from tests.pipelines.running import config, curate_directly, evenhand, rows, table

LENIENT = ["filters=[exact_dedup, near_dedup]", "input.max_error_rate=1"]
SECRET = "the-secret-of-the-text"
GOOD = b'{"text": "a good line of some words"}\n'


def lines(*texts: str) -> bytes:
    return b"".join(json.dumps({"text": text}).encode() + b"\n" for text in texts)


MANY = lines(*(f"{SECRET} {row['text']}" for row in corpora.records(400, seed=5)))  # several zstd blocks

# name: its bytes, the reasons of its error rows, and whether complete records before them are read
BAD: dict[str, tuple[bytes, list[str], bool]] = {
    "cut.jsonl.gz": (gzip.compress(MANY, mtime=0)[:-30], ["truncated_file"], True),
    "cut.jsonl.zst": (zstandard.compress(MANY)[:-30], ["truncated_file"], True),
    "not.jsonl.gz": (f"plain {SECRET}".encode(), ["unreadable_file"], False),
    "not.parquet": (f"plain {SECRET}".encode() * 9, ["unreadable_file"], False),
    "utf8.jsonl": (GOOD + b'{"text": "' + SECRET.encode() + b'\xff"}\n' + GOOD, ["bad_utf8"], True),
    "json.jsonl": (GOOD + f'{{"text": "{SECRET}"\n'.encode() + GOOD, ["bad_json"], True),
    "field.jsonl": (GOOD + b'{"other": 1}\n', ["no_text"], True),
    "type.jsonl": (GOOD + b'{"text": 3}\n["a list"]\n', ["wrong_type", "wrong_type"], True),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_counted_and_quarantined_and_the_run_goes_on(tmp_path: Path, name: str) -> None:
    content, reasons, has_good = BAD[name]
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / name).write_bytes(content)
    (corpus / "zz-good.jsonl").write_bytes(lines("good one", "good two"))
    outcome = curate_directly(config([corpus], LENIENT), tmp_path / "out")
    ledger = rows(outcome.path)
    errors = [row for row in ledger if row["verdict"] == "error"]
    assert [row["reason"] for row in errors] == reasons
    for row in errors:
        assert row["rule"] == "input/1"
        assert (row["chars"], row["language"], row["fired"], row["edits"]) == (None, None, [], [])
        assert set(row["signals"].values()) == {None}
    assert len({row["doc_id"] for row in ledger}) == len(ledger)
    counts = outcome.manifest["counts"]
    assert (counts["read"], counts["error"]) == (len(ledger), len(errors))
    assert counts["by_rule"]["input/1"] == len(errors)
    assert counts["by_source"][name]["error"] == len(errors)
    assert (counts["by_source"][name]["read"] > len(errors)) == has_good
    assert counts["by_source"]["zz-good.jsonl"] == {"read": 2, "keep": 2, "drop": 0, "review": 0, "error": 0}
    quarantined = _quarantine(Path(outcome.path))
    assert [(line["file"], line["reason"]) for line in quarantined] == [(name, reason) for reason in reasons]
    assert all(line["position"] is not None for line in quarantined)
    for path in (Path(outcome.path) / "quarantine").iterdir():
        assert SECRET not in path.read_text()
    if reasons == ["truncated_file"]:
        assert quarantined[0]["size"] or quarantined[0]["detail"], "what is known of the loss"


def _quarantine(snapshot: Path) -> list[dict[str, Any]]:
    files = sorted((snapshot / "quarantine").glob("*.jsonl"))
    return [json.loads(line) for path in files for line in path.read_text().splitlines()]


def test_a_document_over_the_limit_is_refused_and_one_below_it_is_not(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "large.jsonl").write_bytes(lines("short", "x y " * 300, "z " * 3000, "short, too"))
    limit = ["input.max_record_bytes=2000", *LENIENT]
    ledger = rows(curate_directly(config([corpus], limit), tmp_path / "out").path)
    assert [(row["verdict"], row["reason"]) for row in ledger] == [
        ("keep", None),
        ("keep", None),
        ("error", "too_large"),
        ("keep", None),
    ]


@pytest.mark.slow
def test_50_mb_are_processed_and_100_mb_refused(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    words = " ".join(corpora.WORDS[:1000]) + "\n"
    with (corpus / "huge.jsonl").open("wb") as file:
        for size in (50 << 20, 100 << 20):
            file.write(json.dumps({"text": words * (size // len(words))}).encode() + b"\n")
    outcome = curate_directly(config([corpus], ["input.max_error_rate=1"]), tmp_path / "out")
    first, second = rows(outcome.path)
    assert first["chars"] > 49 << 20
    assert first["verdict"] in ("keep", "drop")
    assert (second["verdict"], second["reason"]) == ("error", "too_large")
    assert outcome.manifest["statistics"]["unread_bytes"] > 99 << 20


def test_nuls_and_strange_characters_pass_through_unchanged(tmp_path: Path) -> None:
    texts = [
        "a\0b",
        "\u202eright to left",
        "👩‍👩‍👧‍👦 emoji",
        "\ufeffmark",
        " \t ",
        "\r\nlines\u2028and\u0085more",
    ]
    corpora.write_jsonl(tmp_path / "corpus" / "odd.jsonl", [{"text": text} for text in texts])
    outcome = curate_directly(config([tmp_path / "corpus"], LENIENT), tmp_path / "out")
    assert [row["text"] for row in rows(outcome.path, "data")] == texts
    assert [row["chars"] for row in rows(outcome.path)] == list(map(len, texts))


def test_too_many_errors_fail_the_run_and_leave_the_ledger(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "a.jsonl").write_bytes(GOOD * 8 + b"broken\n" * 2)
    arguments = ["curate", corpus, "--output", tmp_path / "out", "--set", "filters=[exact_dedup]"]
    failed = evenhand(*arguments)
    assert failed.returncode == 3
    message = "error: 2 of 10 records could not be read (20.0%); `input.max_error_rate` allows 5.0%"
    assert message in failed.stderr
    assert not (tmp_path / "out").exists()
    partial = tmp_path / "out.partial"
    assert Counter(row["verdict"] for row in rows(partial)) == {"keep": 8, "error": 2}
    assert [line["position"] for line in _quarantine(partial)] == [len(GOOD) * 8, len(GOOD) * 8 + 7]
    done = evenhand(*arguments, "--set", "input.max_error_rate=0.2")
    assert done.returncode == 0, done.stderr
    assert "resuming" in done.stderr
    verdicts = Counter(row["verdict"] for row in rows(tmp_path / "out"))
    assert verdicts == {"keep": 1, "drop": 7, "error": 2}
    assert not partial.exists()


def test_errors_at_the_limit_pass(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(GOOD * 19 + b"broken\n")
    outcome = curate_directly(config([tmp_path / "a.jsonl"]), tmp_path / "out")
    assert outcome.manifest["counts"]["error"] == 1
    (tmp_path / "b.jsonl").write_bytes(GOOD * 18 + b"broken\n")
    with pytest.raises(RunError, match="1 of 19 records"):
        curate_directly(config([tmp_path / "b.jsonl"]), tmp_path / "other")


# Nothing to keep, nothing to read


def _nothing_kept(folder: Path) -> Path:
    return corpora.write_jsonl(folder / "a.jsonl", [{"text": "short"}, {"text": "shorter"}])


def _no_records(folder: Path) -> Path:
    (folder / "blank.jsonl").write_text("\n\n \n")
    (folder / "empty.jsonl").write_bytes(b"")
    pq.write_table(pa.table({"text": pa.array([], pa.string())}), folder / "empty.parquet")
    return folder


@pytest.mark.parametrize(
    ("make", "read"), [(_nothing_kept, 2), (_no_records, 0)], ids=["nothing kept", "no records"]
)
def test_a_snapshot_of_nothing_is_whole_and_can_be_streamed_with_datasets(
    tmp_path: Path, make: Callable[[Path], Path], read: int
) -> None:
    """`datasets` itself refuses to load a split of no rows into memory ("corresponds to no data")."""
    import datasets

    corpus = tmp_path / "corpus"
    corpus.mkdir()
    outcome = curate_directly(config([make(corpus)]), tmp_path / "out")
    assert (outcome.manifest["counts"]["read"], outcome.manifest["counts"]["keep"]) == (read, 0)
    assert table(outcome.path, "data").num_rows == 0
    assert table(outcome.path, "ledger").num_rows == read
    streamed = datasets.load_dataset(outcome.path, streaming=True, cache_dir=str(tmp_path / "cache"))
    assert list(streamed["train"]) == []
    assert "streaming=True" in Path(outcome.path, "README.md").read_text()
    loaded = Snapshot(outcome.path).to_datasets()
    assert (loaded.num_rows, loaded.column_names) == (0, DOCUMENT.names)
    verified = evenhand("verify", outcome.path)
    assert verified.returncode == 0, verified.stderr


def test_a_snapshot_loads_with_datasets(few_texts: Path, tmp_path: Path) -> None:
    import datasets

    outcome = curate_directly(config([few_texts], ["output.shard_bytes=65536"]), tmp_path / "out")
    loaded = datasets.load_dataset(outcome.path, cache_dir=str(tmp_path / "cache"))["train"]
    assert list(loaded["doc_id"]) == table(outcome.path, "data")["doc_id"].to_pylist()


def _folder(path: Path) -> list[Path]:
    path.mkdir()
    return [path]


def _equal_names(path: Path) -> list[Path]:
    return [corpora.write_jsonl(path / name / "same.jsonl", [{"text": "x"}]) for name in ("a", "b")]


NOTHING: Mapping[str, tuple[Callable[[Path], list[Path]], str]] = {
    "an empty folder": (_folder, "no file in it"),
    "a missing folder": (lambda path: [path], "no such file or folder"),
    "two files of one URI": (_equal_names, "would both be named `same.jsonl`"),
}


@pytest.mark.parametrize("what", NOTHING)
def test_input_that_cannot_be_planned_is_bad_use(tmp_path: Path, what: str) -> None:
    make, message = NOTHING[what]
    with pytest.raises(UserError, match=message) as refused:
        curate_directly(config(make(tmp_path / "corpus")), tmp_path / "out")
    assert refused.value.exit_code == 2
    assert not list(tmp_path.glob("out*"))


def test_an_output_that_is_something_else_is_left_alone(tmp_path: Path, few_texts: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("years of work")
    for options in ({}, {"overwrite": True}):
        with pytest.raises(UserError, match="is there and is no snapshot"):
            curate_directly(config([few_texts]), tmp_path / "out", **options)
    assert (tmp_path / "out" / "thesis.txt").read_text() == "years of work"

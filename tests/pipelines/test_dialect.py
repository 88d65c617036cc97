"""Dialect by a model, through the whole command."""

import csv
import itertools
import json
from pathlib import Path

import pytest

from filters import dialect
from tests.pipelines import corpora, running

FEW = 3000


@pytest.fixture(scope="module")
def tweets(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tweets of Davidson et al. (2017), a JSON record each."""
    with (shared_data / "eval/davidson/data/labeled_data.csv").open(encoding="utf-8", newline="") as file:
        rows = [{"text": row["tweet"]} for row in itertools.islice(csv.DictReader(file), FEW)]
    return corpora.write_jsonl(tmp_path_factory.mktemp("tweets") / "tweets.jsonl", rows)


def test_a_run_marks_english_documents_and_records_the_model(
    shared_data: Path, tweets: Path, tmp_path: Path
) -> None:
    model = shared_data / "eval/twitteraae/model"
    given = ["--set", f"groups.dialect_model={model}", "--set", "filters=[]", "--set", "audit.enabled=false"]
    snapshot = running.curated(tweets, tmp_path / "out", *given, "--workers", "2")
    rows = running.rows(snapshot)
    assert len(rows) == FEW
    marked = {name: [row for row in rows if name in row["groups"]] for name in dialect.GROUPS}
    assert all(len(found) >= 5 for found in marked.values())
    assert all(row["language"] == "en" for found in marked.values() for row in found)
    assert all(row["groups"] == sorted(set(row["groups"])) for row in rows)
    texts = [row["text"] for row in running.rows(snapshot, "data")]
    alone = dialect.mentions(
        running.table(snapshot, "data")["text"].combine_chunks(), dialect.load(model)
    ).to_pylist()
    for row, own, text in zip(rows, alone, texts, strict=True):
        seen = [name for name in row["groups"] if name.startswith("dialect/")]
        assert seen == (own if row["language"] == "en" else []), text
    manifest = (snapshot / "snapshot.json").read_text("utf-8")
    assert len(json.loads(manifest)["config"]["groups"]["dialect_fingerprint"]) == 16
    assert "twitteraae" not in manifest


def test_a_changed_model_measures_anew(tmp_path: Path) -> None:
    model = tmp_path / "model"
    model.mkdir()
    (model / dialect.VOCABULARY).write_text("9\tplain\n9\tother\n", "utf-8")
    corpus = corpora.write_jsonl(
        tmp_path / "in.jsonl", [{"text": "plain " * 20 + "words of a text in English"}]
    )
    seen = []
    for counts in ("97 1 1 1\n9 9 9 9\n", "1 1 1 97\n9 9 9 9\n"):
        (model / dialect.COUNTS).write_text(counts, "utf-8")
        given = ["filters=[]", "audit.enabled=false", f"groups.dialect_model={model}"]
        config = running.config([corpus], given)
        outcome = running.curate_directly(config, tmp_path / "out", overwrite=True)
        assert outcome.fresh
        seen.append(running.rows(outcome.path)[0]["groups"])
    assert len(set(map(tuple, seen))) == 2


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (None, "cannot be read: No such file or directory"),
        ({}, "is a folder without files"),
        ({"model_vocab.txt": "9\ta\n"}, "which holds no model"),
        (
            {"model_vocab.txt": "9\ta\n9\tb\n", "model_count_table.txt": "1 1 1 1\n"},
            "2 words but a table of 1 rows",
        ),
        ({"model_vocab.txt": "9\ta\n", "model_count_table.txt": "1 1 x 1\n"}, "which holds no model"),
        ({"model_vocab.txt": "9\ta\n", "model_count_table.txt": "1 1 0 1\n"}, "counts must be zero or more"),
    ],
)
def test_a_missing_or_broken_model_is_bad_use(
    files: dict[str, str] | None, said: str, tmp_path: Path
) -> None:
    model = tmp_path / "model"
    if files is not None:
        model.mkdir()
        for name, text in files.items():
            (model / name).write_text(text, "utf-8")
    corpus = corpora.write_jsonl(tmp_path / "in.jsonl", [{"text": "some words"}])
    given = ["--set", f"groups.dialect_model={model}"]
    done = running.evenhand(*running.curating(corpus, tmp_path / "out", *given))
    assert done.returncode == 2, done.stderr
    assert said in done.stderr
    assert str(model) in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out.partial").exists()

"""Tests on word vectors in whole runs: trained on what was kept, or of a file that is named."""

import json
import random
from pathlib import Path
from typing import Any

import pytest

from audits.associations import embedding_rows
from pipelines import audit_vectors
from tests.pipelines import corpora
from tests.pipelines.running import audit_directly, config, curate_directly, differing, evenhand

SETTINGS = ["filters=[gopher_quality]", "output.shard_bytes=65536", "audit.counterfactual_documents=0"]
TRAIN = "audit.embeddings=train"
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def talkative(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus in which every word of every test occurs, and documents of too few words."""
    draw = random.Random(11)
    said = sorted(word.lower() for word in embedding_rows.words())
    texts = ["Too short."] * 3
    for _ in range(7):
        shuffled = draw.sample(said, len(said))
        parts = [shuffled[i : i + 300] for i in range(0, len(shuffled), 300)]
        texts += [". ".join(" ".join(["the", *part[k : k + 15], "of"]) for k in range(0, len(part), 15))
                  for part in parts]  # fmt: skip
    rows = [{"id": str(i), "text": f"{text}."} for i, text in enumerate(texts)]
    folder = tmp_path_factory.mktemp("talkative")
    for part in range(3):
        corpora.write_jsonl(folder / f"part-{part}.jsonl", rows[part::3])
    return folder


@pytest.fixture(scope="module")
def trained(talkative: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its snapshot, with vectors trained on what was kept."""
    output = tmp_path_factory.mktemp("trained") / "out"
    return Path(curate_directly(config([talkative], [*SETTINGS, TRAIN]), output).path)


def report_of(snapshot: Path | str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path(snapshot, "report", "report.json").read_text())
    return found


def vector_rows(report: dict[str, Any]) -> Rows:
    return [row for row in report["associations"] if row["measure"] in embedding_rows.MEASURES]


def test_vectors_of_the_corpus_are_part_of_a_run_and_an_audit_repeats_them(
    trained: Path, tmp_path: Path
) -> None:
    built = report_of(trained)
    assert len(list((trained / "data").iterdir())) > 2
    assert {row["measure"] for row in vector_rows(built)} == set(embedding_rows.MEASURES)
    assert not [row for row in built["not_measured"] if "vectors" in row["what"]]
    assert audit_directly(trained, tmp_path / "audited") == built


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_any_workers_train_the_same_vectors(
    talkative: Path, trained: Path, tmp_path: Path, workers: int
) -> None:
    sets = [word for setting in [*SETTINGS, TRAIN] for word in ("--set", setting)]
    done = evenhand("curate", talkative, "--output", tmp_path / "out", "--workers", str(workers), *sets)
    assert done.returncode == 0, done.stderr
    assert differing(tmp_path / "out", trained) == []


def test_vectors_of_a_file_are_measured_once_and_carried_over_by_an_audit_without_it(
    talkative: Path, tmp_path: Path
) -> None:
    draw = random.Random(2)
    known = sorted(embedding_rows.words())
    lines = [" ".join([word, *(f"{draw.gauss(0, 1):.3f}" for _ in range(5))]) for word in known]
    path = tmp_path / "vectors.txt"
    path.write_text("\n".join([f"{len(known)} 5", *lines]) + "\n", "utf-8")
    named = f"audit.embeddings={path}"
    outcome = curate_directly(config([talkative], [*SETTINGS, named]), tmp_path / "out")
    built = report_of(outcome.path)
    assert {row["measure"] for row in vector_rows(built)} == set(embedding_rows.MEASURES)
    assert str(tmp_path) not in json.dumps(built)
    assert audit_directly(outcome.path, tmp_path / "named", [named]) == built
    assert audit_directly(outcome.path, tmp_path / "carried") == built


def test_tests_that_a_run_refused_are_told_by_an_audit_without_the_file_too(
    talkative: Path, tmp_path: Path
) -> None:
    path = tmp_path / "vectors.txt"
    path.write_text("home 1 2\n", "utf-8")
    named = f"audit.embeddings={path}"
    outcome = curate_directly(config([talkative], [*SETTINGS, named]), tmp_path / "out")
    built = report_of(outcome.path)
    assert vector_rows(built) == []
    assert audit_directly(outcome.path, tmp_path / "carried") == built


def test_a_run_without_audit_has_no_vectors_to_carry_over(talkative: Path, tmp_path: Path) -> None:
    path = tmp_path / "vectors.txt"
    path.write_text("home 1 2\n", "utf-8")
    settings = [*SETTINGS, f"audit.embeddings={path}", "audit.enabled=false"]
    outcome = curate_directly(config([talkative], settings), tmp_path / "out")
    audited = audit_directly(outcome.path, tmp_path / "audited")
    assert {"what": audit_vectors.WHAT, "why": audit_vectors.NO_FILE} in audited["not_measured"]

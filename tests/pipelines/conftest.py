"""A corpus and its undisturbed snapshot, made once for all tests of a session."""

from pathlib import Path

import pytest

from tests.pipelines import corpora, running


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some 2 MB of JSONL in three files: with shards of 64 KiB, about thirty in several groups of tasks."""
    return corpora.write_corpus(tmp_path_factory.mktemp("corpus") / "corpus", 1400, seed=1)


@pytest.fixture(scope="session")
def undisturbed(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its snapshot by one worker that nothing disturbs."""
    return running.curated(corpus, tmp_path_factory.mktemp("undisturbed") / "out", "--workers", "1")


@pytest.fixture(scope="session")
def few_texts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus of 60 documents: some hundred kilobytes, two shards."""
    return corpora.write_corpus(tmp_path_factory.mktemp("few") / "corpus", 60, seed=2)

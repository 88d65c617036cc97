"""The example corpus, read without our own sources: they are tested with it elsewhere."""

import csv
import gzip
import io
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import zstandard


@pytest.fixture(scope="session")
def folder(root: Path) -> Path:
    return root / "examples/corpus"


@pytest.fixture(scope="session")
def texts(folder: Path) -> dict[str, str]:
    """Id -> text of every document in an undamaged file."""
    lines = (folder / "web/pages.jsonl").read_bytes().splitlines()
    for path in sorted((folder / "forum").iterdir()):
        lines += path.read_bytes().splitlines()
    lines += gzip.decompress((folder / "news/gazette.jsonl.gz").read_bytes()).splitlines()
    lines += zstandard.decompress((folder / "news/gazette-more.jsonl.zst").read_bytes()).splitlines()
    rows = [json.loads(line) for line in lines]
    recipes = io.StringIO((folder / "recipes/recipes.csv").read_text("utf-8"), newline="")
    rows += list(csv.DictReader(recipes))
    people = pq.read_table(folder / "people/biographies.parquet").rename_columns({"content": "text"})
    rows += people.to_pylist()
    letters = {path.stem: path.read_text("utf-8") for path in sorted((folder / "letters").iterdir())}
    return {row["id"]: row["text"] for row in rows} | letters

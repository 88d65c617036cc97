"""The example corpus is what its ids say, and what its script writes."""

import gzip
import json
import zlib
from itertools import combinations
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import zstandard

from examples.compose import TOO_ALIKE, jaccard
from examples.make_corpus import corpus

NEAR_DUPLICATE = 0.7


def inflated(name: str, content: bytes) -> bytes:
    """The content without gzip, whose bytes depend on the system's zlib; of a cut file, what can be read."""
    return zlib.decompressobj(wbits=31).decompress(content) if name.endswith(".gz") else content


def texts(folder: Path) -> dict[str, str]:
    """Id -> text of all readable JSONL files."""
    lines = (folder / "web/pages.jsonl").read_bytes().splitlines()
    for path in sorted((folder / "forum").iterdir()):
        lines += path.read_bytes().splitlines()
    lines += gzip.decompress((folder / "news/gazette.jsonl.gz").read_bytes()).splitlines()
    lines += zstandard.decompress((folder / "news/gazette-more.jsonl.zst").read_bytes()).splitlines()
    rows = [json.loads(line) for line in lines]
    return {row["id"]: row["text"] for row in rows}


@pytest.fixture(scope="module")
def folder(root: Path) -> Path:
    return root / "examples/corpus"


def test_the_script_writes_the_same_bytes_again(folder: Path) -> None:
    again = corpus()
    there = {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    assert there.keys() == again.keys()
    for name, content in again.items():
        assert inflated(name, there[name]) == inflated(name, content), name


def test_the_truncated_file_is_truncated(folder: Path) -> None:
    with pytest.raises(EOFError):
        gzip.decompress((folder / "news/daily-truncated.jsonl.gz").read_bytes())


def test_planted_duplicates_and_near_misses_are_on_their_side_of_the_threshold(folder: Path) -> None:
    by_id = texts(folder)
    planted = {name: name.partition(":")[2] for name in by_id if "-of:" in name}
    for name, original in planted.items():
        similarity = jaccard(by_id[name], by_id[original])
        assert (similarity >= NEAR_DUPLICATE) == name.startswith("dup-"), (name, similarity)
    kinds = {name.partition(":")[0] for name in planted}
    assert kinds == {"dup-exact-of", "dup-case-of", "dup-space-of", "dup-near-of", "near-miss-of"}


@pytest.mark.parametrize("kind", ["template-bio", "low:"])
def test_no_others_are_alike(folder: Path, kind: str) -> None:
    table = pq.read_table(folder / "people/biographies.parquet").to_pydict()
    by_id = texts(folder) | dict(zip(table["id"], table["content"], strict=True))
    group = [text for name, text in by_id.items() if name.startswith(kind)]
    assert len(group) > 20
    assert max(jaccard(a, b) for a, b in combinations(group, 2)) < TOO_ALIKE


def test_it_stays_small(folder: Path) -> None:
    sizes = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
    assert sum(sizes) < 1e6
    assert max(sizes) < 5e5

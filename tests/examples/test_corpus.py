"""The example corpus is what its ids say, and what its script writes."""

import gzip
import zlib
from itertools import combinations
from pathlib import Path

import pytest

from examples.compose import TOO_ALIKE, jaccard
from examples.make_corpus import corpus

NEAR_DUPLICATE = 0.7


def inflated(name: str, content: bytes) -> bytes:
    """The content without gzip, whose bytes depend on the system's zlib; of a cut file, what can be read."""
    return zlib.decompressobj(wbits=31).decompress(content) if name.endswith(".gz") else content


def test_the_script_writes_the_same_bytes_again(folder: Path) -> None:
    again = corpus()
    there = {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    assert there.keys() == again.keys()
    for name, content in again.items():
        assert inflated(name, there[name]) == inflated(name, content), name


def test_the_truncated_file_is_truncated(folder: Path) -> None:
    with pytest.raises(EOFError):
        gzip.decompress((folder / "news/daily-truncated.jsonl.gz").read_bytes())


def test_planted_duplicates_and_near_misses_are_on_their_side_of_the_threshold(texts: dict[str, str]) -> None:
    planted = {name: name.partition(":")[2] for name in texts if "-of:" in name}
    for name, original in planted.items():
        similarity = jaccard(texts[name], texts[original])
        assert (similarity >= NEAR_DUPLICATE) == name.startswith("dup-"), (name, similarity)
    kinds = {name.partition(":")[0] for name in planted}
    assert kinds == {"dup-exact-of", "dup-case-of", "dup-space-of", "dup-near-of", "near-miss-of"}


@pytest.mark.parametrize("kind", ["template-bio", "low:", "en-news", "ja-web"])
def test_no_others_are_alike(texts: dict[str, str], kind: str) -> None:
    group = [text for name, text in texts.items() if name.startswith(kind)]
    assert len(group) > 5
    assert max(jaccard(a, b) for a, b in combinations(group, 2)) < TOO_ALIKE


def test_it_stays_small(folder: Path) -> None:
    sizes = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
    assert sum(sizes) < 1e6
    assert max(sizes) < 5e5

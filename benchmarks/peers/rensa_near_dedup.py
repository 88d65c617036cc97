"""Near dedup with rensa: rensa_near_dedup.py INPUT OUTPUT, Parquet in, Parquet out.

Word 5-grams, MinHash by rensa, its LSH for candidates, which are verified on their shingles at Jaccard .7.
"""

import functools
import re
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from rensa import RMinHash, RMinHashLSH

WORDS = re.compile(r"\w+")
PERMUTATIONS, BANDS, THRESHOLD = 112, 28, 0.7


def shingles(text: str) -> list[str]:
    """Word 5-grams."""
    words = WORDS.findall(text.lower())
    return [" ".join(words[i : i + 5]) for i in range(max(1, len(words) - 4))] if words else []


@functools.cache
def shingle_set(i: int) -> set[str]:
    """The shingles of text i, as a set."""
    return set(shingles(texts[i]))


def similar(i: int, j: int) -> bool:
    """Whether the exact Jaccard similarity reaches the threshold."""
    a, b = shingle_set(i), shingle_set(j)
    both = len(a & b)
    return both >= THRESHOLD * (len(a) + len(b) - both)


source, target = map(Path, sys.argv[1:])
tables = [pq.read_table(path) for path in sorted(source.glob("*.parquet"))]
texts, signatures = [], []
for table in tables:
    found = table.column("text").to_pylist()
    signatures += RMinHash.from_token_sets([shingles(text) for text in found], PERMUTATIONS, 42)
    texts += found
lsh = RMinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS, num_bands=BANDS)
lsh.insert_many(signatures)
parent = list(range(len(texts)))


def find(x: int) -> int:
    """The least number of the component."""
    while parent[x] != x:
        parent[x] = parent[parent[x]]
        x = parent[x]
    return x


for i, near in enumerate(lsh.query_all(signatures)):
    for j in near:
        if j < i and find(i) != find(j) and shingle_set(i) and similar(i, j):
            parent[max(find(i), find(j))] = min(find(i), find(j))
keep = pa.array([find(i) == i for i in range(len(texts))])
row = 0
for number, table in enumerate(tables):
    kept = table.filter(keep.slice(row, table.num_rows))
    pq.write_table(kept, target / f"{number:05d}.parquet", compression="zstd")
    row += table.num_rows

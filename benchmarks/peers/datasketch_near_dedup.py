"""Near dedup with datasketch: datasketch_near_dedup.py INPUT OUTPUT, Parquet in, Parquet out.

Word 5-grams, MinHash by datasketch (xxhash is not its default; SHA-1 is), its LSH for candidates, which are
verified on their shingles at Jaccard .7.
"""

import re
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from datasketch import MinHash, MinHashLSH

WORDS = re.compile(r"\w+")
PERMUTATIONS, BANDS, ROWS, THRESHOLD = 112, 28, 4, 0.7


def shingles(text: str) -> set[str]:
    """Word 5-grams."""
    words = WORDS.findall(text.lower())
    return {" ".join(words[i : i + 5]) for i in range(max(1, len(words) - 4))} if words else set()


def similar(a: set[str], b: set[str]) -> bool:
    """Whether the exact Jaccard similarity reaches the threshold."""
    both = len(a & b)
    return both >= THRESHOLD * (len(a) + len(b) - both)


source, target = map(Path, sys.argv[1:])
tables = [pq.read_table(path) for path in sorted(source.glob("*.parquet"))]
sets = [shingles(text) for table in tables for text in table.column("text").to_pylist()]
encoded = [[word.encode() for word in each] for each in sets]
signatures = MinHash.bulk(encoded, num_perm=PERMUTATIONS)
lsh = MinHashLSH(num_perm=PERMUTATIONS, params=(BANDS, ROWS))
parent = list(range(len(sets)))


def find(x: int) -> int:
    """The least number of the component."""
    while parent[x] != x:
        parent[x] = parent[parent[x]]
        x = parent[x]
    return x


for i, signature in enumerate(signatures):
    if not sets[i]:
        continue
    for j in lsh.query(signature):
        if find(i) != find(j) and similar(sets[i], sets[j]):
            parent[max(find(i), find(j))] = min(find(i), find(j))
    lsh.insert(i, signature)
keep = pa.array([find(i) == i for i in range(len(sets))])
row = 0
for number, table in enumerate(tables):
    kept = table.filter(keep.slice(row, table.num_rows))
    pq.write_table(kept, target / f"{number:05d}.parquet", compression="zstd")
    row += table.num_rows

"""F1 of removed duplicates against every true pair, document by document.

In each component of pairs whose word-5-gram Jaccard similarity is at least .7, all members but one should go;
every other removal is false. The same count as `dedup_quality.py`, for any tool that names what it removed.
"""

from collections import Counter, defaultdict
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

SIMILAR = 0.7


def components(truth: Path) -> list[list[str]]:
    """Ids of the members of each true component."""
    parent: dict[str, str] = {}

    def find(x: str) -> str:
        while parent.setdefault(x, x) != x:
            parent[x] = parent[parent[x]]
            x = parent[x]
        return x

    pairs = pq.read_table(truth / "truth_allpairs.parquet", columns=["a", "b", "jaccard"]).to_pydict()
    for a, b, jaccard in zip(pairs["a"], pairs["b"], pairs["jaccard"], strict=True):
        if jaccard >= SIMILAR - 1e-6:
            parent[find(a)] = find(b)
    members = defaultdict(list)
    for x in list(parent):
        members[find(x)].append(x)
    return list(members.values())


def f1(removed: set[str], truth: list[list[str]]) -> float:
    """F1 of a set of removed ids."""
    counts: Counter[str] = Counter()
    for members in truth:
        gone, due = len(removed.intersection(members)), len(members) - 1
        counts["hit"] += min(gone, due)
        counts["miss"] += max(0, due - gone)
        counts["false"] += max(0, gone - due)
    counts["false"] += len(removed.difference(*truth))
    found = 2 * counts["hit"]
    return found / (found + counts["false"] + counts["miss"]) if found else 0.0


def ids(folder: Path) -> set[str]:
    """The ids in all Parquet and Arrow files of a folder."""
    found: set[str] = set()
    for path in folder.rglob("*.parquet"):
        names = pq.read_schema(path).names
        column = "source_id" if "source_id" in names else "id"
        found.update(pq.read_table(path, columns=[column]).column(column).to_pylist())
    for path in folder.rglob("*.arrow"):
        with pa.ipc.open_stream(path) as stream:
            found.update(stream.read_all().column("id").to_pylist())
    return found

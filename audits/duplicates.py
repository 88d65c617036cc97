"""The largest clusters of duplicates, counted from the ledger: by the document that a cluster keeps.

COUNTS has a row a cluster, kept -> count, `kept` what `duplicate_of` says of the others. It merges by adding;
unlike other counts it grows with the corpus, so the largest are found in as many looks as memory asks for.
"""

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from audits.impact_counts import add
from schemas.ledger import Verdict

COUNTS = pa.schema([pa.field("kept", pa.string(), nullable=False), ("count", pa.int64())])
MOST = 10  # clusters in a report
CHARS = 600  # of a text
ROWS = 2_000_000  # held at a time
HEX = "0123456789abcdef"
FACTS = ("source", "source_id", "language", "chars", "verdict", "rule", "reason")
OFF = "no filter against duplicates ran"


def count(ledger: pa.RecordBatch) -> pa.Table:
    """COUNTS of ledger rows; column duplicate_of."""
    named = pc.drop_null(ledger.column("duplicate_of"))
    return merge([pa.table({"kept": named, "count": pa.repeat(1, len(named))}, schema=COUNTS)])


def merge(tables: Sequence[pa.Table]) -> pa.Table:
    """The sum of some tables, sorted."""
    return add(tables, COUNTS)


def largest(tables: Callable[[], Iterable[pa.Table]], most: int = MOST) -> list[tuple[str, int]]:
    """(kept, duplicates) of the largest clusters, the largest first.

    Args:
        tables: gives all COUNTS, once a look: doc_ids are hashes, so those with one ending are a fair part.
        most: clusters.
    """
    rows, digits = sum(table.num_rows for table in tables()), 0
    while rows > ROWS * len(HEX) ** digits:
        digits += 1
    found: list[tuple[str, int]] = []
    for ending in map("".join, itertools.product(HEX, repeat=digits)):
        summed = merge([table.filter(pc.ends_with(table["kept"], ending)) for table in tables()])
        summed = summed.sort_by([("count", "descending"), ("kept", "ascending")]).slice(0, most)
        found += zip(summed["kept"].to_pylist(), summed["count"].to_pylist(), strict=True)
    return sorted(found, key=lambda one: (-one[1], one[0]))[:most]


def rows(
    found: Sequence[tuple[str, int]], ledger: Mapping[str, Mapping[str, Any]], texts: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Rows of `duplicates`.

    Args:
        found: `largest`.
        ledger: FACTS of the documents kept, by doc_id.
        texts: of them, or of one of their duplicates, scrubbed.
    """
    return [
        {
            "kept": kept,
            "documents": duplicates + 1,
            "removed": duplicates,
            **{name: ledger[kept][name] if kept in ledger else None for name in FACTS},
            "text": texts[kept][:CHARS] if kept in texts else None,
            "note": _note(kept, ledger.get(kept), kept in texts),
        }
        for kept, duplicates in found
    ]


def _note(kept: str, facts: Mapping[str, Any] | None, has_text: bool) -> str | None:
    snapshot, colon, _ = kept.rpartition(":")
    notes = []
    if colon:
        notes.append(f"the document that it keeps is in snapshot {snapshot}")
    elif facts is not None and facts["verdict"] != Verdict.KEEP:
        notes.append("nothing of it is kept: the first of it was removed by another rule")
    if not has_text:
        notes.append("none of its texts is in the data or among the samples")
    return "; ".join(notes) or None

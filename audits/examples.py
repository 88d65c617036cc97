"""Removed documents that explain a flag: the samples of a rule and group whose removals are flagged."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from schemas import group_names

EACH = 20  # a rule and group
CELLS = 60  # rules and groups with examples, the highest intervals first
CHARS = 600  # of a text
KEPT = ("doc_id", "source_id", "source", "language", "score", "threshold")


def examples(impact: Sequence[Mapping[str, Any]], samples: Iterable[pa.RecordBatch]) -> list[dict[str, Any]]:
    """Rows of `examples`, by rule and group, then by doc_id.

    Args:
        impact: its rows; those that are flagged count, whole rules and reasons.
        samples: of the run: removed documents, scrubbed, with `groups` and the rule that decided.
    """
    cells = _flagged(impact)
    rules = pa.array(sorted({rule for rule, _ in cells}), pa.string())
    found: dict[tuple[str, str], list[dict[str, Any]]] = {cell: [] for cell in cells}
    for batch in samples:
        for row in batch.filter(pc.is_in(batch.column("rule"), rules)).to_pylist():
            for group in row["groups"]:
                if (row["rule"], group) in found:
                    found[row["rule"], group].append(row)
    return [
        {
            "rule": rule,
            "reason": row["reason"],
            "axis": group_names.axis_of(group),
            "group": group,
            **{key: row[key] for key in KEPT},
            "text": row["text"][:CHARS],
        }
        for (rule, group), rows in sorted(found.items())
        for row in sorted(rows, key=lambda row: row["doc_id"])[:EACH]
    ]


def _flagged(impact: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """(rule, group) of flagged rows; where there are too many, those whose ratio is surest to be high."""
    flagged = [row for row in impact if row["flagged"]]
    flagged.sort(key=lambda row: (-row["low"], row["rule"], row["group"]))
    return list(dict.fromkeys((row["rule"], row["group"]) for row in flagged))[:CELLS]

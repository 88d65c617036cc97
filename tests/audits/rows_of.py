"""Rows of a report, as the audit makes them, for tests of what is concluded from them."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from audits import impact_rows
from audits.representation_row import proportions
from schemas.group_names import axis_of

Row = dict[str, Any]
MH = ("mh_ratio", "mh_low", "mh_high", "mh_p", "strata")


def impact(
    counts: Mapping[tuple[str, str | None, str], tuple[int, int, int, int]],
    *,
    min_documents: int = impact_rows.MIN_DOCUMENTS,
    max_ratio: float = impact_rows.MAX_RATIO,
) -> list[Row]:
    """`impact` of (removed, documents, reference_removed, reference_documents) by rule, reason and group."""
    removed, documents, *reference = np.array(list(counts.values()), np.int64).reshape(-1, 4).T
    rows = impact_rows.compared(
        [(rule, reason or "", group) for rule, reason, group in counts],
        impact_rows.Counts(documents, removed, removed),
        impact_rows.Counts(reference[1], reference[0], reference[0]),
        min_documents,
        max_ratio,
    )
    return [{**dict.fromkeys(MH), **row} for row in rows]


def share(measure: str, count: int, of: int, **known: Any) -> Row:
    """A row of `representation`."""
    keys = {"side": "after", "count": count, "of": of} | known
    if known.get("group"):
        keys["axis"] = axis_of(known["group"])
    (row,) = proportions(measure, [keys])
    return row


def report(**sections: Any) -> dict[str, Any]:
    """A report of 1,000 records with some sections."""
    records = {"read": 1000, "keep": 800, "drop": 150, "review": 30, "error": 20}
    names = ("representation", "associations", "impact", "impact_pairs", "what_if", "counterfactual")
    lists: dict[str, Any] = {
        name: [] for name in (*names, "gates", "findings", "examples", "comparison", "rules")
    }
    settings = {"impact": {"min_documents": 200, "max_ratio": 1.25}}
    return {"records": records, "settings": settings, **lists, **sections}

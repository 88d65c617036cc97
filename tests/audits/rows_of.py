"""Rows of a report, as the audit makes them, for tests of what is concluded from them."""

from collections.abc import Mapping
from typing import Any

from audits import impact_rows, multiplicity
from audits.disparity import number, ratios
from audits.representation_row import proportions

Row = dict[str, Any]
MH = ("mh_ratio", "mh_low", "mh_high", "mh_p", "strata")


def impact(
    counts: Mapping[tuple[str, str | None, str], tuple[int, int, int, int]],
    *,
    min_documents: int = impact_rows.MIN_DOCUMENTS,
    max_ratio: float = impact_rows.MAX_RATIO,
) -> list[Row]:
    """`impact` of (removed, documents, reference_removed, reference_documents) by rule, reason and group."""
    names = ("removed", "documents", "reference_removed", "reference_documents")
    rows = [
        {
            "rule": rule,
            "reason": reason,
            "axis": axis_of(group),
            "group": group,
            **dict(zip(names, row, strict=True)),
        }
        for (rule, reason, group), row in counts.items()
    ]
    found = ratios(*([row[name] for row in rows] for name in names))
    adjusted, exact = multiplicity.adjusted(found.p), multiplicity.adjusted(found.p_exact)
    for i, row in enumerate(rows):
        row |= {
            "decided": row["removed"],
            "removal_ratio": number(found.removal[i]),
            "retention_ratio": number(found.retention[i]),
            "low": number(found.low[i]),
            "high": number(found.high[i]),
            "p": number(found.p[i]),
            "p_adjusted": number(adjusted[i]),
            "p_exact_adjusted": number(exact[i]),
            "flagged": bool(
                row["documents"] >= min_documents
                and found.removal[i] > max_ratio
                and max(adjusted[i], exact[i]) < 0.05
            ),
            **dict.fromkeys(MH),
            "note": None,
        }
    return rows


def axis_of(group: str) -> str:
    """The axis of a group, or both of a pair."""
    return "*".join(part.partition("/")[0] for part in group.split("*"))


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

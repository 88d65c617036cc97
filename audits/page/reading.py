"""What the sections ask of a report: which rows are judged, how far they depart, where a row is shown."""

from collections.abc import Mapping, Sequence
from typing import Any

from audits.page.figures import apart
from audits.page.markup import slug
from schemas.group_names import PAIR

Row = Mapping[str, Any]
Report = Mapping[str, Any]
SIDES = ("before", "after")
MIN_DOCUMENTS, MAX_RATIO = 200, 1.25  # where a report does not tell its settings


def rows(report: Report, name: str) -> Sequence[Row]:
    """The rows of a list of the report; none where it is absent."""
    found: Sequence[Row] = report.get(name) or ()
    return found


def min_documents(report: Report) -> int:
    """Least documents of a group that is judged."""
    return int(_impact(report).get("min_documents", MIN_DOCUMENTS))


def max_ratio(report: Report) -> float:
    """Greatest removal ratio that is not flagged."""
    return float(_impact(report).get("max_ratio", MAX_RATIO))


def _impact(report: Report) -> Row:
    settings: Row = report.get("settings") or {}
    found: Row = settings.get("impact") or {}
    return found


def whole_rules(report: Report) -> list[Row]:
    """Rows of impact of rules as a whole."""
    return [row for row in rows(report, "impact") if row["reason"] is None]


def judged(row: Row, least: int) -> bool:
    """Whether a row of impact has enough documents and a ratio."""
    return row["documents"] >= least and row["removal_ratio"] is not None


def spans_one(row: Row) -> bool:
    """Whether the interval holds 1, or is not there at all."""
    low, high = row["low"], row["high"]
    return (low is None or low <= 1) and (high is None or high >= 1)


def departure(row: Row) -> tuple[bool, float, float]:
    """How far a row is from 1, to be sorted by: flagged, then the interval's nearer end, then the ratio.

    None removed, where that may be chance, is no wide departure.
    """
    spans = spans_one(row)
    near = 0.0 if spans else min(_distance(row["low"]), _distance(row["high"]))
    return bool(row["flagged"]), near, 0.0 if spans and row["removed"] == 0 else apart(row["removal_ratio"])


def _distance(end: float | None) -> float:
    return apart(end) if end is not None else float("inf")


def flagged(report: Report) -> list[Row]:
    """Every flagged row: of rules, of reasons, of pairs."""
    return [row for name in ("impact", "impact_pairs") for row in rows(report, name) if row["flagged"]]


def axes(found: Sequence[Row]) -> list[str]:
    """Axes in order of first appearance by name; pairs are not among them."""
    return sorted({row["axis"] for row in found if row["axis"] and PAIR not in row["axis"]})


def group_id(group: str) -> str:
    """Where a group's rows open."""
    return slug("group", group)


def row_id(row: Row) -> str:
    """Where one row of a group stands, and what a finding of the same rule, reason and group leads to."""
    return slug("row", row["rule"], row["reason"] or "any", row["group"])


def axis_id(section: str, axis: str) -> str:
    """Where an axis stands in a section."""
    return slug(section, axis)

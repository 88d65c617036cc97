"""The rows of a report that a gate covers, as the gate sees them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from audits import multiplicity, nested
from audits.disparity import compare, number
from audits.intervals import wilson
from schemas import group_names
from schemas.gates import ASSOCIATIONS, EVERY, FLIPS, IMPACT, RECORDS, REPRESENTATION, Gate

Report = Mapping[str, Any]
Row = Mapping[str, Any]
# Shares of a whole: what no row names has none of it, unless a row without key sums up the smallest.
BREAKDOWNS = {"language_share", "source_share", "region_share", "year_share"}
SHARES = {"document_rate", "axis_share", *BREAKDOWNS}
ALL = "all records"


class Covered(NamedTuple):
    """A row as a gate sees it.

    Attributes:
        value: what is held against the bound.
        documents: how many it rests on; None: it does not say.
        p: adjusted p; None: none was computed.
        where: what the row is about, such as "gopher_quality/1, geography/nigeria".
        row: the row itself, or what was counted where there is none.
        group: that it is about.
    """

    value: float
    documents: int | None
    p: float | None
    where: str
    row: Row
    group: str | None = None

    @property
    def narrow(self) -> int:
        """More of a group within others, such as a country in regions: of equals it tells most."""
        return nested.depth(self.group) if self.group else 0


def evidence(measure: str, row: Row) -> dict[str, float | int | None]:
    """Interval and counts behind a value: low, high, count, of.

    Args:
        measure: of the gate.
        row: of `Covered`.
    """
    if measure in IMPACT:
        return _of_removal(measure, row)
    if measure == FLIPS:
        return {"low": row["low"], "high": row["high"], "count": row["flips"], "of": row["documents"]}
    if "low" in row:
        return {key: row[key] for key in ("low", "high", "count", "of")}
    return _share(row["count"], row["of"])


def _share(count: int, of: int) -> dict[str, float | int | None]:
    low, high = wilson(count, of)
    return {"low": number(low.item()), "high": number(high.item()), "count": count, "of": of}


def _of_removal(measure: str, row: Row) -> dict[str, float | int | None]:
    removed, documents = row["removed"], row["documents"]
    if measure == "removal_rate":
        return _share(removed, documents)
    counted = {"count": removed, "of": documents}
    if measure == "mh_ratio":
        return {"low": row["mh_low"], "high": row["mh_high"], **counted}
    if measure == "removal_ratio":
        return {"low": row["low"], "high": row["high"], **counted}
    reference = row["reference_documents"]
    kept = compare(documents - removed, documents, reference - row["reference_removed"], reference)
    return {"low": kept["low"], "high": kept["high"], "count": documents - removed, "of": documents}


def covered(gate: Gate, report: Report) -> Iterator[Covered]:
    """The rows of its measure that a gate names."""
    if gate.measure in IMPACT:
        yield from _impact(gate, report)
    elif gate.measure in REPRESENTATION:
        yield from _representation(gate, report)
    elif gate.measure in ASSOCIATIONS:
        yield from _associations(gate, report)
    elif gate.measure == FLIPS:
        yield from _flips(gate, report)
    elif gate.measure in RECORDS:
        yield from _records(gate, report)


def _impact(gate: Gate, report: Report) -> Iterator[Covered]:
    """Rows of `impact`, or of `impact_pairs` where the gate names a pair."""
    paired = EVERY in (gate.group or gate.axis or "")
    rows = report.get("impact_pairs" if paired else "impact") or ()
    adjusted = _stratified_p(rows) if gate.measure == "mh_ratio" else {}
    for row in rows:
        if not (_of_rule(gate.rule, row["rule"]) and _of_group(gate, row)):
            continue
        if row["reason"] != gate.reason and not (gate.reason == EVERY and row["reason"] is not None):
            continue
        value = _of_impact(gate.measure, row)
        if value is None:
            continue
        p = adjusted.get(id(row)) if gate.measure == "mh_ratio" else row["p_exact_adjusted"]
        where = place(row["rule"], row["reason"], row["group"])
        yield Covered(value, row["documents"], p, where, row, row["group"])


def _of_impact(measure: str, row: Row) -> float | None:
    """The measure of a row; the interval's lower end where the reference lost nothing."""
    if measure == "removal_rate":
        return row["removed"] / row["documents"] if row["documents"] else None
    if measure == "removal_ratio" and row["removal_ratio"] is None:
        return row["low"] if row["removed"] else None
    return row.get(measure)


def _stratified_p(rows: Sequence[Row]) -> dict[int, float]:
    """Benjamini-Hochberg over the stratified tests, which the report gives without; by id of the row."""
    tested = [row for row in rows if row.get("mh_p") is not None]
    adjusted = multiplicity.adjusted([row["mh_p"] for row in tested])
    return {id(row): float(p) for row, p in zip(tested, adjusted, strict=True)}


def _representation(gate: Gate, report: Report) -> Iterator[Covered]:
    rows = [
        row
        for row in report.get("representation") or ()
        if row["measure"] == gate.measure
        and row["side"] == (gate.side or "after")
        and row["value"] is not None
    ]
    rest = [row for row in rows if gate.measure in BREAKDOWNS and row["key"] is None]
    rows = [row for row in rows if row not in rest]
    named = False
    for row in rows:
        if _of_group(gate, row) and gate.key in (None, row["key"]):
            named = True
            where = place(row["group"] or row["axis"], row["key"])
            yield Covered(row["value"], row["of"], None, where, row, row["group"])
    axis = group_names.axis_of(gate.group) if gate.group else None
    counted = [row for row in rows if axis in (None, row["axis"]) and row["of"]]
    if not named and counted and not rest and gate.measure in SHARES and (gate.group or gate.key):
        of = counted[0]["of"]
        yield Covered(0.0, of, None, place(gate.group, gate.key), {"count": 0, "of": of}, gate.group)


def _associations(gate: Gate, report: Report) -> Iterator[Covered]:
    for row in report.get("associations") or ():
        if row["measure"] != gate.measure or row["value"] is None:
            continue
        if _of_group(gate, row) and gate.key in (None, row["word"]):
            where = place(row["group"], row["other"] and f"against {row['other']}", row["word"])
            yield Covered(row["value"], row["of"], row["p_adjusted"], where, row, row["group"])


def _flips(gate: Gate, report: Report) -> Iterator[Covered]:
    for row in report.get("counterfactual") or ():
        if row["rate"] is None or gate.key not in (None, row["change"]):
            continue
        if gate.rule is None or (row["rule"] and _of_rule(gate.rule, row["rule"])):
            where = place(row["rule"] or "the verdict", row["change"])
            yield Covered(row["rate"], row["documents"], None, where, row)


def _records(gate: Gate, report: Report) -> Iterator[Covered]:
    records = report.get("records") or {}
    read = records.get("read") or 0
    if not read:
        return
    if gate.measure != "removed_share":
        verdict = {"error_rate": "error", "kept_share": "keep", "review_share": "review"}[gate.measure]
        yield _of_read(records[verdict], read, ALL)
    elif gate.rule is None and gate.reason is None:
        yield _of_read(records["drop"] + records["review"], read, ALL)
    else:
        for row in report.get("rules") or ():
            wanted = row["reason"] is not None if gate.reason == EVERY else row["reason"] == gate.reason
            if wanted and row["fired"] is not None and _of_rule(gate.rule, row["rule"]):
                yield _of_read(row["fired"], read, place(row["rule"], row["reason"]))


def _of_read(count: int, read: int, where: str) -> Covered:
    return Covered(count / read, read, None, where, {"count": count, "of": read})


def _of_rule(wanted: str | None, rule: str) -> bool:
    return wanted in (None, rule, rule.partition("/")[0])


def _of_group(gate: Gate, row: Row) -> bool:
    return gate.axis in (None, row["axis"]) and gate.group in (None, row["group"])


def place(*parts: str | None) -> str:
    """`where` of a row: what it is about."""
    return ", ".join(part for part in parts if part) or "the corpus"

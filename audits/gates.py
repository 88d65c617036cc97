"""Gates: bounds of a policy, held against the rows of a report (docs/audit/gates.md).

A gate covers rows: those of its measure that have the rule, group, key and so on that it names, and enough
documents. It fails when a row that it covers lies on the wrong side of its bound and, where the gate asks for
it, is significant. Where it covers nothing it is `not_measured`, which is no pass.

Rows of `gates`: name, measure, rule, group, operator, threshold, value (of the worst row), verdict, where
(which row that is), checked (rows looked at), failed (rows in breach), note.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from audits import multiplicity
from audits.numbers import plain
from schemas import group_names
from schemas.gates import ASSOCIATIONS, EVERY, FLIPS, IMPACT, RECORDS, REPRESENTATION, Gate

Report = Mapping[str, Any]
Row = Mapping[str, Any]
PASSED, FAILED, NOT_MEASURED = "passed", "failed", "not_measured"
# Shares of a whole: what no row names has none of it, unless a row without key sums up the smallest.
BREAKDOWNS = {"language_share", "source_share", "region_share", "year_share"}
SHARES = {"document_rate", "axis_share", *BREAKDOWNS}


class Covered(NamedTuple):
    """A row as a gate sees it.

    Attributes:
        value: what is held against the bound.
        documents: how many it rests on; None: it does not say.
        p: adjusted p; None: none was computed.
        where: what the row is about, such as "gopher_quality/1, geography/nigeria".
    """

    value: float
    documents: int | None
    p: float | None
    where: str


def judge(gates: Sequence[Gate], report: Report) -> list[dict[str, Any]]:
    """One row a gate, in their order, the passed ones too."""
    return [_judged(gate, list(_covered(gate, report))) for gate in gates]


def breaches(rows: Sequence[Row]) -> list[str]:
    """A line for each gate that failed."""
    return [
        f"gate failed: {row['name']}: {plain(row['value'], trim=True)} at {row['where']}"
        + (f", and {row['failed'] - 1} more" if row["failed"] > 1 else "")
        for row in rows
        if row["verdict"] == FAILED
    ]


def lines(rows: Sequence[Row]) -> list[str]:
    """A line for each gate: verdict, what it says, value and where."""
    told = []
    for row in rows:
        seen = row["note"]
        if row["value"] is not None:
            seen = f"{plain(row['value'], trim=True)} at {row['where']}{', ' + seen if seen else ''}"
        told.append(f"{row['verdict'].replace('_', ' '):<12}  {row['name']}: {seen}")
    return told


def _judged(gate: Gate, rows: list[Covered]) -> dict[str, Any]:
    enough = [row for row in rows if _has_documents(gate, row)]
    failing = [row for row in enough if _may_fail(gate, row) and _beyond(gate, row.value)]
    sign = 1 if gate.operator == "at_most" else -1
    worst = max(failing or enough, key=lambda row: (sign * row.value, row.where), default=None)
    note = None
    if not rows:
        note = "the report has no such row"
    elif worst is None:
        note = f"no row has {gate.min_documents:,} documents or more"
    elif not failing and _beyond(gate, worst.value):
        note = f"beyond the bound, but its adjusted p is not below {gate.p_adjusted_below:g}"
    return {
        "name": gate.name,
        "measure": gate.measure,
        "rule": gate.rule,
        "group": gate.group,
        "operator": gate.operator,
        "threshold": gate.threshold,
        "value": None if worst is None else round(worst.value, 6),
        "verdict": NOT_MEASURED if worst is None else FAILED if failing else PASSED,
        "where": None if worst is None else worst.where,
        "checked": len(enough),
        "failed": len(failing),
        "note": note,
    }


def _has_documents(gate: Gate, row: Covered) -> bool:
    return gate.min_documents is None or (row.documents or 0) >= gate.min_documents


def _may_fail(gate: Gate, row: Covered) -> bool:
    return gate.p_adjusted_below is None or (row.p is not None and row.p < gate.p_adjusted_below)


def _beyond(gate: Gate, value: float) -> bool:
    return value > gate.threshold if gate.operator == "at_most" else value < gate.threshold


def _covered(gate: Gate, report: Report) -> Iterator[Covered]:
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
        yield Covered(value, row["documents"], p, place(row["rule"], row["reason"], row["group"]))


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
            yield Covered(row["value"], row["of"], None, place(row["group"] or row["axis"], row["key"]))
    axis = group_names.axis_of(gate.group) if gate.group else None
    counted = [row for row in rows if axis in (None, row["axis"]) and row["of"]]
    if not named and counted and not rest and gate.measure in SHARES and (gate.group or gate.key):
        yield Covered(0.0, counted[0]["of"], None, place(gate.group, gate.key))


def _associations(gate: Gate, report: Report) -> Iterator[Covered]:
    for row in report.get("associations") or ():
        if row["measure"] != gate.measure or row["value"] is None:
            continue
        if _of_group(gate, row) and gate.key in (None, row["word"]):
            where = place(row["group"], row["other"] and f"against {row['other']}", row["word"])
            yield Covered(row["value"], row["of"], row["p_adjusted"], where)


def _flips(gate: Gate, report: Report) -> Iterator[Covered]:
    for row in report.get("counterfactual") or ():
        if row["rate"] is None or gate.key not in (None, row["change"]):
            continue
        if gate.rule is None or (row["rule"] and _of_rule(gate.rule, row["rule"])):
            where = place(row["rule"] or "the verdict", row["change"])
            yield Covered(row["rate"], row["documents"], None, where)


def _records(gate: Gate, report: Report) -> Iterator[Covered]:
    records = report.get("records") or {}
    read = records.get("read") or 0
    if gate.measure != "removed_share":
        verdict = {"error_rate": "error", "kept_share": "keep", "review_share": "review"}[gate.measure]
        if read:
            yield Covered(records[verdict] / read, read, None, "all records")
    elif gate.rule is None and gate.reason is None:
        if read:
            yield Covered((records["drop"] + records["review"]) / read, read, None, "all records")
    else:
        for row in report.get("rules") or ():
            wanted = row["reason"] is not None if gate.reason == EVERY else row["reason"] == gate.reason
            if wanted and row["fired"] is not None and read and _of_rule(gate.rule, row["rule"]):
                yield Covered(row["fired"] / read, read, None, place(row["rule"], row["reason"]))


def _of_rule(wanted: str | None, rule: str) -> bool:
    return wanted in (None, rule, rule.partition("/")[0])


def _of_group(gate: Gate, row: Row) -> bool:
    return gate.axis in (None, row["axis"]) and gate.group in (None, row["group"])


def place(*parts: str | None) -> str:
    """`where` of a row: what it is about."""
    return ", ".join(part for part in parts if part) or "the corpus"

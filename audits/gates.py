"""Gates: bounds of a policy, held against the rows of a report (docs/audit/gates.md).

A gate covers rows: those of its measure that have the rule, group, key and so on that it names, and enough
documents. It fails when a row that it covers lies on the wrong side of its bound and, where the gate asks for
it, is significant. Where it covers nothing it is `not_measured`, which is no pass.

Rows of `gates`: name, measure, rule, group, operator, threshold, value (of the worst row; of equals that of
the narrowest group), its low, high, count, of, verdict, where (which row that is), checked (rows looked at),
failed (rows in breach), note.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from audits.gate_rows import Covered, covered, evidence
from audits.numbers import plain
from schemas.gates import Gate

Report = Mapping[str, Any]
Row = Mapping[str, Any]
EVIDENCE = ("low", "high", "count", "of")
PASSED, FAILED, NOT_MEASURED = "passed", "failed", "not_measured"


def judge(gates: Sequence[Gate], report: Report) -> list[dict[str, Any]]:
    """One row a gate, in their order, the passed ones too."""
    return [_judged(gate, list(covered(gate, report))) for gate in gates]


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
    worst = min(failing or enough, key=lambda row: (-sign * row.value, -row.narrow, row.where), default=None)
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
        **(dict.fromkeys(EVIDENCE) if worst is None else evidence(gate.measure, worst.row)),
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

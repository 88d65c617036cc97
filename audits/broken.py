"""Failed gates, each with the removal that breaks it: gates that one removal breaks are told together."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from audits import nested
from audits.gate_rows import Report, Row, place
from audits.gates import FAILED
from schemas.gates import IMPACT


class Broken(NamedTuple):
    """Failed gates that are told in one sentence.

    Attributes:
        gates: place in the report's `gates`, and row, the greatest breach first.
        rows: of `impact` or `impact_pairs`, the one that breaks each gate; empty where `one` is None.
        one: the removal that tells it; None: the gate is about something else.
    """

    gates: list[tuple[int, Row]]
    rows: list[Row]
    one: nested.Told | None = None


def broken(report: Report, told: Sequence[nested.Told]) -> list[Broken]:
    """Failed gates, those of the greatest breach first.

    Args:
        report: `gates`, `impact`, `impact_pairs`.
        told: flagged removals; one of them tells a gate that it, or what it stands for, breaks.
    """
    failed = [(i, gate) for i, gate in enumerate(report.get("gates") or ()) if gate["verdict"] == FAILED]
    found: dict[object, Broken] = {}
    for i, gate in sorted(failed, key=lambda pair: (-_breach(pair[1]), pair[0])):
        row = _row(report, gate)
        if row is None:
            found[i] = Broken([(i, gate)], [])
            continue
        one = next((one for one in told if _tells(one, row)), nested.Told(row))
        same = found.setdefault(_place(one.row), Broken([], [], one))
        same.gates.append((i, gate))
        same.rows.append(row)
    return list(found.values())


def _row(report: Report, gate: Row) -> Row | None:
    """The removal that a gate names; None where it is none that can be set beside others."""
    if gate["measure"] not in IMPACT:
        return None
    rows: Iterable[dict[str, Any]] = (
        row for name in ("impact", "impact_pairs") for row in report.get(name) or ()
    )
    return next((row for row in rows if _place(row) == gate["where"] and row["low"] is not None), None)


def _tells(one: nested.Told, row: Row) -> bool:
    """Whether a flagged removal stands for a row: reasons go with their rule, the rule not with a reason."""
    if one.row["rule"] != row["rule"] or row["group"] not in one.groups:
        return False
    return one.row["reason"] is None or row["reason"] is not None


def _place(row: Row) -> str:
    return place(row["rule"], row["reason"], row["group"])


def _breach(gate: Row) -> float:
    """How far a value lies beyond its bound, as a ratio."""
    value, bound = abs(gate["value"]) or 1e-9, abs(gate["threshold"]) or 1e-9
    return float(value / bound if gate["operator"] == "at_most" else bound / value)

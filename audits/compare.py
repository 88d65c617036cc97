"""Two reports side by side: what differs, by how much, and whether chance alone could have done it.

Shares and estimates are tested as in `audits/differences.py`; distributions over exclusive classes
(languages, sources, regions, years) by Pearson's chi-square, those over the groups of an axis, of which a
document may mention several, by Simes' test on the groups. For both, `difference` is the Jensen-Shannon
divergence in bits. Adjusted p: Benjamini-Hochberg over all rows.

A row has drifted where its adjusted p lies below .05 and the difference is worth a look: a tenth of the
former value, or MATERIAL_BITS. The tests take the two corpora as independent; where one holds the other, as
before and after a filter, they find less than they could.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from audits import differences, multiplicity
from audits.differences import Estimate
from audits.disparity import number, p_value
from audits.parity import jensen_shannon

KEYS = ("section", "measure", "rule", "reason", "axis", "group", "key", "before", "after", "difference")
TESTS = ("low", "high", "p", "p_adjusted", "drifted", "note")
LEVEL = 0.05
MATERIAL = 0.1  # of the former value
MATERIAL_BITS = 0.001
PROPORTIONS = (
    *("document_rate", "axis_share", "pronoun_rate", "pronoun_share"),
    *("language_share", "source_share", "region_share", "year_share"),
)
EXCLUSIVE = ("language_share", "source_share", "region_share", "year_share")  # one class a document
ESTIMATES = ("token_rate", "gender_gap", "gender_ratio")
TOO_FEW = "too few to compare"
ONLY_THEN, ONLY_NOW = "only in the report compared", "only in this report"
Report = Mapping[str, Any]
Row = dict[str, Any]
Place = tuple[Any, ...]


def compare(before: Report, after: Report) -> list[Row]:
    """Rows of `comparison`, drifted ones first.

    Args:
        before: the report compared: of an earlier refresh, or of the corpus before a filter.
        after: the report that the rows go into.
    """
    rows = [
        *_records(before, after),
        *_representation(before, after),
        *_impact(before, after),
        *_gates(before, after),
    ]
    p = multiplicity.adjusted([np.nan if row["p"] is None else row["p"] for row in rows])
    for row, adjusted in zip(rows, p, strict=True):
        row["p_adjusted"] = p_value(adjusted)
        if row["drifted"] is None:
            row["drifted"] = bool(adjusted < LEVEL and _material(row))
    return sorted(rows, key=_order)


def _material(row: Row) -> bool:
    if row["before"] is None or row["after"] is None:
        return bool(row["difference"] is not None and row["difference"] >= MATERIAL_BITS)
    return bool(abs(row["difference"]) >= MATERIAL * abs(row["before"]))


def _order(row: Row) -> tuple[bool, float, tuple[str, ...]]:
    """Drifted rows first, those surest to differ much; then by what they are about."""
    near = 0.0
    if row["drifted"] and row["low"] is not None and row["low"] * row["high"] > 0:
        near = min(abs(row["low"]), abs(row["high"])) / (abs(row["before"]) or abs(row["after"]) or 1.0)
    return not row["drifted"], -near, tuple(str(row[key]) for key in KEYS[:7])


def _row(section: str, measure: str, **known: Any) -> Row:  # noqa: ANN401 - of a row
    return dict.fromkeys((*KEYS, *TESTS)) | {"section": section, "measure": measure} | known


def _proportion(row: Row, then: tuple[int, int], now: tuple[int, int]) -> Row:
    """The row with two shares, (count, of) each, their difference and its test."""
    (x0, n0), (x1, n1) = then, now
    if not (n0 and n1):
        return row | {"note": "nothing to compare with" if n1 else "nothing left to compare"}
    row |= {
        "before": round(x0 / n0, 6),
        "after": round(x1 / n1, 6),
        "difference": round(x1 / n1 - x0 / n0, 6),
    }
    row["low"], row["high"] = differences.interval(Estimate.of_share(x0, n0), Estimate.of_share(x1, n1))
    row["p"] = differences.p_of_shares(x0, n0, x1, n1)
    return row | {"note": TOO_FEW if row["p"] is None else None}


def _records(before: Report, after: Report) -> Iterator[Row]:
    sides = [report["records"] for report in (before, after)]
    for measure in ("keep", "drop", "review", "error"):
        row = _row("counts", f"{measure}_share")
        yield _proportion(row, *((side[measure], side["read"]) for side in sides))
    rules = [{(r["rule"], r["reason"]): r for r in report.get("rules") or ()} for report in (before, after)]
    for rule, reason in _places(*rules):
        row = _row("counts", "decided_share", rule=rule, reason=reason)
        found = [side.get((rule, reason)) for side in rules]
        if all(found):
            yield _proportion(
                row, *((f["decided"], s["read"]) for f, s in zip(found, sides, strict=True) if f)
            )
        else:
            yield row | {"note": ONLY_THEN if found[0] else ONLY_NOW}


def _representation(before: Report, after: Report) -> Iterator[Row]:
    keys = ("measure", "axis", "group", "key")
    sides = [_by(report.get("representation"), keys, side="after") for report in (before, after)]
    wholes = [_wholes(side) for side in sides]
    proportions: dict[tuple[str, str | None], list[Row]] = {}
    for place in _places(*sides):
        measure, axis, group, key = place
        row = _row("representation", measure, axis=axis, group=group, key=key)
        found = [side.get(place) for side in sides]
        if (
            measure in EXCLUSIVE
            and not all(found)
            and any((measure, None, None, None) in one for one in sides)
        ):
            yield row | {"note": f"{_missing(found)}, or among those that the other sums up"}
        elif measure in PROPORTIONS:
            counts = [
                _counted(one, whole.get((measure, axis))) for one, whole in zip(found, wholes, strict=True)
            ]
            row = _proportion(row, *counts) | ({"note": _missing(found)} if not all(found) else {})
            proportions.setdefault((measure, axis if measure not in EXCLUSIVE else None), []).append(
                row | {"counts": counts}
            )
            if any(count for count, _ in counts):
                yield row
        elif measure in ESTIMATES:
            yield _estimate(row, *found, logarithm=measure != "gender_gap")
    for (measure, axis), rows in proportions.items():
        if measure in (*EXCLUSIVE, "axis_share"):
            yield _drift(measure, axis, rows)


def _by(rows: Sequence[Row] | None, keys: Sequence[str], **fixed: str) -> dict[Place, Row]:
    chosen = (row for row in rows or () if all(row[key] == value for key, value in fixed.items()))
    return {tuple(row[key] for key in keys): row for row in chosen}


def _wholes(side: Mapping[Place, Row]) -> dict[tuple[str, str | None], int]:
    """What shares are of, by measure and axis, for classes that one report does not name."""
    return {
        (measure, axis): row["of"] for (measure, axis, _, _), row in side.items() if row["of"] is not None
    }


def _counted(row: Row | None, whole: int | None) -> tuple[int, int]:
    return (0, whole or 0) if row is None else (row["count"] or 0, row["of"] or 0)


def _missing(found: Sequence[Row | None]) -> str:
    return ONLY_THEN if found[1] is None else ONLY_NOW


def _places(*sides: Mapping[Place, Any]) -> list[Place]:
    """What either side has: in the order of the second, then what is only in the first."""
    return list(dict.fromkeys([*sides[1], *sides[0]]))


def _estimate(row: Row, then: Row | None, now: Row | None, *, logarithm: bool) -> Row:
    """The row with two estimates that have intervals of their own."""
    if then is None or now is None:
        return row | {"note": _missing((then, now))}
    found = [Estimate(one["value"], one["low"], one["high"]) for one in (then, now)]
    return _apart(row, *found, logarithm=logarithm)


def _apart(row: Row, then: Estimate, now: Estimate, *, logarithm: bool) -> Row:
    row |= {"before": then.value, "after": now.value}
    if then.value is None or now.value is None:
        return row | {"note": "a ratio without bound, or none"}
    row["difference"] = round(now.value - then.value, 6)
    row["low"], row["high"] = differences.interval(then, now)
    row["p"] = differences.p_of_estimates(then, now, logarithm=logarithm)
    return row | {"note": TOO_FEW if row["p"] is None else None}


def _drift(measure: str, axis: str | None, rows: Sequence[Row]) -> Row:
    """How far two distributions lie apart; rows hold `counts`: ((count, of), (count, of))."""
    counts = np.array([[then[0], now[0]] for then, now in (row["counts"] for row in rows)], np.int64)
    row = _row("representation", measure.replace("share", "drift"), axis=axis)
    if not counts.sum(axis=0).all():
        return row | {"note": "nothing to compare with"}
    row["difference"] = number(jensen_shannon(*(counts / counts.sum(axis=0)).T))
    if measure in EXCLUSIVE:
        return row | {"p": differences.p_of_classes(counts)}
    p = differences.simes([one["p"] for one in rows if one["p"] is not None])
    return row | {"p": p, "note": TOO_FEW if p is None else None}


def _impact(before: Report, after: Report) -> Iterator[Row]:
    keys = ("rule", "reason", "group")
    sides = [_by(report.get("impact"), keys) for report in (before, after)]
    for place in _places(*sides):
        then, now = (side.get(place) for side in sides)
        known = now or then or {}
        flagged = any(one and one["flagged"] for one in (then, now))
        if not flagged and (place[1] is not None or not _enough(then, now)):
            continue  # reasons, and groups of few removals, only where they are flagged: there are thousands
        row = _row(
            "impact", "removal_ratio", rule=place[0], reason=place[1], axis=known["axis"], group=place[2]
        )
        if then is None or now is None:
            yield row | {"note": _missing((then, now))}
            continue
        found = [Estimate(one["removal_ratio"], one["low"], one["high"]) for one in (then, now)]
        row = _apart(row, *found, logarithm=True)
        yield row if _enough(then, now) else row | {"p": None, "note": TOO_FEW}


def _enough(*sides: Row | None) -> bool:
    """Removals enough on all sides for the logarithm of their ratio to be nearly normal."""
    least = differences.LEAST_EXPECTED
    return all(one is None or min(one["removed"], one["reference_removed"]) >= least for one in sides)


def _gates(before: Report, after: Report) -> Iterator[Row]:
    sides = [_by(report.get("gates"), ("name",)) for report in (before, after)]
    for place in _places(*sides):
        then, now = (side.get(place) for side in sides)
        known = now or then or {}
        row = _row("gates", known["measure"], rule=known["rule"], group=known["group"], key=known["name"])
        row |= {"before": then and then["value"], "after": now and now["value"], "drifted": False}
        if then is None or now is None:
            yield row | {"note": _missing((then, now))}
            continue
        if None not in (then["value"], now["value"]):
            row["difference"] = round(now["value"] - then["value"], 6)
        changed = then["verdict"] != now["verdict"]
        yield row | {
            "drifted": changed,
            "note": f"{then['verdict']}, now {now['verdict']}" if changed else None,
        }

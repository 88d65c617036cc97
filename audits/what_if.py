"""The report's `what_if`: the same comparison, had the threshold been another.

Every check with a numeric bound is fired again, on the signals of the ledger, at some looser bounds and two
stricter ones: a replay of that check, so each row equals what a run with that bound would remove. Checks
whose bound changes what is measured (near duplicates) or that have none (exact duplicates, languages kept)
need a re-run, and have no rows.

A document that fires at a bound fires at all stricter ones, so it is counted once, at the loosest: COUNTS has
(rule, reason, group, level) -> count, level the number of bounds of the grid that it fires at, and in `group`
what `impact_counts` has there, but pairs. It merges as that does, and needs no knowledge of what will be
flagged: one pass over the ledger serves both.

A review band moves with its bound, since a document sent to review is no less absent from the data.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from audits.disparity import number, ratios
from audits.impact_counts import Cells, Mentions, add, members
from audits.threshold_grid import CHECKS, Bound, grid
from filters.arrow_buffers import bools
from filters.catalogue import BY_NAME
from filters.checks import Check
from filters.replay import Policy, signals_under
from schemas.ledger import Verdict
from schemas.parameters import Parameters

COUNTS = pa.schema(
    [
        *[pa.field(name, pa.string(), nullable=False) for name in ("rule", "reason", "group")],
        pa.field("level", pa.int64(), nullable=False),
        ("count", pa.int64()),
    ]
)
ALWAYS = ("language", "language_score")  # columns that a filter may look at beside a check's own signal
MOST = 100  # targets in a report


def of_ledger(
    ledger: pa.RecordBatch, filters: Sequence[str], parameters: Mapping[str, Parameters]
) -> pa.Table:
    """COUNTS of n ledger rows (`impact_counts.LEDGER_COLUMNS`) around the policy of their run."""
    signals, _ = signals_under(ledger, Policy(filters, parameters))
    readable = bools(pc.not_equal(ledger.column("verdict"), Verdict.ERROR))
    names: list[tuple[str, str, int]] = []
    code, row = [], []
    for name in filters:
        for check in CHECKS.get(name, ()):
            steps = grid(check, parameters[name])
            if not steps:
                continue
            rows, level = _levels(name, check, signals, parameters[name], steps)
            rows, level = rows[readable[rows]], level[readable[rows]]
            code.append(len(names) + level - 1)
            row.append(rows)
            names += [(BY_NAME[name].rule, check.reason, step + 1) for step in range(len(steps))]
    if not names:
        return COUNTS.empty_table()
    fired = members(np.concatenate(code), np.concatenate(row), len(names), ledger.num_rows)
    tables = []
    for cells in (_everyone(ledger.num_rows), Mentions.of(ledger.select(["groups"])).singles()):
        found = (fired @ cells.member).tocoo()
        columns = [pa.array(column).take(pa.array(found.row)) for column in zip(*names, strict=True)]
        columns.insert(2, cells.groups.take(pa.array(found.col)))
        tables.append(pa.table([*columns, pa.array(found.data, pa.int64())], schema=COUNTS))
    return merge(tables)


def merge(tables: Sequence[pa.Table]) -> pa.Table:
    """The sum of some tables, sorted by key."""
    return add(tables, COUNTS)


def rows(
    counts: pa.Table,
    impact: Sequence[Mapping[str, Any]],
    filters: Sequence[str],
    parameters: Mapping[str, Parameters],
    *,
    most: int = MOST,
) -> list[dict[str, Any]]:
    """`what_if`: of each target, a row a bound, from the strictest to the loosest.

    Args:
        counts: COUNTS, merged.
        impact: `impact_rows.rows` of the same ledger.
        filters: names, in running order.
        parameters: by filter name, of the run.
        most: targets at most, those of most documents removed in excess of the reference's rate.
    """
    moves = {
        (BY_NAME[name].rule, check.reason): (getattr(parameters[name], check.bound), steps)
        for name in filters
        for check in CHECKS.get(name, ())
        if len(steps := grid(check, parameters[name])) > 1
    }
    removed = {
        (row["rule"], row["reason"], row["group"], row["level"]): row["count"] for row in counts.to_pylist()
    }
    found = [
        row
        for target in targets(impact, moves, most=most)
        for row in _rows(target, *moves[target["rule"], target["reason"]], removed)
    ]
    numbers = ("removed", "documents", "reference_removed", "reference_documents")
    ratio = ratios(*(np.array([row[name] for row in found], np.int64) for name in numbers))
    for i, row in enumerate(found):
        row["removal_ratio"], row["low"], row["high"] = (
            number(column[i]) for column in (ratio.removal, ratio.low, ratio.high)
        )
    return found


def targets(
    impact: Sequence[Mapping[str, Any]], movable: Collection[tuple[str, str]], *, most: int = MOST
) -> list[Mapping[str, Any]]:
    """The rows of `impact` whose threshold is worth moving, most documents in excess first.

    Flagged reasons; and where a rule is flagged for a group and none of its reasons is, the reason that
    removes most in excess.

    Args:
        impact: all rows.
        movable: (rule, reason) of the checks that can be.
        most: rows at most.
    """
    reasons = [row for row in impact if (row["rule"], row["reason"]) in movable and excess(row) > 0]
    reasons.sort(key=lambda row: (-excess(row), row["rule"], row["reason"], row["group"]))
    chosen = [row for row in reasons if row["flagged"]]
    served = {(row["rule"], row["group"]) for row in impact if row["flagged"] and row["reason"] is not None}
    for row in impact:
        place = row["rule"], row["group"]
        if row["flagged"] and row["reason"] is None and place not in served:
            chosen += [reason for reason in reasons if (reason["rule"], reason["group"]) == place][:1]
    return sorted(chosen, key=lambda row: -excess(row))[:most]


def excess(row: Mapping[str, Any]) -> float:
    """Documents removed beyond those that the reference's rate would remove."""
    if not row["reference_documents"]:
        return 0.0
    rate = row["reference_removed"] / row["reference_documents"]
    return float(row["removed"] - row["documents"] * rate)


def halving(rows: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """The row of the nearest looser bound that halves the excess, ratio - 1; None if none does.

    A bound at which nothing of the group is removed halves it. Where the ratio is infinite at the policy's
    bound, nothing else does.

    Args:
        rows: those of one target: rule, reason and group.
    """
    policy = next(row for row in rows if row["threshold"] == row["policy_threshold"])
    ratio = policy["removal_ratio"]
    if ratio is not None and ratio <= 1:
        return None
    looser = [row for row in rows if row is not policy and row["removed_in_all"] <= policy["removed_in_all"]]
    for row in sorted(looser, key=lambda row: abs(row["threshold"] - row["policy_threshold"])):
        halved = None not in (ratio, row["removal_ratio"]) and row["removal_ratio"] - 1 <= (ratio - 1) / 2
        if row["removed"] == 0 or halved:
            return row
    return None


def _levels(
    name: str, check: Check, signals: pa.RecordBatch, parameters: Parameters, steps: Sequence[Bound]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """(rows that fire at the strictest step, at how many steps each fires)."""
    same = [other.signal for other in CHECKS[name] if other.bound == check.bound]
    signals = signals.select(list(dict.fromkeys([*same, *ALWAYS])))
    off = {other.bound: None for other in CHECKS[name] if other.bound != check.bound}
    rows = np.arange(signals.num_rows)
    level = np.zeros(len(rows), np.int64)
    for step, (threshold, review) in enumerate(steps):
        bands = {} if review is None else {check.bound: review}
        changed = parameters.model_copy(update={**off, check.bound: threshold, "review": bands})
        (firing,) = (one for one in BY_NAME[name].fire(signals, changed) if one.reason == check.reason)
        fired = (firing.removes | firing.reviews) & firing.measured
        if step == 0:
            rows, level = rows[fired], level[fired]
            signals, fired = signals.take(pa.array(rows)), fired[fired]
        level += fired
    return rows, level


def _everyone(rows: int) -> Cells:
    """One cell, "", that all documents lie in."""
    every = members(np.arange(rows), np.zeros(rows, np.int64), rows, 1)
    return Cells(every, pa.array([""]), pa.array([""]))


def _rows(
    target: Mapping[str, Any],
    policy: float,
    steps: Sequence[Bound],
    removed: Mapping[tuple[str, str, str, int], int],
) -> Iterator[dict[str, Any]]:
    """The rows of one target without their ratios; `removed`: by rule, reason, group and level."""
    rule, reason, group, axis = (target[name] for name in ("rule", "reason", "group", "axis"))
    totals = {"": 0, axis: 0, group: 0}
    found = []
    for step in reversed(range(len(steps))):
        for cell in totals:
            totals[cell] += removed.get((rule, reason, cell, step + 1), 0)
        found.append(
            {
                **{name: target[name] for name in ("rule", "reason", "axis", "group")},
                "threshold": steps[step].threshold,
                "policy_threshold": float(policy),
                "documents": target["documents"],
                "removed": totals[group],
                "reference_documents": target["reference_documents"],
                "reference_removed": totals[axis] - totals[group],
                "removal_ratio": None,
                "low": None,
                "high": None,
                "removed_in_all": totals[""],
            }
        )
    yield from reversed(found)

"""Rows of groups: who is mentioned, how far from equal, how often by words."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from audits import axes, parity
from audits.clusters import Clusters, per_million
from audits.representation_row import SIDES, Counts, Row, of_kind, proportions, row
from filters.groups import AXES, GROUPS

NO_DOCUMENT = "no document"
NO_LEXICON = "no document in a language with a lexicon of this axis"
NO_MENTION = "no document mentions a group of this axis"


def axes_of(counts: Counts) -> list[str]:
    """Axes that are looked for, or were found."""
    return sorted({*AXES, *of_kind(counts, "who_axis", "before")})


def measured(counts: Counts, axis: str, side: str) -> int:
    """Documents in a language in which the axis is looked for."""
    return sum(counts.get(("who_language", code, side), 0) for code in axes.languages(axis))


def mentions(counts: Counts, axis: str) -> list[Row]:
    """Document rates and shares of the groups of one axis."""
    seen = of_kind(counts, "who_group", "before")
    rates, shares = [], []
    for group in sorted(name for name in {*GROUPS, *seen} if name.startswith(f"{axis}/")):
        population = axes.expected(group)
        for side in SIDES:
            keys: Row = {"axis": axis, "group": group, "side": side}
            keys["count"] = counts.get(("who_group", group, side), 0)
            documents = measured(counts, axis, side)
            empty = NO_LEXICON if counts.get(("who_documents", "", side)) else NO_DOCUMENT
            keys["note"] = None if documents else empty
            rates.append(keys | {"of": documents})
            keys["of"] = counts.get(("who_axis", axis, side), 0)
            if not keys["of"]:
                keys["note"] = keys["note"] or NO_MENTION
            elif population:
                keys["note"] = f"expected: {population[1]}"
            shares.append(keys | {"expected": population[0] if population else None})
    return [*proportions("document_rate", rates), *proportions("axis_share", shares)]


def distances(counts: Counts, axis: str) -> list[Row]:
    """How far the shares of an axis' groups are from equal ones, and from those of populations."""
    level = axes.level(axis)
    if len(level) < 2:
        return []
    equal = np.full(len(level), 1 / len(level))
    compared: list[tuple[str, Sequence[str], npt.NDArray[np.float64]]]
    compared = [("entropy_ratio", level, equal), ("tv_uniform", level, equal)]
    for name, population in axes.of_axis(axis).items():
        members = sorted(population.shares)
        shares = np.array([population.shares[member] for member in members])
        groups = [f"{axis}/{member}" for member in members]
        compared += [(f"{key}_{name}", groups, shares) for key in ("tv", "js")]
    return [_distance(counts, axis, side, *of) for side in SIDES for of in compared]


def _distance(
    counts: Counts, axis: str, side: str, key: str, groups: Sequence[str], against: npt.NDArray[np.float64]
) -> Row:
    numbers = np.array([counts.get(("who_group", name, side), 0) for name in groups], np.float64)
    total = int(numbers.sum())
    keys: Row = {"axis": axis, "key": key, "side": side, "count": total}
    keys["note"] = f"{len(groups)} groups, {total:,} mentions by documents"
    if total and key == "entropy_ratio":
        keys["value"] = parity.entropy_ratio(numbers / total)
    elif total and key.startswith("js_"):
        keys["value"] = parity.jensen_shannon(numbers / total, against)
    elif total:
        keys["value"] = parity.total_variation(numbers / total, against)
        keys["expected"] = parity.chance_total_variation(against, total)
        keys["note"] += "; expected: by chance alone"
    return row("distance", keys)


def token_rates(clusters: Clusters) -> list[Row]:
    """Mentions per million words of the sample."""
    found = []
    for axis in AXES:
        names = [name for name in GROUPS if name.startswith(f"{axis}/")]
        counts, words = clusters.mentions(names), clusters.words(axes.languages(axis))
        low, high = clusters.intervals(counts, words)
        total = int(words.sum())
        empty = NO_LEXICON if clusters.documents else NO_DOCUMENT
        for group, count, a, b in zip(names, counts.sum(axis=0), low, high, strict=True):
            keys: Row = {"axis": axis, "group": group, "side": "after", "count": int(count), "of": total}
            keys |= {"value": per_million(int(count), total), "low": 1e6 * a, "high": 1e6 * b}
            found.append(row("token_rate", keys | {"note": clusters.told(a) if total else empty}))
    return found

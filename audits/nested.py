"""Flagged groups that tell the same thing: Nigeria, Western Africa, Africa.

A mention of a group counts for those that contain it, so one unfair rule flags them all. Of a group and one
that contains it, the inner one is told where the outer one, without it, is not removed more often than policy
allows, or is too small to be judged. Else the outer one is told, and stands for those inside it whose
interval reaches down to its ratio.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from filters.group_lexicons import groups as lexicon_groups
from schemas import group_names

Row = Mapping[str, Any]


@dataclass
class Told:
    """A row that stands for those of other groups.

    Attributes:
        row: of `impact`, or of another list with the key `group`.
        wider: groups that contain it, and are flagged for its sake.
        inside: groups inside it that are removed about as often.
    """

    row: Row
    wider: list[str] = field(default_factory=list)
    inside: list[str] = field(default_factory=list)

    @property
    def groups(self) -> set[str]:
        """All that it stands for."""
        return {self.row["group"], *self.wider, *self.inside}


def merged(rows: Sequence[Row], *, min_documents: int, max_ratio: float) -> list[Told]:
    """The rows to tell, of flagged rows of `impact` of one rule, one a group; in an order of their own."""

    def spared(outer: Row, inner: Row) -> bool:
        return _without(outer, inner, min_documents) <= max_ratio

    def alike(outer: Row, inner: Row) -> bool:
        return outer["removal_ratio"] is None or bool(inner["low"] <= outer["removal_ratio"])

    return gathered(rows, excess=_excess, spared=spared, alike=alike)


def gathered(
    rows: Sequence[Row],
    *,
    excess: Callable[[Row], float],
    spared: Callable[[Row, Row], bool],
    alike: Callable[[Row, Row], bool],
) -> list[Told]:
    """The rows to tell, one a group; in an order of their own.

    Args:
        rows: with the key `group`, one a group.
        excess: how much befell a group: of several inner ones the greatest is looked at.
        spared: of an outer and an inner row, whether nothing is left to tell of the outer group without it.
        alike: of an outer and an inner row, whether what befell both can be the same.
    """
    told = {row["group"]: Told(row) for row in sorted(rows, key=lambda row: row["group"])}
    # Groups that are contained in most come first: Western Africa before Africa.
    outer = sorted(told, key=lambda group: (-depth(group), group))
    for group in outer:
        inner = [one for name, one in told.items() if group in containing(name)]
        if not inner:
            continue
        most = max(inner, key=lambda one: (excess(one.row), one.row["group"]))
        if spared(told[group].row, most.row):
            most.wider += sorted(told.pop(group).groups - most.groups)
            continue
        for one in inner:
            if alike(told[group].row, one.row):
                told[group].inside += sorted(told.pop(one.row["group"]).groups - told[group].groups)
    return list(told.values())


def containing(group: str) -> tuple[str, ...]:
    """The groups that contain a group."""
    return lexicon_groups().get(group, (group,))[1:]


def depth(group: str) -> int:
    """How many groups contain a group, or the groups of a pair."""
    return sum(len(containing(part)) for part in group.split(group_names.PAIR))


def _excess(row: Row) -> float:
    return float(row["removed"] - row["documents"] * _rate(row))


def _rate(row: Row) -> float:
    """Removal rate of the reference."""
    return float(row["reference_removed"] / row["reference_documents"]) if row["reference_documents"] else 0.0


def _without(outer: Row, inner: Row, min_documents: int) -> float:
    """Removal ratio of the documents of `outer` that do not mention `inner`; 1 where they are too few."""
    documents, removed = outer["documents"] - inner["documents"], outer["removed"] - inner["removed"]
    if documents < min_documents:
        return 1.0
    return removed / documents / _rate(outer) if _rate(outer) else float("inf") if removed else 1.0

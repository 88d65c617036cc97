"""Groups whose share of an axis all rules together lessened; a country and its regions are told once."""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from audits import nested

Row = Mapping[str, Any]
Report = Mapping[str, Any]


class Fallen(NamedTuple):
    """A share that fell.

    Attributes:
        before: of `representation`.
        after: of the same group, of what is kept.
        one: the groups that it stands for.
    """

    before: Row
    after: Row
    one: nested.Told


def fallen(report: Report, named: Collection[str], *, min_documents: int, max_ratio: float) -> list[Fallen]:
    """Shares that fell by more than `max_ratio`, and surely, those that fell most first.

    Args:
        report: its `representation`.
        named: groups that another finding is about; what tells the same of them is left out.
        min_documents: mentions before, from which a group can be judged.
        max_ratio: of the share before to that after.
    """
    sides: dict[str, dict[str, Row]] = {}
    for row in report.get("representation") or ():
        if row["measure"] == "axis_share" and row["value"] is not None:
            sides.setdefault(row["group"], {})[row["side"]] = row
    rows = [
        {"group": group, **both}
        for group, both in sides.items()
        if len(both) == 2
        and both["before"]["count"] >= min_documents
        and both["after"]["value"] * max_ratio < both["before"]["value"]
        and both["after"]["high"] < both["before"]["low"]
    ]

    def spared(outer: Row, inner: Row) -> bool:
        left = [max(0, outer[side]["count"] - inner[side]["count"]) for side in ("before", "after")]
        shares = [n / outer[side]["of"] for n, side in zip(left, ("before", "after"), strict=True)]
        return bool(left[0] < min_documents or shares[1] * max_ratio >= shares[0])

    found = [
        Fallen(one.row["before"], one.row["after"], one)
        for one in nested.gathered(rows, excess=_lost, spared=spared, alike=_alike)
        if one.row["group"] not in named
    ]
    return sorted(found, key=lambda one: (one.after["value"] / one.before["value"], one.after["group"]))


def _lost(row: Row) -> float:
    """Documents fewer than had the share stayed what it was."""
    return float(row["before"]["value"] * row["after"]["of"] - row["after"]["count"])


def _alike(outer: Row, inner: Row) -> bool:
    """Whether the inner group's fall can be as small as the outer one's."""
    fall = outer["after"]["value"] / outer["before"]["value"]
    return bool(inner["after"]["high"] >= fall * inner["before"]["low"])

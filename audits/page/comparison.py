"""Two reports side by side: differences first, each with its interval; the same is folded."""

from collections.abc import Sequence

from audits.page.figures import NONE, chance, interval, number, plain
from audits.page.limits import Limits
from audits.page.markup import Html, cut, el, fold, join
from audits.page.plain_tables import words
from audits.page.reading import Report, Row, rows
from audits.page.tables import Line, folded
from audits.page.titles import axis, group, rule

HEADS = ("What", "Of", "Before", "After", "Difference", "95 % interval", "Adjusted p")


def comparison(report: Report, limits: Limits) -> Html:
    """The section."""
    found = rows(report, "comparison")
    drifted = [row for row in found if row["drifted"]]
    same = [row for row in found if not row["drifted"]]
    parts: list[Html] = []
    if drifted:
        said = f"{number(len(drifted))} of {number(len(found))} measures differ beyond chance."
        parts.append(el("p", el("strong", said)))
        drifted.sort(key=lambda row: (1.0 if row["p_adjusted"] is None else row["p_adjusted"], _name(row)))
        parts.append(_table("What differs", drifted, limits))
    else:
        parts.append(el("p", el("strong", f"None of {number(len(found))} measures differs beyond chance.")))
    if same:
        parts.append(fold(f"{number(len(same))} unchanged", _table("Unchanged", same, limits)))
    return join(parts)


def _table(caption: str, found: Sequence[Row], limits: Limits) -> Html:
    lines = [
        Line(
            (
                _name(row),
                el("bdi", _about(row)),
                plain(row["before"]),
                plain(row["after"]),
                plain(row["difference"]),
                interval(row["low"], row["high"]),
                chance(row["p_adjusted"]),
            )
        )
        for row in found
    ]
    return folded(caption, HEADS, lines, shown=30, most=limits.rows, words=2)


def _name(row: Row) -> str:
    return words(cut(row["measure"] or row["section"] or NONE, 60))


def _about(row: Row) -> str:
    parts = [rule(row["rule"])] if row["rule"] else []
    parts += [cut(row["reason"], 60)] if row["reason"] else []
    if row["group"]:
        parts.append(group(row["group"]))
    elif row["axis"]:
        parts.append(axis(row["axis"]))
    parts += [cut(row["key"], 60)] if row["key"] else []
    return ", ".join(parts) or "all documents"

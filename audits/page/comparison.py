"""Two reports side by side: differences first, each with its interval; the same is folded."""

from collections.abc import Sequence

from audits.page.figures import NONE, chance, interval, number, percent, plain, points
from audits.page.limits import Limits
from audits.page.markup import Html, code, cut, el, fold, join
from audits.page.plain_tables import words
from audits.page.reading import Report, Row, rows
from audits.page.tables import Line, folded
from audits.page.titles import axis, group, language, reason, rule

HEADS = ("What", "Of", "Report compared", "This report", "Difference", "95 % interval", "Adjusted p")
MEASURES = {
    "keep_share": "Records kept",
    "drop_share": "Records dropped",
    "review_share": "Records for review",
    "error_share": "Records not read",
    "decided_share": "Records decided by",
    "document_rate": "Documents that mention",
    "axis_share": "Share within the axis",
    "token_rate": "Mentions per million words",
    "pronoun_rate": "Documents with the pronoun",
    "pronoun_share": "Share of the pronoun",
    "axis_drift": "All groups together, bits",
    "language_drift": "All languages together, bits",
    "source_drift": "All sources together, bits",
    "region_drift": "All countries of addresses together, bits",
    "year_drift": "All years together, bits",
}
SHARES = ("_share", "document_rate", "pronoun_rate")  # ends of measures that are written in per cent


def comparison(report: Report, limits: Limits) -> Html:
    """The section."""
    found = rows(report, "comparison")
    drifted = [row for row in found if row["drifted"]]
    same = [row for row in found if not row["drifted"] and row["p"] is not None]
    untold = [row for row in found if not row["drifted"] and row["p"] is None]
    differ = f"{number(len(drifted))} of {number(len(found))} measures differ"
    said = differ if drifted else f"None of {number(len(found))} measures differs"
    parts: list[Html | None] = [_with(report), el("p", el("strong", f"{said} beyond chance."))]
    if drifted:  # in the order of the report, the largest first
        parts.append(_table("What differs", drifted, limits))
    if same:
        told = f"{number(len(same))} unchanged, or no more apart than chance explains"
        parts.append(fold(told, _table("Unchanged", same, limits)))
    if untold:
        told = f"{number(len(untold))} that could not be compared"
        parts.append(fold(told, _table("Not compared, and why", untold, limits, notes=True)))
    return join(parts)


def _with(report: Report) -> Html | None:
    compared = report.get("compared")
    told = ". Of shares, differences are in percentage points."
    return el("p", "Compared with the report of snapshot ", code(compared), told) if compared else None


def _table(caption: str, found: Sequence[Row], limits: Limits, *, notes: bool = False) -> Html:
    lines = [Line((_name(row), el("bdi", _about(row)), *_numbers(row, notes=notes))) for row in found]
    heads = (*HEADS[:4], "Why") if notes else HEADS
    return folded(caption, heads, lines, shown=30, most=limits.rows, words=2)


def _numbers(row: Row, *, notes: bool) -> tuple[str, ...]:
    form, apart = (percent, points) if str(row["measure"]).endswith(SHARES) else (plain, plain)
    sides = form(row["before"]), form(row["after"])
    if notes:
        return *sides, cut(row["note"] or NONE, 120)
    ends = interval(row["low"], row["high"], apart)
    return *sides, apart(row["difference"]), ends, chance(row["p_adjusted"])


def _name(row: Row) -> str:
    measure = row["measure"] or row["section"] or NONE
    return MEASURES.get(measure, words(cut(measure, 60)))


def _about(row: Row) -> str:
    parts = [rule(row["rule"])] if row["rule"] else []
    parts += [reason(row["rule"], row["reason"])] if row["reason"] else []
    if row["group"]:
        parts.append(group(row["group"]))
    elif row["axis"]:
        parts.append(axis(row["axis"]))
    if row["key"]:
        parts.append(language(row["key"]) if row["measure"] == "language_share" else cut(row["key"], 60))
    return ", ".join(parts) or "all documents"

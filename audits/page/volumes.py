"""How much text there is, by source, language, year and web domain, and which domains gained and lost."""

from collections.abc import Sequence

from audits.page.figures import number, percent, points
from audits.page.markup import Html, cut, el, join
from audits.page.reading import Report, Row
from audits.page.tables import Line, cell, folded, table
from audits.page.titles import language

HEADINGS = {"source": "By source", "language": "By language", "year": "By year", "domain": "By web domain"}
OPEN_ROWS, MOST_CHANGED = 12, 10


def volumes(report: Report, most: int = 200) -> Html:
    """Documents and text before and after."""
    note = "Before: all readable records, as read. After: the documents kept, as written."
    parts = [el("p", note, class_="soft")]
    for by, heading in HEADINGS.items():
        parts.append(el("h4", heading))
        parts.append(_by([row for row in report["counts"] if row["by"] == by], by, heading, most))
    return join(parts)


def _by(found: Sequence[Row], by: str, heading: str, most: int) -> Html:
    if not found:
        return el("p", "Nothing to show.")
    heads = [by.capitalize(), "Before", "After", "Kept share", "Share of text before", "Share of text after"]
    lines = []
    for row in found:
        name = f"{number(row['others'])} others" if row["key"] is None else _named(by, row["key"])
        kept = row["kept_share"]
        style = f"--share:{100 * kept:.2f}%" if kept is not None else None
        lines.append(
            Line(
                (
                    el("bdi", name),
                    number(row["documents_before"]),
                    number(row["documents_after"]),
                    cell(percent(kept), class_="n share", style=style),
                    percent(row["share_before"]),
                    percent(row["share_after"]),
                )
            )
        )
    return folded(f"Documents and share of text, {heading.lower()}", heads, lines, shown=OPEN_ROWS, most=most)


def _named(by: str, key: str) -> str:
    return language(key) if by == "language" else cut(key, 80)


def changed(report: Report) -> Html | None:
    """Web domains whose share of the text grew and shrank most."""
    domains = [row for row in report["counts"] if row["by"] == "domain" and row["key"] is not None]
    known = [row for row in domains if row["share_before"] is not None and row["share_after"] is not None]
    if not known:
        return None
    order = sorted(known, key=lambda row: (_change(row), row["key"]))
    gained = [row for row in reversed(order) if _change(row) > 0][:MOST_CHANGED]
    lost = [row for row in order if _change(row) < 0][:MOST_CHANGED]
    return join(
        [
            el("h4", "Web domains that gained and lost most"),
            _changes("Gained most share of the text", gained),
            _changes("Lost most share of the text", lost),
        ]
    )


def _change(row: Row) -> float:
    return float(row["share_after"] - row["share_before"])


def _changes(caption: str, found: Sequence[Row]) -> Html:
    if not found:
        return el("p", f"{caption}: none.")
    heads = ["Domain", "Documents before", "After", "Share before", "Share after", "Points"]
    lines = [
        Line(
            (
                el("bdi", cut(row["key"], 80)),
                number(row["documents_before"]),
                number(row["documents_after"]),
                percent(row["share_before"]),
                percent(row["share_after"]),
                points(_change(row)),
            )
        )
        for row in found
    ]
    return table(caption, heads, lines)

"""How curation went: a funnel, what each rule did, duplicates, sources, and whether verdicts are stable."""

from collections.abc import Mapping, Sequence
from typing import Any

from audits import names
from audits.page import charts, charts_bars
from audits.page.figures import NONE, interval, number, percent
from audits.page.limits import Limits
from audits.page.markup import Html, code, cut, el, join
from audits.page.plain_tables import rows_table, said, words
from audits.page.reading import Report, Row, rows
from audits.page.tables import Line, folded, pairs, table
from audits.page.titles import DOES, reason, rule

DEDUP = {
    "candidates": "Pairs that the index proposed",
    "verified": "Pairs at or above the threshold",
    "components": "Clusters of duplicates",
    "duplicates": "Documents removed as duplicates",
    "lost_components": "Clusters of which nothing was kept in the end",
    "largest_component": "Documents in the largest cluster",
    "guarded_buckets": "Buckets too large to be compared whole",
    "guarded_documents": "Documents in them",
    "skipped_pairs": "Pairs that were not compared for that reason",
    "index_bytes": "Bytes of the index",
}


def curation(report: Report, limits: Limits) -> Html:
    """The section."""
    return join(
        [
            _happened(report),
            el("p", "Filters in their order: ", code(", ".join(report["filters"]) or "none"), "."),
            _funnel(report),
            el("h3", "What each rule did"),
            _rules(report["rules"], limits),
            _flips(report, limits),
            _dedup(report),
            el("h3", "Sources"),
            _sources(report),
        ]
    )


def _happened(report: Report) -> Html:
    """What happened, in sentences."""
    records = report["records"]
    if not records["read"]:
        return el("p", "The input holds no records.")
    parts = [
        f"{number(records['drop'])} of {number(records['read'])} records were removed by a rule,"
        f" {number(records['keep'])} were kept."
    ]
    whole = report["counts"][0]
    if whole["documents_before"]:
        parts.append(
            f"The text shrank from {number(whole['bytes_before'])} to {number(whole['bytes_after'])} bytes;"
            f" {percent(whole['kept_share'])} of the readable documents stay."
        )
    decided = [r for r in report["rules"] if r["reason"] is None and r["decided"] and r["fired"] is not None]
    if decided:
        first = max(decided, key=lambda row: row["decided"])
        parts.append(
            f"{rule(first['rule'])} decided most: {number(first['decided'])} records"
            f" ({percent(first['decided_share'])} of all read); on {number(first['only'])} nothing else"
            " fired."
        )
    if records["error"]:
        lost = f"; at least {number(report['unread_bytes'])} bytes are lost" if report["unread_bytes"] else ""
        parts.append(f"{number(records['error'])} records could not be read{lost}: see quarantine/.")
    return el("ul", join(el("li", part) for part in parts))


def _funnel(report: Report) -> Html | None:
    records = report["records"]
    if not records["read"]:
        return None
    left = records["read"]
    steps = [("Read", number(left), left, 0, "drop")]
    wholes = [row for row in report["rules"] if row["reason"] is None and row["decided"]]
    wholes.sort(key=lambda row: row["fired"] is not None)  # what could not be read comes first
    for row in wholes:
        left -= row["decided"]
        class_ = "error" if row["fired"] is None else "drop"
        told = f"−{number(row['decided'])} → {number(left)}"
        steps.append((rule(row["rule"]), told, left, row["decided"], class_))
    steps.append(("Kept", number(records["keep"]), records["keep"], left - records["keep"], "review"))
    drawing, height = charts_bars.funnel(steps, records["read"])
    lines = [Line((label, number(taken), number(after))) for label, _, after, taken, _ in steps]
    numbers = table("From read to kept", ["Step", "Taken", "Left"], lines)
    text = "; ".join(f"{label} {told}" for label, told, *_ in steps)
    return charts.figure(
        "funnel", "From read to kept: each rule takes what it decided", text, drawing, height, numbers
    )


def _rules(found: Sequence[Row], limits: Limits) -> Html:
    if not found:
        return el("p", "No rule ran.")
    note = (
        "Rules run in the order shown. The first rule that fires on a document decides; what another would"
        " have done as well is counted under “fired”."
    )
    lines = []
    for row in found:
        whole = row["reason"] is None
        first = (
            el("abbr", rule(row["rule"]), title=_does(row["rule"])) + " " + code(row["rule"])
            if whole
            else el("span", reason(row["rule"], row["reason"]), " ", code(row["reason"]), class_="reason")
        )
        lines.append(
            Line(
                (
                    first,
                    number(row["fired"]),
                    number(row["decided"]),
                    percent(row["decided_share"]),
                    number(row["only"]),
                    number(row["not_measured"]),
                ),
                "whole" if whole else None,
            )
        )
    heads = ["Rule and reason", "Fired", "Decided", "Of all read", "Only it fired", "Not measured"]
    most = max(limits.rows, 60)
    return el("p", note) + folded("Records by rule and reason", heads, lines, shown=most, most=most)


def _does(name: str) -> str:
    return f"removes a document that {DOES[key]}" if (key := name.partition("/")[0]) in DOES else name


def _flips(report: Report, limits: Limits) -> Html | None:
    found = rows(report, "counterfactual")
    if not found:
        return None
    lines = [
        Line(
            (
                names.CHANGES.get(row["change"], cut(row["change"], 60)),
                "the verdict" if row["rule"] is None else rule(row["rule"]),
                f"{number(row['flips'])} of {number(row['documents'])}",
                percent(row["rate"]),
                interval(row["low"], row["high"], percent),
                number(row["to_removed"]),
                number(row["to_kept"]),
                cut(row["note"] or NONE, 120),
            )
        )
        for row in sorted(
            found, key=lambda row: (row["change"], row["rule"] is not None, -(row["rate"] or 0))
        )
    ]
    heads = ["Change", "What flips", "Flips", "Rate", "95 % interval", "To removed", "To kept", "Note"]
    note = (
        "A sample of documents was judged again after a change that should not matter: names of one group for"
        " another, or another style of writing."
    )
    return (
        el("h3", "Verdicts under swapped words and another style", id="counterfactual")
        + el("p", note)
        + folded("Flips of verdicts", heads, lines, shown=16, most=limits.rows, words=2)
    )


def _flip_order(row: Row) -> tuple[str, bool, float]:
    return row["change"], row["rule"] is not None, -(row["rate"] or 0.0)


def _dedup(report: Report) -> Html | None:
    found: Mapping[str, Any] = report.get("dedup") or {}
    if not found:
        return None
    items = [(DEDUP.get(key, words(key)), said(value)) for key, value in found.items()]
    parts = [el("h3", "Duplicates"), pairs(items)]
    balance: Mapping[str, Any] = report.get("balance") or {}
    for key, value in balance.items():
        if isinstance(value, list) and value and isinstance(value[0], Mapping):
            parts.append(rows_table(f"Balance: {words(key).lower()}", value))
    return join(parts)


def _sources(report: Report) -> Html:
    keys = ("read", "keep", "drop", "review", "error")
    lines = [
        Line((el("bdi", cut(row["source"] or "others", 80)), *(number(row[key]) for key in keys)))
        for row in report["records_by_source"]
    ]
    if not lines:
        return el("p", "No records.")
    heads = ["Source", "Read", "Kept", "Dropped", "Review", "Errors"]
    text = folded("Records by source", heads, lines, shown=12, most=400)
    if not report["sources"]:
        return text + el(
            "p", "The config declares no source: origin, licence and collection period are unknown."
        )
    fields = ("name", "origin", "licence", "collection_period", "link")
    declared = [
        Line([cut(source.get(key) or "not stated", 200) for key in fields]) for source in report["sources"]
    ]
    heads = ["Name", "Origin", "Licence", "Collected", "Link"]
    return text + el("h4", "As declared") + table("Declared sources", heads, declared, words=len(heads))

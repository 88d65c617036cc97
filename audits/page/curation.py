"""How curation went: a funnel, what each rule did, duplicates, personal data, weights, sources, stability."""

from collections.abc import Sequence

from audits import names
from audits.page import charts, charts_bars
from audits.page.clusters import clusters
from audits.page.figures import NONE, interval, number, percent
from audits.page.limits import Limits
from audits.page.markup import Html, code, cut, el, join
from audits.page.personal import personal
from audits.page.reading import Report, Row, rows
from audits.page.tables import Line, folded, table
from audits.page.titles import DOES, group, reason, rule


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
            clusters(report, limits),
            personal(report, limits),
            _balance(report, limits),
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
            f" ({percent(first['decided_share'])} of all read); {number(first['only'])} of them"
            " no other rule would have removed."
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
        for row in sorted(found, key=_flip_order)
    ]
    verdicts = sum(row["rule"] is None for row in found)
    heads = ["Change", "What flips", "Flips", "Rate", "95 % interval", "To removed", "To kept", "Note"]
    note = (
        "A sample of documents was judged again after a change that should not matter: names of one group for"
        " another, or another style of writing."
    )
    return (
        el("h3", "Verdicts under swapped words and another style", id="counterfactual")
        + el("p", note)
        + folded("Flips of verdicts", heads, lines, shown=max(verdicts, 4), most=limits.rows, words=2)
    )


def _flip_order(row: Row) -> tuple[bool, float, str, str]:
    """Of the verdict first, then what flips most."""
    return row["rule"] is not None, -(row["rate"] or 0.0), row["change"], row["rule"] or ""


def _balance(report: Report, limits: Limits) -> Html | None:
    found = rows(report, "balance")
    if not found:
        return None
    lines = [
        Line(
            (
                el("bdi", group(row["group"])),
                percent(row["share"]),
                percent(row["wanted"]),
                percent(row["reachable"]),
                percent(row["balanced"]),
                number(row["documents"]),
            )
        )
        for row in found
    ]
    heads = ["Group", "Share as kept", "Wanted", "Nearest that bounds allow", "By weight", "Documents"]
    note = (
        "Kept documents carry a weight, so that groups come to the shares that the config asks for, or as"
        " near as the bounds on weights allow."
    )
    return (
        el("h3", "Balance")
        + el("p", note)
        + folded("Shares within an axis, before and by weight", heads, lines, shown=20, most=limits.groups)
    )


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

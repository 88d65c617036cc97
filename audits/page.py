"""`report.html`, the page a reviewer reads: one file, no script; every number is from `report.json`."""

from collections.abc import Mapping, Sequence
from html import escape
from importlib.resources import files
from string import Template
from typing import Any

VERDICTS = (("keep", "kept"), ("drop", "dropped"), ("review", "review"), ("error", "errors"))
HEADINGS = {"source": "By source", "language": "By language", "year": "By year", "domain": "By web domain"}
OPEN_ROWS = 25  # a longer breakdown is folded after these


def render(report: Mapping[str, Any]) -> str:
    """The page of a report."""
    snapshot = report["snapshot"]
    head = {
        "Snapshot": snapshot["id"],
        "Parent": snapshot["parent"] or "none",
        "Policy": snapshot["policy_hash"],
        "Code": snapshot["code_version"],
        "Filters": ", ".join(report["filters"]) or "none",
    }
    template = Template((files("audits") / "report.html").read_text(encoding="utf-8"))
    return template.substitute(
        id=escape(snapshot["id"]),
        adds_up=_adds_up(report["records"]),
        head=_pairs({key: f"<code>{escape(str(value))}</code>" for key, value in head.items()}),
        findings="\n".join(f"<li>{text}</li>" for text in _findings(report)),
        chart=_chart(report["records"]),
        rules=_rules(report["rules"]),
        counts="\n".join(_counts(report["counts"], by, heading) for by, heading in HEADINGS.items()),
        sources=_sources(report),
        limits=_pairs({row["what"].capitalize(): escape(row["why"]) for row in report["not_measured"]}),
    )


def _findings(report: Mapping[str, Any]) -> list[str]:
    """What happened, in sentences."""
    records = report["records"]
    if not records["read"]:
        return ["The input holds no records."]
    whole = report["counts"][0]
    said = [
        f"{number(records['drop'])} of {number(records['read'])} records were removed by a rule,"
        f" {number(records['keep'])} were kept."
    ]
    if whole["documents_before"]:
        said.append(
            f"The text shrank from {number(whole['bytes_before'])} to {number(whole['bytes_after'])} bytes;"
            f" {percent(whole['kept_share'])} of the readable documents stay."
        )
    rules = [r for r in report["rules"] if r["reason"] is None and r["decided"] and r["fired"] is not None]
    if rules:
        first = max(rules, key=lambda rule: rule["decided"])
        said.append(
            f"<code>{escape(first['rule'])}</code> decided most: {number(first['decided'])}"
            f" records ({percent(first['decided_share'])} of all read);"
            f" on {number(first['only'])} nothing else fired."
        )
    if records["error"]:
        lost = f"; at least {number(report['unread_bytes'])} bytes are lost" if report["unread_bytes"] else ""
        said.append(
            f"{number(records['error'])} records could not be read{lost}: see <code>quarantine/</code>."
        )
    if not report["impact"]:
        said.append('Whom the rules removed was <a href="#limits">not measured</a>.')
    return said


def _chart(records: Mapping[str, int]) -> str:
    """A bar of records by verdict, with the figures beside it."""
    read = records["read"]
    if not read:
        return ""
    bars, left = [], 0.0
    for key, _ in VERDICTS:
        width = 1000 * records[key] / read
        if width:
            bars.append(f'<rect x="{left:.2f}" width="{width:.2f}" height="40" fill="var(--{key})"/>')
        left += width
    said = ", ".join(f"{name} {number(records[key])}" for key, name in VERDICTS)
    legend = "".join(
        f'<li><span class="swatch" style="background:var(--{key})"></span>{name} {number(records[key])}</li>'
        for key, name in VERDICTS
    )
    return (
        '<svg viewBox="0 0 1000 40" preserveAspectRatio="none" role="img"'
        ' aria-labelledby="bar-title bar-text">'
        f'<title id="bar-title">Records by verdict</title><desc id="bar-text">{said}</desc>'
        f"{''.join(bars)}</svg>"
        f'<ul class="key">{legend}</ul>'
    )


def _rules(rules: Sequence[Mapping[str, Any]]) -> str:
    heads = ["Rule and reason", "Fired", "Decided", "Of all read", "Only it fired", "Not measured"]
    body = []
    for rule in rules:
        name = rule["rule"] if rule["reason"] is None else rule["reason"]
        kind = "" if rule["reason"] is None else ' class="reason"'
        first = f'<th scope="row"{kind}><code>{escape(name)}</code></th>'
        numbers = [
            rule["fired"],
            rule["decided"],
            percent(rule["decided_share"]),
            rule["only"],
            rule["not_measured"],
        ]
        body.append(
            (first + "".join(_number_cell(n) for n in numbers), "whole" if rule["reason"] is None else "")
        )
    return _table("Records by rule and reason", heads, body) if body else "<p>No rule ran.</p>"


def _counts(counts: Sequence[Mapping[str, Any]], by: str, heading: str) -> str:
    rows = [row for row in counts if row["by"] == by]
    if not rows:
        return f"<h3>{heading}</h3><p>Nothing to show.</p>"
    heads = [by.capitalize(), "Before", "After", "Kept share", "Share of text before", "Share of text after"]
    body = []
    for row in rows:
        key = f"{number(row['others'])} others" if row["key"] is None else row["key"]
        first = f'<th scope="row">{escape(key)}</th>'
        kept = row["kept_share"]
        bar = f' style="--share:{100 * kept:.2f}%"' if kept is not None else ""
        numbers = [_number_cell(row["documents_before"]), _number_cell(row["documents_after"])]
        numbers.append(f'<td class="n share"{bar}>{percent(kept)}</td>')
        numbers += [_number_cell(percent(row[key])) for key in ("share_before", "share_after")]
        body.append((first + "".join(numbers), ""))
    text = _table(f"Documents and share of text, {heading.lower()}", heads, body[:OPEN_ROWS])
    if more := body[OPEN_ROWS:]:
        text += (
            f"<details><summary>{len(more)} more rows</summary>{_table('Continued', heads, more)}</details>"
        )
    return f"<h3>{heading}</h3>{text}"


def _sources(report: Mapping[str, Any]) -> str:
    heads = ["Source", "Read", "Kept", "Dropped", "Review", "Errors"]
    keys = ("read", "keep", "drop", "review", "error")
    body = [
        (
            f'<th scope="row">{escape(row["source"] or "others")}</th>'
            + "".join(_number_cell(row[k]) for k in keys),
            "",
        )
        for row in report["records_by_source"]
    ]
    text = _table("Records by source", heads, body) if body else "<p>No records.</p>"
    if not report["sources"]:
        return (
            text + "<p>The config declares no source: origin, licence and collection period are unknown.</p>"
        )
    fields = ("name", "origin", "licence", "collection_period", "link")
    declared = [
        ("".join(f"<td>{escape(str(source.get(key) or 'not stated'))}</td>" for key in fields), "")
        for source in report["sources"]
    ]
    heads = ["Name", "Origin", "Licence", "Collected", "Link"]
    return (
        text + "<h3>As declared</h3>" + _table("Declared sources", heads, declared, text_columns=len(heads))
    )


def _table(caption: str, heads: Sequence[str], body: Sequence[tuple[str, str]], text_columns: int = 1) -> str:
    top = "".join(
        f'<th scope="col"{"" if i < text_columns else " class=n"}>{escape(head)}</th>'
        for i, head in enumerate(heads)
    )
    rows = "\n".join(
        f'<tr class="{kind}">{cells}</tr>' if kind else f"<tr>{cells}</tr>" for cells, kind in body
    )
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(caption)}"><table>'
        f"<caption>{escape(caption)}</caption><thead><tr>{top}</tr></thead><tbody>\n{rows}\n</tbody></table></div>"
    )


def _number_cell(value: int | str | None) -> str:
    return f'<td class="n">{value if isinstance(value, str) else number(value)}</td>'


def _pairs(pairs: Mapping[str, str]) -> str:
    return "".join(f"<dt>{escape(key)}</dt><dd>{value}</dd>" for key, value in pairs.items())


def _adds_up(records: Mapping[str, int]) -> str:
    parts = " + ".join(f"{number(records[key])} {name}" for key, name in VERDICTS)
    return f"{number(records['read'])} records read = {parts}"


def number(value: int | None) -> str:
    """Thousands separated; a dash where there is no number."""
    return "–" if value is None else f"{value:,}"


def percent(share: float | None) -> str:
    """Three significant digits: 24.1 %; a dash of nothing."""
    if share is None:
        return "–"
    text = f"{100 * share:.3g}"
    return "> 99.9 %" if text == "100" and share < 1 else f"{text} %"

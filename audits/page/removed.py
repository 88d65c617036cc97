"""Who was removed: the widest departures as dots, and what opens below them."""

from collections.abc import Collection, Sequence

from audits.page import charts, charts_dots, opened
from audits.page.charts_dots import Mark
from audits.page.charts_scale import ratios
from audits.page.figures import chance, estimate, interval, number, plain
from audits.page.grid import grids
from audits.page.limits import Limits
from audits.page.markup import Html, el, join, link
from audits.page.reading import (
    Report,
    Row,
    departure,
    group_id,
    judged,
    max_ratio,
    min_documents,
    rows,
    spans_one,
    whole_rules,
)
from audits.page.tables import Line, table
from audits.page.titles import group, reason, rule

WIDEST, ABOVE = 20, 14  # rows, and how many of them may lie above 1 before those below get their place


def removed(report: Report, limits: Limits, cited: Collection[str], groups: Collection[str]) -> Html:
    """The section; `cited` and `groups` are rows and groups that findings lead to."""
    if not whole_rules(report):
        where = link("limits", "what is missing")
        return el("p", "Whom the rules removed was not measured: see ", where, ".")
    chosen = opened.choose(report, limits, groups)
    folds, shown = opened.opened(report, limits, chosen, cited, groups)
    return join(
        [_how_to_read(report), departures(report, shown), grids(report, limits, shown, groups), folds]
    )


def _how_to_read(report: Report) -> Html:
    return el(
        "p",
        "Each ratio compares documents that mention a group with documents that mention another group of the"
        " same axis and not this one: 2.00 means that the rule removed twice as large a share of the former."
        " A document mentions a group; it does not belong to it. Flagged (▲) is a ratio above"
        f" {plain(max_ratio(report))} with at least {number(min_documents(report))} documents and an"
        " adjusted p below 0.05.",
    )


def widest(report: Report) -> list[Row]:
    """Rules, and flagged reasons of others, farthest from 1: removed more often first, then less often."""
    least = min_documents(report)
    told = {(row["rule"], row["group"]) for row in whole_rules(report) if row["flagged"]}
    found = [
        row
        for row in rows(report, "impact")
        if row["reason"] is None or (row["flagged"] and (row["rule"], row["group"]) not in told)
    ]
    found = [row for row in found if judged(row, least) and row["removal_ratio"] > 0]
    found.sort(key=lambda row: (*(-float(part) for part in departure(row)), row["rule"], row["group"]))
    more = [row for row in found if row["removal_ratio"] >= 1]
    less = [row for row in found if row["removal_ratio"] < 1]
    above = more[: max(ABOVE, WIDEST - len(less))]
    return [*above, *less[: WIDEST - len(above)]]


def departures(report: Report, shown: Collection[str]) -> Html:
    """The rows farthest from 1, as dots."""
    least, most = min_documents(report), max_ratio(report)
    found = widest(report)
    if not found:
        return el("p", f"No group has {number(least)} documents and a ratio: there is nothing to draw.")
    dots = [
        charts_dots.Row(
            _label(row),
            estimate(row["removal_ratio"], row["low"], row["high"]),
            [Mark(_kind(row), row["removal_ratio"], row["low"], row["high"])],
            group_id(row["group"]) if row["group"] in shown else None,
        )
        for row in found
    ]
    ends = [row[key] for row in found for key in ("low", "high", "removal_ratio")]
    said = (
        f"{number(len(found))} rows, removed more often first. {dots[0].label}: {dots[0].said}."
        f" {number(sum(row['flagged'] for row in found))} of them are flagged."
    )
    key = [
        charts.key("flag", "flagged"),
        charts.key("clear", "interval leaves out 1"),
        charts.key("open", "interval spans 1"),
        el("span", class_="swatch band") + f" allowed: {plain(1 / most)} to {plain(most)}",
    ]
    return charts_dots.figure(
        "departures",
        "The widest departures: removal ratio with its 95 % interval, log scale, removed more often first",
        said,
        dots,
        ratios(ends),
        lambda value: plain(value, trim=True),
        _table(found),
        key,
        line=1.0,
        band=(1 / most, most),
    )


def _label(row: Row) -> str:
    said = f"{group(row['group'])} · {rule(row['rule'])}"
    return said if row["reason"] is None else f"{said}: {reason(row['rule'], row['reason'])}"


def _table(found: Sequence[Row]) -> Html:
    heads = [
        "Group",
        "Rule",
        "Reason",
        "Ratio",
        "95 % interval",
        "Removed",
        "Reference removed",
        "Adjusted p",
    ]
    lines = [
        Line(
            (
                el("bdi", group(row["group"])),
                rule(row["rule"]),
                reason(row["rule"], row["reason"]),
                ("▲\u00a0" if row["flagged"] else "") + plain(row["removal_ratio"]),
                interval(row["low"], row["high"]),
                opened.of(row["removed"], row["documents"]),
                opened.of(row["reference_removed"], row["reference_documents"]),
                chance(row["p_exact_adjusted"]),
            )
        )
        for row in found
    ]
    return table("The widest departures", heads, lines, words=3)


def _kind(row: Row) -> str:
    return "flag" if row["flagged"] else "open" if spans_one(row) else "clear"

"""Who was removed: a grid of rules by groups for each axis, and the widest departures as dots."""

from collections.abc import Collection, Sequence

from audits import names
from audits.page import charts, charts_dots, opened
from audits.page.charts_dots import Mark
from audits.page.charts_scale import ratios
from audits.page.figures import chance, estimate, interval, number, plain
from audits.page.limits import Limits
from audits.page.markup import Html, el, fold, join, link
from audits.page.reading import (
    Report,
    Row,
    axes,
    axis_id,
    departure,
    group_id,
    judged,
    max_ratio,
    min_documents,
    spans_one,
    whole_rules,
)
from audits.page.tables import Cell, Line, cell, folded, table
from audits.page.titles import DOES, axis, group, rule

WIDEST = 20
OPEN_ROWS, SMALL_SHOWN = 30, 12
BINS = (1.1, 1.25, 1.5, 2.0)  # of the colours, either side of 1


def removed(report: Report, limits: Limits, cited: Collection[str]) -> Html:
    """The section."""
    found = whole_rules(report)
    if not found:
        return el(
            "p", "Whom the rules removed was not measured: see ", link("cannot", "what is missing"), "."
        )
    least = min_documents(report)
    by_axis = {name: [row for row in found if row["axis"] == name] for name in axes(found)}
    worst = {
        name: max((departure(row) for row in of if judged(row, least)), default=(False, 0.0, 0.0))
        for name, of in by_axis.items()
    }
    order = sorted(by_axis, key=lambda name: (*(-float(part) for part in worst[name]), name))
    shown = opened.choose(report, limits, cited)
    parts = [_how_to_read(report), departures(report, shown), el("h3", "Rules by groups")]
    for i, name in enumerate(order):
        wanted = any(group_.startswith(f"{name}/") for group_ in cited)
        grid = _axis(report, name, by_axis[name], limits, shown)
        parts.append(
            fold(
                _axis_head(name, by_axis[name], least),
                grid,
                id_=axis_id("removed", name),
                class_="axis cited" if wanted else "axis",
                open_=i == 0,
            )
        )
    return join([*parts, opened.opened(report, limits, shown, cited)])


def _how_to_read(report: Report) -> Html:
    return el(
        "p",
        "Each ratio compares documents that mention a group with documents that mention another group of the"
        " same axis and not this one: 2.00 means that the rule removed twice as large a share of the former."
        " A document mentions a group; it does not belong to it. Flagged (▲) is a ratio above"
        f" {plain(max_ratio(report))} with at least {number(min_documents(report))} documents and an"
        " adjusted p below 0.05.",
    )


def departures(report: Report, shown: Collection[str]) -> Html:
    """The rows farthest from 1, as dots."""
    least, most = min_documents(report), max_ratio(report)
    found = [row for row in whole_rules(report) if judged(row, least) and row["removal_ratio"] > 0]
    widest = sorted(found, key=lambda row: (*(-float(p) for p in departure(row)), row["rule"], row["group"]))
    widest = widest[:WIDEST]
    if not widest:
        return el("p", f"No group has {number(least)} documents and a ratio: there is nothing to draw.")
    dots = [
        charts_dots.Row(
            f"{group(row['group'])} · {rule(row['rule'])}",
            estimate(row["removal_ratio"], row["low"], row["high"]),
            [Mark(_kind(row), row["removal_ratio"], row["low"], row["high"])],
            group_id(row["group"]) if row["group"] in shown else None,
        )
        for row in widest
    ]
    ends = [row[key] for row in widest for key in ("low", "high", "removal_ratio")]
    first = widest[0]
    said = (
        f"{number(len(widest))} rows, farthest from 1 first. {group(first['group'])}, {rule(first['rule'])}:"
        f" {estimate(first['removal_ratio'], first['low'], first['high'])}."
        f" {number(sum(row['flagged'] for row in widest))} of them are flagged."
    )
    key = [
        charts.key("flag", "flagged"),
        charts.key("clear", "not flagged, interval leaves out 1"),
        charts.key("open", "interval spans 1"),
        el("span", class_="swatch band") + f" allowed: {plain(1 / most)} to {plain(most)}",
    ]
    return charts_dots.figure(
        "departures",
        "The widest departures: removal ratio with its 95 % interval, log scale",
        said,
        dots,
        ratios(ends),
        lambda value: plain(value, trim=True),
        ratio_table("The widest departures", widest),
        key,
        line=1.0,
        band=(1 / most, most),
    )


def ratio_table(caption: str, found: Sequence[Row]) -> Html:
    """Rows of impact with everything that belongs to a ratio."""
    heads = ["Group", "Rule", "Ratio", "95 % interval", "Removed", "Reference removed", "Adjusted p"]
    lines = [
        Line(
            (
                group(row["group"]),
                rule(row["rule"]),
                sign(row) + plain(row["removal_ratio"]),
                interval(row["low"], row["high"]),
                opened.of(row["removed"], row["documents"]),
                opened.of(row["reference_removed"], row["reference_documents"]),
                chance(row["p_adjusted"]),
            )
        )
        for row in found
    ]
    return table(caption, heads, lines, words=2)


def sign(row: Row) -> str:
    """The mark of a flagged row."""
    return "▲ " if row["flagged"] else ""


def _kind(row: Row) -> str:
    return "flag" if row["flagged"] else "open" if spans_one(row) else "clear"


def _axis_head(name: str, found: Sequence[Row], least: int) -> Html:
    flagged = sum(bool(row["flagged"]) for row in found)
    groups = {row["group"] for row in found}
    seen = {row["group"] for row in found if row["documents"] >= least}
    said = f": {number(len(seen))} of {number(len(groups))} groups can be judged, "
    told = f"▲ {number(flagged)} flagged" if flagged else "none flagged"
    return el("strong", axis(name)) + said + told


def _axis(report: Report, name: str, found: Sequence[Row], limits: Limits, shown: Collection[str]) -> Html:
    least = min_documents(report)
    place = {row["rule"]: i for i, row in enumerate(report["rules"])}
    rules = sorted({row["rule"] for row in found}, key=lambda r: (place.get(r, len(place)), r))
    cells = {(row["group"], row["rule"]): row for row in found}
    by_group: dict[str, list[Row]] = {}
    for row in found:
        by_group.setdefault(row["group"], []).append(row)
    size = {g: max(row["documents"] for row in of) for g, of in by_group.items()}
    large = [g for g in by_group if size[g] >= least]
    worst = {g: max((departure(r) for r in by_group[g] if judged(r, least)), default=()) for g in large}
    large.sort(key=lambda g: ([-float(part) for part in worst[g]] or [1.0], g))
    small = sorted((g for g in by_group if size[g] < least), key=lambda g: (-size[g], g))
    heads: list[object] = ["Documents that mention", "Documents"]
    heads += [el("abbr", rule(r), title=f"{r}: {DOES.get(r.partition('/')[0], '')}") for r in rules]
    lines = [
        Line([_name(g, g in shown), number(size[g]), *(_cell(cells.get((g, r)), least) for r in rules)])
        for g in large
    ]
    reference = el("p", f"Reference: {names.mention_others(name)}, and not this group.", class_="soft")
    parts: list[Html | None] = [reference, _key()]
    if lines:
        caption = f"Removal ratios, {axis(name).lower()}"
        parts.append(folded(caption, heads, lines, shown=OPEN_ROWS, most=limits.groups, class_="grid"))
    parts.append(_small(small, size, least, limits))
    return join(parts)


def _name(group_: str, is_open: bool) -> Html:
    said = el("bdi", group(group_))
    return link(group_id(group_), said) if is_open else said


def _cell(row: Row | None, least: int) -> Cell:
    if row is None:
        return cell(el("small", "not measured"), class_="none")
    if row["documents"] < least:
        return cell(el("small", f"{number(row['documents'])}: too few to judge"), class_="none")
    if row["removal_ratio"] is None:
        return cell(el("small", row["note"] or "no ratio"), class_="none")
    class_ = f"r{_bin(row['removal_ratio'])}" + (" hatched" if spans_one(row) else "")
    small = el("small", interval(row["low"], row["high"]))
    return cell(el("b", sign(row) + plain(row["removal_ratio"])), small, class_=class_)


def _bin(ratio: float) -> str:
    """Colour of a ratio: m4 (far below 1) to 0 to p4 (far above)."""
    if ratio >= 1:
        step = sum(ratio >= bound for bound in BINS)
        return f"p{step}" if step else "0"
    step = 4 if ratio <= 0 else sum(1 / ratio >= bound for bound in BINS)
    return f"m{step}" if step else "0"


def _key() -> Html:
    said = [
        ("rm4", "half or less"),
        ("rm2", "0.8 or less"),
        ("r0", "about as often"),
        ("rp2", "1.25 or more"),
        ("rp4", "twice or more"),
    ]
    parts = [el("li", el("span", class_=f"swatch {class_}"), text) for class_, text in said]
    parts.append(el("li", el("span", class_="swatch r0 hatched"), "hatched: the interval spans 1"))
    return el("ul", join(parts), class_="key")


def _small(small: Sequence[str], size: dict[str, int], least: int, limits: Limits) -> Html | None:
    if not small:
        return None
    said = f"{number(len(small))} groups have fewer than {number(least)} documents: too few to judge."
    items = [el("li", el("bdi", group(g)), f" ({number(size[g])})") for g in small]
    parts = [el("p", said), el("ul", join(items[:SMALL_SHOWN]), class_="small")]
    if rest := items[SMALL_SHOWN : limits.groups]:
        parts.append(fold(f"{number(len(rest))} more", el("ul", join(rest), class_="small")))
    if (beyond := len(items) - max(limits.groups, SMALL_SHOWN)) > 0:
        parts.append(el("p", f"{number(beyond)} further groups are in report.json."))
    return el("div", join(parts), class_="few")

"""A grid of rules by groups for each axis: the ratio as a colour and a number, hatched where it may be 1."""

from collections.abc import Collection, Mapping, Sequence

from audits import names
from audits.page.figures import interval, left_out, number, plain, too_few
from audits.page.limits import Limits
from audits.page.markup import Html, cut, el, fold, join, link
from audits.page.reading import (
    Report,
    Row,
    axes,
    departure,
    flagged,
    group_id,
    judged,
    min_documents,
    spans_one,
    whole_rules,
)
from audits.page.tables import Cell, Line, cell, folded
from audits.page.titles import DOES, axis, group, rule

OPEN_ROWS, SMALL_SHOWN = 30, 12
BINS = (1.1, 1.25, 1.5, 2.0)  # of the colours, either side of 1


def grids(report: Report, limits: Limits, shown: Collection[str], cited: Collection[str]) -> Html:
    """A fold an axis, the one with the widest departure open; `cited` groups are printed."""
    found, least = whole_rules(report), min_documents(report)
    by_axis = {name: [row for row in found if row["axis"] == name] for name in axes(found)}
    flags = flagged(report)
    worst = {
        name: max((_worse(row) for row in of if judged(row, least)), default=(False, 0.0))
        for name, of in by_axis.items()
    }
    marked = {name: sum(row["axis"] == name for row in flags) for name in by_axis}
    order = sorted(by_axis, key=lambda name: (-marked[name], *(-float(part) for part in worst[name]), name))
    by_reason = {(row["group"], row["rule"]) for row in flags if row["reason"] is not None}
    parts = [el("h3", "Rules by groups")]
    for i, name in enumerate(order):
        grid = _axis(report, name, by_axis[name], limits, shown, by_reason)
        class_ = "axis cited" if any(g.startswith(f"{name}/") for g in cited) else "axis"
        parts.append(fold(_head(name, by_axis[name], least, marked[name]), grid, class_=class_, open_=i == 0))
    return join(parts)


def _worse(row: Row) -> tuple[bool, float]:
    """A departure, those above 1 before those below."""
    return row["removal_ratio"] > 1 and not spans_one(row), departure(row)[1]


def _head(name: str, found: Sequence[Row], least: int, flags: int) -> Html:
    groups = {row["group"] for row in found}
    seen = {row["group"] for row in found if row["documents"] >= least}
    told = f"▲ {number(flags)} flagged" if flags else "none flagged"
    said = f": {number(len(seen))} of {number(len(groups))} groups can be judged, {told}"
    return el("strong", axis(name)) + said


def _axis(
    report: Report,
    name: str,
    found: Sequence[Row],
    limits: Limits,
    shown: Collection[str],
    by_reason: Collection[tuple[str, str]],
) -> Html:
    least = min_documents(report)
    place = {row["rule"]: i for i, row in enumerate(report["rules"])}
    rules = sorted({row["rule"] for row in found}, key=lambda r: (place.get(r, len(place)), r))
    idle = [r for r in rules if _is_idle([row for row in found if row["rule"] == r])]
    rules = [r for r in rules if r not in idle]
    cells = {(row["group"], row["rule"]): row for row in found}
    by_group: dict[str, list[Row]] = {}
    for row in found:
        by_group.setdefault(row["group"], []).append(row)
    size = {g: max(row["documents"] for row in of) for g, of in by_group.items()}
    large = [g for g in by_group if size[g] >= least]
    worst = {
        g: max((_worse(r) for r in by_group[g] if judged(r, least)), default=(False, 0.0)) for g in large
    }
    flags = {g: sum(g == marked for marked, _ in by_reason) for g in large}
    large.sort(key=lambda g: (-flags[g], *(-float(part) for part in worst[g]), g))
    small = sorted((g for g in by_group if size[g] < least), key=lambda g: (-size[g], g))
    heads: list[object] = ["Documents that mention", "Documents"]
    heads += [el("abbr", rule(r), title=f"{r}: {DOES.get(r.partition('/')[0], '')}") for r in rules]
    lines = [
        Line(
            [
                _name(g, g in shown),
                number(size[g]),
                *(_cell(cells.get((g, r)), least, (g, r) in by_reason) for r in rules),
            ]
        )
        for g in large
    ]
    reference = f"Reference: {names.mention_others(name)}, and not this group."
    parts: list[Html | None] = [el("p", reference, class_="soft")]
    if idle:
        said = f"Without a column, since they removed none of these documents: {', '.join(map(rule, idle))}."
        parts.append(el("p", said, class_="soft"))
    if lines:
        caption = f"Removal ratios, {axis(name).lower()}"
        parts.append(_key())
        parts.append(folded(caption, heads, lines, shown=OPEN_ROWS, most=limits.groups, class_="grid"))
    parts.append(_small(small, size, least, limits))
    return join(parts)


def _is_idle(found: Sequence[Row]) -> bool:
    """Whether a rule was held against documents of an axis and fired on none."""
    fired = any(row["removed"] or row["reference_removed"] for row in found)
    return not fired and any(row["documents"] for row in found)


def _name(group_: str, is_open: bool) -> Html:
    said = el("bdi", group(group_))
    return link(group_id(group_), said) if is_open else said


def _cell(row: Row | None, least: int, by_reason: bool) -> Cell:
    if row is None:
        return cell(el("small", "not measured"), class_="none")
    if row["documents"] < least:
        return cell(el("small", f"{number(row['documents'])}: too few to judge"), class_="none")
    if row["removal_ratio"] is None:
        return cell(el("small", _blank(row), title=cut(row["note"] or "")), class_="none")
    mark = "▲\u00a0" if row["flagged"] else ""
    parts = [el("b", mark + plain(row["removal_ratio"])), el("small", interval(row["low"], row["high"]))]
    parts += [el("small", "▲ by reason")] if by_reason and not row["flagged"] else []
    spans = spans_one(row)
    class_ = f"r{_bin(row['removal_ratio'], 1 if spans else len(BINS))}" + (" hatched" if spans else "")
    return cell(*parts, class_=class_)


def _blank(row: Row) -> str:
    """Why there is no ratio, in a few words."""
    if not row["documents"]:
        return "not measured"
    if not row["reference_documents"]:
        return "no reference"
    return f"{number(row['removed'])} removed, reference none" if row["removed"] else "none removed"


def _bin(ratio: float, most: int) -> str:
    """Colour of a ratio: m4 (far below 1) to 0 to p4 (far above), and no darker than the step `most`."""
    far = 1 / ratio if 0 < ratio < 1 else ratio or float("inf")
    step = min(sum(far >= bound for bound in BINS), most)
    return f"{'p' if ratio >= 1 else 'm'}{step}" if step else "0"


def _key() -> Html:
    said = [
        ("rm4", "half or less"),
        ("rm2", "0.8 or less"),
        ("r0", "about as often"),
        ("rp2", "1.25 or more"),
        ("rp4", "twice or more"),
        ("r0 hatched", "hatched and pale: the interval spans 1"),
    ]
    return el(
        "ul",
        join(el("li", el("span", class_=f"swatch {class_}"), text) for class_, text in said),
        class_="key",
    )


def _small(small: Sequence[str], size: Mapping[str, int], least: int, limits: Limits) -> Html | None:
    if not small:
        return None
    said = too_few(len(small), least)
    items = [el("li", el("bdi", group(g)), f" ({number(size[g])})") for g in small]
    parts = [el("p", said), el("ul", join(items[:SMALL_SHOWN]), class_="small")]
    if rest := items[SMALL_SHOWN : limits.groups]:
        parts.append(fold(f"{number(len(rest))} more", el("ul", join(rest), class_="small")))
    if (beyond := len(items) - max(limits.groups, SMALL_SHOWN)) > 0:
        parts.append(el("p", left_out(beyond, "group")))
    return el("div", join(parts), class_="few")

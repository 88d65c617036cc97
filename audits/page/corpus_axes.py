"""Who is mentioned, an axis at a time: shares before and after, against uniform ones and a population."""

from collections.abc import Mapping, Sequence

from audits.axes import level
from audits.page import charts, charts_dots
from audits.page.charts_dots import Mark
from audits.page.charts_scale import shares
from audits.page.figures import NONE, estimate, number, percent, plain, several
from audits.page.limits import Limits
from audits.page.markup import Html, cut, el, fold, join
from audits.page.reading import SIDES, Row, axis_id
from audits.page.tables import Line, folded, table
from audits.page.titles import axis, group

DRAWN, TABLE_ROWS = 12, 20
BY_AXIS = ("document_rate", "axis_share", "token_rate", "distance")
Cells = Mapping[tuple[str | None, str | None, str | None], Row]


def of_axis(name: str, found: Sequence[Row], limits: Limits) -> Html:
    """Everything of one axis."""
    of = [row for row in found if row["axis"] == name and row["measure"] in BY_AXIS and row["group"]]
    cells = {(row["measure"], row["side"], row["group"]): row for row in of}
    groups = sorted({row["group"] for row in of}, key=lambda g: (-_size(cells, g), g))
    compared = set(level(name)) & set(groups) or set(groups)
    inside = [g for g in groups if g in compared and _size(cells, g) > 0]
    around = [g for g in groups if g not in compared and _size(cells, g) > 0]
    parts: list[Html | None] = [el("h3", axis(name), id=axis_id("corpus", name))]
    numbers = _axis_table(name, groups, cells, limits)
    if inside:
        parts.append(_paired(axis_id("shares", name), inside, cells, len(compared), numbers))
    elif groups:
        parts.append(el("p", "No document mentions a group of this axis.", class_="soft"))
    if around:
        said = "Groups within or around those above, which are not compared with uniform shares"
        parts.append(fold(said, _paired(axis_id("around", name), around, cells, None, None)))
    parts.append(_distance([r for r in found if r["measure"] == "distance" and r["axis"] == name], name))
    return join(parts)


def _size(cells: Cells, g: str) -> float:
    values = [
        row["value"] or 0.0
        for side in SIDES
        if (row := cells.get(("axis_share", side, g)) or cells.get(("document_rate", side, g)))
    ]
    return max(values, default=0.0)


def _paired(
    id_: str, groups: Sequence[str], cells: Cells, compared: int | None, numbers: Html | None
) -> Html:
    """Dots before and after; of `compared` groups, each would have the same share were they uniform."""
    drawn, ends = [], []
    populations: set[str] = set()
    for g in groups[:DRAWN]:
        sides = [(side, row) for side in SIDES if (row := cells.get(("axis_share", side, g)))]
        marks = [Mark(side, row["value"], row["low"], row["high"]) for side, row in sides]
        known = next((row for _, row in sides if row["expected"] is not None), None)
        if known is not None:
            marks.append(Mark("population", known["expected"]))
            populations.add(str(known["note"] or "").partition("expected: ")[2])
        drawn.append(charts_dots.Row(group(g), " → ".join(percent(row["value"]) for _, row in sides), marks))
        ends += [end for mark in marks for end in (mark.value, mark.high)]
    uniform = 1 / compared if compared else None
    key = [charts.key("before", "before"), charts.key("after", "after, as kept")]
    if populations:
        key.append(charts.key("population", f"population: {cut('; '.join(sorted(populations - {''})))}"))
    if uniform:
        key.append(el("span", class_="swatch one") + f" uniform over {number(compared)}: {percent(uniform)}")
    first = drawn[0]
    shown = f", the {number(len(drawn))} largest of {number(len(groups))}" if len(groups) > DRAWN else ""
    return charts_dots.figure(
        id_,
        f"Share of the documents that mention any group of the axis, before and after{shown}",
        f"{several(len(drawn), 'group')}, largest first. {first.label}: {first.said}.",
        drawn,
        shares([*ends, uniform]),
        percent,
        numbers,
        key,
        line=uniform,
    )


def _axis_table(name: str, groups: Sequence[str], cells: Cells, limits: Limits) -> Html:
    heads = ["Group"]
    heads += ["Documents before", "Documents after", "Share of axis before", "Share of axis after"]
    heads += ["Population", "Mentions per million words"]
    lines = []
    for g in groups:
        count = [_count(cells.get(("document_rate", side, g))) for side in SIDES]
        part = [cells.get(("axis_share", side, g)) for side in SIDES]
        expected = next((row["expected"] for row in part if row and row["expected"] is not None), None)
        tokens = cells.get(("token_rate", "after", g))
        lines.append(
            Line(
                (
                    el("bdi", group(g)),
                    *count,
                    *(_estimate(row, percent) for row in part),
                    percent(expected),
                    _estimate(tokens, plain),
                )
            )
        )
    return folded(f"{axis(name)}: who is mentioned", heads, lines, shown=TABLE_ROWS, most=limits.groups)


def _count(row: Row | None) -> str:
    """12 (0.12 %)."""
    return NONE if row is None else f"{number(row['count'])} ({percent(row['value'])})"


def _estimate(row: Row | None, form: object) -> str:
    if row is None:
        return NONE
    if row["value"] is None:
        return cut(row["note"] or NONE, 80)
    return estimate(row["value"], row["low"], row["high"], form)  # type: ignore[arg-type]


def _distance(found: Sequence[Row], name: str) -> Html | None:
    if not found:
        return None
    keys = list(dict.fromkeys(row["key"] for row in found))
    cells = {(row["key"], row["side"]): row for row in found}
    lines = [
        Line((_distance_name(key), *(_estimate(cells.get((key, side)), plain) for side in SIDES)))
        for key in keys
    ]
    heads = ["Distance", "Before", "After"]
    return fold("How even, and how far from populations", table(f"{axis(name)}: distances", heads, lines))


def _distance_name(key: str) -> str:
    if key == "entropy_ratio":
        return "Entropy over that of an even spread (1: even)"
    kind, _, other = key.partition("_")
    said = {"tv": "Total variation to", "js": "Jensen-Shannon divergence to"}.get(kind, kind)
    return f"{said} {cut(other.replace('_', ' '), 60)} (0: equal)"

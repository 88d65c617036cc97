"""Who is in the corpus: shares before and after, pronouns, languages, places, years, domains."""

from collections.abc import Mapping, Sequence

from audits.page import charts, charts_dots
from audits.page.charts_dots import Mark
from audits.page.charts_scale import shares
from audits.page.figures import NONE, estimate, interval, number, percent, plain
from audits.page.limits import Limits
from audits.page.markup import Html, code, cut, el, fold, join, link
from audits.page.reading import Report, Row, axes, axis_id, rows
from audits.page.tables import Line, folded, table
from audits.page.titles import axis, group
from audits.page.volumes import changed, volumes

DRAWN, TABLE_ROWS = 12, 20
SIDES = ("before", "after")
PRONOUNS = {
    "she": "She",
    "he": "He",
    "unspecified": "Unspecified (they)",
    "first": "First person",
    "second": "Second person",
    "third": "Third person",
    "any_gendered": "Any gendered pronoun",
    "any": "Any pronoun",
}
GAPS = {"pronouns": "Pronouns", "nouns": "Nouns"}
BY_AXIS = ("document_rate", "axis_share", "token_rate")
Cells = Mapping[tuple[str | None, str | None, str | None], Row]


def corpus(report: Report, limits: Limits) -> Html:
    """The section."""
    found = rows(report, "representation")
    parts: list[Html | None] = []
    if not found:
        parts.append(
            el("p", "Who is in the corpus was not measured: see ", link("cannot", "what is missing"), ".")
        )
    parts += [_axis(name, found, limits) for name in axes(found)]
    parts += [_pronouns(found), _gender_gap(found)]
    parts += [_shares(found, measure, head, limits) for measure, head in _BREAKDOWNS.items()]
    parts.append(_other(found, limits))
    parts += [el("h3", "Volumes"), volumes(report), changed(report)]
    return join(parts)


_BREAKDOWNS = {
    "language_share": "Languages by group",
    "region_share": "Regions, by the country code of the URL",
    "source_share": "Sources by group",
    "year_share": "Years",
}
_KNOWN = {*BY_AXIS, "pronoun_rate", "gender_gap", "distance", *_BREAKDOWNS}


def _axis(name: str, found: Sequence[Row], limits: Limits) -> Html:
    of = [row for row in found if row["axis"] == name and row["measure"] in BY_AXIS and row["group"]]
    cells = {(row["measure"], row["side"], row["group"]): row for row in of}
    groups = sorted({row["group"] for row in of}, key=lambda g: (-_size(cells, g), g))
    drawn = [g for g in groups if _size(cells, g) > 0][:DRAWN]
    parts: list[Html | None] = [el("h3", axis(name), id=axis_id("corpus", name))]
    if drawn:
        parts.append(_paired(name, drawn, cells, len(groups), _axis_table(name, groups, cells, limits)))
    elif groups:
        parts.append(el("p", "No document mentions a group of this axis."))
    parts.append(_distance([r for r in found if r["measure"] == "distance" and r["axis"] == name], name))
    return join(parts)


def _size(cells: Cells, g: str) -> float:
    values = [
        row["value"] or 0.0
        for side in ("before", "after")
        if (row := cells.get(("axis_share", side, g)) or cells.get(("document_rate", side, g)))
    ]
    return max(values, default=0.0)


def _paired(name: str, groups: Sequence[str], cells: Cells, total: int, numbers: Html) -> Html:
    drawn, ends = [], []
    uniform = None
    populated = False
    for g in groups:
        before, after = (cells.get(("axis_share", side, g)) for side in ("before", "after"))
        expected = next((row["expected"] for row in (after, before) if row and row["expected"]), None)
        populated = populated or expected is not None
        marks = [
            Mark(kind, row["value"], row["low"], row["high"])
            for kind, row in (("before", before), ("after", after))
            if row
        ]
        marks += [Mark("population", expected)] if expected is not None else []
        told = [percent(row["value"]) if row else NONE for row in (before, after)]
        drawn.append(charts_dots.Row(group(g), " → ".join(told), marks))
        ends += [end for mark in marks for end in (mark.value, mark.high)]
    uniform = 1 / total if total else None
    key = [charts.key("before", "before"), charts.key("after", "after, as kept")]
    key += [charts.key("population", "share of the named population")] if populated else []
    key.append(el("span", class_="swatch one") + f" uniform: {percent(uniform)} of each of {number(total)}")
    first = drawn[0]
    said = f"{number(len(drawn))} groups, largest first. {first.label}: {first.said} of the axis."
    shown = f", the {number(len(drawn))} largest of {number(total)}" if total > len(drawn) else ""
    return charts_dots.figure(
        axis_id("shares", name),
        f"Share of the documents that mention a group of this axis, before and after{shown}",
        said,
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
        count = [_count(cells.get(("document_rate", side, g))) for side in ("before", "after")]
        part = [cells.get(("axis_share", side, g)) for side in ("before", "after")]
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


def _pronouns(found: Sequence[Row]) -> Html | None:
    rates = [row for row in found if row["measure"] == "pronoun_rate"]
    if not rates:
        return None
    cells = {(row["key"], row["side"]): row for row in rates}
    keys = [key for key in PRONOUNS if any(k == key for k, _ in cells)]
    keys += sorted({row["key"] for row in rates} - set(keys))
    drawn, ends, lines = [], [], []
    for key in keys:
        sides = [(side, cells[key, side]) for side in ("before", "after") if (key, side) in cells]
        expected = next((row["expected"] for _, row in sides if row["expected"] is not None), None)
        marks = [Mark(side, row["value"], row["low"], row["high"]) for side, row in sides]
        marks += [Mark("population", expected)] if expected is not None else []
        told = " → ".join(percent(row["value"]) for _, row in sides)
        said = f"{told}; Llama 2 {percent(expected)}" if expected is not None else told
        drawn.append(charts_dots.Row(PRONOUNS.get(key, key), said, marks))
        ends += [end for mark in marks for end in (mark.value, mark.high)]
        both = [_with_count(cells.get((key, side))) for side in ("before", "after")]
        lines.append(Line((PRONOUNS.get(key, key), *both, percent(expected))))
    numbers = table(
        "Documents with pronouns", ["Pronouns", "Before", "After", "Llama 2 (Touvron et al. 2023)"], lines
    )
    legend = [charts.key(side, side) for side in ("before", "after") if any(s == side for _, s in cells)]
    legend.append(charts.key("population", "Llama 2's pretraining data"))
    chart = charts_dots.figure(
        "pronouns",
        "Share of English documents with a pronoun, beside Llama 2",
        "; ".join(f"{row.label}: {row.said}" for row in drawn),
        drawn,
        shares(ends),
        percent,
        numbers,
        legend,
    )
    return el("h3", "Pronouns") + chart


def _with_count(row: Row | None) -> str:
    if row is None:
        return NONE
    told = estimate(row["value"], row["low"], row["high"], percent)
    return f"{told}; {number(row['count'])} of {number(row['of'])}"


def _gender_gap(found: Sequence[Row]) -> Html | None:
    gaps = [row for row in found if row["measure"] == "gender_gap"]
    if not gaps:
        return None
    lines = [
        Line(
            (
                GAPS.get(row["key"], cut(row["key"] or NONE)),
                row["side"] or NONE,
                plain(row["value"]),
                interval(row["low"], row["high"]),
                number(row["of"]),
            )
        )
        for row in gaps
    ]
    note = "−1: only women's words; 0: as many of either; 1: only men's."
    heads = ["Words", "Side", "Gap", "95 % interval", "Words counted"]
    return el("h3", "Gender gap") + el("p", note, class_="soft") + table("Gender gap", heads, lines, words=2)


def _shares(found: Sequence[Row], measure: str, head: str, limits: Limits) -> Html | None:
    of = [row for row in found if row["measure"] == measure]
    if not of:
        return None
    cells = {(row["group"], row["key"], row["side"]): row for row in of}
    names = list(dict.fromkeys((row["group"], row["key"]) for row in of))
    names.sort(key=lambda name: (name[0] or "", -_most(cells, *name), name[1] or ""))
    lines = [
        Line(
            (
                el("bdi", cut(key or NONE, 80)),
                el("bdi", group(group_)),
                *(_with_count(cells.get((group_, key, side))) for side in ("before", "after")),
            )
        )
        for group_, key in names
    ]
    heads = ["Of", "Documents that mention", "Before", "After"]
    return el("h3", head) + folded(head, heads, lines, shown=10, most=limits.rows, words=2)


def _most(cells: Cells, group_: str, key: str | None) -> float:
    return max(
        (row["value"] or 0.0 for side in ("before", "after") if (row := cells.get((group_, key, side)))),
        default=0.0,
    )


def _other(found: Sequence[Row], limits: Limits) -> Html | None:
    """Measures that this page has no picture for: none is left out."""
    rest = [row for row in found if row["measure"] not in _KNOWN]
    if not rest:
        return None
    lines = [
        Line(
            (
                code(row["measure"]),
                el("bdi", group(row["group"])) if row["group"] else NONE,
                cut(row["key"] or NONE, 60),
                row["side"] or NONE,
                estimate(row["value"], row["low"], row["high"]),
                number(row["count"]),
                cut(row["note"] or NONE, 120),
            )
        )
        for row in rest
    ]
    heads = ["Measure", "Group", "Of", "Side", "Value", "Count", "Note"]
    return el("h3", "Other measures") + folded(
        "Other measures", heads, lines, shown=10, most=limits.rows, words=4
    )

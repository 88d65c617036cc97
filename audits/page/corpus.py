"""Who is in the corpus: shares before and after, pronouns, languages, places, years, domains."""

from collections.abc import Sequence

from audits.page.corpus_axes import BY_AXIS, of_axis
from audits.page.corpus_pronouns import CHARTS, GAPS, gender_gaps, pronouns
from audits.page.figures import NONE, estimate, number, percent, with_count
from audits.page.limits import Limits
from audits.page.markup import Html, code, cut, el, fold, join, link
from audits.page.reading import SIDES, Report, Row, axes, rows
from audits.page.tables import Line, folded
from audits.page.titles import group, language
from audits.page.volumes import changed, volumes

BREAKDOWNS = {
    "language_share": ("Languages", "Language"),
    "region_share": ("Countries and regions of the web addresses", "Of the address"),
    "source_share": ("Sources", "Source"),
    "year_share": ("Years", "Year"),
}
UNKNOWN = {"region_share": "no country told (.com, .org and the like)", "year_share": "no date"}
DRAWN_HERE = {*BY_AXIS, *CHARTS, *GAPS, *BREAKDOWNS}


def corpus(report: Report, limits: Limits) -> Html:
    """The section."""
    found = rows(report, "representation")
    parts: list[Html | None] = []
    if not found:
        parts.append(
            el("p", "Who is in the corpus was not measured: see ", link("limits", "what is missing"), ".")
        )
    parts += [of_axis(name, found, limits) for name in axes(found)]
    parts += [pronouns(found), gender_gaps(found)]
    parts += [_shares(found, measure, *heads, limits) for measure, heads in BREAKDOWNS.items()]
    parts.append(_other(found, limits))
    whole = "How much text: documents and bytes by source, language, year and web domain"
    parts.append(fold(whole, volumes(report), open_=not found))
    parts.append(changed(report))
    return join(parts)


def _shares(found: Sequence[Row], measure: str, title: str, head: str, limits: Limits) -> Html | None:
    of = [row for row in found if row["measure"] == measure]
    if not of:
        return None
    cells = {(row["key"], row["side"]): row for row in of}
    lines = []
    for key in dict.fromkeys(row["key"] for row in of):
        sides = [cells.get((key, side)) for side in SIDES]
        known = next(row for row in sides if row is not None)
        name = group(known["group"]) if known["group"] else _named(measure, key, known)
        expected = percent(known["expected"]) if known["expected"] is not None else NONE
        lines.append(Line((el("bdi", name), *map(with_count, sides), expected)))
    heads = [head, "Before", "After", "Population"]
    if all(row["expected"] is None for row in of):
        heads = heads[:-1]
        lines = [Line(line.cells[:-1]) for line in lines]
    return el("h3", title) + folded(title, heads, lines, shown=10, most=limits.rows)


def _named(measure: str, key: str | None, row: Row) -> str:
    """What a share is of."""
    if key == "unknown" and measure in UNKNOWN:
        return UNKNOWN[measure]
    if key and measure == "language_share":
        return language(key)
    return cut(key or row["note"] or "others", 80)


def _other(found: Sequence[Row], limits: Limits) -> Html | None:
    """Measures that this page has no picture for: none is left out."""
    rest = [row for row in found if row["measure"] not in DRAWN_HERE]
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

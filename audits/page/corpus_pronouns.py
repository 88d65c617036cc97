"""Pronouns beside Llama 2's, and words for men against words for women."""

from collections.abc import Sequence

from audits.page import charts, charts_dots
from audits.page.charts_dots import Mark
from audits.page.charts_scale import shares
from audits.page.figures import NONE, interval, number, percent, plain, with_count
from audits.page.markup import Html, cut, el, join, slug
from audits.page.reading import SIDES, Row
from audits.page.tables import Line, table

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
NO_PRONOUNS = "not_applicable"  # documents in languages whose pronouns are not counted
CHARTS = {
    "pronoun_share": "Share of documents with a gendered pronoun (or, by person, any) that have this one",
    "pronoun_rate": "Share of English documents with a pronoun",
}
GAPS = {"gender_gap": "men's less women's, over both (0: as many)", "gender_ratio": "men's over women's"}
WORDS = {"pronouns": "Pronouns", "nouns": "Nouns"}


def pronouns(found: Sequence[Row]) -> Html | None:
    """Each kind of pronoun."""
    charts_ = [_pronoun_chart(found, measure, title) for measure, title in CHARTS.items()]
    drawn = [chart for chart in charts_ if chart is not None]
    return el("h3", "Pronouns") + join(drawn) if drawn else None


def _pronoun_chart(found: Sequence[Row], measure: str, title: str) -> Html | None:
    cells = {(row["key"], row["side"]): row for row in found if row["measure"] == measure}
    present = {key for key, _ in cells}
    keys = [key for key in PRONOUNS if key in present] + sorted(present - PRONOUNS.keys() - {NO_PRONOUNS})
    drawn, ends, lines = [], [], []
    for key in keys:
        sides = [(side, cells[key, side]) for side in SIDES if (key, side) in cells]
        expected = next((row["expected"] for _, row in sides if row["expected"] is not None), None)
        marks = [Mark(side, row["value"], row["low"], row["high"]) for side, row in sides]
        marks += [Mark("population", expected)] if expected is not None else []
        told = " → ".join(percent(row["value"]) for _, row in sides)
        said = f"{told}; Llama 2 {percent(expected)}" if expected is not None else told
        drawn.append(charts_dots.Row(PRONOUNS.get(key, cut(key, 60)), said, marks))
        ends += [end for mark in marks for end in (mark.value, mark.high)]
        both = [with_count(cells.get((key, side))) for side in SIDES]
        lines.append(Line((PRONOUNS.get(key, cut(key, 60)), *both, percent(expected))))
    if not drawn:
        return None
    numbers = table(title, ["Pronouns", "Before", "After", "Llama 2 (Touvron et al. 2023)"], lines)
    legend = [charts.key(side, side) for side in SIDES if any(s == side for _, s in cells)]
    legend.append(charts.key("population", "Llama 2's pretraining data"))
    return charts_dots.figure(
        slug("pronouns", measure),
        title,
        "; ".join(f"{row.label}: {row.said}" for row in drawn),
        drawn,
        shares(ends),
        percent,
        numbers,
        legend,
    )


def gender_gaps(found: Sequence[Row]) -> Html | None:
    """Pronouns and nouns."""
    gaps = [row for row in found if row["measure"] in GAPS]
    if not gaps:
        return None
    lines = [
        Line(
            (
                WORDS.get(row["key"], cut(row["key"] or NONE)),
                GAPS[row["measure"]],
                row["side"] or NONE,
                plain(row["value"]),
                interval(row["low"], row["high"]),
                f"{number(row['count'])} to {number(row['of'])}"
                if row["measure"] == "gender_ratio"
                else f"{number(row['count'])} of {number(row['of'])}",
            )
        )
        for row in gaps
    ]
    heads = ["Words", "What", "Side", "Value", "95 % interval", "Men's words"]
    notes = sorted({row["note"] for row in gaps if row["note"]})
    note = el("p", cut("; ".join(notes), 300), class_="soft") if notes else None
    return el("h3", "Gender gap") + table("Words for men and for women", heads, lines, words=3) + join([note])

"""What is said about groups: words, occupations, sentiment, toxicity, embeddings."""

from collections.abc import Sequence

from audits.page import charts, charts_scatter
from audits.page.figures import NONE, chance, estimate, number, percent, plain
from audits.page.limits import Limits
from audits.page.markup import Html, cut, el, join, link
from audits.page.reading import Report, Row, rows
from audits.page.said_tone import SENTIMENT, TOXICITY, sentiment, toxicity
from audits.page.said_words import leaning_words
from audits.page.tables import Line, folded
from audits.page.titles import group

WORDS = ("log_odds", "log_odds_words", "npmi", "npmi_words")
OCCUPATIONS = ("occupation_female_share", "occupation_correlation", "occupation_gap")


def said(report: Report, limits: Limits) -> Html:
    """The section."""
    found = rows(report, "associations")
    if not found:
        return el("p", "What is said was not measured: see ", link("limits", "what is missing"), ".")
    known = {*SENTIMENT, *TOXICITY, *WORDS, *OCCUPATIONS}
    rest = [row for row in found if row["measure"] not in known]
    return join(
        [
            leaning_words(found, limits),
            _occupations(found, limits),
            sentiment(found, limits),
            toxicity(found, limits),
            _embeddings(rest, limits),
        ]
    )


def _occupations(found: Sequence[Row], limits: Limits) -> Html | None:
    shares = [row for row in found if row["measure"] == OCCUPATIONS[0] and row["value"] is not None]
    compared = [_compared(row) for row in found if row["measure"] in OCCUPATIONS[1:]]
    if not shares and not compared:
        return None
    lines = [
        Line(
            (
                cut(row["word"], 60),
                estimate(row["value"], row["low"], row["high"], percent),
                f"{number(row['count'])} of {number(row['of'])}",
                percent(row["expected"]),
                cut(row["note"] or "", 80),
            ),
            "few" if row["note"] else None,
        )
        for row in sorted(shares, key=lambda row: row["word"])
    ]
    heads = ["Occupation", "Women's share of mentions", "Mentions", "In the census", "Note"]
    numbers = folded("Occupations", heads, lines, shown=30, most=limits.rows) if lines else None
    parts = [el("h3", "Occupations beside the census"), *compared]
    drawn = [row for row in shares if row["expected"] is not None and row["note"] is None]
    if not drawn:
        return join([*parts, numbers])
    below = sum(row["value"] < row["expected"] for row in drawn)
    drawing, height = charts_scatter.scatter(
        [charts_scatter.Point(row["word"], row["expected"], row["value"]) for row in drawn]
    )
    chart = charts.figure(
        "occupations",
        "Women's share of mentions (up) against the census (across); the line is equality",
        f"{number(len(drawn))} occupations, {number(below)} of them below the line (fewer here).",
        drawing,
        height,
        numbers,
    )
    return join([*parts, chart])


def _compared(row: Row) -> Html:
    told = estimate(row["value"], row["low"], row["high"])
    note = f" ({cut(row['note'], 120)})" if row["note"] else ""
    if row["measure"] == "occupation_gap":
        counts = f"{number(row['count'])} of {number(row['of'])} occupations lie below the census"
        return el("p", f"Mean difference to the census: {told}; {counts}{note}.")
    expected = f"; expected: {plain(row['expected'])}" if row["expected"] is not None else ""
    counts = f"{number(row['count'])} of {number(row['of'])} occupations"
    return el("p", f"Correlation with the census: {told}, over {counts}{expected}{note}.")


def _embeddings(found: Sequence[Row], limits: Limits) -> Html | None:
    if not found:
        return None
    lines = [
        Line(
            (
                cut(row["measure"].replace("_", " ").upper(), 40),
                el("bdi", _about(row)),
                cut(row["note"] or NONE, 200),
                estimate(row["value"], row["low"], row["high"]),
                chance(row["p"]),
                plain(row["expected"]),
            )
        )
        for row in found
    ]
    heads = ["Test", "About", "Note", "Value", "p", "Expected"]
    return el("h3", "Word vectors and other tests") + folded(
        "Tests on word vectors", heads, lines, shown=20, most=limits.rows, words=3
    )


def _about(row: Row) -> str:
    parts = [group(row["group"])] if row["group"] else []
    parts += [cut(row[key], 80) for key in ("word", "other") if row[key]]
    return ", ".join(parts) or NONE

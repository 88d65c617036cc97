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

WORDS = ("log_odds", "npmi")
OCCUPATIONS = ("occupation_female_share", "occupation_correlation")


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
    shares = [
        row for row in found if row["measure"] == "occupation_female_share" and row["value"] is not None
    ]
    fits = [row for row in found if row["measure"] == "occupation_correlation"]
    if not shares and not fits:
        return None
    parts = [el("h3", "Occupations beside the census")]
    for row in fits:
        told = estimate(row["value"], row["low"], row["high"])
        known = f"; WinoGender: {plain(row['expected'])}" if row["expected"] is not None else ""
        why = f" ({cut(row['note'], 120)})" if row["note"] else ""
        parts.append(
            el(
                "p",
                f"Correlation with the census, {number(row['count'])} occupations: {told}{known}.{why}",
            )
        )
    drawn = [row for row in shares if row["expected"] is not None]
    lines = [
        Line(
            (
                cut(row["word"], 60),
                estimate(row["value"], row["low"], row["high"], percent),
                f"{number(row['count'])} of {number(row['of'])}",
                percent(row["expected"]),
            )
        )
        for row in sorted(shares, key=lambda row: row["word"])
    ]
    heads = ["Occupation", "Women's share in the text", "Mentions", "Women's share in the census"]
    numbers_ = folded("Occupations", heads, lines, shown=30, most=limits.rows)
    if not drawn:
        return join([*parts, numbers_ if shares else None])
    below = sum(row["value"] < row["expected"] for row in drawn)
    drawing, height = charts_scatter.scatter(
        [charts_scatter.Point(row["word"], row["expected"], row["value"]) for row in drawn]
    )
    parts.append(
        charts.figure(
            "occupations",
            "Women's share of mentions (up) against the census (across); the line is equality",
            f"{number(len(drawn))} occupations, {number(below)} of them below the line (fewer here).",
            drawing,
            height,
            numbers_,
        )
    )
    return join(parts)


def _embeddings(found: Sequence[Row], limits: Limits) -> Html | None:
    if not found:
        return None
    lines = [
        Line(
            (
                cut(row["measure"].upper(), 40),
                cut(row["word"] or row["other"] or (group(row["group"]) if row["group"] else NONE), 80),
                estimate(row["value"], row["low"], row["high"]),
                chance(row["p"]),
                plain(row["expected"]),
                cut(row["note"] or NONE, 200),
            )
        )
        for row in found
    ]
    heads = ["Test", "About", "Value", "p", "Known answer", "Note"]
    return el("h3", "Word vectors and other tests") + folded(
        "Tests on word vectors", heads, lines, shown=20, most=limits.rows, words=2
    )

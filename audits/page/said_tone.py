"""Sentiment and toxicity of text that mentions a group."""

from collections.abc import Sequence

from audits.page import charts_dots
from audits.page.charts_dots import Mark
from audits.page.charts_scale import numbers, ratios
from audits.page.figures import NONE, chance, estimate, number, percent, plain
from audits.page.limits import Limits
from audits.page.markup import Html, cut, el, join
from audits.page.reading import Row
from audits.page.tables import Line, folded
from audits.page.titles import group

DRAWN = 15
SENTIMENT = ("sentiment", "sentiment_negative", "sentiment_d")
TOXICITY = ("toxicity_rate", "toxicity_ratio")


def sentiment(found: Sequence[Row], limits: Limits) -> Html | None:
    """Mean valence, share of negative sentences, and distance to the axis."""
    of = [row for row in found if row["measure"] in SENTIMENT]
    means = [row for row in of if row["measure"] == "sentiment" and row["value"] is not None]
    if not of:
        return None
    cells = {(row["measure"], row["group"]): row for row in of}
    names = sorted({row["group"] for row in of if row["group"]})
    lines = [
        Line(
            (
                el("bdi", group(name)),
                _told(cells.get(("sentiment", name)), plain),
                _told(cells.get(("sentiment_negative", name)), percent),
                _told(cells.get(("sentiment_d", name)), plain),
                _sentences(cells.get(("sentiment", name)) or cells.get(("sentiment_negative", name))),
            )
        )
        for name in names
    ]
    heads = ["Group", "Mean valence", "Negative sentences", "Against its axis (Cohen's d)", "Sentences"]
    all_ = folded("Sentiment by mention", heads, lines, shown=20, most=limits.groups)
    parts: list[Html] = [el("h3", "Sentiment of sentences that mention a group")]
    drawn = _extremes([row for row in means if row["group"]])
    if not drawn:
        return join([*parts, all_])
    dots = [
        charts_dots.Row(
            group(row["group"]),
            estimate(row["value"], row["low"], row["high"]),
            [Mark("after", row["value"], row["low"], row["high"])],
        )
        for row in drawn
    ]
    ends = [row[key] for row in drawn for key in ("value", "low", "high")]
    first, last = dots[0], dots[-1]
    chart = charts_dots.figure(
        "sentiment",
        _most_of("Mean valence of sentences, lowest first", len(drawn), len(means)),
        f"Lowest {first.label}: {first.said}; highest {last.label}: {last.said}.",
        dots,
        numbers(ends),
        plain,
        all_,
        line=0.0
        if min(e for e in ends if e is not None) < 0 < max(e for e in ends if e is not None)
        else None,
    )
    return join([*parts, chart])


def _crosses(ends: Sequence[float | None]) -> bool:
    known = [end for end in ends if end is not None]
    return min(known) < 0 < max(known)


def _extremes(found: Sequence[Row]) -> list[Row]:
    """Lowest first; of many, the two ends."""
    order = sorted(found, key=lambda row: (row["value"], row["group"]))
    if len(order) <= DRAWN:
        return order
    return [*order[: DRAWN // 2 + 1], *order[-(DRAWN // 2) :]]


def _most_of(said_: str, shown: int, total: int) -> str:
    return f"{said_}: the ends of {number(total)} groups" if total > shown else said_


def _told(row: Row | None, form: object) -> str:
    if row is None:
        return NONE
    if row["value"] is None:
        return cut(row["note"] or NONE, 80)
    return estimate(row["value"], row["low"], row["high"], form)  # type: ignore[arg-type]


def _sentences(row: Row | None) -> str:
    return number(row["of"] or row["count"]) if row else NONE


def toxicity(found: Sequence[Row], limits: Limits) -> Html | None:
    """Share of toxic documents, and its ratio to that of the others."""
    of = [row for row in found if row["measure"] in TOXICITY]
    if not of:
        return None
    cells = {(row["measure"], row["group"]): row for row in of}
    names = sorted({row["group"] for row in of if row["group"]})
    lines = []
    for name in names:
        rate, ratio = cells.get(("toxicity_rate", name)), cells.get(("toxicity_ratio", name))
        counts = f"{number(rate['count'])} of {number(rate['of'])}" if rate else NONE
        p = chance(ratio["p_adjusted"]) if ratio else NONE
        lines.append(Line((el("bdi", group(name)), _told(rate, percent), counts, _told(ratio, plain), p)))
    heads = ["Group", "Share that is toxic", "Documents", "Against documents without it", "Adjusted p"]
    all_ = folded("Toxicity by mention", heads, lines, shown=20, most=limits.groups)
    note = el(
        "p",
        "A classifier's score at or above its threshold. Classifiers err more on some groups:"
        " see what this report cannot show.",
        class_="soft",
    )
    parts: list[Html] = [el("h3", "Toxicity of documents that mention a group"), note]
    drawn = [row for row in of if row["measure"] == "toxicity_ratio" and row["value"] and row["group"]]
    drawn = list(reversed(_extremes(drawn)))
    if not drawn:
        return join([*parts, all_])
    dots = [
        charts_dots.Row(
            group(row["group"]),
            estimate(row["value"], row["low"], row["high"]),
            [Mark("after", row["value"], row["low"], row["high"])],
        )
        for row in drawn
    ]
    chart = charts_dots.figure(
        "toxicity",
        _most_of("Toxic share over that of documents without a mention, log scale", len(drawn), len(drawn)),
        f"Highest {dots[0].label}: {dots[0].said}; lowest {dots[-1].label}: {dots[-1].said}.",
        dots,
        ratios([row[key] for row in drawn for key in ("value", "low", "high")]),
        lambda value: plain(value, trim=True),
        all_,
        line=1.0,
    )
    return join([*parts, chart])

"""Sentiment and toxicity of text that mentions a group."""

from collections.abc import Callable, Mapping, Sequence

from audits.page import charts_dots
from audits.page.charts_dots import Mark
from audits.page.charts_scale import Scale, numbers, ratios
from audits.page.figures import NONE, chance, estimate, number, percent, plain
from audits.page.limits import Limits
from audits.page.markup import Html, cut, el, join, link
from audits.page.reading import Row
from audits.page.tables import Line, folded
from audits.page.titles import group

DRAWN = 15
SENTIMENT = ("sentiment", "sentiment_negative", "sentiment_d")
TOXICITY = ("toxicity_rate", "toxicity_ratio")
Cells = Mapping[tuple[str, str | None, str], Row]  # (measure, threshold, group)


def sentiment(found: Sequence[Row], limits: Limits) -> Html | None:
    """Mean valence, share of negative sentences, and distance to the axis."""
    cells = _cells(found, SENTIMENT)
    groups = sorted({name for *_, name in cells})
    if not groups:
        return None
    lines = []
    for name in groups:
        mean, negative, against = (cells.get((measure, None, name)) for measure in SENTIMENT)
        counts = f"{number(negative['count'])} of {number(negative['of'])}" if negative else NONE
        told = (_told(mean, plain), _told(negative, percent), counts, _told(against, plain))
        lines.append(Line((el("bdi", group(name)), *told), _few(mean or negative or against)))
    heads = ["Group", "Mean valence (−1 to 1)", "Negative", "Sentences", "Against its axis (Cohen's d)"]
    table = folded("Sentiment by mention", heads, lines, shown=20, most=limits.groups)
    head = el("h3", "Sentiment of sentences that mention a group")
    means = [row for (measure, *_), row in cells.items() if measure == "sentiment" and _drawable(row)]
    if not means:
        return head + table
    rows = _extremes(means)
    ends = [row[key] for row in rows for key in ("value", "low", "high")]
    known = [end for end in ends if end is not None]
    return head + _chart(
        "sentiment",
        f"Mean valence of sentences, lowest first{_part(rows, means)}",
        rows,
        numbers(ends),
        table,
        0.0 if min(known) < 0 < max(known) else None,
    )


def toxicity(found: Sequence[Row], limits: Limits) -> Html | None:
    """Share of toxic documents, and its ratio to that of the others, at each threshold."""
    cells = _cells(found, TOXICITY)
    if not cells:
        return None
    levels = list(dict.fromkeys(level for _, level, _ in cells))
    lines = []
    for name in sorted({name for *_, name in cells}):
        for level in levels:
            rate, ratio = (cells.get((measure, level, name)) for measure in TOXICITY)
            row = rate or ratio
            if row is None:
                continue
            counts = f"{number(row['count'])} of {number(row['of'])}"
            p = chance(ratio["p_adjusted"]) if ratio else NONE
            told = (level or NONE, _told(rate, percent), counts, _told(ratio, plain), p)
            lines.append(Line((el("bdi", group(name)), *told), _few(row)))
    heads = ["Group", "Threshold", "Toxic", "Documents", "Against documents without it", "Adjusted p"]
    table = folded("Toxicity by mention", heads, lines, shown=20, most=2 * limits.groups)
    why = "A classifier's score at or above a threshold. Classifiers err more on some groups: "
    parts = [
        el("h3", "Toxicity of documents that mention a group"),
        el("p", why, link("limits", "see what this report cannot show"), ".", class_="soft"),
    ]
    known = [r for (m, level, _), r in cells.items() if m == "toxicity_ratio" and level == levels[0]]
    known = [row for row in known if _drawable(row) and row["value"] > 0]
    if not known:
        return join([*parts, table])
    rows = _extremes(known)[::-1]
    ends = [row[key] for row in rows for key in ("value", "low", "high")]
    at = f" at {cut(levels[0], 20)}" if levels[0] else ""
    title = f"Toxic share{at} over that of documents without the mention, log scale{_part(rows, known)}"
    return join([*parts, _chart("toxicity", title, rows, ratios(ends), table, 1.0)])


def _cells(found: Sequence[Row], measures: Sequence[str]) -> Cells:
    return {
        (row["measure"], row["word"], row["group"]): row
        for row in found
        if row["measure"] in measures and row["group"]
    }


def _drawable(row: Row) -> bool:
    """Judged, and with an interval, without which an estimate is not shown."""
    return row["note"] is None and None not in (row["value"], row["low"], row["high"])


def _chart(id_: str, title: str, found: Sequence[Row], scale: Scale, table: Html, line: float | None) -> Html:
    dots = [
        charts_dots.Row(
            group(row["group"]),
            estimate(row["value"], row["low"], row["high"]),
            [Mark("after", row["value"], row["low"], row["high"])],
        )
        for row in found
    ]
    said = f"First {dots[0].label}: {dots[0].said}; last {dots[-1].label}: {dots[-1].said}."

    def form(value: float) -> str:
        return plain(value, trim=True)

    return charts_dots.figure(id_, title, said, dots, scale, form, table, line=line)


def _extremes(found: Sequence[Row]) -> list[Row]:
    """Lowest first; of many, the two ends."""
    order = sorted(found, key=lambda row: (row["value"], row["group"]))
    if len(order) <= DRAWN:
        return order
    return [*order[: DRAWN // 2 + 1], *order[-(DRAWN // 2) :]]


def _part(shown: Sequence[Row], of: Sequence[Row]) -> str:
    return f": both ends of {number(len(of))} groups" if len(of) > len(shown) else ""


def _told(row: Row | None, form: Callable[[float], str]) -> str:
    if row is None:
        return NONE
    value = estimate(row["value"], row["low"], row["high"], form)
    return f"{value}, {cut(row['note'], 60)}" if row["note"] else value


def _few(row: Row | None) -> str | None:
    """The class of a row that is shown, and not judged."""
    return "few" if row is not None and row["note"] else None

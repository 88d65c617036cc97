"""What is said about groups: words, occupations, sentiment, toxicity, embeddings."""

from collections.abc import Sequence

from audits.page import charts, charts_dots, charts_scatter
from audits.page.charts_dots import Mark
from audits.page.charts_scale import numbers, ratios
from audits.page.figures import NONE, chance, estimate, number, percent, plain
from audits.page.limits import Limits
from audits.page.markup import Html, cut, el, fold, join, link
from audits.page.reading import Report, Row, axes, axis_id, rows
from audits.page.tables import Line, folded
from audits.page.titles import axis, group

DRAWN, LEAST_Z = 15, 1.96
SENTIMENT = ("sentiment", "sentiment_negative", "sentiment_d")
TOXICITY = ("toxicity_rate", "toxicity_ratio")
WORDS = ("log_odds", "npmi")
OCCUPATIONS = ("occupation_female_share", "occupation_correlation")
WARNING = "Warning: words as they stand in the corpus, insults and slurs may be among them"


def said(report: Report, limits: Limits) -> Html:
    """The section."""
    found = rows(report, "associations")
    if not found:
        return el("p", "What is said was not measured: see ", link("cannot", "what is missing"), ".")
    known = {*SENTIMENT, *TOXICITY, *WORDS, *OCCUPATIONS}
    rest = [row for row in found if row["measure"] not in known]
    return join(
        [
            _words(found, limits),
            _occupations(found, limits),
            _sentiment(found, limits),
            _toxicity(found, limits),
            _embeddings(rest, limits),
        ]
    )


def _words(found: Sequence[Row], limits: Limits) -> Html | None:
    leaning = [row for row in found if row["measure"] == "log_odds" and row["word"] is not None]
    if not leaning:
        return None
    near = {(r["group"], r["word"]): r["value"] for r in found if r["measure"] == "npmi"}
    parts = [
        el("h3", "Words that lean to a group"),
        el(
            "p",
            "Log-odds of a word where the group is mentioned, against the rest of its axis, with a prior"
            f" of the whole corpus (Monroe et al. 2008); z above {LEAST_Z} is beyond chance. A leaning word says"
            " what is written beside the group, not what is true.",
        ),
    ]
    for name in axes(leaning):
        of = [row for row in leaning if row["axis"] == name]
        groups: dict[str, list[Row]] = {}
        for row in of:
            groups.setdefault(row["group"], []).append(row)
        lines = [_group_words(g, groups[g], near, limits) for g in sorted(groups)]
        heads = ["Group", "Words that lean to it (z)", "Words that lean away (z)"]
        inside = folded(
            f"Words by group, {axis(name)}",
            heads,
            lines,
            shown=30,
            most=limits.groups,
            words=3,
            class_="words",
        )
        summary = f"{axis(name)}: {number(len(groups))} groups. {WARNING}"
        parts.append(fold(summary, inside, id_=axis_id("words", name), class_="harm"))
    return join(parts)


def _group_words(
    name: str, found: Sequence[Row], near: dict[tuple[str, str], float | None], limits: Limits
) -> Line:
    order = sorted(found, key=lambda row: (-(row["z"] or 0.0), row["word"]))
    towards = [row for row in order if (row["z"] or 0.0) > 0][: limits.words]
    away = [row for row in reversed(order) if (row["z"] or 0.0) < 0][: limits.words]

    def list_(words: Sequence[Row]) -> Html:
        return join([_word(row, near) for row in words], ", ") if words else el("span", NONE)

    return Line((el("bdi", group(name)), list_(towards), list_(away)))


def _word(row: Row, near: dict[tuple[str, str], float | None]) -> Html:
    close = near.get((row["group"], row["word"]))
    title = f"log-odds {estimate(row['value'], row['low'], row['high'])}; {number(row['count'])} times"
    title += f"; nPMI {plain(close)}" if close is not None else ""
    return el("span", el("bdi", cut(row["word"], 40)), title=title) + f" ({plain(row['z'], trim=True)})"


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


def _sentiment(found: Sequence[Row], limits: Limits) -> Html | None:
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


def _toxicity(found: Sequence[Row], limits: Limits) -> Html | None:
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

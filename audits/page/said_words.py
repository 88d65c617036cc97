"""Words that lean to a group: folded, since they may be insults."""

from collections.abc import Sequence

from audits.page.figures import NONE, estimate, number, plain, several
from audits.page.limits import Limits
from audits.page.markup import Html, cut, el, fold, join
from audits.page.reading import Row, axes, axis_id
from audits.page.tables import Line, folded
from audits.page.titles import axis, group

LEVEL = 0.05  # of the adjusted p
WARNING = "Warning: words as they stand in the corpus, insults and slurs may be among them"


def leaning_words(found: Sequence[Row], limits: Limits) -> Html | None:
    """A fold an axis."""
    tested = [row for row in found if row["measure"] == "log_odds" and row["word"] is not None]
    if not tested:
        return None
    leaning = [row for row in tested if row["p_adjusted"] is not None and row["p_adjusted"] < LEVEL]
    tried = {row["group"]: row for row in found if row["measure"] == "log_odds_words"}
    near = {(r["group"], r["word"]): r["value"] for r in found if r["measure"] == "npmi"}
    parts = [
        el("h3", "Words that lean to a group"),
        el(
            "p",
            "Log-odds of a word where the group is mentioned, against the rest of its axis, with a prior"
            f" of the whole corpus (Monroe et al. 2008). Shown are words whose adjusted p is below {LEVEL}."
            " They say what is written beside the group, not what is true.",
        ),
    ]
    for name in axes(leaning):
        of = [row for row in leaning if row["axis"] == name]
        groups: dict[str, list[Row]] = {}
        for row in of:
            groups.setdefault(row["group"], []).append(row)
        lines = [_group_words(g, groups[g], tried.get(g), near, limits) for g in sorted(groups)]
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
        summary = f"{axis(name)}: {several(len(groups), 'group')}. {WARNING}"
        parts.append(fold(summary, inside, id_=axis_id("words", name), class_="harm"))
    none = len({row["group"] for row in tested} - {row["group"] for row in leaning})
    if none:
        parts.append(el("p", f"{several(none, 'group')}: no word leans beyond chance.", class_="soft"))
    return join(parts)


def _group_words(
    name: str,
    found: Sequence[Row],
    tried: Row | None,
    near: dict[tuple[str, str], float | None],
    limits: Limits,
) -> Line:
    order = sorted(found, key=lambda row: (-(row["z"] or 0.0), row["word"]))
    towards = [row for row in order if (row["z"] or 0.0) > 0][: limits.words]
    away = [row for row in reversed(order) if (row["z"] or 0.0) < 0][: limits.words]

    def list_(words: Sequence[Row]) -> Html:
        return join([_word(row, near) for row in words], ", ") if words else el("span", NONE)

    head = el("bdi", group(name))
    if tried is not None:
        head += el("br") + el("small", f"{number(tried['count'])} of {number(tried['of'])} tested words lean")
    return Line((head, list_(towards), list_(away)))


def _word(row: Row, near: dict[tuple[str, str], float | None]) -> Html:
    close = near.get((row["group"], row["word"]))
    title = f"log-odds {estimate(row['value'], row['low'], row['high'])}; {number(row['count'])} of"
    title += f" {number(row['of'])} passages"
    title += f"; nPMI {plain(close)}" if close is not None else ""
    return el("span", el("bdi", cut(row["word"], 40)), title=title) + f" ({plain(row['z'], trim=True)})"

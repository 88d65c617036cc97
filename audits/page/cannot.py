"""What the report cannot show, and why."""

import re
from collections.abc import Sequence

from audits.page.figures import number
from audits.page.limits import Limits
from audits.page.markup import Html, cut, el, join, prose
from audits.page.plain_tables import words
from audits.page.reading import Report, Row, rows
from audits.page.tables import Line, folded, pairs
from audits.page.titles import axis, language

ALWAYS = (
    (
        "Who wrote a text",
        "Mentions are words. They tell what a document speaks of, not who its author is, and not whether it"
        " speaks well or ill of anybody.",
    ),
    (
        "Whom the words miss",
        "A group is found by a list of words in the document's language. Where there is no list, or a group"
        " is written about in other words, it is not counted. An ambiguous word may count too much.",
    ),
    (
        "Why a rule removes more",
        "A ratio above 1 can come from the rule, or from where and how a group is written about. The ratio"
        " within source, language and length tells some of it apart, not all.",
    ),
    (
        "Whether a classifier is right",
        "Scores of language and toxicity come from classifiers that err more on some groups and dialects than"
        " on others; their error by group is in the documentation of the filter.",
    ),
    (
        "Time and cost",
        "They differ between equal runs, so they are in run.json of the snapshot, not here.",
    ),
    (
        "What is right",
        "No share is the right one. Uniform shares and populations are yardsticks, not norms.",
    ),
)

SECTIONS = {
    "representation": "who is in the corpus",
    "associations": "what is said",
    "impact": "who was removed",
    "impact_pairs": "who was removed, by pairs of groups",
    "what_if": "other thresholds",
    "counterfactual": "verdicts under swapped words and another style",
    "personal_data": "personal data",
    "duplicates": "the largest clusters of duplicates",
    "groups": "mentions of groups",
}
COUNTED = ("groups", "terms", "version")


def cannot(report: Report, limits: Limits) -> Html:
    """The section."""
    missing = rows(report, "not_measured")
    parts = [pairs(ALWAYS), el("h3", "Not measured in this report")]
    if missing:
        parts.append(pairs((_what(row["what"]), prose(cut(row["why"], 600))) for row in missing))
    else:
        parts.append(el("p", "Every measure of this report was taken."))
    if lexicons := rows(report, "lexicons"):
        parts += [el("h3", "Lexicons"), _lexicons(lexicons, limits)]
    return join(parts)


def _what(name: str) -> Html:
    """What was not measured, as its section is headed; an axis in backticks by its name."""
    said = re.sub(r"`(\w+)`", lambda code: axis(code[1]).lower(), SECTIONS.get(name, name))
    return prose(words(cut(said)))


def _lexicons(found: Sequence[Row], limits: Limits) -> Html:
    lines = [
        Line((axis(row["axis"]), language(row["language"]), *(number(row[key]) for key in COUNTED)))
        for row in sorted(found, key=lambda row: (row["axis"], row["language"]))
    ]
    heads = ["Kind of groups", "Language", "Groups", "Words", "Version"]
    note = "Whether a match means the group was judged by hand on samples: see the groups' documentation."
    return el("p", note) + folded(
        "Words by which groups are found", heads, lines, shown=12, most=limits.rows, words=2
    )

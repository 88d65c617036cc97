"""What the report cannot show, and why."""

from audits.page.limits import Limits
from audits.page.markup import Html, cut, el, join, prose
from audits.page.plain_tables import rows_table, words
from audits.page.reading import Report, rows
from audits.page.tables import pairs

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


def cannot(report: Report, limits: Limits) -> Html:
    """The section."""
    missing = rows(report, "not_measured")
    parts = [pairs(ALWAYS), el("h3", "Not measured in this report")]
    if missing:
        parts.append(pairs((prose(words(cut(row["what"]))), prose(cut(row["why"], 600))) for row in missing))
    else:
        parts.append(el("p", "Every measure of this report was taken."))
    if lexicons := rows(report, "lexicons"):
        parts += [
            el("h3", "Lexicons"),
            rows_table("Words by which groups are found", lexicons, shown=12, most=limits.rows),
        ]
    return join(parts)

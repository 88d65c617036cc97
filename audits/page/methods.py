"""Methods and words: every measure with formula, unit, interval, test and source; how to repeat the run."""

from audits.page.figures import plain
from audits.page.markup import Html, code, cut, el, join
from audits.page.measures import MEASURES
from audits.page.plain_tables import words
from audits.page.reading import Report, max_ratio, min_documents, rows
from audits.page.tables import Line, pairs, table

GLOSSARY = (
    ("Axis", "A kind of groups, such as religion or gender."),
    ("Mentions", "The document holds a word or phrase of the group's list in its language."),
    ("Reference", "Documents that mention another group of the same axis, and not this one."),
    (
        "Removed, in a ratio",
        "The rule fired: it removes or sends to review, whichever rule decided.",
    ),
    ("Fired", "Documents that the rule would remove or send to review, whichever rule decided."),
    ("Decided", "Documents for which it was the first rule that fired."),
    ("Only it fired", "Documents that would have been kept without this rule."),
    ("Not measured", "Documents to which a rule does not apply. They are never removed by it."),
    ("95 % interval", "Of a hundred such intervals, about 95 hold the true value."),
    (
        "Adjusted p",
        "Chance of so large a departure if there were none, raised as many comparisons were made.",
    ),
    ("Before, after", "Before: all readable records, as read. After: the documents kept, as written."),
    ("Kept share", "Documents kept over readable documents read."),
    ("Share of text", "Bytes of the row's text, in UTF-8, over the bytes of all text."),
    ("Policy", "The thresholds and gates that decide; its hash names them."),
    ("No date", "The record has no time stamp. Documents without a URL are in no domain."),
    ("Cluster", "A document and all that repeat it, or repeat what repeats it; one of them is kept."),
)


def methods(report: Report) -> Html:
    """The section."""
    lines = [Line(measure) for measure in MEASURES]
    heads = ["Measure", "Formula", "Unit", "Interval", "Test", "Source"]
    flags = (
        f"Flagged: at least {min_documents(report):,} documents, ratio above {plain(max_ratio(report))},"
        " adjusted p below 0.05. Numbers have three significant digits; all digits are in report.json."
    )
    return join(
        [
            el("p", flags),
            table("Measures", heads, lines, words=len(heads), class_="wordy"),
            el("h3", "Words"),
            pairs(GLOSSARY),
            el("h3", "How to repeat and check it"),
            _repeat(report),
        ]
    )


def _repeat(report: Report) -> Html:
    items: list[tuple[object, object]] = [
        (words(str(row["what"])), code(cut(row["value"], 400))) for row in rows(report, "reproduce")
    ]
    items += [
        ("Check the snapshot", el("span", code("evenhand verify OUT"), ": checksums, schemas and counts")),
        ("One document", el("span", code("evenhand explain OUT ID"), ": what each rule said of it")),
        ("Removed documents", code("evenhand sample OUT --rule RULE")),
        (
            "Another policy",
            code("evenhand replay OUT --policy NEW.yaml"),
        ),
        ("All numbers", el("span", "every number of this page is from ", code("report.json"))),
    ]
    return pairs(items)

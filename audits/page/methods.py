"""Methods and words: every measure with formula, unit, interval, test and source; how to repeat the run."""

from typing import NamedTuple

from audits.page.figures import plain
from audits.page.markup import Html, code, cut, el, join
from audits.page.plain_tables import words
from audits.page.reading import Report, max_ratio, min_documents, rows
from audits.page.tables import Line, pairs, table


class Measure(NamedTuple):
    """How a number is made."""

    name: str
    formula: str
    unit: str
    interval: str
    test: str
    source: str


MEASURES = (
    Measure(
        "Removal ratio",
        "(removed / documents that mention the group) / (removed / documents of the reference)",
        "ratio, 1: as often",
        "95 %, score (Koopman)",
        "score test at ratio 1; Benjamini-Hochberg over all single groups, and over all pairs",
        "Koopman 1984, Biometrics 40; Benjamini and Hochberg 1995, JRSS B 57",
    ),
    Measure(
        "Retention ratio",
        "(1 − removal rate) / (1 − removal rate of the reference)",
        "ratio",
        "none: see the removal ratio",
        "none",
        "four-fifths rule of the US Uniform Guidelines 1978: weaker, given for comparison",
    ),
    Measure(
        "Ratio within strata",
        "Mantel-Haenszel risk ratio over source × language × length",
        "ratio",
        "95 %, Greenland-Robins",
        "Mantel-Haenszel test",
        "Mantel and Haenszel 1959, JNCI 22; Greenland and Robins 1985, Biometrics 41",
    ),
    Measure(
        "Document rate",
        "documents that mention the group / all documents",
        "share",
        "95 %, Wilson",
        "none",
        "Wilson 1927, JASA 22",
    ),
    Measure(
        "Share of axis",
        "documents that mention the group / documents that mention any group of the axis; need not sum to 1",
        "share",
        "95 %, Wilson",
        "none",
        "Touvron et al. 2023 (Llama 2), Table 9",
    ),
    Measure(
        "Token rate",
        "mentions / words, of kept documents",
        "per million words",
        "95 %, bootstrap over sources or web domains",
        "none",
        "Efron and Tibshirani 1993",
    ),
    Measure(
        "Pronoun rate",
        "documents with a pronoun of the kind / documents",
        "share",
        "95 %, Wilson",
        "none",
        "Touvron et al. 2023 (Llama 2), Table 9",
    ),
    Measure(
        "Gender gap",
        "(men's − women's) / (men's + women's words)",
        "−1 to 1",
        "95 %",
        "none",
        "ratio of counts",
    ),
    Measure(
        "Distances",
        "entropy / ln(groups); half the sum of absolute differences; Jensen-Shannon divergence",
        "0 to 1",
        "none",
        "none",
        "Shannon 1948; Lin 1991, IEEE Trans. Inf. Theory 37",
    ),
    Measure(
        "Log-odds of a word",
        "log-odds with the group − log-odds with the rest of the axis, with a Dirichlet prior of the corpus",
        "natural log",
        "95 %, normal",
        "z; Benjamini-Hochberg over all words",
        "Monroe, Colaresi and Quinn 2008, Political Analysis 16",
    ),
    Measure(
        "nPMI",
        "ln[p(word, group) / (p(word) p(group))] / −ln p(word, group)",
        "−1 to 1",
        "none",
        "none",
        "Bouma 2009",
    ),
    Measure(
        "Occupations",
        "women's / (women's + men's) mentions beside an occupation; Pearson's r with the census",
        "share; r",
        "95 %, Wilson; Fisher's z",
        "none",
        "Rudinger et al. 2018 (WinoGender)",
    ),
    Measure(
        "Sentiment",
        "mean valence of sentences that mention the group; d: difference to its axis over the spread",
        "−1 to 1; d",
        "95 %, bootstrap",
        "none",
        "Cohen 1988",
    ),
    Measure(
        "Toxicity by mention",
        "share of documents at or above the threshold; over that of documents without the mention",
        "share; ratio",
        "95 %, Wilson; score",
        "score test",
        "Dixon et al. 2018",
    ),
    Measure(
        "WEAT and relatives",
        "difference of mean cosines of two sets of words to two others, over the standard deviation",
        "d",
        "none",
        "permutation, exact where feasible",
        "Caliskan, Bryson and Narayanan 2017, Science 356",
    ),
    Measure(
        "Flip rate",
        "verdicts that change / documents that the change altered",
        "share",
        "95 %, Wilson",
        "none",
        "Ribeiro et al. 2020",
    ),
)
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
    ("Unknown", "A year where the record has no time stamp. Documents without a URL are in no domain."),
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

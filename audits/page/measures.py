"""How every number of the page is made: formula, unit, interval, test, source."""

from typing import NamedTuple


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
        "95 %, score (Koopman 1984)",
        "score test at ratio 1, exact where few removals are expected; Benjamini-Hochberg over"
        " all single groups, and over all pairs",
        "Koopman 1984, Biometrics 40; Benjamini and Hochberg 1995, JRSS B 57",
    ),
    Measure(
        "Retention ratio",
        "(1 − removal rate) / (1 − removal rate of the reference)",
        "ratio",
        "none: see the removal ratio",
        "none",
        "figure of the four-fifths rule (US Uniform Guidelines 1978); it hides what befalls few",
    ),
    Measure(
        "Ratio within strata",
        "Mantel-Haenszel risk ratio over source × language × length",
        "ratio",
        "95 % (Greenland and Robins 1985)",
        "Mantel-Haenszel test, exact where few",
        "Mantel and Haenszel 1959, JNCI 22; Greenland and Robins 1985, Biometrics 41",
    ),
    Measure(
        "What if",
        "the removal ratio, had the threshold been another: the rule replayed on the scores of the ledger",
        "ratio",
        "95 %, score",
        "none",
        "equals a run with that threshold",
    ),
    Measure(
        "Document rate",
        "documents that mention the group / documents in languages in which the axis is looked for",
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
        "Touvron et al. 2023 (Llama 2), table 9b",
    ),
    Measure(
        "Token rate",
        "mentions / words, in a sample of kept documents",
        "per million words",
        "95 %, studentised bootstrap over sites or sources",
        "none",
        "Davison and Hinkley 1997, 3.8",
    ),
    Measure(
        "Pronouns",
        "English documents with a pronoun of the kind / English documents, or those with any such pronoun",
        "share",
        "95 %, Wilson",
        "none",
        "Touvron et al. 2023 (Llama 2), table 9a",
    ),
    Measure(
        "Gender gap",
        "(men's − women's) / (men's + women's words); or men's / women's",
        "−1 to 1; ratio",
        "95 %, studentised bootstrap over sites or sources",
        "none",
        "Muller et al. 2023 (Gender-GAP)",
    ),
    Measure(
        "Distances",
        "entropy / ln(groups); half the sum of absolute differences of shares; Jensen-Shannon divergence",
        "0 to 1",
        "none",
        "none",
        "Shannon 1948; Lin 1991, IEEE Trans. Inf. Theory 37",
    ),
    Measure(
        "Log-odds of a word",
        "log-odds where the group is mentioned − log-odds in the rest of the axis, with a"
        " Dirichlet prior of the corpus",
        "natural logarithm",
        "95 %, normal",
        "z; Benjamini-Hochberg over all words and groups",
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
        "women's / (women's + men's) words in sentences with the occupation; Pearson's r with the census",
        "share; r",
        "95 %, Wilson; Fisher's z",
        "none",
        "Rudinger et al. 2018 (WinoGender)",
    ),
    Measure(
        "Sentiment",
        "mean valence of sentences that mention the group; share at or below −0.05; Cohen's d"
        " against its axis",
        "−1 to 1; share; d",
        "95 %, bootstrap over blocks of documents",
        "none",
        "Hutto and Gilbert 2014 (VADER); Cohen 1988",
    ),
    Measure(
        "Toxicity by mention",
        "documents that score at or above the threshold / documents; over the same share of all"
        " other documents",
        "share; ratio",
        "95 %, Wilson; score",
        "score test; Benjamini-Hochberg",
        "Dixon et al. 2018",
    ),
    Measure(
        "WEAT, WEFAT",
        "mean cosine to one set of words − mean to another, of two sets of words (or of one"
        " word), over the spread",
        "d",
        "none",
        "permutation, exact where feasible",
        "Caliskan, Bryson and Narayanan 2017, Science 356",
    ),
    Measure(
        "RND, RIPA, MAC, RNSB, ECT",
        "distances, projections and correlations of word vectors: see the documentation",
        "as named",
        "none",
        "none",
        "Garg et al. 2018; Ethayarajh et al. 2019; Manzini et al. 2019; Sweeney and Najafian"
        " 2019; Dev and Phillips 2019",
    ),
    Measure(
        "Flip rate",
        "verdicts that change / sampled documents whose text the change altered",
        "share",
        "95 %, Wilson",
        "none",
        "Ribeiro et al. 2020 (CheckList)",
    ),
    Measure(
        "Personal data",
        "stretches of text that a pattern of the kind matches and its checks accept; documents with one",
        "count",
        "none",
        "none",
        "patterns of Presidio; what they miss and take wrongly is in the documentation of the filter",
    ),
    Measure(
        "Clusters of duplicates",
        "documents joined by pairs of the same text, or of texts that share enough runs of words (Jaccard)",
        "documents",
        "none",
        "none: every pair was compared in full",
        "Broder 1997 (resemblance of documents)",
    ),
    Measure(
        "Difference of two reports",
        "this report − the report compared",
        "as the measure",
        "95 %, Newcombe 1998 for shares; MOVER (Zou and Donner 2008) for others",
        "test of the difference; Benjamini-Hochberg over all rows",
        "independent corpora are assumed",
    ),
)

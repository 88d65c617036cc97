"""Duplicates: what the search for them counted, and the largest clusters with an excerpt of each."""

from collections.abc import Mapping, Sequence
from typing import Any

from audits.page.figures import NONE, number, several
from audits.page.limits import Limits
from audits.page.markup import Html, code, cut, el, excerpt, fold, join
from audits.page.plain_tables import said, words
from audits.page.reading import Report, Row, rows
from audits.page.tables import Line, pairs, table
from audits.page.titles import language, reason, rule

DEDUP = {
    "candidates": "Pairs that the index proposed",
    "verified": "Pairs at or above the threshold",
    "components": "Clusters of duplicates",
    "duplicates": "Documents that repeat another",
    "lost_components": "Clusters of which nothing was kept in the end",
    "guarded_buckets": "Buckets too large to be compared whole",
    "guarded_documents": "Documents in them, one in several counted in each",
    "skipped_pairs": "Pairs that were not compared for that reason",
    "index_bytes": "Bytes of the index",
}
FATES = {"keep": "kept", "review": "waits for review", "error": "could not be read"}


def clusters(report: Report, limits: Limits) -> Html | None:
    """The section; None where nobody looked for duplicates."""
    counted: Mapping[str, Any] = report.get("dedup") or {}
    found = rows(report, "duplicates")
    if not (counted or found):
        return None
    order = [*(key for key in DEDUP if key in counted), *(key for key in counted if key not in DEDUP)]
    items = [(DEDUP.get(key, words(key)), said(counted[key])) for key in order]
    return join(
        [el("h3", "Duplicates", id="duplicates"), pairs(items), _largest(found), _texts(found, limits)]
    )


def _largest(found: Sequence[Row]) -> Html | None:
    if not found:
        return None
    lines = [
        Line(
            (
                join([f"{place}. ", el("bdi", cut(row["source"] or NONE, 60))]),
                _kept(row),
                language(row["language"]) if row["language"] else NONE,
                number(row["documents"]),
                number(row["removed"]),
                number(row["chars"]),
            )
        )
        for place, row in enumerate(found, 1)
    ]
    heads = ["Source", "Document that stands for it", "Language", "Documents", "Duplicates", "Characters"]
    note = (
        "A cluster is a text and what repeats it. One document stands for it, the first by order of sources,"
        " then the longest; the others are removed. Another rule may remove that one, too."
    )
    return el("p", note, class_="soft") + table("The largest clusters of duplicates", heads, lines, words=3)


def _kept(row: Row) -> Html:
    fate = FATES.get(row["verdict"]) if row["verdict"] != "drop" else f"removed: {rule(row['rule'])}"
    if row["verdict"] == "drop" and row["reason"]:
        fate = f"{fate}, {reason(row['rule'], row['reason'])}"
    return join([code(row["kept"]), el("br"), el("small", fate or cut(row["note"] or NONE))])


def _texts(found: Sequence[Row], limits: Limits) -> Html | None:
    with_text = [(place, row) for place, row in enumerate(found, 1) if row["text"]]
    if not with_text:
        return None
    items = [
        el(
            "li",
            el("p", excerpt(row["text"], limits.letters), dir="auto"),
            el("small", f"Cluster {place}, {cut(row['source'] or NONE, 60)}"),
        )
        for place, row in with_text
    ]
    warning = (
        f"{several(len(items), 'excerpt')} of these clusters. Warning: may hold anything that was in the"
        " corpus, insults too"
    )
    return fold(warning, el("ul", join(items), class_="examples"), class_="harm")

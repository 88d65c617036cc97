"""Key findings: at most seven, worst first, each with what to do and where the evidence is."""

from collections.abc import Collection, Sequence

from audits.page.figures import left_out, number, several, too_few
from audits.page.markup import Html, cut, el, fold, join, link, prose, slug
from audits.page.reading import Report, Row, group_id, judged, min_documents, row_id, rows, whole_rules
from schemas.group_names import PAIR

SHOWN, MOST = 7, 100
DECISIONS = {"accepted": "Accepted", "dismissed": "Dismissed"}
NONE, MORE, DISMISSED = "none", "more", "dismissed"


def findings(report: Report, ids: Collection[str]) -> Html:
    """The list; `ids` are the targets that exist on the page."""
    found = rows(report, "findings")
    if not report["records"]["read"]:
        return el("p", "The input holds no records.", class_="lead")
    if not found:
        where = link("limits", "not measured")
        return el("p", "No finding: whom the rules removed was ", where, ".", class_="lead")
    clear = [row for row in found if row["kind"] == NONE]
    more = [row for row in found if row["kind"] == MORE]
    away = [row for row in found if row["review_decision"] == DISMISSED]
    apart = [row["id"] for row in [*clear, *more, *away]]
    left = [row for row in found if row["id"] not in apart]
    parts = [_clear(row, report) for row in clear]
    parts += [_list(left, ids)] if left else []
    parts += [el("p", prose(cut(row["sentence"], 600)), class_="soft") for row in more]
    if away:
        parts.append(fold(f"{number(len(away))} dismissed by a reviewer", _list(away, ids), class_="cited"))
    return join(parts)


def _list(found: Sequence[Row], ids: Collection[str]) -> Html:
    entries = [el("li", _finding(row, ids), id=slug("finding", row["id"])) for row in found]
    parts = [el("ol", join(entries[:SHOWN]), class_="findings")]
    if rest := entries[SHOWN:MOST]:
        more = el("ol", join(rest), class_="findings", start=SHOWN + 1)
        parts.append(fold(several(len(rest), "finding", before="more "), more))
    if (beyond := len(entries) - MOST) > 0:
        parts.append(el("p", left_out(beyond, "finding"), class_="soft"))
    return join(parts)


def _finding(row: Row, ids: Collection[str]) -> Html:
    parts = [el("p", prose(cut(row["sentence"], 600)), class_="sentence")]
    if row["action"]:
        parts.append(el("p", el("strong", "What one can do: "), prose(cut(row["action"], 600))))
    links = [link(target(row, ids), "Evidence")]
    if row["group"]:
        places = [slug("examples", part) for part in row["group"].split(PAIR)]
        links += [link(place, "Removed documents") for place in places if place in ids][:1]
    parts.append(el("p", join(links, " · "), class_="links"))
    if row["review_decision"]:
        decided = DECISIONS.get(row["review_decision"], cut(row["review_decision"], 40))
        by = f" by {cut(row['review_by'], 80)}" if row["review_by"] else ""
        why = f": {cut(row['review_reason'], 400)}" if row["review_reason"] else ""
        why += f" (of report {cut(row['review_report'], 16)})" if row.get("review_report") else ""
        parts.append(el("p", el("strong", decided + by), why, class_="decision"))
    return join(parts)


def _clear(row: Row, report: Report) -> Html:
    """Nothing is flagged, and how small a ratio the data could have shown."""
    found, least = whole_rules(report), min_documents(report)
    small = {r["group"] for r in found} - {r["group"] for r in found if judged(r, least)}
    told = el("p", el("strong", "Nothing flagged. "), prose(cut(row["sentence"], 600)), class_="lead")
    if not small:
        return told
    said = too_few(len(small), least)
    return told + el("p", said, " ", link("impact", "They are listed"), ".")


def target(row: Row, ids: Collection[str]) -> str:
    """Where the evidence of a finding is: its row, its group, or where it says itself."""
    wanted = [str(row["anchor"]).lstrip("#")] if row["kind"] == "gate" and row["anchor"] else []
    if row["group"] and row["rule"]:
        wanted = [row_id(row), *(group_id(part) for part in row["group"].split(PAIR)), *wanted]
    elif row["group"] and row["axis"]:
        wanted.append(slug("corpus", row["axis"]))
    wanted += [str(row["anchor"]).lstrip("#")] if row["anchor"] else []
    return next((place for place in wanted if place in ids), "impact" if row["rule"] else "curation")


def cited(report: Report) -> tuple[set[str], set[str]]:
    """Ids of the rows that findings lead to, and the groups whose folds they are in."""
    told = [row for row in rows(report, "findings")[:MOST] if row["group"] and row["rule"]]
    return {row_id(row) for row in told}, {part for row in told for part in row["group"].split(PAIR)}

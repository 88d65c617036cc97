"""Key findings: at most seven, worst first, each with what to do and where the evidence is."""

from collections.abc import Collection

from audits.page.figures import number, plain
from audits.page.markup import Html, cut, el, fold, join, link, slug
from audits.page.reading import Report, Row, group_id, judged, max_ratio, min_documents, rows, whole_rules

SHOWN, MOST = 7, 100
DECISIONS = {"accepted": "Accepted", "dismissed": "Dismissed"}
SECTIONS = ("removed", "corpus", "said", "curation", "gates", "cannot", "comparison")


def findings(report: Report, ids: Collection[str]) -> Html:
    """The list; `ids` are the targets that exist on the page."""
    found = rows(report, "findings")
    if not found:
        return nothing_flagged(report)
    items = [el("li", _finding(row, report, ids), id=slug("finding", row["id"])) for row in found[:MOST]]
    parts = [el("ol", join(items[:SHOWN]), class_="findings")]
    if items[SHOWN:]:
        rest = el("ol", join(items[SHOWN:]), class_="findings", start=SHOWN + 1)
        parts.append(fold(f"{number(len(items) - SHOWN)} more findings", rest))
    if (beyond := len(found) - MOST) > 0:
        parts.append(el("p", f"{number(beyond)} further findings are in report.json.", class_="soft"))
    return join(parts)


def nothing_flagged(report: Report) -> Html:
    """What it means that nothing was found: how small a ratio the data could have shown."""
    if not report["records"]["read"]:
        return el("p", "The input holds no records.", class_="lead")
    found, least = whole_rules(report), min_documents(report)
    if not rows(report, "impact"):
        why = link("cannot", "not measured")
        return el("p", "Nothing flagged. Whom the rules removed was ", why, ".", class_="lead")
    seen = [row for row in found if judged(row, least)]
    small = len({row["group"] for row in found} - {row["group"] for row in seen})
    if not seen:
        said = f"Nothing could be judged: no group is mentioned by {number(least)} documents or more."
        return el("p", el("strong", said), class_="lead")
    parts = [el("p", el("strong", "Nothing flagged."), " ", _clear(report, len(seen)), class_="lead")]
    if sight := smallest_visible(seen):
        groups = len({row["group"] for row in seen})
        parts.append(
            el(
                "p",
                f"How small a difference could have been seen: in half of the {number(len(seen))}"
                f" comparisons (rules by {number(groups)} groups), a removal rate {plain(sight[1])} times"
                " that of the reference, or less, would have stood out; the sharpest could have shown"
                f" {plain(sight[0])}.",
            )
        )
    if small:
        said = f"{number(small)} groups have fewer than {number(least)} documents: too few to judge."
        parts.append(el("p", said, " ", link("removed", "They are listed"), "."))
    return join(parts)


def smallest_visible(seen: list[Row]) -> tuple[float, float] | None:
    """The ratio, sharpest and median, whose interval would just leave out 1: by each interval's width."""
    widths = sorted(
        row["high"] / row["removal_ratio"]
        for row in seen
        if row["high"] is not None and row["removal_ratio"] and row["high"] >= row["removal_ratio"]
    )
    return (widths[0], widths[len(widths) // 2]) if widths else None


def _clear(report: Report, comparisons: int) -> str:
    return (
        f"In {number(comparisons)} comparisons no rule removed documents that mention a group more than"
        f" {plain(max_ratio(report))} times as often as the reference, beyond chance."
    )


def _finding(row: Row, report: Report, ids: Collection[str]) -> Html:
    parts = [el("p", cut(row["sentence"], 600), class_="sentence")]
    if row["action"]:
        parts.append(el("p", el("strong", "What one can do: "), cut(row["action"], 600)))
    links = [link(target(row, ids), "Evidence")]
    if row["group"] and any(e["group"] == row["group"] for e in rows(report, "examples")):
        place = slug("examples", row["group"])
        if place in ids:
            links.append(link(place, "Removed documents"))
    parts.append(el("p", join(links, " · "), class_="links"))
    if row["review_decision"]:
        decided = DECISIONS.get(row["review_decision"], cut(row["review_decision"], 40))
        by = f" by {cut(row['review_by'], 80)}" if row["review_by"] else ""
        why = f": {cut(row['review_reason'], 400)}" if row["review_reason"] else ""
        parts.append(el("p", el("strong", f"{decided}{by}"), why, class_="decision"))
    return join(parts)


def target(row: Row, ids: Collection[str]) -> str:
    """Where the evidence of a finding is: its group's rows, its own anchor, or the section it speaks of."""
    wanted = [group_id(row["group"])] if row["group"] and row["rule"] else []
    wanted += [str(row["anchor"]).lstrip("#")] if row["anchor"] else []
    kind = str(row["kind"])
    wanted += ["gates"] if "gate" in kind else []
    wanted += ["removed"] if row["rule"] else []
    return next((place for place in wanted if place in ids), "curation")


def cited(report: Report) -> set[str]:
    """Groups whose rows a finding leads to."""
    return {row["group"] for row in rows(report, "findings")[:MOST] if row["group"] and row["rule"]}

"""A group's rows, opened: by reason, within strata, in pairs, examples, other thresholds."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from audits import names
from audits.page.figures import NONE, chance, estimate, interval, left_out, number, percent, plain
from audits.page.limits import Limits
from audits.page.markup import Html, code, cut, el, excerpt, fold, join, slug
from audits.page.reading import (
    Report,
    Row,
    departure,
    group_id,
    judged,
    min_documents,
    row_id,
    rows,
    whole_rules,
)
from audits.page.tables import Line, folded, table
from audits.page.titles import group, reason, rule
from schemas.group_names import PAIR

EACH_CELL = 20  # examples of a rule and group
ROOM = 900_000  # bytes of the page for opened groups; the last one may go beyond
INSIDE = {
    "toxicity": "insults, slurs, threats or sexual language",
    "c4_quality": "insults or sexual language",
    "pii": "talk of private matters; names and numbers are replaced",
}


def of(part: int | None, whole: int | None) -> str:
    """480 of 2,000 (24 %)."""
    if part is None or whole is None:
        return NONE
    share = f" ({percent(part / whole)})" if whole else ""
    return f"{number(part)} of {number(whole)}{share}"


def choose(report: Report, limits: Limits, cited: Collection[str]) -> list[str]:
    """Groups that open: those that findings cite, then those that depart most; each has enough documents."""
    least = min_documents(report)
    worst: dict[str, tuple[bool, float, float]] = {}
    known = {row["group"] for row in rows(report, "impact")}
    for row in whole_rules(report):
        if judged(row, least):
            worst[row["group"]] = max(worst.get(row["group"], (False, 0.0, 0.0)), departure(row))
    order = sorted(worst, key=lambda name: (*(-float(part) for part in worst[name]), name))
    first = sorted(name for name in cited if name in known)
    return list(dict.fromkeys([*first, *order]))[: max(limits.opened, len(first))]


def opened(
    report: Report, limits: Limits, chosen: Sequence[str], cited: Collection[str], groups: Collection[str]
) -> tuple[Html, list[str]]:
    """(a fold a group, the groups shown: those `chosen` until there is no more room).

    `cited` and `groups` are rows and groups that findings lead to.
    """
    if not chosen:
        return el("p", "No group has enough documents to be opened.", class_="soft"), []
    of_groups = _by_group(report, chosen)
    left = [limits.examples]
    folds: list[Html] = []
    room = ROOM
    for name in chosen:
        if room > 0:
            folds.append(_group(report, name, of_groups[name], limits, left, cited, name in groups))
            room -= len(folds[-1].encode())
    shown = list(chosen[: len(folds)])
    parts = [
        el("h3", "Group by group"),
        el("p", "By reason, within strata, in pairs, at other thresholds, and what was removed."),
        *folds,
    ]
    judged_groups = {row["group"] for row in whole_rules(report) if judged(row, min_documents(report))}
    if beyond := len(judged_groups - set(shown)):
        parts.append(el("p", left_out(beyond, "group"), class_="soft"))
    return join(parts), shown


class _Rows(NamedTuple):
    """Rows of a report that a group opens."""

    impact: list[Row]
    pairs: list[Row]
    what_if: list[Row]
    examples: list[Row]


def _by_group(report: Report, chosen: Sequence[str]) -> dict[str, _Rows]:
    """The rows of each chosen group; a pair is a row of both of its groups."""
    found = {name: _Rows([], [], [], []) for name in chosen}
    sections = ("impact", "impact_pairs", "what_if", "examples")
    for at, section in enumerate(sections):
        for row in rows(report, section):
            for name in str(row["group"]).split(PAIR):
                if name in found:
                    found[name][at].append(row)
    return found


def _group(
    report: Report,
    name: str,
    found: _Rows,
    limits: Limits,
    left: list[int],
    cited: Collection[str],
    is_cited: bool,
) -> Html:
    wholes = [row for row in found.impact if row["reason"] is None]
    flags = [row for row in found.impact if row["flagged"]]
    worst = max(flags or wholes, key=departure, default=None)
    summary = el("strong", el("bdi", group(name)))
    if worst is not None:
        why = f" ({reason(worst['rule'], worst['reason'])})" if worst["reason"] else ""
        mark = f"▲\u00a0{number(len(flags))} flagged; " if flags else ""
        ends = worst["low"], worst["high"]
        told = interval(*ends) if worst["removal_ratio"] is None else estimate(worst["removal_ratio"], *ends)
        summary += f": {mark}widest {rule(worst['rule'])}{why} {told}"
    parts = [
        el("p", f"{names.mention(name)[0].upper()}{names.mention(name)[1:]} (", code(name), ")."),
        _rules(name, wholes, cited),
        _reasons(name, found.impact, limits, cited),
        _what_if(name, found.what_if, limits),
        _examples(report, name, found.examples, limits, left),
        _stratified(name, wholes),
        _pairs(name, found.pairs, limits, cited),
    ]
    return fold(summary, *parts, id_=group_id(name), class_="group cited" if is_cited else "group")


def _line(row: Row, cited: Collection[str], *first: object) -> Line:
    return Line(
        (
            *first,
            ("▲\u00a0" if row["flagged"] else "") + plain(row["removal_ratio"]),
            interval(row["low"], row["high"]),
            of(row["removed"], row["documents"]),
            of(row["reference_removed"], row["reference_documents"]),
            plain(row["retention_ratio"]),
            chance(row["p_exact_adjusted"]),
        ),
        id_=row_id(row) if row_id(row) in cited else None,
    )


HEADS = ("Ratio", "95 % interval", "Removed", "Reference removed", "Retention ratio", "Adjusted p")


def _rules(name: str, wholes: list[Row], cited: Collection[str]) -> Html:
    lines = [_line(row, cited, rule(row["rule"])) for row in sorted(wholes, key=departure, reverse=True)]
    return table(f"By rule, {group(name)}", ["Rule", *HEADS], lines)


def _stratified(name: str, wholes: list[Row]) -> Html | None:
    found = [row for row in wholes if row.get("mh_ratio") is not None]
    if not found:
        return None
    lines = [
        Line(
            (
                rule(row["rule"]),
                plain(row["removal_ratio"]),
                plain(row["mh_ratio"]),
                interval(row["mh_low"], row["mh_high"]),
                chance(row["mh_p"]),
                number(row["strata"]),
            )
        )
        for row in sorted(found, key=departure, reverse=True)
    ]
    heads = ["Rule", "As it is", "Within strata", "95 % interval", "p", "Strata"]
    why = "Within strata: documents of the same source, language and length are compared (Mantel-Haenszel)."
    return table(f"Within source, language and length, {group(name)}", heads, lines) + el(
        "p", why, class_="soft"
    )


def _reasons(name: str, found: list[Row], limits: Limits, cited: Collection[str]) -> Html | None:
    by_reason = [row for row in found if row["reason"] is not None and (row["removed"] or row["flagged"])]
    if not by_reason:
        return None
    by_reason.sort(key=lambda row: (*(-float(part) for part in departure(row)), row["rule"], row["reason"]))
    most = limits.reasons
    lines = [
        _line(row, cited, rule(row["rule"]), reason(row["rule"], row["reason"])) for row in by_reason[:most]
    ]
    caption, heads = f"By reason, {group(name)}", ["Rule", "Reason", *HEADS]
    return folded(caption, heads, lines, shown=8, most=most, words=2, whole=len(by_reason))


def _pairs(name: str, found: list[Row], limits: Limits, cited: Collection[str]) -> Html | None:
    if not found:
        return None
    most = limits.reasons
    found.sort(key=lambda row: (*(-float(part) for part in departure(row)), row["rule"], row["group"]))
    lines = [
        _line(
            row,
            cited if _is_first(row, name) else (),
            el("bdi", group(row["group"])),
            rule(row["rule"]),
        )
        for row in found[:most]
    ]
    caption, heads = f"Pairs with {group(name)}", ["Pair", "Rule", *HEADS]
    return folded(caption, heads, lines, shown=6, most=most, words=2, whole=len(found))


def _is_first(row: Row, name: str) -> bool:
    """A pair stands with both of its groups; its id stands once."""
    return str(row["group"]).startswith(f"{name}{PAIR}")


def _what_if(name: str, found: list[Row], limits: Limits) -> Html | None:
    if not found:
        return None
    lines = [
        Line(
            (
                rule(row["rule"]),
                reason(row["rule"], row["reason"]),
                plain(row["threshold"], trim=True)
                + (" (as it is)" if row["threshold"] == row["policy_threshold"] else ""),
                plain(row["removal_ratio"]),
                interval(row["low"], row["high"]),
                of(row["removed"], row["documents"]),
                number(row["removed_in_all"]),
            ),
            "now" if row["threshold"] == row["policy_threshold"] else None,
        )
        for row in found[: limits.reasons]
    ]
    caption = f"What if the threshold moved, {group(name)}"
    heads = ["Rule", "Reason", "Threshold", "Ratio", "95 % interval", "Removed", "Removed in all"]
    return folded(caption, heads, lines, shown=10, most=limits.reasons, words=2, whole=len(found))


def _examples(report: Report, name: str, found: list[Row], limits: Limits, left: list[int]) -> Html | None:
    if not found:
        return None
    by_rule: dict[str, list[Row]] = {}
    for row in found:
        by_rule.setdefault(row["rule"], []).append(row)
    folds = []
    for rule_, of_rule in by_rule.items():
        taken = of_rule[: min(EACH_CELL, left[0])]
        left[0] -= len(taken)
        if not taken:
            continue
        items = join(el("li", _example(row, limits)) for row in taken)
        inside = INSIDE.get(rule_.partition("/")[0], "anything that was in the corpus, insults too")
        warning = f"{number(len(taken))} removed by {rule(rule_)}. Warning: may hold {inside}"
        folds.append(fold(warning, el("ul", items, class_="examples"), class_="harm"))
    if not folds:
        return el(
            "p", "Removed documents are in samples/ of the snapshot.", class_="soft", id=_examples_id(name)
        )
    head = el("h4", f"Removed documents that mention {group(name)}")
    scrubbed = "scrubbed of personal data" if "pii" in report["filters"] else "not scrubbed of personal data"
    note = el("p", f"Drawn by hash, {scrubbed}, cut.", class_="soft")
    return el("div", head, note, *folds, id=_examples_id(name))


def _examples_id(name: str) -> str:
    return slug("examples", name)


def _example(row: Row, limits: Limits) -> Html:
    score = "" if row["score"] is None else f", {plain(row['score'])} (threshold {plain(row['threshold'])})"
    about = f"{reason(row['rule'], row['reason'])}{score}; {cut(row['source'] or '', 60)}; "
    return el("p", excerpt(row["text"] or "", limits.letters), dir="auto") + el(
        "small", about, code(row["doc_id"])
    )

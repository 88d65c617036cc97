"""Key findings: at most seven open ones, worst first, each one sentence; then what reviewers have dismissed.

Order: failed gates; rules and groups that are flagged, and pairs of groups, by the lower end of the interval
of the removal ratio, which is large where the excess is and the data are sure of it; then shares that all
rules together lessened, verdicts that flip with the group, and what drifted. What tells the same thing is
told once: reasons of a rule, a country and its regions (`audits/nested.py`), a gate and the removal that
breaks it.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import xxhash

from audits import gate_rows, gates, nested, sentences
from audits.impact_rows import MAX_RATIO, MIN_DOCUMENTS
from audits.reviews import Decision, attached
from audits.unflagged import unflagged

MOST = 7
FLIPS = 0.01  # of verdicts, surely more, under an identity swap
SWAPS = ("swap_gender", "swap_nationality", "swap_religion")
RATIOS = ("removal_ratio", "mh_ratio")  # measures whose gates are told as a removal
UNANSWERED = ("none", "more")  # kinds that nobody has to decide on
KEYS = ("id", "kind", "rule", "reason", "axis", "group", "sentence", "action")
NUMBERS = ("value", "low", "high", "count", "of")
Row = Mapping[str, Any]
Report = Mapping[str, Any]


class Evidence(NamedTuple):
    """What a report holds of each rule and group.

    Attributes:
        reasons: rows of `impact` of the rule's reasons that removed any.
        what_ifs: rows of `what_if`.
        examples: number of examples, by the reason that decided, too.
    """

    reasons: dict[tuple[str, str], list[Row]]
    what_ifs: dict[tuple[str, str], list[Row]]
    examples: Counter[tuple[str, str, str | None]]

    @classmethod
    def of(cls, report: Report) -> "Evidence":
        """That of a whole report."""
        reasons, what_ifs = defaultdict(list), defaultdict(list)
        for row in report.get("impact") or ():
            if row["reason"] is not None and row["removed"]:
                reasons[row["rule"], row["group"]].append(row)
        for row in report.get("what_if") or ():
            what_ifs[row["rule"], row["group"]].append(row)
        examples: Counter[tuple[str, str, str | None]] = Counter()
        for row in report.get("examples") or ():
            examples.update([(row["rule"], row["group"], reason) for reason in (None, row["reason"])])
        return cls(reasons, what_ifs, examples)

    def told(self, one: nested.Told) -> str:
        """The sentence about a removal."""
        place = one.row["rule"], one.row["group"]
        return sentences.removed(one.row, self.reasons.get(place, ()), one.wider, one.inside)

    def remedy(self, one: nested.Told) -> str:
        """What to do about it."""
        place = one.row["rule"], one.row["group"]
        return sentences.remedy(
            one.row, self.what_ifs.get(place, ()), self.examples[(*place, one.row["reason"])]
        )


def findings(report: Report, decisions: Sequence[Decision] = ()) -> list[dict[str, Any]]:
    """Rows of `findings`.

    Args:
        report: all its other sections.
        decisions: of reviewers, on an earlier report.
    """
    limits = _limits(report)
    told = _told(report, **limits)
    flagged, evidence = bool(told), Evidence.of(report)
    found = [*_gates(report, told, evidence), *_removals(told, evidence), *_pairs(report)]
    found += [*_shares(report, found, **limits), *_flips(report), *_drift(report)]
    if not flagged:
        found.append(_none(report, **limits))
    taken = {decision.finding: decision for decision in decisions}
    found = [attached(row, taken) for row in found]
    left = [row for row in found if row["review_decision"] != "dismissed"]
    if len(left) > MOST:
        left = [*left[: MOST - 1], attached(_more(left[MOST - 1 :]), taken)]
    return [*left, *(row for row in found if row["review_decision"] == "dismissed")]


def anchor_of_impact(rule: str, axis: str | None, group: str | None) -> str:
    """Id of the place in the page that shows a rule and group, or pair of groups."""
    parts = (rule.partition("/")[0], *(group or axis or "").split("*"))
    return "-".join(["impact", *(re.sub(r"[^a-z0-9_]+", "-", part) for part in parts if part)])


def anchor_of_gate(index: int) -> str:
    """Id of the place in the page that shows a gate, by its place in `gates`."""
    return f"gate-{index}"


def _limits(report: Report) -> dict[str, Any]:
    known = (report.get("settings") or {}).get("impact") or {}
    return {
        "min_documents": known.get("min_documents", MIN_DOCUMENTS),
        "max_ratio": known.get("max_ratio", MAX_RATIO),
    }


def _row(kind: str, sentence: str, anchor: str | None, action: str = "", **known: Any) -> dict[str, Any]:  # noqa: ANN401 - of a row
    """A finding; its id hashes what it is about, and no number."""
    about = [kind, *(str(known.get(key)) for key in ("rule", "reason", "axis", "group", "what"))]
    name = xxhash.xxh3_64_hexdigest("\0".join(about).encode())
    keys = {key: known.get(key) for key in (*KEYS, *NUMBERS)}
    answer = "" if kind in UNANSWERED else sentences.decide(name)
    text = {"sentence": f"{sentence}.", "action": f"{action} {answer}".strip() or None}
    return {**keys, "id": name, "kind": kind, **text, "anchor": anchor}


def _told(report: Report, *, min_documents: int, max_ratio: float) -> list[nested.Told]:
    """What is flagged, each thing once, the surest excess first."""
    flagged: dict[str, dict[str, Row]] = {}
    for row in report.get("impact") or ():
        if row["flagged"]:
            groups = flagged.setdefault(row["rule"], {})
            known = groups.get(row["group"])
            if known is None or _prefer(row) > _prefer(known):
                groups[row["group"]] = row
    told = [
        one
        for groups in flagged.values()
        for one in nested.merged(list(groups.values()), min_documents=min_documents, max_ratio=max_ratio)
    ]
    return sorted(told, key=lambda one: (-one.row["low"], one.row["rule"], one.row["group"]))


def _prefer(row: Row) -> tuple[bool, float, str]:
    """The rule as a whole, else the reason of the surest excess."""
    return row["reason"] is None, row["low"], row["reason"] or ""


def _gates(report: Report, told: list[nested.Told], evidence: Evidence) -> Iterator[dict[str, Any]]:
    """Failed gates, those of the greatest breach first; a removal that breaks one is told with it."""
    failed = [(i, row) for i, row in enumerate(report.get("gates") or ()) if row["verdict"] == gates.FAILED]
    for i, row in sorted(failed, key=lambda pair: (-_breach(pair[1]), pair[0])):
        known = {"rule": row["rule"], "group": row["group"], "value": row["value"], "what": row["name"]}
        one = _broken(report, told, row) if row["measure"] in RATIOS else None
        if one is None:
            known |= {"count": row["failed"], "of": row["checked"]}
            yield _row("gate", sentences.gate(row), anchor_of_gate(i), **known)
            continue
        sentence = evidence.told(one) + sentences.allowed(row)
        about = _about(one.row) | {"what": row["name"]}
        yield _row("gate", sentence, anchor_of_gate(i), evidence.remedy(one), **about)


def _broken(report: Report, told: list[nested.Told], gate: Row) -> nested.Told | None:
    """The removal that breaks a gate most; it is taken out of `told`, where it is flagged too."""
    for one in told:
        if _is(one.row, gate["where"]):
            told.remove(one)
            return one
    rows = (row for name in ("impact", "impact_pairs") for row in report.get(name) or ())
    return next((nested.Told(row) for row in rows if _is(row, gate["where"])), None)


def _is(row: Row, where: str) -> bool:
    return gate_rows.place(row["rule"], row["reason"], row["group"]) == where


def _breach(row: Row) -> float:
    """How far a value lies beyond its bound, as a ratio."""
    value, bound = abs(row["value"]) or 1e-9, abs(row["threshold"]) or 1e-9
    return value / bound if row["operator"] == "at_most" else bound / value


def _removals(told: Sequence[nested.Told], evidence: Evidence) -> Iterator[dict[str, Any]]:
    for one in told:
        anchor = anchor_of_impact(one.row["rule"], one.row["axis"], one.row["group"])
        yield _row("disparity", evidence.told(one), anchor, evidence.remedy(one), **_about(one.row))


def _about(row: Row) -> dict[str, Any]:
    """Keys and numbers of a finding about a row of `impact`."""
    keys = {key: row[key] for key in ("rule", "reason", "axis", "group", "low", "high")}
    return {**keys, "value": row["removal_ratio"], "count": row["removed"], "of": row["documents"]}


def _pairs(report: Report) -> Iterator[dict[str, Any]]:
    """Pairs of groups that are removed surely more often than either of them."""
    singles = {
        (row["rule"], row["group"]): row for row in report.get("impact") or () if row["reason"] is None
    }
    flagged = [row for row in report.get("impact_pairs") or () if row["flagged"]]
    shown: dict[str, Row] = {}
    for row in sorted(flagged, key=lambda row: (-row["low"], row["rule"], row["group"])):
        alone = [singles.get((row["rule"], group)) for group in row["group"].split("*")]
        rates = [one["removed"] / one["documents"] for one in alone if one and one["documents"]]
        if row["low"] * _rate(row) > max(rates, default=0):
            shown.setdefault(row["rule"], row)
    for row in shown.values():
        anchor = anchor_of_impact(row["rule"], row["axis"], row["group"])
        yield _row("pair", sentences.removed(row), anchor, **_about(row))


def _rate(row: Row) -> float:
    return row["reference_removed"] / row["reference_documents"] if row["reference_documents"] else 0.0


def _shares(
    report: Report, found: Sequence[Row], *, min_documents: int, max_ratio: float
) -> Iterator[dict[str, Any]]:
    """Groups whose share of an axis all rules together lessened, where no finding names them."""
    named = {row["group"] for row in found}
    sides: dict[str, dict[str, Row]] = {}
    for row in report.get("representation") or ():
        if row["measure"] == "axis_share" and row["value"] is not None and row["group"] not in named:
            sides.setdefault(row["group"], {})[row["side"]] = row
    pairs = [(one["before"], one["after"]) for one in sides.values() if len(one) == 2]
    fallen = [
        (before, after)
        for before, after in pairs
        if before["count"] >= min_documents
        and after["value"] * max_ratio < before["value"]
        and after["high"] < before["low"]
    ]
    for before, after in sorted(
        fallen, key=lambda pair: (pair[1]["value"] / pair[0]["value"], pair[1]["group"])
    ):
        keys = {key: after[key] for key in ("axis", "group", *NUMBERS)}
        yield _row("share", sentences.fallen(before, after), "representation", **keys)


def _flips(report: Report) -> Iterator[dict[str, Any]]:
    for row in report.get("counterfactual") or ():
        if row["rule"] is None and row["change"] in SWAPS and row["rate"] is not None and row["low"] > FLIPS:
            known = {"value": row["rate"], "low": row["low"], "high": row["high"], "what": row["change"]}
            known |= {"count": row["flips"], "of": row["documents"]}
            yield _row("flip", sentences.flipped(row), "counterfactual", **known)


def _drift(report: Report) -> Iterator[dict[str, Any]]:
    rows = report.get("comparison") or ()
    drifted = [row for row in rows if row["drifted"]]
    if drifted:
        sentence = sentences.drifted(drifted, len(rows))
        yield _row("drift", sentence, "comparison", count=len(drifted), of=len(rows))


def _none(report: Report, **limits: Any) -> dict[str, Any]:  # noqa: ANN401 - of `_limits`
    """Nothing is flagged: how small a ratio the data could have shown, or why none."""
    found = unflagged(report, **limits)
    known: dict[str, Any] = (
        {} if found.tested is None else {"value": found.least, "count": 0, "of": found.tested}
    )
    return _row("none", found.sentence, "impact", **known)


def _more(rows: Sequence[Row]) -> dict[str, Any]:
    """The rest, where there are too many to tell."""
    kinds = {row["kind"] for row in rows}
    what = "removals" if kinds <= {"disparity", "pair"} else "findings"
    return _row("more", f"{len(rows):,} more {what} are in the tables below", "impact", count=len(rows))

"""Key findings: at most seven open ones, worst first, each one sentence; then what reviewers have dismissed.

Order: failed gates; rules and groups that are flagged, and pairs of groups, by the lower end of the interval
of the removal ratio, which is large where the excess is and the data are sure of it; then shares that all
rules together lessened, verdicts that flip with the group, and what drifted. What tells the same thing is
told once: reasons of a rule, a country and its regions (`audits/nested.py`), gates and the removal that
breaks them, a share and the removals that lessened it.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import xxhash

from audits import gate_sentences, nested, sentences
from audits.broken import Broken, broken
from audits.fallen import Fallen, fallen
from audits.impact_rows import MAX_RATIO, MIN_DOCUMENTS
from audits.reviews import Decision, attached
from audits.unflagged import unflagged
from filters.group_lexicons import groups as known_groups
from schemas.group_names import PAIR, axis_of

MOST = 7
FLIPS = 0.01  # of verdicts, surely more, under an identity swap
SWAPS = ("swap_gender", "swap_nationality", "swap_religion")
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
    failed, evidence = broken(report, told), Evidence.of(report)
    by_gates = [one.one.row for one in failed if one.one]
    found = [
        *_gates(failed, evidence),
        *_removals([one for one in told if one.row not in by_gates], evidence),
    ]
    found += _pairs(report, by_gates)
    named = {row["group"] for row in found} | {group for one in told for group in one.groups}
    found += [*_shares(fallen(report, named, **limits)), *_flips(report), *_drift(report)]
    if not told:
        found.append(_none(report, **limits))
    taken = {decision.finding: decision for decision in decisions}
    found = [attached(row, taken) for row in found]
    left = [row for row in found if row["review_decision"] != "dismissed"]
    if len(left) > MOST:
        left = [*left[: MOST - 1], attached(_more(left[MOST - 1 :]), taken)]
    return [*left, *(row for row in found if row["review_decision"] == "dismissed")]


def anchor_of_impact(rule: str, axis: str | None, group: str | None) -> str:
    """Id of the place in the page that shows a rule and group, or pair of groups."""
    parts = (rule.partition("/")[0], *(group or axis or "").split(PAIR))
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


def _gates(found: Sequence[Broken], evidence: Evidence) -> Iterator[dict[str, Any]]:
    """Failed gates; a removal that breaks some is told with them."""
    for gates, rows, one in found:
        what = "\0".join(gate["name"] for _, gate in sorted(gates, key=lambda pair: pair[0]))
        index, first = gates[0]
        if one is None:
            known = {key: first[key] for key in ("rule", *NUMBERS)} | _whom(first)
            yield _row("gate", gate_sentences.gate(first), anchor_of_gate(index), what=what, **known)
            continue
        sentence = evidence.told(one)
        for (_, gate), row in zip(gates, rows, strict=True):
            sentence += gate_sentences.allowed(gate, row, one.row)
        about = _about(one.row) | {"what": what}
        yield _row("gate", sentence, anchor_of_gate(index), evidence.remedy(one), **about)


def _whom(gate: Row) -> dict[str, str]:
    """Axis and group that a gate names, or of the row that breaks one that names none."""
    group = gate["group"] or (gate["where"] if gate["where"] in known_groups() else None)
    return {"axis": axis_of(group), "group": group} if group else {}


def _removals(told: Sequence[nested.Told], evidence: Evidence) -> Iterator[dict[str, Any]]:
    for one in told:
        anchor = anchor_of_impact(one.row["rule"], one.row["axis"], one.row["group"])
        yield _row("disparity", evidence.told(one), anchor, evidence.remedy(one), **_about(one.row))


def _about(row: Row) -> dict[str, Any]:
    """Keys and numbers of a finding about a row of `impact`."""
    keys = {key: row[key] for key in ("rule", "reason", "axis", "group", "low", "high")}
    return {**keys, "value": row["removal_ratio"], "count": row["removed"], "of": row["documents"]}


def _pairs(report: Report, by_gates: Sequence[Row]) -> Iterator[dict[str, Any]]:
    """Pairs of groups that are removed surely more often than either of them, but for what gates tell."""
    singles = {
        (row["rule"], row["group"]): row for row in report.get("impact") or () if row["reason"] is None
    }
    flagged = [row for row in report.get("impact_pairs") or () if row["flagged"] and row not in by_gates]
    shown: dict[str, Row] = {}
    for row in sorted(
        flagged, key=lambda row: (-row["low"], row["rule"], -nested.depth(row["group"]), row["group"])
    ):
        alone = [singles.get((row["rule"], group)) for group in row["group"].split(PAIR)]
        rates = [one["removed"] / one["documents"] for one in alone if one and one["documents"]]
        if row["low"] * _rate(row) > max(rates, default=0):
            shown.setdefault(row["rule"], row)
    for row in shown.values():
        anchor = anchor_of_impact(row["rule"], row["axis"], row["group"])
        yield _row("pair", sentences.removed(row), anchor, **_about(row))


def _rate(row: Row) -> float:
    return row["reference_removed"] / row["reference_documents"] if row["reference_documents"] else 0.0


def _shares(found: Sequence[Fallen]) -> Iterator[dict[str, Any]]:
    """Groups whose share of an axis all rules together lessened, where no finding names them."""
    for before, after, one in found:
        keys = {key: after[key] for key in ("axis", "group", *NUMBERS)}
        sentence = sentences.fallen(before, after, one.wider, one.inside)
        yield _row("share", sentence, "representation", **keys)


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

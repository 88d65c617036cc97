"""The report's `impact` and `impact_pairs`: whom each rule removed, against others of the same axis.

The reference of a group are the documents that mention another group of its axis and not this one: those that
mention the axis less those that mention the group. The reference of a pair are the documents that mention
groups of both axes, but not both of these.

A row is flagged where the group has `min_documents` measured documents, its removal ratio exceeds `max_ratio`
(as does one without bound, where the reference lost nothing: null, with a note), and its adjusted p lies
below .05 (Benjamini-Hochberg over all rows of the list that have a p: rules and their reasons of single
groups are one family, pairs another), by the score test and by the exact one: where few removals are
expected, the score test alone would flag somebody in every corpus (docs/decisions/disparity.md). Whole rules
always have a row; a reason has rows where it removed anything of the axis.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from audits import multiplicity
from audits.disparity import DECIMALS, number, p_value, ratios
from audits.stratified import Stratified, mantel_haenszel
from schemas.group_names import PAIR, axis_of

MIN_DOCUMENTS, MAX_RATIO, LEVEL = 200, 1.25, 0.05
TOO_FEW = "too few to judge"
UNMEASURED = "not measured on any document that mentions it"
NO_REFERENCE = "no reference: no other document mentions the axis and was measured"
NONE_REMOVED = "removed nothing of the group or its reference"
UNBOUNDED = "removed nothing of the reference: the ratio has no upper bound, and counts as above any limit"

Integers = npt.NDArray[np.int64]


class Counts(NamedTuple):
    """int64[checks, cells]; measured documents, those fired on, those decided."""

    documents: Integers
    fired: Integers
    decided: Integers

    def at(self, cells: Integers) -> "Counts":
        """Those of some cells, in their order."""
        return Counts(*(counts[:, cells] for counts in self))

    def where(self, shown: npt.NDArray[np.bool_]) -> "Counts":
        """Those of some checks and cells, int64[n] each."""
        return Counts(*(counts[shown] for counts in self))


def rows(
    counts: pa.Table, *, min_documents: int = MIN_DOCUMENTS, max_ratio: float = MAX_RATIO
) -> list[dict[str, Any]]:
    """`impact`: single groups, by rule, reason and group.

    Args:
        counts: `impact_counts.COUNTS`, merged.
        min_documents: measured documents that mention the group, from which a row can be flagged.
        max_ratio: removal ratio above which it can.
    """
    checks = _checks(counts)
    nowhere = counts.filter(pc.equal(counts["stratum"], ""))
    groups = [name for name in _names(nowhere) if "/" in name and PAIR not in name]
    axes = list(dict.fromkeys(axis_of(group) for group in groups))
    if not groups or not checks:
        return []
    found = _dense(nowhere, checks, groups + axes)
    whole = np.array([reason == "" for _, reason in checks])
    stratified = _stratified(counts, [check for check in checks if check[1] == ""], groups)
    group, reference = _sides(found, groups, axes)
    shown = whole[:, None] | (group.fired + reference.fired > 0)
    check, cell = np.nonzero(shown)
    place = (np.cumsum(whole) - 1) * len(groups)  # in `stratified`, of the first group of each whole rule
    strata = [int(place[c] + g) if whole[c] else None for c, g in zip(check, cell, strict=True)]
    names = [(*checks[c], groups[g]) for c, g in zip(check, cell, strict=True)]
    group, reference = group.where(shown), reference.where(shown)
    return compared(names, group, reference, min_documents, max_ratio, stratified, strata)


def pair_rows(
    counts: pa.Table, *, min_documents: int = MIN_DOCUMENTS, max_ratio: float = MAX_RATIO
) -> list[dict[str, Any]]:
    """`impact_pairs`: pairs of groups of two axes that have `min_documents`, by whole rule."""
    nowhere = counts.filter(pc.equal(counts["stratum"], ""))
    rules = [check for check in _checks(counts) if check[1] == ""]
    mentioned = nowhere.filter(
        pc.and_(
            pc.equal(nowhere["measure"], "documents"),
            pc.and_(pc.match_substring(nowhere["group"], PAIR), pc.match_substring(nowhere["group"], "/")),
        )
    )
    pairs = mentioned.filter(pc.greater_equal(mentioned["count"], min_documents))["group"].to_pylist()
    axes = list(dict.fromkeys(axis_of(pair) for pair in pairs))
    if not pairs or not rules:
        return []
    group, reference = _sides(_dense(nowhere, rules, pairs + axes), pairs, axes)
    shown = group.documents >= min_documents
    check, cell = np.nonzero(shown)
    names = [(*rules[c], pairs[g]) for c, g in zip(check, cell, strict=True)]
    group, reference = group.where(shown), reference.where(shown)
    return compared(names, group, reference, min_documents, max_ratio)


def compared(
    names: Sequence[tuple[str, str, str]],
    group: Counts,
    reference: Counts,
    min_documents: int = MIN_DOCUMENTS,
    max_ratio: float = MAX_RATIO,
    stratified: Stratified | None = None,
    strata: Sequence[int | None] = (),
) -> list[dict[str, Any]]:
    """A row of each of n comparisons, which are one family.

    Args:
        names: rule, reason (empty: the whole rule) and group.
        group: counts int64[n] of the group.
        reference: of its reference.
        min_documents: as of `rows`.
        max_ratio: as of `rows`.
        stratified: comparisons within strata; None: there are none.
        strata: the place of each comparison in `stratified`; None: it has none.
    """
    found = ratios(group.fired, group.documents, reference.fired, reference.documents)
    p_adjusted, exact = multiplicity.adjusted(found.p), multiplicity.adjusted(found.p_exact)
    with np.errstate(invalid="ignore"):
        ratio = np.round(found.removal, DECIMALS)  # as it stands in the row: 1.25 is not above 1.25
        beyond = (ratio > max_ratio) & (p_adjusted < LEVEL) & (exact < LEVEL)
        flagged = (group.documents >= min_documents) & beyond
    rules, reasons, groups = zip(*names, strict=True) if names else ((), (), ())
    columns: dict[str, Sequence[object]] = {
        "rule": rules,
        "reason": [reason or None for reason in reasons],
        "axis": [axis_of(name) for name in groups],
        "group": groups,
        "documents": group.documents.tolist(),
        "removed": group.fired.tolist(),
        "decided": group.decided.tolist(),
        "reference_documents": reference.documents.tolist(),
        "reference_removed": reference.fired.tolist(),
        "removal_ratio": [*map(number, found.removal.tolist())],
        "retention_ratio": [*map(number, found.retention.tolist())],
        "low": [*map(number, found.low.tolist())],
        "high": [*map(number, found.high.tolist())],
        "p": [*map(p_value, found.p.tolist())],
        "p_adjusted": [*map(p_value, p_adjusted.tolist())],
        "p_exact_adjusted": [*map(p_value, exact.tolist())],
        "flagged": flagged.tolist(),
    }
    places = strata if stratified else [None] * len(names)
    return [
        dict(zip(columns, values, strict=True))
        | ({} if stratified is None or place is None else _mantel_haenszel(stratified, place))
        | {"note": _note(i, group, reference, min_documents)}
        for i, (values, place) in enumerate(
            zip(zip(*columns.values(), strict=True), places, strict=True)  # a row at a time
        )
    ]


def _mantel_haenszel(stratified: Stratified, place: int) -> dict[str, Any]:
    ratio, low, high, p, strata = (column[place] for column in stratified)
    interval = {"mh_ratio": number(ratio), "mh_low": number(low), "mh_high": number(high)}
    return {**interval, "mh_p": p_value(p), "strata": int(strata)}


def _note(i: int, group: Counts, reference: Counts, min_documents: int) -> str | None:
    notes = []
    if not group.documents[i]:
        notes.append(UNMEASURED)
    elif not reference.documents[i]:
        notes.append(NO_REFERENCE)
    elif not group.fired[i] and not reference.fired[i]:
        notes.append(NONE_REMOVED)
    elif not reference.fired[i]:
        notes.append(UNBOUNDED)
    if 0 < group.documents[i] < min_documents:
        notes.append(TOO_FEW)
    return "; ".join(notes) or None


def _sides(found: Counts, groups: list[str], axes: list[str]) -> tuple[Counts, Counts]:
    """(counts of each group, of its reference) from those of groups, then axes."""
    place = {axis: len(groups) + i for i, axis in enumerate(axes)}
    group = found.at(np.arange(len(groups)))
    axis = found.at(np.array([place[axis_of(name)] for name in groups]))
    return group, Counts(*(whole - part for whole, part in zip(axis, group, strict=True)))


def _stratified(counts: pa.Table, rules: list[tuple[str, str]], groups: list[str]) -> Stratified:
    """[rules x groups], each rule's groups together."""
    within = counts.filter(pc.not_equal(counts["stratum"], ""))
    strata = pc.unique(within["stratum"]).to_pylist()
    axes = list(dict.fromkeys(axis_of(group) for group in groups))
    cells = [name + "\0" + stratum for name in groups + axes for stratum in strata]
    joined = pc.binary_join_element_wise(within["group"], within["stratum"], "\0")
    within = within.set_column(within.schema.get_field_index("group"), "group", joined)
    found = []
    for rule in rules:
        shape = (len(groups) + len(axes), len(strata))
        one = Counts(*(x.reshape(shape) for x in _dense(within, [rule], cells)))
        one = Counts(*(x.T for x in one))  # [strata, cells], as `_sides` divides cells
        group, reference = _sides(one, groups, axes)
        found.append(
            mantel_haenszel(group.fired.T, group.documents.T, reference.fired.T, reference.documents.T)
        )
    return Stratified(*(np.concatenate(column) for column in zip(*found, strict=True)))


def _dense(counts: pa.Table, checks: list[tuple[str, str]], cells: list[str]) -> Counts:
    """Counts of some checks and cells (names in column `group`)."""
    cell = pc.index_in(counts["group"], pa.array(cells, pa.string())).fill_null(-1).to_numpy()
    check = pc.index_in(
        pc.binary_join_element_wise(counts["rule"], counts["reason"], "\0"),
        pa.array(["\0".join(check) for check in checks], pa.string()),
    )
    check = check.fill_null(-1).to_numpy()
    amount = counts["count"].to_numpy()
    measures = {}
    for measure in ("unmeasured", "fired", "decided"):
        use = pc.equal(counts["measure"], measure).to_numpy() & (cell >= 0) & (check >= 0)
        measures[measure] = np.zeros((len(checks), len(cells)), np.int64)
        measures[measure][check[use], cell[use]] = amount[use]
    use = pc.equal(counts["measure"], "documents").to_numpy() & (cell >= 0)
    mentioning = np.zeros(len(cells), np.int64)
    mentioning[cell[use]] = amount[use]
    return Counts(mentioning - measures["unmeasured"], measures["fired"], measures["decided"])


def _checks(counts: pa.Table) -> list[tuple[str, str]]:
    """(rule, reason) of all that was on, whole rules (reason "") too."""
    on = counts.filter(
        pc.and_(
            pc.and_(pc.equal(counts["group"], ""), pc.equal(counts["stratum"], "")),
            pc.equal(counts["measure"], "fired"),
        )
    )
    return sorted(zip(on["rule"].to_pylist(), on["reason"].to_pylist(), strict=True))


def _names(counts: pa.Table) -> list[str]:
    return sorted(pc.unique(counts["group"]).to_pylist())

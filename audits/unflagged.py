"""What a report says that flags nothing: what the data could have shown, or why nothing could be judged."""

import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from audits import numbers
from audits.impact_rows import LEVEL
from audits.power import smallest_ratio

Row = Mapping[str, Any]
Report = Mapping[str, Any]
# Why a comparison with documents enough has no test: what is so in it.
UNTESTED = {
    "reference": "no other group of the axis is mentioned, so there is nothing to compare with",
    "none": "the rule removed no document that mentions the group, and none that mentions others of its axis",
    "all": "the rule removed all documents that mention the group, and all that mention others of its axis",
}


class Unflagged(NamedTuple):
    """That nothing is flagged.

    Attributes:
        sentence: without a full stop.
        least: the removal ratio that the middle comparison would have shown four times in five, if any.
        tested: comparisons with documents enough; None: there were none.
    """

    sentence: str
    least: float | None = None
    tested: int | None = None


def unflagged(report: Report, *, min_documents: int, max_ratio: float) -> Unflagged:
    """What to say of a report without a flag.

    Args:
        report: its `impact`, and `not_measured`.
        min_documents: documents from which a group can be judged.
        max_ratio: removal ratio above which one is flagged.
    """
    rows = list(report.get("impact") or ())
    wholes = [row for row in rows if row["reason"] is None]
    enough = [row for row in wholes if row["documents"] >= min_documents]
    tested = [row for row in enough if row["p"] is not None]
    if not tested:
        why = _why_not(report, wholes, enough, min_documents)
        return Unflagged(f"No removals could be judged: {why}")
    level = LEVEL / sum(row["p"] is not None for row in rows)
    found = [
        smallest_ratio(row["documents"], row["reference_documents"], _reference_rate(row), level=level)
        for row in tested
    ]
    middle = statistics.median_high(float("inf") if ratio is None else ratio for ratio in found)
    least = None if middle == float("inf") else round(max(middle, max_ratio), 6)
    return Unflagged(_could(len(tested), max_ratio, least), least, len(tested))


def _reference_rate(row: Row) -> float:
    return float(row["reference_removed"] / row["reference_documents"])


def _could(tested: int, max_ratio: float, least: float | None) -> str:
    """That nothing is flagged, and what could have been seen."""
    could = "no ratio could have been shown"
    if least is not None:
        could = f"a ratio of {numbers.ratio(least)} or more would have been shown four times in five"
    middle = "in it" if tested == 1 else "in the middle one of them"
    return (
        f"No rule removed documents that mention a group more than {max_ratio:g} times as often as others of"
        f" its axis, of {_comparisons(tested)}; {middle} {could}"
    )


def _why_not(report: Report, wholes: Sequence[Row], enough: Sequence[Row], min_documents: int) -> str:
    """Why no comparison could be tested."""
    if any(row["what"] == "groups" for row in report.get("not_measured") or ()):
        return "mentions of groups were not looked for"
    if not wholes:
        return "no document mentions a group"
    if not enough:
        return f"no group is mentioned in {min_documents:,} documents that a rule was measured on"
    reasons = Counter(map(_untested, enough))
    of = _comparisons(len(enough))
    if len(reasons) == 1:
        return f"in {'' if len(enough) == 1 else 'all of '}{of}, {UNTESTED[next(iter(reasons))]}"
    parts = [f"in {count:,} {UNTESTED[reason]}" for reason, count in sorted(reasons.items())]
    return f"of {of}, {'; '.join(parts)}"


def _untested(row: Row) -> str:
    """Why a comparison with documents enough has no p: a key of UNTESTED."""
    if not row["reference_documents"]:
        return "reference"
    return "all" if row["removed"] else "none"


def _comparisons(number: int) -> str:
    return f"{number:,} {'comparison' if number == 1 else 'comparisons'} with documents enough"

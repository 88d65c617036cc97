"""What a report says that flags nothing: what the data could have shown, or why nothing could be judged."""

import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from audits import sentences
from audits.impact_rows import LEVEL
from audits.power import smallest_ratio

Row = Mapping[str, Any]
Report = Mapping[str, Any]


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
        return Unflagged(_unjudged(report, wholes, enough, min_documents))
    level = LEVEL / sum(row["p"] is not None for row in rows)
    found = [
        smallest_ratio(row["documents"], row["reference_documents"], _reference_rate(row), level=level)
        for row in tested
    ]
    middle = statistics.median_high(float("inf") if ratio is None else ratio for ratio in found)
    least = None if middle == float("inf") else round(max(middle, max_ratio), 6)
    return Unflagged(sentences.nothing(len(tested), max_ratio, least), least, len(tested))


def _reference_rate(row: Row) -> float:
    return float(row["reference_removed"] / row["reference_documents"])


def _unjudged(report: Report, wholes: Sequence[Row], enough: Sequence[Row], min_documents: int) -> str:
    """Why no comparison could be tested."""
    if any(row["what"] == "groups" for row in report.get("not_measured") or ()):
        return sentences.UNJUDGED_GROUPS
    if not wholes:
        return sentences.UNJUDGED_MENTIONS
    if not enough:
        return sentences.unjudged_few(min_documents)
    return sentences.unjudged(Counter(map(_untested, enough)))


def _untested(row: Row) -> str:
    """Why a comparison with documents enough has no p, as `sentences.UNTESTED` has it."""
    if not row["reference_documents"]:
        return "reference"
    return "all" if row["removed"] else "none"

"""Rows of `counterfactual`: how often a verdict, or a rule, flips when the text is changed a little.

A change counts only where it alters the text. A rule's rate is over the documents on which it was measured
before and after the change: costly rules are not measured where a cheap one removes. Intervals: Wilson.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from audits import intervals

VERDICT = None  # the rule of rows about the verdict as a whole
NONE_ALTERED = "the change alters none of the documents"
NOT_MEASURED = "the rule was measured on none of the altered documents"


def rows(counted: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One row a change and rule, and one a change for the verdict.

    Args:
        counted: `counts`, a list of [change, rule, documents, to_removed, to_kept].
    """
    altered = {change: documents for change, rule, documents, *_ in counted["counts"] if rule is VERDICT}
    return [_row(count, altered[count[0]]) for count in counted["counts"]]


def _row(count: Sequence[Any], altered: int) -> dict[str, Any]:
    change, rule, documents, to_removed, to_kept = count
    flips = to_removed + to_kept
    low, high = (bound.item() for bound in intervals.wilson(flips, documents))
    return {
        "change": change,
        "rule": rule,
        "documents": documents,
        "flips": flips,
        "rate": round(flips / documents, 6) if documents else None,
        "low": round(low, 6) if documents else None,
        "high": round(high, 6) if documents else None,
        "to_removed": to_removed,
        "to_kept": to_kept,
        "note": None if documents else NOT_MEASURED if altered else NONE_ALTERED,
    }

"""One row of `representation`, and rows of proportions."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from audits.intervals import wilson

KEYS = ("measure", "axis", "group", "key", "side", "count", "of", "value", "low", "high", "expected", "note")
SIDES = ("before", "after")
Row = dict[str, Any]
Counts = Mapping[tuple[str, str, str], int]  # (kind, key, measure) -> count


def row(measure: str, values: Row) -> Row:
    """A row of KEYS; numbers that do not exist are null, the others are rounded to six decimals."""
    filled: Row = dict.fromkeys(KEYS) | {"measure": measure} | values
    for key in ("value", "low", "high", "expected"):
        number = filled[key]
        filled[key] = None if number is None or not np.isfinite(number) else round(float(number), 6)
    return filled


def proportions(measure: str, wanted: Iterable[Row]) -> list[Row]:
    """Rows of count / of, which `wanted` holds, with Wilson intervals."""
    wanted = list(wanted)
    count, of = (np.array([keys[name] for keys in wanted], np.float64) for name in ("count", "of"))
    low, high = wilson(count, of)
    with np.errstate(invalid="ignore", divide="ignore"):
        value = count / of
    return [
        row(measure, keys | {"value": v, "low": a, "high": b})
        for keys, v, a, b in zip(wanted, value, low, high, strict=True)
    ]


def of_kind(counts: Counts, kind: str, measure: str) -> dict[str, int]:
    """Count by key, of one kind and measure."""
    return {key: n for (of, key, what), n in counts.items() if of == kind and what == measure}

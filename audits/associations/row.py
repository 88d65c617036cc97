"""A row of the report's `associations`: every key always there, null where it does not apply."""

from typing import Any

import numpy as np

from audits.disparity import number
from schemas import group_names

Value = str | float | np.number[Any] | None
REST = "rest of axis"
TOO_FEW = "too few to judge"
KEYS = (
    "measure",
    "axis",
    "group",
    "other",
    "word",
    "count",
    "of",
    "value",
    "low",
    "high",
    "z",
    "p",
    "p_adjusted",
    "expected",
    "note",
)


def row(measure: str, group: str | None = None, **values: Value) -> dict[str, Any]:
    """One row; numbers rounded to six decimals, NaN and infinity become null.

    Args:
        measure: name of the measure.
        group: `axis/group`; null for what is not about one group.
        values: other members of KEYS.
    """
    found: dict[str, Any] = dict.fromkeys(KEYS)
    found |= {"measure": measure, "group": group, "axis": group_names.axis_of(group) if group else None}
    for key, value in values.items():
        if key not in found:
            raise KeyError(key)
        if isinstance(value, np.integer):
            value = int(value)
        found[key] = number(float(value)) if isinstance(value, (float, np.floating)) else value
    return found

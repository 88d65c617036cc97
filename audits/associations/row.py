"""A row of the report's `associations`: every key always there, null where it does not apply."""

from typing import Any

import numpy as np

from audits.disparity import number, p_value
from schemas import group_names

Value = str | float | np.number[Any] | None
REST = "rest of axis"
TOO_FEW = "too few to judge"
P_VALUES = ("p", "p_adjusted")
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
    """One row; numbers rounded to six decimals, p-values to six digits, NaN and infinity null.

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
        if isinstance(value, (float, np.floating)):
            value = (p_value if key in P_VALUES else number)(float(value))
        found[key] = value
    return found

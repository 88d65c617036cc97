"""What a finding says of a failed gate."""

from collections.abc import Mapping
from typing import Any

from audits import names, numbers
from audits.numbers import between, capital, percent, plain

Row = Mapping[str, Any]


def gate(row: Row) -> str:
    """A failed gate that is about no one removal."""
    what = row["name"].partition(f" {_BOUNDS[row['operator']]} ")[0]
    where = "" if row["where"] in ("all records", row["group"]) else f", at {row['where']}"
    seen = value(row["measure"], row["value"])
    return capital(f"{what} is {seen}{_evidence(row)}{where}; the policy allows {_bound(row)}")


_BOUNDS = {"at_most": "at most", "at_least": "at least"}


def _bound(row: Row) -> str:
    """`1.25 at most, and 3 more of 20 rows break it`."""
    return f"{value(row['measure'], row['threshold'])} {_BOUNDS[row['operator']]}{_more(row)}"


def _evidence(row: Row) -> str:
    """Interval and counts of a gate's value: ` (22.2 % to 25.9 %; 480 of 2,000)`."""
    known = []
    if row["low"] is not None:
        least = value(row["measure"], row["low"])
        most = None if row["high"] is None else value(row["measure"], row["high"])
        known.append(f"{least} or more" if most is None else f"{least} to {most}")
    if _is_share(row["measure"]) and row["count"] is not None and row["of"] is not None:
        known.append(f"{row['count']:,} of {row['of']:,}")
    return f" ({'; '.join(known)})" if known else ""


def allowed(gate: Row, row: Row, told: Row) -> str:
    """What follows the sentence of a removal that breaks a gate.

    Args:
        gate: the gate.
        row: of `impact` or `impact_pairs`: what breaks it.
        told: the row that the sentence is about, which may stand for it.
    """
    about = "" if row["group"] == told["group"] else f" for {names.group(row['group'])}"
    if row["reason"] != told["reason"]:
        about += f" for {names.reason(row['rule'], row['reason'])}"
    measure, ends = gate["measure"], between(gate["low"], gate["high"], gate["value"])
    if measure == "retention_ratio":
        seen = f"they were kept {numbers.ratio(gate['value'])} times as often{about} ({ends}), and "
    elif measure == "removal_rate":
        seen = f"{percent(gate['value'])} were removed{about}, and "
    elif not about:
        seen = ""
    elif gate["high"] is None:
        seen = f"the ratio is {ends}{about}, and "
    else:
        seen = f"the ratio is {numbers.ratio(gate['value'])}{about} ({ends}), and "
    within = " within the same source, language and length" if measure == "mh_ratio" else ""
    return f"; {seen}the policy allows {_bound(gate)}{within}"


def _more(row: Row) -> str:
    return (
        f", and {row['failed'] - 1:,} more of {row['checked']:,} rows break it" if row["failed"] > 1 else ""
    )


def _is_share(measure: str) -> bool:
    return measure.endswith(("_share", "_rate")) and measure != "token_rate"


def value(measure: str, number: float) -> str:
    """A number as its measure is written: shares in per cent."""
    return percent(number) if _is_share(measure) else plain(number, trim=True)

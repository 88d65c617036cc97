"""How numbers are written: three significant digits, thousands separated, a dash where there is none."""

import math
from collections.abc import Callable, Mapping
from typing import Any

from audits.numbers import NONE as NONE
from audits.numbers import percent as percent
from audits.numbers import plain as plain


def number(value: int | None) -> str:
    """A count: 12,345."""
    return NONE if value is None else f"{value:,}"


def several(value: int, noun: str, *, before: str = "") -> str:
    """A count of things: 1 group, 2 groups."""
    return f"{number(value)} {before}{noun}{'' if value == 1 else 's'}"


def too_few(groups: int, least: int) -> str:
    """What is said of small groups."""
    has = "has" if groups == 1 else "have"
    return f"{several(groups, 'group')} {has} fewer than {number(least)} documents: too few to judge."


def left_out(value: int, noun: str) -> str:
    """What does not stand on the page."""
    return f"{several(value, noun, before='further ')} {'is' if value == 1 else 'are'} in report.json."


def interval(low: float | None, high: float | None, form: Callable[[float], str] = plain) -> str:
    """1.80 to 2.20; an end that is not there is said."""
    if low is None and high is None:
        return NONE
    if high is None:
        return f"{form(low or 0)} or more"
    if low is None:
        return f"{form(high)} or less"
    return f"{form(low)} to {form(high)}"


def estimate(
    value: float | None, low: float | None, high: float | None, form: Callable[[float], str] = plain
) -> str:
    """2.00 (1.80 to 2.20)."""
    if value is None:
        return NONE
    return form(value) if low is None and high is None else f"{form(value)} ({interval(low, high, form)})"


def points(difference: float | None) -> str:
    """A difference of shares, in percentage points, with its sign."""
    if difference is None:
        return NONE
    return (
        f"{'+' if difference > 0 else '−' if difference < 0 else ''}{plain(abs(100 * difference), trim=True)}"
    )


def chance(p: float | None) -> str:
    """A p-value; tiny ones are not told apart."""
    if p is None:
        return NONE
    return "< 0.001" if p < 0.001 else plain(p)


def times(ratio: float) -> str:
    """2.00 times as often; below one, too, so that the direction needs no arithmetic."""
    return f"{plain(ratio)} times as often"


def apart(ratio: float | None) -> float:
    """|ln ratio|: how far from 1, the same for a half as for a double; infinite for 0, 0 for None."""
    if ratio is None:
        return 0.0
    return abs(math.log(ratio)) if ratio > 0 else math.inf


def with_count(row: Mapping[str, Any] | None) -> str:
    """An estimated share with its interval and counts: 24.1 % (22 % to 26 %); 241 of 1,000."""
    if row is None:
        return NONE
    told = estimate(row["value"], row["low"], row["high"], percent)
    return f"{told}; {number(row['count'])} of {number(row['of'])}"

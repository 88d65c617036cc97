"""Axes of charts: where a value lies across the width, in percent, so that text keeps its size on a phone."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

LEFT, RIGHT = 2.0, 98.0  # of the width
STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
TICKS = 5
LEAST_SPAN = 1e-9  # numbers of a report are rounded to six decimals
RATIO_TICKS = (1.25, 1.5, 2.0, 3.0, 4.0, 5.0, 10.0, 20.0, 50.0, 100.0)
LEAST_REACH, MOST_REACH = 1.6, 100.0  # of a ratio's axis, either side of 1


@dataclass(frozen=True)
class Scale:
    """An axis.

    Attributes:
        low: value at the left end.
        high: value at the right end.
        ticks: values that are written below it.
        log: whether equal ratios are equally far apart.
    """

    low: float
    high: float
    ticks: tuple[float, ...]
    log: bool = False

    def at(self, value: float) -> float:
        """Percent of the width; values beyond an end lie on it."""
        inside = min(max(value, self.low), self.high)
        if self.log:
            part = math.log(inside / self.low) / math.log(self.high / self.low)
        else:
            part = (inside - self.low) / (self.high - self.low)
        return LEFT + (RIGHT - LEFT) * part


def ratios(values: Iterable[float | None]) -> Scale:
    """A log axis around 1, as far to one side as to the other, that holds these values up to 100."""
    reach = max((_reach(value) for value in values if value is not None), default=LEAST_REACH)
    reach = min(max(reach * 1.05, LEAST_REACH), MOST_REACH)
    inside = [tick for tick in RATIO_TICKS if tick <= reach]
    thin = [t for t in inside if t in (2.0, 5.0, 10.0, 100.0)] if len(inside) > TICKS else inside
    return Scale(1 / reach, reach, (*sorted(1 / tick for tick in thin if tick in thin), 1.0, *thin), log=True)


def shares(values: Iterable[float | None]) -> Scale:
    """An axis from 0 to a round number at or above these values."""
    return numbers([0.0, *values])


def numbers(values: Iterable[float | None]) -> Scale:
    """An axis between round numbers that holds these values."""
    found = [value for value in values if value is not None and math.isfinite(value)]
    low, high = min(found, default=0.0), max(found, default=1.0)
    if high - low < LEAST_SPAN:
        high = low + max(abs(low), 1.0)
    step = _step((high - low) / TICKS)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    ticks = tuple(round(i * step, 12) for i in range(first, last + 1))
    return Scale(ticks[0], ticks[-1], ticks)


def _reach(value: float) -> float:
    if value <= 0 or not math.isfinite(value):
        return LEAST_REACH
    return max(value, 1 / value)


def _step(least: float) -> float:
    """The smallest round step that is no less."""
    power: float = 10.0 ** math.floor(math.log10(least))
    return next(step * power for step in STEPS if step * power >= least * (1 - 1e-9))

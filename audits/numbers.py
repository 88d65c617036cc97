"""How a number is written where people read it: three significant digits, no power of ten, no false whole."""

import math

NONE = "–"


def plain(value: float | None, *, trim: bool = False) -> str:
    """A number: 2.00, 0.0123, 1,230; with `trim` 2, 0.0123 and so on.

    Args:
        value: finite, or None.
        trim: whether zeros at the end are left out.
    """
    if value is None or not math.isfinite(value):
        return NONE
    if value == 0:
        return "0"
    digits = 2 - math.floor(math.log10(abs(float(f"{value:.2e}"))))
    rounded = round(value, digits)
    said = f"{rounded:,.{max(digits, 0)}f}"
    said = said.replace("-", "−")
    return said.rstrip("0").rstrip(".") if trim and "." in said else said


def percent(share: float | None) -> str:
    """A share: 24.1 %. What is not quite all is not written as all."""
    if share is None:
        return NONE
    said = plain(100 * share, trim=True)
    return "> 99.9 %" if said == "100" and share < 1 else f"{said} %"


def ratio(value: float, like: float | None = None) -> str:
    """A ratio in a sentence: two decimals below 2, one below 10, then none; in an interval as `like` has."""
    size = value if like is None else like
    digits = 2 if size < 1.995 else 1 if size < 9.95 else 0
    return f"{value:,.{digits}f}"


def between(low: float | None, high: float | None, like: float | None = None) -> str:
    """An interval of ratios, which may have no upper end."""
    if low is None:
        return "no interval"
    least = ratio(low, like)
    return f"{least} or more" if high is None else f"{least} to {ratio(high, like)}"


def capital(text: str) -> str:
    """With a capital letter."""
    return text[:1].upper() + text[1:]

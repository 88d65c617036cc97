"""Bars: records by verdict, and the funnel from read to kept."""

from collections.abc import Sequence

from audits.page.markup import Html, cut, el, join

ROW = 40


def whole(parts: Sequence[tuple[str, int]]) -> Html:
    """One bar of parts (class, count), 32 pixels high."""
    total = sum(count for _, count in parts)
    bars, left = [], 0.0
    for class_, count in parts:
        width = 100 * count / total if total else 0.0
        if width:
            bars.append(_bar(left, 0, width, 32, class_))
        left += width
    return join(bars)


def funnel(steps: Sequence[tuple[str, str, int, int, str]], total: int) -> tuple[Html, int]:
    """Bars under each other: what is left, and what this step took.

    Args:
        steps: (label, what is said, left after it, taken by it, class of what it took).
        total: the whole width.

    Returns:
        The drawing, and its height.
    """
    parts = []
    for i, (label, said, left, taken, class_) in enumerate(steps):
        y = ROW * i
        parts.append(el("text", cut(label, 34), x=0, y=y + 13, class_="label"))
        parts.append(el("text", said, x="100%", y=y + 13, class_="said"))
        width, lost = (100 * n / total if total else 0.0 for n in (left, taken))
        parts.append(_bar(0.0, y + 19, width, 14, "keep"))
        if taken:
            parts.append(_bar(width, y + 19, lost, 14, class_))
    return join(parts), ROW * len(steps)


def _bar(left: float, top: int, width: float, height: int, class_: str) -> Html:
    return el("rect", x=f"{left:.3f}%", y=top, width=f"{width:.3f}%", height=height, class_=f"bar {class_}")

"""A square of points with a diagonal: a share in the corpus against a share in a census."""

from collections.abc import Sequence
from dataclasses import dataclass

from audits.page.markup import Html, cut, el, join

SIDE, LEFT, FOOT = 340, 8, 24
NAMED = 8  # points that carry their name; all are in the table


@dataclass(frozen=True)
class Point:
    """A point: `x` and `y` in 0..1."""

    label: str
    x: float
    y: float


def scatter(points: Sequence[Point]) -> tuple[Html, int]:
    """The drawing, and its height; the points farthest from the diagonal are named."""
    parts = [el("rect", x="0", y="0", width="100%", height=SIDE, class_="frame")]
    for share in (0.25, 0.5, 0.75):
        y = SIDE * (1 - share)
        parts.append(el("line", x1="0", x2="100%", y1=y, y2=y, class_="grid"))
        parts.append(el("line", x1=f"{100 * share}%", x2=f"{100 * share}%", y1=0, y2=SIDE, class_="grid"))
    parts.append(el("line", x1="0", y1=SIDE, x2="100%", y2=0, class_="one"))
    far = sorted(points, key=lambda point: (-abs(point.y - point.x), point.label))[:NAMED]
    for point in points:
        x, y = f"{100 * point.x:.2f}%", round(SIDE * (1 - point.y), 1)
        parts.append(el("circle", el_title(point.label), cx=x, cy=y, r=4, class_="dot after"))
    taken: list[tuple[float, float]] = []
    for point in far:
        y = min(max(SIDE * (1 - point.y) - 8, 14), SIDE - 6)
        if any(abs(y - other) < 14 and abs(point.x - across) < 0.4 for across, other in taken):
            continue
        taken.append((point.x, y))
        anchor = "start" if point.x < 0.3 else "end" if point.x > 0.7 else "middle"
        parts.append(
            el(
                "text",
                cut(point.label, 24),
                x=f"{100 * point.x + {'start': 1.5, 'middle': 0, 'end': -1.5}[anchor]:.2f}%",
                y=round(y, 1),
                class_="name",
                text_anchor=anchor,
            )
        )
    for share in (0, 50, 100):
        anchor = {0: "start", 50: "middle", 100: "end"}[share]
        parts.append(el("text", f"{share} %", x=f"{share}%", y=SIDE + 16, class_="tick", text_anchor=anchor))
        y = {0: SIDE - 4, 50: SIDE / 2 - 4, 100: 12}[share]
        if share:
            parts.append(el("text", f"{share} %", x=LEFT, y=y, class_="tick"))
    return join(parts), SIDE + FOOT


def el_title(said: str) -> Html:
    """What a pointer is told."""
    return el("title", cut(said, 60))

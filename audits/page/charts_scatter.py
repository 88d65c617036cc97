"""A square of points with a diagonal: a share in the corpus against a share in a census."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from audits.page.markup import Html, cut, el, join

Box = tuple[float, float, float, float]  # left, top, right, bottom
SIDE, FOOT = 340, 24
LEFT, WIDTH = 11.0, 460.0  # percent of the width that the axis upwards takes; pixels of a wide page's chart
NAMED = 8  # points that carry their name; all are in the table
TALL, LETTER, DOT = 13.0, 7.0, 6.0  # pixels: a name's height, its letters' width, a point with its margin


@dataclass(frozen=True)
class Point:
    """A point: `x` and `y` in 0..1."""

    label: str
    x: float
    y: float


def scatter(points: Sequence[Point]) -> tuple[Html, int]:
    """The drawing, and its height; the points farthest from the diagonal are named where there is room."""
    edge, across = f"{LEFT}%", f"{100 - LEFT}%"
    parts = [el("rect", x=edge, y="0", width=across, height=SIDE, class_="frame")]
    for share in (0.25, 0.5, 0.75):
        x, y = _percent(share), SIDE * (1 - share)
        parts.append(el("line", x1=edge, x2="100%", y1=y, y2=y, class_="grid"))
        parts.append(el("line", x1=x, x2=x, y1=0, y2=SIDE, class_="grid"))
    parts.append(el("line", x1=edge, y1=SIDE, x2="100%", y2=0, class_="one"))
    for point in points:
        x, y = _percent(point.x), round(_down(point), 1)
        parts.append(el("circle", el_title(point.label), cx=x, cy=y, r=4, class_="dot after"))
    parts += _names(points)
    for share in (0, 50, 100):
        x, anchor = _percent(share / 100), {0: "start", 50: "middle", 100: "end"}[share]
        parts.append(el("text", f"{share} %", x=x, y=SIDE + 16, class_="tick", text_anchor=anchor))
        y = {0: SIDE - 2, 50: SIDE / 2 + 4, 100: 12}[share]
        parts.append(el("text", f"{share} %", x=f"{LEFT - 1.5}%", y=y, class_="tick", text_anchor="end"))
    return join(parts), SIDE + FOOT


def _names(points: Sequence[Point]) -> Iterator[Html]:
    """Names above their points, or below, that cover no point and no other name."""
    far = sorted(points, key=lambda point: (-abs(point.y - point.x), point.label))[:NAMED]
    dots = [(_over(p) - DOT, _down(p) - DOT, _over(p) + DOT, _down(p) + DOT) for p in points]
    taken: list[Box] = []
    for point in far:
        said = cut(point.label, 24)
        long = LETTER * len(said)
        anchor = "start" if point.x < 0.3 else "end" if point.x > 0.7 else "middle"
        left = _over(point) - {"start": 0.0, "middle": long / 2, "end": long}[anchor]
        for base in (_down(point) - 8, _down(point) + 18):
            box = left, base - TALL + 2, left + long, base + 2
            if TALL <= base <= SIDE - 2 and not any(_meet(box, other) for other in [*dots, *taken]):
                taken.append(box)
                yield el(
                    "text", said, x=_percent(point.x), y=round(base, 1), class_="name", text_anchor=anchor
                )
                break


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _percent(share: float) -> str:
    """Where a share lies across."""
    return f"{LEFT + (100 - LEFT) * share:.2f}%"


def _over(point: Point) -> float:
    return WIDTH * (LEFT / 100 + (1 - LEFT / 100) * point.x)


def _down(point: Point) -> float:
    return SIDE * (1 - point.y)


def el_title(said: str) -> Html:
    """What a pointer is told."""
    return el("title", cut(said, 60))

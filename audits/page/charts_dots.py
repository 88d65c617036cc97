"""Dots with intervals, a row each: removal ratios on a log axis, shares before and after."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from audits.page import charts
from audits.page.charts_scale import LEFT, RIGHT, Scale
from audits.page.markup import Html, cut, el, join

ROW, TOP, AXIS = 35, 6, 26  # heights in CSS pixels
LABEL, BESIDE = 80, "62%"  # characters of a label, and its width beside the numbers: a phone clips long ones


@dataclass(frozen=True)
class Mark:
    """A value on a row.

    Attributes:
        kind: of `charts.shape`.
        value: where it lies; a mark without one is not drawn.
        low: end of its interval.
        high: end of its interval.
    """

    kind: str
    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Row:
    """A row of dots.

    Attributes:
        label: what it is about.
        said: its numbers.
        marks: drawn in order.
        target: id that the label leads to.
    """

    label: str
    said: str
    marks: Sequence[Mark]
    target: str | None = None


def dots(
    rows: Sequence[Row],
    scale: Scale,
    form: Callable[[float], str],
    *,
    line: float | None = None,
    band: tuple[float, float] | None = None,
) -> tuple[Html, int]:
    """The drawing, and its height.

    Args:
        rows: top to bottom.
        scale: across.
        form: how the axis writes a value.
        line: a value that is marked from top to bottom.
        band: values between which a departure is allowed.
    """
    height = TOP + ROW * len(rows) + AXIS
    floor = height - AXIS
    parts = []
    if band:
        left, right = scale.at(band[0]), scale.at(band[1])
        parts.append(
            el("rect", x=_at(left), y=TOP, width=_at(right - left), height=floor - TOP, class_="band")
        )
    parts += [_tick(scale, tick, floor, form(tick)) for tick in scale.ticks]
    if line is not None:
        x = _at(scale.at(line))
        parts.append(el("line", x1=x, x2=x, y1=TOP, y2=floor, class_="one"))
    parts += [_row(row, scale, TOP + ROW * i) for i, row in enumerate(rows)]
    return join(parts), height


def figure(
    id_: str,
    title: str,
    said: str,
    rows: Sequence[Row],
    scale: Scale,
    form: Callable[[float], str],
    table: Html | None,
    key: Sequence[Html] = (),
    *,
    line: float | None = None,
    band: tuple[float, float] | None = None,
) -> Html:
    """A whole chart of dots; arguments as of `charts.figure` and `dots`."""
    drawing, height = dots(rows, scale, form, line=line, band=band)
    return charts.figure(id_, title, said, drawing, height, table, key)


def _row(row: Row, scale: Scale, top: int) -> Html:
    label: Html = el("text", cut(row.label, LABEL), x=0, y=12, class_="label")
    label = el("svg", label, y=top, width=BESIDE, height=18, class_="clip")
    if row.target:
        label = el("a", label, href=f"#{row.target}")
    middle = top + 25
    parts = [label, el("text", row.said, x="100%", y=top + 12, class_="said")]
    parts.append(el("line", x1=_at(LEFT), x2=_at(RIGHT), y1=middle, y2=middle, class_="rail"))
    shown = [mark for mark in row.marks if mark.value is not None]
    if len(shown) > 1 and {shown[0].kind, shown[1].kind} == {"before", "after"}:
        ends = [_at(scale.at(mark.value)) for mark in shown[:2] if mark.value is not None]
        parts.append(el("line", x1=ends[0], x2=ends[1], y1=middle, y2=middle, class_="way"))
    for mark in shown:
        if mark.low is not None or mark.high is not None:
            low = scale.low if mark.low is None else mark.low
            high = scale.high if mark.high is None else mark.high
            x1, x2 = _at(scale.at(low)), _at(scale.at(high))
            parts.append(el("line", x1=x1, x2=x2, y1=middle, y2=middle, class_=f"range {mark.kind}"))
    parts += [charts.shape(m.kind, _at(scale.at(m.value)), middle) for m in shown if m.value is not None]
    return join(parts)


def _tick(scale: Scale, value: float, floor: int, said: str) -> Html:
    x = scale.at(value)
    anchor = "start" if x < LEFT + 1 else "end" if x > RIGHT - 1 else "middle"
    return el("line", x1=_at(x), x2=_at(x), y1=TOP, y2=floor, class_="grid") + el(
        "text", said, x=_at(x), y=floor + 16, class_="tick", text_anchor=anchor
    )


def _at(percent: float) -> str:
    return f"{percent:.2f}%"

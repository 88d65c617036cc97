"""Axes, marks and drawings: where a value lies, and that nothing is drawn outside."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.page import charts, charts_bars, charts_dots, charts_scatter
from audits.page.charts_scale import LEFT, RIGHT, numbers, ratios, shares
from audits.page.figures import plain
from audits.page.markup import Html
from tests.audits.page.html import Page

RATIOS = st.lists(st.none() | st.floats(0, 1000), max_size=8)


@given(RATIOS)
def test_ratios_are_symmetric_around_one(values: list[float | None]) -> None:
    scale = ratios(values)
    assert math.isclose(scale.low * scale.high, 1)
    assert math.isclose(scale.at(1.0), (LEFT + RIGHT) / 2)
    assert math.isclose(scale.at(2.0) - 50, 50 - scale.at(0.5))
    assert list(scale.ticks) == sorted(scale.ticks)
    assert {round(math.log(t), 9) for t in scale.ticks} == {-round(math.log(t), 9) for t in scale.ticks}
    assert 1.0 in scale.ticks
    assert all(LEFT <= scale.at(value) <= RIGHT for value in values if value is not None)


@given(st.lists(st.none() | st.floats(-1e6, 1e6), max_size=8))
def test_numbers_lie_between_round_ticks(values: list[float | None]) -> None:
    scale = numbers(values)
    known = [value for value in values if value is not None]
    assert scale.low < scale.high
    slack = 1e-8 * (scale.high - scale.low)
    assert all(scale.low - slack <= value <= scale.high + slack for value in known)
    assert 2 <= len(scale.ticks) <= 8


def test_shares_begin_at_zero() -> None:
    assert shares([0.07, None]).ticks == (0.0, 0.02, 0.04, 0.06, 0.08)
    assert shares([]).low == 0.0


def test_a_row_is_drawn_where_its_numbers_lie() -> None:
    mark = charts_dots.Mark("flag", 2.0, 1.0, 4.0)
    scale = ratios([4.0])
    row = charts_dots.Row("Nigeria", "2.00", [mark], "group-x")
    drawing, height = charts_dots.dots([row, row], scale, plain, line=1.0, band=(0.8, 1.25))
    assert height == charts_dots.TOP + 2 * charts_dots.ROW + charts_dots.AXIS
    assert f'x1="{scale.at(1.0):.2f}%" x2="{scale.at(4.0):.2f}%"' in drawing
    assert 'href="#group-x"' in drawing
    assert drawing.count("<polygon") == 2
    assert drawing.index('class="band"') < drawing.index('class="range flag"')


def test_an_interval_without_an_end_goes_to_the_edge_and_a_mark_without_a_value_is_not_drawn() -> None:
    scale = ratios([4.0])
    marks = [charts_dots.Mark("clear", 2.0, 1.0, None), charts_dots.Mark("population", None)]
    drawing, _ = charts_dots.dots([charts_dots.Row("a", "b", marks)], scale, plain)
    assert f'x2="{RIGHT:.2f}%" y1' in drawing
    assert "<polygon" not in drawing


def test_a_chart_has_a_title_a_description_and_its_table() -> None:
    html = charts.figure(
        "c", "What <it> shows", "What one sees", Html("<g></g>"), 40, Html("<table></table>"), []
    )
    page = Page(html)
    assert page.open == []
    assert '<title id="c-title">What &lt;it&gt; shows</title>' in html
    assert '<desc id="c-text">What one sees</desc>' in html
    assert 'aria-labelledby="c-title c-text"' in html
    assert re.search(r"<details><summary>The numbers as a table</summary><table>", html)


@pytest.mark.parametrize("kind", charts.KINDS)
def test_every_kind_of_mark_is_drawn(kind: str) -> None:
    assert Page(f"<svg>{charts.shape(kind, '5%', 10)}</svg>").elements >= 2


def test_bars_fill_the_width_and_a_funnel_narrows() -> None:
    bar = charts_bars.whole([("keep", 3), ("drop", 1), ("error", 0)])
    assert re.findall(r'x="([\d.]+)%" y="0" width="([\d.]+)%"', bar) == [
        ("0.000", "75.000"),
        ("75.000", "25.000"),
    ]
    assert charts_bars.whole([("keep", 0)]) == ""
    steps = [("Read", "10", 10, 0, "drop"), ("Rule", "-4", 6, 4, "drop")]
    drawing, height = charts_bars.funnel(steps, 10)
    assert height == 2 * charts_bars.ROW
    assert 'x="60.000%"' in drawing


def test_points_far_from_the_diagonal_are_named() -> None:
    points = [charts_scatter.Point(f"job {i}", i / 20, i / 20) for i in range(20)]
    drawing, _ = charts_scatter.scatter([*points, charts_scatter.Point("nurse", 0.9, 0.2)])
    assert drawing.count("<circle") == 21
    assert ">nurse</text>" in drawing
    assert 'cx="91.10%" cy="272.0"' in drawing
    crowded = [charts_scatter.Point(f"job {i}", 0.8 + i / 1000, 0.2) for i in range(9)]
    assert charts_scatter.scatter(crowded)[0].count('class="name"') == 2  # above and below

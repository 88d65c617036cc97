"""Edits applied to the input give the output; two lists of edits make one."""

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from filters import edits
from schemas.ledger import EDITS
from tests import naive

Edit = dict[str, Any]


def edit(start: int, end: int, replacement: str = "", entity: str = "X") -> Edit:
    return {"entity": entity, "start": start, "end": end, "replacement": replacement}


def applied(texts: list[str | None], lists: list[list[Edit] | None]) -> list[str | None]:
    result: list[str | None] = edits.apply(pa.array(texts, pa.string()), pa.array(lists, EDITS)).to_pylist()
    return result


def merged(first: list[list[Edit]], second: list[list[Edit]]) -> list[list[Edit]]:
    result: list[list[Edit]] = edits.merge(pa.array(first, EDITS), pa.array(second, EDITS)).to_pylist()
    return result


@pytest.mark.parametrize(
    ("text", "changes", "expected"),
    [
        ("abc", [], "abc"),
        ("abc", [edit(0, 3)], ""),
        ("abc", [edit(0, 1, "X"), edit(1, 2, ""), edit(2, 3, "ZZ")], "XZZ"),
        ("ä漢🙂e", [edit(1, 2, "kanji"), edit(2, 3, "é")], "äkanjiée"),
        ("mail me@x.org now", [edit(5, 13, "<EMAIL_ADDRESS>")], "mail <EMAIL_ADDRESS> now"),
        ("a\x00b", [edit(1, 2, "")], "ab"),
        ("漢" * 100, [edit(50, 99, "…")], "漢" * 50 + "…漢"),
    ],
)
def test_edits_replace_characters(text: str, changes: list[Edit], expected: str) -> None:
    assert applied(["before", text, "after"], [[], changes, [edit(0, 5, "A")]]) == ["before", expected, "A"]


@pytest.mark.parametrize(
    "changes",
    [
        [edit(2, 2, "inserted")],
        [edit(0, 7)],
        [edit(6, 7)],
        [edit(-1, 2)],
        [edit(0, 3), edit(2, 4)],
        [edit(3, 4), edit(0, 1)],
        [edit(4, 3)],
        [edit(0, 1 << 62)],
    ],
)
def test_edits_that_are_out_of_order_or_range_are_refused_by_row(changes: list[Edit]) -> None:
    with pytest.raises(ValueError, match="row 1"):
        applied(["fine", "sixsix"], [[edit(0, 1)], changes])


def test_null_texts_stay_null_and_texts_without_edits_are_not_copied() -> None:
    assert applied([None, "abc"], [None, [edit(0, 1)]]) == [None, "bc"]
    texts = pa.array(["abc", None, ""])
    assert edits.apply(texts, pa.array([[], None, []], EDITS)) is texts
    with pytest.raises(ValueError, match="row 0"):
        applied([None], [[edit(0, 1)]])


def test_slices_of_texts_and_edits_fit_each_other() -> None:
    texts = pa.array(["one", "two", None, "three"])
    changes = pa.array([[edit(0, 3, "1")], [edit(0, 1, "T")], [], [edit(4, 5, "")]], EDITS)
    assert edits.apply(texts[1:], changes[1:]).to_pylist() == ["Two", None, "thre"]
    assert edits.merge(changes[1:2], changes[3:4]).to_pylist() == [[edit(0, 1, "T"), edit(4, 5, "")]]


def test_a_document_of_50_mb_is_edited() -> None:
    text = "mégot " * 8_000_000
    last = len(text) - 1
    (result,) = applied([text], [[edit(0, 1, "M"), edit(last, last + 1, ".")]])
    assert result == "M" + text[1:-1] + "."


@st.composite
def edited(draw: st.DrawFn) -> tuple[str, list[Edit]]:
    text = draw(st.text("aé漢🙂\n", max_size=60))
    points = sorted(draw(st.sets(st.integers(0, len(text)), max_size=12)))
    pairs = zip(points[::2], points[1::2], strict=False)
    return text, [edit(a, b, draw(st.text("xü🙂", max_size=3))) for a, b in pairs]


@given(st.lists(edited(), max_size=5))
def test_apply_equals_its_plain_twin(rows: list[tuple[str, list[Edit]]]) -> None:
    expected = [naive.apply_edits(text, changes) for text, changes in rows]
    assert applied([text for text, _ in rows], [changes for _, changes in rows]) == expected


A, B = "first", "second"


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ([], [], []),
        ([edit(3, 5, "a", A)], [edit(0, 1, "b", B)], [edit(0, 1, "b", B), edit(3, 5, "a", A)]),
        ([edit(0, 9, "", A)], [edit(2, 4, "b", B)], [edit(0, 9, "", A)]),  # covered
        ([edit(2, 4, "a", A)], [edit(0, 9, "", B)], [edit(0, 9, "", B)]),
        ([edit(2, 4, "a", A)], [edit(2, 4, "b", B)], [edit(2, 4, "a", A)]),  # equal
        ([edit(2, 4, "a", A)], [edit(4, 6, "b", B)], [edit(2, 4, "a", A), edit(4, 6, "b", B)]),  # touching
        ([edit(2, 5, "a", A)], [edit(4, 6, "b", B)], [edit(2, 6, "a", A)]),  # overlapping
        ([edit(4, 6, "a", A)], [edit(2, 5, "b", B)], [edit(2, 6, "a", A)]),
        ([edit(0, 3, "a", A), edit(5, 9, "c", "C")], [edit(2, 6, "b", B)], [edit(0, 9, "a", A)]),  # a chain
        ([edit(3, 4, "a", A)], [edit(3, 9, "b", B)], [edit(3, 9, "b", B)]),
    ],
)
def test_two_lists_become_one(first: list[Edit], second: list[Edit], expected: list[Edit]) -> None:
    assert merged([first, []], [second, [edit(0, 1)]]) == [expected, [edit(0, 1)]]


@st.composite
def two_lists(draw: st.DrawFn) -> tuple[list[Edit], list[Edit]]:
    lists = []
    for side in "ab":
        points = sorted(draw(st.sets(st.integers(0, 30), max_size=10)))
        pairs = zip(points[::2], points[1::2], strict=False)
        lists.append([edit(p, q, f"{side}{i}", side) for i, (p, q) in enumerate(pairs)])
    return lists[0], lists[1]


@given(st.lists(two_lists(), max_size=4))
def test_merge_equals_its_plain_twin_and_can_be_applied(rows: list[tuple[list[Edit], list[Edit]]]) -> None:
    first, second = [a for a, _ in rows], [b for _, b in rows]
    both = merged(first, second)
    assert both == [naive.merge_edits(a, b) for a, b in rows]
    applied(["x" * 30] * len(rows), list(both))  # sorted, disjoint, in range
    for (a, b), result in zip(rows, both, strict=True):
        covered = {i for e in result for i in range(e["start"], e["end"])}
        assert covered == {i for e in a + b for i in range(e["start"], e["end"])}
    assert merged(both, both) == both
    assert merged(both, first) == both

"""Raking: textbook answers, caps, what can be reached, the nearest share otherwise."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse
from scipy.optimize import linprog

from filters import raking
from filters.raking import Cells
from tests import naive


def cells_of(
    documents: list[int], member: list[list[int]], sizes: list[int], low: float = 1e-6, high: float = 1e6
) -> Cells:
    ends = np.cumsum([0, *sizes])
    return Cells(
        np.array(documents, float),
        sparse.csr_array(np.array(member, float).reshape(len(documents), ends[-1])),
        tuple(np.arange(a, b) for a, b in pairwise(ends)),
        np.full(len(documents), low),
        np.full(len(documents), high),
    )


TABLE = [[1, 0, 1, 0, 0], [1, 0, 0, 1, 0], [1, 0, 0, 0, 1], [0, 1, 1, 0, 0], [0, 1, 0, 1, 0], [0, 1, 0, 0, 1]]
COUNTS = [60, 30, 10, 20, 40, 90]


def test_without_caps_it_is_the_limit_of_proportional_fitting() -> None:
    target = [0.5, 0.5, 0.2, 0.3, 0.5]
    raked = raking.rake(cells_of(COUNTS, TABLE, [2, 3]), np.array(target))
    fitted = np.array(naive.fit_proportionally(COUNTS, TABLE, [[0, 1], [2, 3, 4]], target, 200))
    # The twin keeps the sum of the first axis where it was, raking goes nearest to 1: up to a factor.
    np.testing.assert_allclose(raked.weights / raked.weights[0], fitted / fitted[0], rtol=1e-6)
    np.testing.assert_allclose(raked.together, 0, atol=1e-9)


def test_what_is_in_balance_keeps_weight_one() -> None:
    raked = raking.rake(cells_of([50, 50, 7], [[1, 0], [0, 1], [0, 0]], [2], 0.2, 5), np.array([0.5, 0.5]))
    np.testing.assert_allclose(raked.weights, 1, atol=1e-9)


@pytest.mark.parametrize(
    ("documents", "caps", "wanted", "reachable"),
    [
        ([600, 400], (0.5, 2), 0.5, 0.5),
        ([900, 100], (0.5, 18), 0.2, 0.2),  # the odds move by 36, from 9 to 1 / 4
        ([900, 100], (0.5, 2), 0.1, 9 / 13),  # by 4, from 9 to 9 / 4
        ([900, 100], (0.5, 2), 1.0, 36 / 37),
        ([900, 100], (1, 1), 0.5, 0.9),
    ],
)
def test_the_nearest_share_by_hand(
    documents: list[int], caps: tuple[float, float], wanted: float, reachable: float
) -> None:
    cells = cells_of(documents, [[1, 0], [0, 1]], [2], *caps)
    raked = raking.rake(cells, np.array([wanted, 1 - wanted]))
    assert raked.reachable[0] == pytest.approx(reachable, abs=1e-6)
    assert raked.together[0] == pytest.approx(abs(reachable - wanted), abs=1e-6)
    assert cells.shares(raked.weights)[0] == pytest.approx(reachable, abs=2e-4)


def test_what_cannot_be_reached_leaves_the_other_shares_as_near_as_can_be() -> None:
    # Nobody mentions the last group; the first two can have what they ask for between them.
    cells = cells_of([50, 30, 20], [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]], [4], 0.1, 10)
    raked = raking.rake(cells, np.array([0.3, 0.3, 0.3, 0.1]))
    assert raked.reachable[3] == 0
    assert raked.together[0] == pytest.approx(0.1)
    assert np.abs(raked.reachable - [0.3, 0.3, 0.3, 0.1]).sum() == pytest.approx(0.2, abs=1e-5)


def test_two_axes_that_exclude_each_other_are_told_apart_from_one_that_is_out_of_reach() -> None:
    # Everyone who mentions a mentions c: half of one is half of the other.
    cells = cells_of([80, 20], [[1, 0, 1, 0], [0, 1, 0, 1]], [2, 2], 0.1, 10)
    raked = raking.rake(cells, np.array([0.5, 0.5, 0.7, 0.3]))
    assert raked.alone.tolist() == pytest.approx([0, 0], abs=1e-6)
    assert raked.together.tolist() == pytest.approx([0, 0.2], abs=1e-5)
    np.testing.assert_allclose(cells.shares(raked.weights), 0.5, atol=2e-4)


def test_an_axis_out_of_reach_takes_nothing_from_one_that_is_not() -> None:
    # The first axis asks for all it can get, which would fix every weight of the second.
    member = [[1, 0, 1, 0], [1, 0, 0, 1], [0, 1, 1, 0], [0, 1, 0, 1]]
    cells = cells_of([40, 20, 10, 5], member, [2, 2], 0.5, 2)
    target = np.array([0.01, 0.99, 0.5, 0.5])
    raked = raking.rake(cells, target)
    assert raked.together[1] == pytest.approx(0, abs=1e-6)
    np.testing.assert_allclose(cells.shares(raked.weights)[2:], 0.5, atol=2e-4)
    assert raked.together[0] > raked.alone[0] > 0.1


def test_an_axis_that_nobody_mentions_is_out_of_reach_and_harms_no_other() -> None:
    raked = raking.rake(cells_of([3, 1], [[0, 0, 1, 0], [0, 0, 0, 1]], [2, 2], 0.2, 5), np.array([0.5] * 4))
    assert raked.together.tolist() == pytest.approx([0.5, 0], abs=1e-9)
    assert raked.reachable.tolist() == pytest.approx([0, 0, 0.5, 0.5])


def test_no_cells_no_axes() -> None:
    assert raking.rake(cells_of([], [], [2]), np.array([0.5, 0.5])).weights.shape == (0,)
    assert raking.rake(cells_of([4], [[]], []), np.empty(0)).weights.tolist() == [1]


def test_kish() -> None:
    assert raking.effective_size(np.array([10.0, 10.0]), np.array([1.0, 1.0])) == 20
    assert raking.effective_size(np.array([10.0, 10.0]), np.array([2.0, 0.0])) == 10
    assert raking.effective_size(np.array([]), np.array([])) == 0


@st.composite
def problems(draw: Any) -> tuple[Cells, np.ndarray]:
    sizes = draw(st.lists(st.integers(1, 4), min_size=1, max_size=3))
    k = sum(sizes)
    member = draw(st.lists(st.lists(st.integers(0, 1), min_size=k, max_size=k), min_size=1, max_size=25))
    documents = draw(st.lists(st.integers(1, 1000), min_size=len(member), max_size=len(member)))
    low, high = draw(st.sampled_from([0.05, 0.5, 0.9, 1.0])), draw(st.sampled_from([1.0, 1.1, 3.0, 20.0]))
    parts = []
    for size in sizes:
        raw = np.array(draw(st.lists(st.integers(0, 20), min_size=size, max_size=size)), float)
        parts.append(raw / raw.sum() if raw.sum() else np.full(size, 1 / size))
    return cells_of(documents, member, sizes, low, high), np.concatenate(parts)


def least_gap(cells: Cells, target: np.ndarray, columns: np.ndarray) -> float:
    """The same answer by another programme: Charnes and Cooper's, u = s w with mentions fixed at 1."""
    share = cells.mentions.toarray()[:, columns].T * cells.documents
    c, k = len(cells.documents), len(columns)
    rows = [[*row, 0, -1] for row in share] + [[*-row, 0, -1] for row in share]
    sides = [*target[columns], *-target[columns]]
    for i in range(c):
        unit = np.eye(c)[i]
        rows += [[*unit, -cells.high[i], 0], [*-unit, cells.low[i], 0]]
        sides += [0, 0]
    found = linprog(
        [0] * (c + 1) + [1],
        np.array(rows),
        sides,
        np.array([[*share.sum(axis=0), 0, 0]]),
        [1],
        bounds=(0, None),
    )
    assert k
    assert found.status == 0, found.message
    return float(found.fun)


@given(problems())
def test_feasible_axes_come_to_their_targets_and_others_to_the_nearest_share(problem: Any) -> None:
    cells, target = problem
    raked = raking.rake(cells, target)
    assert (raked.weights >= cells.low).all()
    assert (raked.weights <= cells.high).all()
    shares = cells.shares(raked.weights)
    for i, columns in enumerate(cells.axes):
        off = np.abs(shares - target)[columns].max()
        if not cells.mentions.toarray()[:, columns].any():
            continue
        assert off == pytest.approx(raked.together[i], abs=2e-4)
        assert raked.alone[i] <= raked.together[i] + 1e-6
        assert raked.alone[i] == pytest.approx(least_gap(cells, target, columns), abs=1e-5)


@given(problems())
def test_targets_that_some_weights_reach_are_reached(problem: Any) -> None:
    cells, seed = problem
    weights = cells.low + (cells.high - cells.low) * np.resize(seed, len(cells.low))
    target = cells.shares(weights)  # within the caps by construction, on all axes together
    raked = raking.rake(cells, target)
    mentioned = [c for c in cells.axes if cells.mentions.toarray()[:, c].any()]
    assert raked.together.max(initial=0) <= 1e-6 or len(mentioned) < len(cells.axes)
    for columns in mentioned:
        assert np.abs(cells.shares(raked.weights) - target)[columns].max() <= 2e-4

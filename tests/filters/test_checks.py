"""One signal, one bound, one reason."""

import numpy as np
import pyarrow as pa
import pytest

from filters.checks import Check, Firing, fire, values
from schemas.parameters import Parameters


class Bounds(Parameters):
    """Parameters of a filter for these tests."""

    min_words: int | None = 10
    max_ratio: float | None = None


LEAST = Check("words", "at_least", "min_words", "too_few_words")
MOST = Check("ratio", "at_most", "max_ratio", "too_much")
SIGNALS = pa.RecordBatch.from_pydict(
    {
        "words": pa.array([9, 10, 11, None], pa.int32()),
        "ratio": pa.array([0.1, 0.2, 0.30000000000000004, None], pa.float64()),
    }
)


def removed(bounds: Bounds) -> list[tuple[str, list[bool], list[bool]]]:
    return [(f.reason, f.removes.tolist(), f.reviews.tolist()) for f in fire((LEAST, MOST), SIGNALS, bounds)]


CASES = [
    (Bounds(), [("too_few_words", [True, False, False, False], [False] * 4)]),
    (Bounds(min_words=None), []),
    (Bounds(min_words=0), [("too_few_words", [False] * 4, [False] * 4)]),
    (
        Bounds(max_ratio=0.2),
        [
            ("too_few_words", [True, False, False, False], [False] * 4),
            ("too_much", [False, False, True, False], [False] * 4),
        ],
    ),
    # A value at the bound passes, as a float too: .1 + .2 lies above .3.
    (Bounds(min_words=None, max_ratio=0.3), [("too_much", [False, False, True, False], [False] * 4)]),
    (
        Bounds(review={"min_words": 11}),
        [("too_few_words", [True, False, False, False], [False, True, False, False])],
    ),
]


@pytest.mark.parametrize(("bounds", "expected"), CASES)
def test_a_value_beyond_its_bound_fires(
    bounds: Bounds, expected: list[tuple[str, list[bool], list[bool]]]
) -> None:
    assert removed(bounds) == expected


def test_a_firing_tells_score_bounds_and_where_it_was_measured() -> None:
    (firing,) = fire((LEAST,), SIGNALS, Bounds(review={"min_words": 11}))
    assert (firing.threshold, firing.review_threshold) == (10.0, 11)
    assert firing.score[:3].tolist() == [9, 10, 11]
    assert firing.measured.tolist() == [True, True, True, False]


def test_where_a_score_alone_does_not_tell_the_filter_says_what_was_measured() -> None:
    nothing = np.zeros(2, bool)
    firing = Firing("r", nothing, nothing, np.array([np.nan, 1.0]), None, applies=np.array([True, False]))
    assert firing.measured.tolist() == [True, False]


def test_values_are_float64_and_nan_where_null() -> None:
    for column in (
        pa.array([1, None], pa.int64()),
        pa.array([True, None]),
        pa.array([1.0, None], pa.float32()),
    ):
        found = values(pa.RecordBatch.from_pydict({"x": column}), "x")
        assert found.dtype == np.float64
        assert found[0] == 1
        assert np.isnan(found[1])
    assert values(pa.RecordBatch.from_pydict({"x": pa.array([], pa.int32())}), "x").shape == (0,)

"""Equality by hash, and the check on it."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from filters import exact_dedup, near_dedup
from schemas.parameters import ExactDedup, NearDedup


def stars(hashes: list[tuple[int, int]], documents: list[int]) -> list[tuple[int, int]]:
    found = near_dedup.equal(np.array(hashes, np.uint64).reshape(-1, 2), np.array(documents, np.int64))
    return [(int(a), int(b)) for a, b in found]


@pytest.mark.parametrize(
    ("hashes", "documents", "expected"),
    [
        ([], [], []),
        ([(1, 1)], [4], []),
        ([(1, 1), (1, 1), (1, 1)], [9, 4, 7], [(4, 7), (4, 9)]),
        ([(1, 1), (1, 2), (2, 1)], [0, 1, 2], []),  # both halves count
        ([(0, 0), (0, 0)], [0, 1], []),  # no text equals nothing
        ([(0, 5), (0, 5), (5, 0), (5, 0)], [0, 1, 2, 3], [(0, 1), (2, 3)]),
    ],
)
def test_documents_of_equal_hash_hang_on_the_lowest(hashes: Any, documents: Any, expected: Any) -> None:
    assert stars(hashes, documents) == expected


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=60), st.randoms(use_true_random=False)
)
def test_equal_does_not_depend_on_order(hashes: list[tuple[int, int]], random: Any) -> None:
    rows = [(h, i) for i, h in enumerate(hashes)]
    expected = []
    for i, h in enumerate(hashes):
        head = hashes.index(h)
        if head < i and h != (0, 0):
            expected.append((head, i))
    random.shuffle(rows)
    assert stars([h for h, _ in rows], [i for _, i in rows]) == sorted(expected)


@given(st.lists(st.text("aAb \n\tßſK", max_size=8), min_size=2, max_size=8))
def test_equal_texts_have_equal_sets_of_shingles(texts: list[str]) -> None:
    found = near_dedup.sketch(pa.array(texts), NearDedup(ngram=2))
    for a, b in stars(found.exact.tolist(), list(range(len(texts)))):
        assert " ".join(texts[a].lower().split()) == " ".join(texts[b].lower().split())
        assert found.set_hash[a] == found.set_hash[b]


def test_hash_is_xxh3_of_the_normalised_text() -> None:
    found = near_dedup.sketch(pa.array([" Hello\n\nWORLD "]), NearDedup())
    # printf 'hello world' | xxhsum -H2
    assert [f"{int(half):016x}" for half in found.exact[0]] == ["df8d09e93f874900", "a99b8775cc15b6c7"]


def test_fire_removes_flagged_documents_with_score_one() -> None:
    signals = pa.record_batch({"exact_duplicate": [True, False, None]})
    (firing,) = exact_dedup.fire(signals, ExactDedup())
    assert (firing.reason, firing.threshold) == ("exact_duplicate", 1.0)
    assert firing.removes.tolist() == [True, False, False]
    assert firing.reviews.any() == np.False_
    assert firing.measured.tolist() == [True, True, False]
    np.testing.assert_array_equal(firing.score, [1.0, np.nan, np.nan])

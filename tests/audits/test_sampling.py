"""A fair draw of documents that repeats."""

import pyarrow as pa
import pytest
import xxhash

from audits import sampling

IDS = pa.array([xxhash.xxh3_128_hexdigest(f"file#{i}".encode()) for i in range(20_000)])


@pytest.mark.parametrize("wanted", [0, 1, 100, 5_000, 19_999])
def test_about_as_many_as_wanted_are_drawn(wanted: int) -> None:
    drawn = sum(sampling.chosen(IDS, sampling.threshold(len(IDS), wanted)).to_pylist())
    assert abs(drawn - wanted) <= 4 * wanted**0.5


@pytest.mark.parametrize("kept", [0, 5, 20_000])
def test_all_are_drawn_where_there_are_no_more_than_wanted(kept: int) -> None:
    assert all(sampling.chosen(IDS, sampling.threshold(kept, 20_000)).to_pylist())
    assert sampling.chosen(pa.array(["f" * 32]), sampling.threshold(kept, 20_000)).to_pylist() == [True]


def test_a_larger_sample_holds_the_smaller_one() -> None:
    few = sampling.chosen(IDS, sampling.threshold(len(IDS), 50)).to_pylist()
    more = sampling.chosen(IDS, sampling.threshold(len(IDS), 500)).to_pylist()
    assert all(b for a, b in zip(few, more, strict=True) if a)


def test_a_threshold_is_written_like_a_doc_id() -> None:
    assert sampling.threshold(16, 1) == "1" + "0" * 31
    assert sampling.threshold(10**15, 1) == f"{2**128 // 10**15:032x}"

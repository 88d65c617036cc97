import json
import re
from pathlib import Path

import pytest

from audits.disparity import compare


@pytest.mark.parametrize(
    ("retained", "retention", "removal"),
    [(0.58, 0.618, 6.77), (0.68, 0.725, 5.16), (0.928, 0.989, 1.16)],
    ids=["African American English", "Hispanic-aligned English", "other"],
)
def test_c4s_blocklist_has_its_published_ratios(retained: float, retention: float, removal: float) -> None:
    # Dodge et al., "Documenting large webtext corpora", 2021, section 5; of White-aligned English .938 stay.
    size = 100_000
    found = compare(round(size * (1 - retained)), size, round(size * 0.062), size)
    assert found["retention_ratio"] == pytest.approx(retention, abs=0.0005)
    assert found["removal_ratio"] == pytest.approx(removal, abs=0.005)
    assert found["low"] > 1


def test_a_list_of_dirty_words_removes_more_of_what_is_said_of_african_americans(shared_data: Path) -> None:
    words = (shared_data / "eval/ldnoobw/en").read_text("utf-8").split("\n")
    listed = re.compile(rf"\b(?:{'|'.join(re.escape(word) for word in words if word)})\b", re.IGNORECASE)
    people = json.loads((shared_data / "eval/bold/wikipedia/race_wiki.json").read_text("utf-8"))
    counts = {}
    for group, texts_by_name in people.items():
        texts = [text for texts in texts_by_name.values() for text in texts]
        counts[group] = sum(listed.search(text) is not None for text in texts), len(texts)
    assert counts["African_Americans"] == (31, 1854)  # 1.67 %
    assert counts["European_Americans"] == (48, 4839)  # 0.99 %
    found = compare(*counts["African_Americans"], *counts["European_Americans"])
    assert found["removal_ratio"] == pytest.approx(1.69, abs=0.005)
    assert found["retention_ratio"] == pytest.approx(0.993, abs=0.0005)
    assert (found["low"], found["high"]) == pytest.approx((1.08, 2.64), abs=0.015)


def test_what_is_not_defined_is_null() -> None:
    assert compare(0, 10, 0, 10)["removal_ratio"] is None
    assert compare(0, 10, 0, 10)["p"] is None
    unbounded = compare(5, 10, 0, 10)
    assert unbounded["removal_ratio"] is None
    assert unbounded["high"] is None
    assert unbounded["low"] > 1
    assert compare(5, 10, 10, 10)["retention_ratio"] is None
    assert set(compare(0, 0, 3, 10).values()) == {None}


@pytest.mark.parametrize("counts", [(11, 10, 0, 10), (0, 10, -1, 10)])
def test_impossible_counts_are_refused(counts: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match="cannot have been removed"):
        compare(*counts)

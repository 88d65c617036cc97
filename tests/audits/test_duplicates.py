"""The largest clusters of duplicates, by the ledger."""

from collections import Counter

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits import duplicates

IDS = st.sampled_from([f"{n:032x}" for n in range(40)])


def ledger(named: list[str | None]) -> pa.RecordBatch:
    return pa.record_batch({"duplicate_of": pa.array(named, pa.string())})


@given(st.lists(st.lists(st.none() | IDS, max_size=30), max_size=4), st.sampled_from([3, 30, 3000]))
def test_the_largest_are_found_in_any_number_of_looks(parts: list[list[str | None]], rows: int) -> None:
    tables = [duplicates.count(ledger(part)) for part in parts]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(duplicates, "ROWS", rows)
        found = duplicates.largest(lambda: iter(tables), 5)
    counted = Counter(name for part in parts for name in part if name)
    assert found == sorted(counted.items(), key=lambda one: (-one[1], one[0]))[:5]


def test_rows_say_what_became_of_the_document_that_a_cluster_keeps() -> None:
    facts = dict.fromkeys(duplicates.FACTS) | {"source": "web", "chars": 9}
    ledger = {
        "a": facts | {"verdict": "keep"},
        "b": facts | {"verdict": "drop", "rule": "c4_quality/1"},
    }
    kept, lost, elsewhere = duplicates.rows([("a", 3), ("b", 2), ("5eed:c", 1)], ledger, {"a": "x" * 9_000})
    assert (kept["documents"], kept["removed"], kept["note"]) == (4, 3, None)
    assert len(kept["text"]) == duplicates.CHARS
    assert "removed by another rule" in lost["note"]
    assert "none of its texts" in lost["note"]
    assert (elsewhere["kept"], elsewhere["source"]) == ("5eed:c", None)
    assert "snapshot 5eed" in elsewhere["note"]

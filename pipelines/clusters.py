"""The largest clusters of duplicates with what is known of the document that each keeps.

The audit's tasks count clusters; which are the largest is known only afterwards. So a few documents are
looked up: doc_ids of all shards are read, other columns only of row groups that hold one of them.
Memory: what `duplicates.largest` holds; one row group's texts.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from audits import duplicates
from pipelines import storage
from pipelines.audit import Counted
from schemas.ledger import Verdict


def largest(counted: Counted, samples: Callable[[], Iterable[pa.RecordBatch]]) -> list[dict[str, Any]]:
    """Rows of `duplicates`.

    Args:
        counted: what the tasks of the audit left.
        samples: gives removed documents, for clusters of which none is kept.
    """
    found = duplicates.largest(lambda: counted.tables("duplicates"))
    named = [kept for kept, _ in found]
    ledger = _look_up(counted.ledger, named, duplicates.FACTS)
    kept = [doc_id for doc_id, facts in ledger.items() if facts["verdict"] == Verdict.KEEP]
    texts = {doc_id: row["text"] for doc_id, row in _look_up(counted.data, kept, ["text"]).items()}
    if missing := [doc_id for doc_id in named if doc_id not in texts]:
        texts |= _sampled(missing, samples())
    return duplicates.rows(found, ledger, texts)


def _look_up(
    shards: Iterable[str], doc_ids: Collection[str], columns: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """Some columns of some documents, by doc_id; those that no shard holds are left out."""
    wanted, found = pa.array(doc_ids, pa.string()), dict[str, dict[str, Any]]()
    for path in shards:
        if len(found) == len(wanted):
            break
        with storage.open_parquet(path) as file:
            for group in range(file.num_row_groups):
                here = file.read_row_group(group, columns=["doc_id"], use_threads=False)["doc_id"]
                row = pc.indices_nonzero(pc.is_in(here, wanted))
                if len(row):
                    rows = file.read_row_group(group, columns=[*columns], use_threads=False).take(row)
                    found |= dict(zip(here.take(row).to_pylist(), rows.to_pylist(), strict=True))
    return found


def _sampled(kept: Sequence[str], samples: Iterable[pa.RecordBatch]) -> dict[str, str]:
    """Texts of removed documents of some clusters: of the kept one itself, else of that of lowest doc_id."""
    wanted = pa.array(kept, pa.string())
    found: dict[str, tuple[bool, str, str]] = {}
    for batch in samples:
        for column in ("doc_id", "duplicate_of"):
            for row in batch.filter(pc.is_in(batch.column(column), wanted)).to_pylist():
                one = (column == "duplicate_of", row["doc_id"], row["text"])
                found[row[column]] = min(found.get(row[column], one), one)
    return {doc_id: text for doc_id, (_, _, text) in found.items()}

"""Representation: who is in the corpus, before and after (docs/audit/representation.md).

A combiner: counts of batches, merged by a sum, and rows of the whole.
"""

from audits.representation_counts import count_documents, count_ledger, merge
from audits.representation_rows import not_measured, rows

__all__ = ["count_documents", "count_ledger", "merge", "not_measured", "rows"]

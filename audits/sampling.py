"""The sample of documents that costly measures run on: those of lowest doc_id.

A doc_id is a hash of where the document stands in the input (design, section 2), so that the lowest ones are
a fair draw, the same for any split into parts and any number of workers.
"""

import pyarrow as pa
import pyarrow.compute as pc

DIGITS = 32  # of a doc_id, hexadecimal
EVERY = "g"  # above any doc_id


def threshold(kept_documents: int, wanted: int) -> str:
    """The doc_id below which about `wanted` of `kept_documents` lie; all where there are no more.

    The number below it is binomial: its standard deviation is at most the root of `wanted`.
    """
    if wanted >= kept_documents:
        return EVERY
    return f"{(wanted << 4 * DIGITS) // kept_documents:0{DIGITS}x}"


def chosen(doc_id: pa.Array, threshold: str) -> pa.BooleanArray:
    """Which of n documents are in the sample."""
    return pc.less(doc_id, threshold)

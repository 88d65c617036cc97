"""The ledger: one row per input record, kept or removed (design, section 3)."""

from enum import StrEnum

import pyarrow as pa

INPUT_RULE = "input/1"

FIRED = pa.struct(
    [
        pa.field("rule", pa.string(), nullable=False),
        pa.field("reason", pa.string(), nullable=False),
        pa.field("score", pa.float64()),
        pa.field("threshold", pa.float64()),
    ]
)
EDIT = pa.struct(
    [
        pa.field("entity", pa.string(), nullable=False),
        pa.field("start", pa.int64(), nullable=False),  # characters of the input text
        pa.field("end", pa.int64(), nullable=False),  # exclusive
        pa.field("replacement", pa.string(), nullable=False),  # never the value
    ]
)
EDITS = pa.list_(EDIT)


class Verdict(StrEnum):
    """What became of a record."""

    KEEP = "keep"
    DROP = "drop"
    REVIEW = "review"
    ERROR = "error"


def ledger_schema(signals: pa.Schema) -> pa.Schema:
    """The ledger's schema around a struct of `signals`, which the filters define."""
    return pa.schema(
        [
            pa.field("doc_id", pa.string(), nullable=False),
            pa.field("source_id", pa.string(), nullable=False),
            pa.field("source", pa.string(), nullable=False),
            pa.field("verdict", pa.string(), nullable=False),
            pa.field("rule", pa.string()),  # "filter/version" of the deciding rule; null for keep
            pa.field("reason", pa.string()),  # stable code; null for keep
            pa.field("score", pa.float64()),
            pa.field("threshold", pa.float64()),
            pa.field("duplicate_of", pa.string()),  # doc_id; "snapshot_id:doc_id" across snapshots
            pa.field("similarity", pa.float32()),  # exact Jaccard to `duplicate_of`
            pa.field("fired", pa.list_(FIRED), nullable=False),
            pa.field("edits", EDITS, nullable=False),  # sorted, disjoint
            pa.field("groups", pa.list_(pa.string()), nullable=False),
            pa.field("language", pa.string()),  # null for errors
            pa.field("chars", pa.int64()),  # characters of the input text; null for errors
            pa.field("signals", pa.struct(list(signals)), nullable=False),
        ]
    )

"""A document, as it is kept (design, section 2), and a record, as it is read."""

import pyarrow as pa

DOCUMENT = pa.schema(
    [
        pa.field("doc_id", pa.string(), nullable=False),  # 32 hex digits, xxh3-128 of "URI#position"
        pa.field("source_id", pa.string(), nullable=False),  # the record's own id, else "URI#position"
        pa.field("text", pa.string(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("url", pa.string()),
        pa.field("timestamp", pa.timestamp("ms", tz="UTC")),
        pa.field("language", pa.string(), nullable=False),  # ISO 639 code of lid.176; "und" for empty text
        pa.field("language_score", pa.float32(), nullable=False),  # probability, 0..1
        pa.field("groups", pa.list_(pa.string()), nullable=False),  # "axis/group" mentioned
        pa.field("weight", pa.float32(), nullable=False),  # 1.0 unless balanced
        pa.field("metadata", pa.string()),  # the input's other fields, as a JSON object
    ]
)

RECORD = pa.schema(
    [
        # Byte offset in the decompressed stream (lines, WARC) or row number (Parquet, CSV, datasets).
        pa.field("position", pa.int64(), nullable=False),
        pa.field("text", pa.string()),  # null exactly where `error` is not
        pa.field("source_id", pa.string()),  # the record's own id, as text; null = it has none
        pa.field("source", pa.string()),  # the record's own `source` field; null = it has none
        pa.field("url", pa.string()),
        pa.field("timestamp", pa.timestamp("ms", tz="UTC")),
        pa.field("metadata", pa.string()),  # the other fields, as a JSON object; null = none
        pa.field("error", pa.string()),  # stable reason code of `input/1`; null = readable
        pa.field("error_detail", pa.string()),  # for people: what and where; never text of the record
        pa.field("error_bytes", pa.int64()),  # size of what could not be read; null = unknown
    ]
)

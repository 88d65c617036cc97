"""Reading a piece into RECORD batches. Whatever is wrong with the input becomes a row, never an exception."""

from collections.abc import Iterator

import pyarrow as pa

from pipelines.sources import arrow_ipc, delimited, hf_datasets, jsonl, parquet, text, warc
from pipelines.sources.pieces import Piece, ReadSettings

__all__ = ["ReadSettings", "chosen_text_field", "limited", "read"]

READERS = {
    "jsonl": jsonl.read,
    "parquet": parquet.read,
    "csv": delimited.read,
    "tsv": delimited.read,
    "text": text.read,
    "warc": warc.read,
    "arrow": arrow_ipc.read,
    "datasets": hf_datasets.read,
}
TEXT_FIELDS = {
    "jsonl": jsonl.text_field,
    "parquet": parquet.text_field,
    "csv": delimited.text_field,
    "tsv": delimited.text_field,
    "arrow": arrow_ipc.text_field,
    "datasets": hf_datasets.text_field,
}


def read(piece: Piece, settings: ReadSettings) -> Iterator[pa.RecordBatch]:
    """RECORD batches of a piece, in order of position, streamed.

    A batch has at most 4,096 rows and 16 MB of text; a larger document is alone in its batch. The same file
    gives the same rows however it is split.
    """
    return limited(READERS[piece.kind](piece, settings), settings.limit)


def limited(batches: Iterator[pa.RecordBatch], limit: int | None) -> Iterator[pa.RecordBatch]:
    """The first `limit` rows of some batches; all where it is None."""
    for batch in batches:
        if limit is not None:
            batch = batch.slice(0, limit)
            limit -= batch.num_rows
        yield batch
        if limit == 0:
            return


def chosen_text_field(piece: Piece, settings: ReadSettings) -> str | None:
    """The field that `read` takes the text from; None where there is none, or the format has no fields."""
    choose = TEXT_FIELDS.get(piece.kind)
    if choose is None:
        return None
    return settings.text_field or choose(piece, settings)

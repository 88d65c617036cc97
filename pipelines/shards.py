"""Parquet shards of the snapshot: hashed as they are written."""

import contextlib
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines import storage

REPEATING = ["source", "language", "verdict", "rule", "reason"]  # the columns that a dictionary makes smaller


class Shard:
    """A Parquet file that is made when its first row comes (`start` makes it at once)."""

    def __init__(self, path: str, schema: pa.Schema, stack: contextlib.ExitStack) -> None:
        self.path, self.schema, self._stack = path, schema, stack
        self._writer: pq.ParquetWriter | None = None
        self.rows = 0

    def start(self) -> pq.ParquetWriter:
        """The writer."""
        if self._writer is None:
            self._file = storage.Hashed(self._stack.enter_context(storage.replacing(self.path)))
            self._writer = self._stack.enter_context(
                pq.ParquetWriter(
                    self._file,
                    self.schema,
                    compression="zstd",
                    compression_level=1,
                    use_dictionary=[name for name in REPEATING if name in self.schema.names],
                )
            )
        return self._writer

    def write(self, batch: pa.RecordBatch) -> None:
        """One row group."""
        if batch.num_rows:
            self.start().write_batch(batch)
            self.rows += batch.num_rows

    def summary(self) -> dict[str, Any] | None:
        """`rows`, `bytes` and `sha256`, once the file is closed; None where there is no file."""
        if self._writer is None:
            return None
        return {"rows": self.rows, "bytes": self._file.size, "sha256": self._file.digest.hexdigest()}


@contextlib.contextmanager
def shard(path: str, schema: pa.Schema) -> Iterator[Shard]:
    """A shard to write to."""
    with contextlib.ExitStack() as stack:
        yield Shard(path, schema, stack)

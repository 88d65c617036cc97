"""Parquet shards of the snapshot: hashed as they are written."""

import contextlib
import hashlib
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines import storage

REPEATING = ["source", "language", "verdict", "rule", "reason"]  # the columns that a dictionary makes smaller


class Shard:
    """A Parquet file that is made when its first row group comes (`start` makes it at once)."""

    def __init__(self, path: str, schema: pa.Schema, group_rows: int, stack: contextlib.ExitStack) -> None:
        self.path, self.schema, self.group_rows, self._stack = path, schema, group_rows, stack
        self._writer: pq.ParquetWriter | None = None
        self._waiting: list[pa.RecordBatch] = []
        self.rows = 0

    def start(self) -> pq.ParquetWriter:
        """The writer."""
        if self._writer is None:
            self._file = storage.Hashed(
                self._stack.enter_context(storage.replacing(self.path)), hashlib.sha256()
            )
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
        """Adds rows; a row group is written when `group_rows` are together."""
        if batch.num_rows:
            self._waiting.append(batch)
            self.rows += batch.num_rows
            if sum(waiting.num_rows for waiting in self._waiting) >= self.group_rows:
                self.flush()

    def flush(self) -> None:
        """Writes what waits as a row group."""
        if self._waiting:
            self.start().write_table(pa.Table.from_batches(self._waiting))
            self._waiting = []

    def summary(self) -> dict[str, Any] | None:
        """`rows`, `bytes` and `sha256`, once the file is closed; None where there is no file."""
        if self._writer is None:
            return None
        return {"rows": self.rows, "bytes": self._file.size, "sha256": self._file.digest.hexdigest()}


@contextlib.contextmanager
def shard(path: str, schema: pa.Schema, group_rows: int = 1) -> Iterator[Shard]:
    """A shard to write to, in row groups of at least `group_rows`, the last one aside."""
    with contextlib.ExitStack() as stack:
        written = Shard(path, schema, group_rows, stack)
        yield written
        written.flush()

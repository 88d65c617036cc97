"""A snapshot on a local disk, for readers: ledger and documents as Arrow, pandas or `datasets`."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from difflib import SequenceMatcher
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from schemas import snapshot as schema
from schemas.errors import UserError

if TYPE_CHECKING:
    import datasets
    import pandas as pd

Part = Literal["ledger", "data"]
ROWS = 4096  # of a batch
_LOOKED_AT = 200_000  # ids compared with one that is unknown, about a second


class Snapshot:
    """Reads a finished snapshot; batches stream, tables are whole.

    Args:
        path: the folder that `curate` wrote.

    Raises:
        UserError: there is no snapshot, or its manifest is damaged.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._manifest = schema.read(self.path)

    def __repr__(self) -> str:
        counts = self._manifest.counts
        return (
            f"Snapshot({str(self.path)!r}, id={self._manifest.id!r}, read={counts.read}, keep={counts.keep})"
        )

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """`snapshot.json`."""
        return self._manifest.model_dump(mode="json")

    def files(self, part: Part) -> list[Path]:
        """The Parquet files of a part, in order."""
        return [
            self.path / shard.path for shard in self._manifest.shards if shard.path.startswith(f"{part}/")
        ]

    def batches(self, part: Part, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """The rows of a part in order, at most 4,096 at a time.

        Raises:
            UserError: a file is missing or damaged, or has no such column.
        """
        for path in self.files(part):
            with _opened(path) as file:
                if missing := set(columns or ()) - set(file.schema_arrow.names):
                    valid = ", ".join(f"`{name}`" for name in file.schema_arrow.names)
                    message = f"no column `{min(missing)}` in `{part}`"
                    raise UserError(message, f"columns: {valid}")
                yield from file.iter_batches(ROWS, columns=None if columns is None else list(columns))

    def table(self, part: Part, columns: Sequence[str] | None = None) -> pa.Table:
        """All rows of a part, in memory."""
        batches = list(self.batches(part, columns))
        return pa.Table.from_batches(batches) if batches else self._empty(part, columns).empty_table()

    def ledger(self, columns: Sequence[str] | None = None) -> pa.Table:
        """One row per record read, kept or removed (design, section 3)."""
        return self.table("ledger", columns)

    def documents(self, columns: Sequence[str] | None = None) -> pa.Table:
        """The documents kept (design, section 2)."""
        return self.table("data", columns)

    def to_pandas(self, part: Part = "data", columns: Sequence[str] | None = None) -> "pd.DataFrame":
        """A part as a data frame."""
        return self.table(part, columns).to_pandas()

    def to_datasets(self) -> "datasets.Dataset":
        """The documents kept, as a memory-mapped `datasets.Dataset`."""
        import datasets

        if not self._manifest.counts.keep:  # `from_parquet` and `load_dataset` refuse a split of no rows
            return datasets.Dataset(self.documents())
        return datasets.Dataset.from_parquet([str(path) for path in self.files("data")])

    def explain(self, record: str) -> list[dict[str, Any]]:
        """The ledger rows of a doc_id or source_id; a source_id may belong to several records.

        Raises:
            UserError: no record has that id.
        """
        found = [row for path in self.files("ledger") for row in _rows_of(path, record)]
        if not found:
            near = self._nearest(record)
            message = f"no record of `{self.path}` has the doc_id or source_id `{record}`"
            raise UserError(message, f"did you mean `{near}`?" if near else None)
        return found

    def _nearest(self, record: str) -> str | None:
        matcher = SequenceMatcher(b=record, autojunk=False)
        best, ratio, seen = None, 0.6, 0
        for batch in self.batches("ledger", ["source_id", "doc_id"]):
            for name in ("doc_id", "source_id"):
                for candidate in batch[name].to_pylist():
                    matcher.set_seq1(candidate)
                    if matcher.real_quick_ratio() > ratio and matcher.quick_ratio() > ratio:
                        exact = matcher.ratio()
                        best, ratio = (candidate, exact) if exact > ratio else (best, ratio)
            seen += batch.num_rows
            if seen >= _LOOKED_AT:
                break
        return best

    def _empty(self, part: Part, columns: Sequence[str] | None) -> pa.Schema:
        files = self.files(part)
        whole = pq.read_schema(files[0]) if files else pa.schema([])
        return whole if columns is None else pa.schema([whole.field(name) for name in columns if files])


def _rows_of(path: Path, record: str) -> Iterator[dict[str, Any]]:
    """Rows of one ledger file; whole rows are read only where an id matches."""
    with _opened(path) as file:
        for group in range(file.num_row_groups):
            ids = file.read_row_group(group, columns=["doc_id", "source_id"])
            hit = pc.or_(pc.equal(ids["doc_id"], record), pc.equal(ids["source_id"], record))
            if pc.any(hit).as_py():
                yield from file.read_row_group(group).filter(hit).to_pylist()


@contextmanager
def _opened(path: Path) -> Iterator[pq.ParquetFile]:
    """A Parquet file; what goes wrong with it becomes a UserError."""
    try:
        with pq.ParquetFile(path) as file:
            yield file
    except (OSError, pa.ArrowException) as error:
        message = f"`{path}` cannot be read: {type(error).__name__}"
        raise UserError(message, f"`evenhand verify {path.parents[1]}` lists what is damaged") from error

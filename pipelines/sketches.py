"""What dedup keeps of a document: its hashes, signature and shingles, in Arrow files that are read by column.

One file a staged part, in the batches that were measured, uncompressed (hashes do not compress), so that a
local file is memory-mapped and a remote one is read by ranges. The same files are the snapshot's `index/`,
for later snapshots to be compared with.

doc_id        16 bytes
exact_high, exact_low  xxh3-128 of the normalised text
set_hash      of the shingle set; 0 = no shingles
chars         characters of the text; -1 = not readable
source_order  declared order of the source
shingles      sorted distinct 64-bit hashes of word n-grams
band_000 ...  LSH keys
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from filters.near_dedup import Sketch
from pipelines import storage

U64 = npt.NDArray[np.uint64]
I64 = npt.NDArray[np.int64]
OPEN_TABLES = 4  # mapped at a time: pages that were looked at stay in memory as long as their file is mapped


def band_name(band: int) -> str:
    """Column of a band."""
    return f"band_{band:03d}"


def record_batch(
    doc_id: Sequence[str], chars: I64, source_order: npt.NDArray[np.int32], sketch: Sketch
) -> pa.RecordBatch:
    """The columns above for n documents."""
    ids = pa.array([bytes.fromhex(i) for i in doc_id], pa.binary(16))
    columns: dict[str, Any] = {
        "doc_id": ids,
        "exact_high": np.ascontiguousarray(sketch.exact[:, 0]),
        "exact_low": np.ascontiguousarray(sketch.exact[:, 1]),
        "set_hash": sketch.set_hash,
        "chars": chars,
        "source_order": source_order,
        "shingles": pa.LargeListArray.from_arrays(sketch.shingle_offsets, sketch.shingles),
    }
    for band in range(sketch.bands.shape[1]):
        columns[band_name(band)] = np.ascontiguousarray(sketch.bands[:, band])
    return pa.RecordBatch.from_arrays(
        [column if isinstance(column, pa.Array) else pa.array(column) for column in columns.values()],
        names=list(columns),
    )


@dataclass(frozen=True)
class Part:
    """A sketch file and the numbers of its documents.

    Attributes:
        path: of the file.
        first: number of its first document.
        rows: documents in it.
        snapshot: id of the parent snapshot that it belongs to; "" = this run.
        checksum: xxh3-128 of the file; "" = not known.
    """

    path: str
    first: int
    rows: int
    snapshot: str = ""
    checksum: str = ""

    @property
    def stop(self) -> int:
        """One past the number of its last document."""
        return self.first + self.rows


class Sketches:
    """All parts of a run and of its parents, as one range of document numbers."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self.parts = list(parts)
        self.firsts = np.array([part.first for part in self.parts] or [0], np.int64)
        # Not a cache around a method, which would be a cycle that keeps files mapped until it is collected.
        self._tables: OrderedDict[tuple[int, tuple[str, ...] | None], pa.Table] = OrderedDict()

    def _open(self, part: int, columns: tuple[str, ...] | None) -> pa.Table:
        place = part, columns
        if place not in self._tables:
            self._tables[place] = storage.open_arrow(self.parts[part].path, columns).read_all()
            if len(self._tables) > OPEN_TABLES:
                self._tables.popitem(last=False)
        self._tables.move_to_end(place)
        return self._tables[place]

    def _holding(self, part: int, name: str) -> pa.ChunkedArray:
        """A column; a local file is mapped once for all of its columns."""
        local = storage.is_local(self.parts[part].path)
        return self._open(part, None if local else (name,)).column(name)

    def column(self, part: int, name: str) -> npt.NDArray[Any]:
        """A numeric column of a part; a view of the file where it is local."""
        chunks = self._holding(part, name).chunks
        arrays = [chunk.to_numpy(zero_copy_only=True) for chunk in chunks]
        return arrays[0] if len(arrays) == 1 else np.concatenate(arrays or [np.empty(0, np.uint64)])

    def shingles(self, documents: I64) -> tuple[I64, U64]:
        """(offsets int64[d + 1], hashes uint64[...]) of d document numbers, which ascend."""
        owner = self.part_of(documents)
        sets = [pa.array([], pa.large_list(pa.uint64()))]
        for part in np.unique(owner):
            rows = documents[owner == part] - self.parts[part].first
            for chunk in self._holding(int(part), "shingles").chunks:
                here = np.searchsorted(rows, len(chunk))
                sets.append(chunk.take(pa.array(rows[:here])))
                rows = rows[here:] - len(chunk)
        joined = pa.concat_arrays(sets)
        return joined.offsets.to_numpy(), joined.values.to_numpy()

    def part_of(self, documents: I64) -> I64:
        """Index of the part that holds each document number."""
        return np.searchsorted(self.firsts, documents, side="right").astype(np.int64) - 1

    def gather(self, documents: I64, name: str) -> npt.NDArray[Any]:
        """A numeric column for some document numbers, in their order."""
        out: npt.NDArray[Any] | None = None
        owner = self.part_of(documents)
        for part in np.unique(owner):
            mine = owner == part
            values = self.column(int(part), name)[documents[mine] - self.parts[part].first]
            if out is None:
                out = np.empty(len(documents), values.dtype)
            out[mine] = values
        return np.empty(0, np.int64) if out is None else out

    def doc_ids(self, documents: I64) -> list[str]:
        """The doc_id of some document numbers, in their order."""
        out = [""] * len(documents)
        owner = self.part_of(documents)
        for part in np.unique(owner):
            column = self._holding(int(part), "doc_id")
            where = np.flatnonzero(owner == part)
            ids = column.take(pa.array(documents[where] - self.parts[part].first)).to_pylist()
            for i, value in zip(where, ids, strict=True):
                out[i] = value.hex()
        return out

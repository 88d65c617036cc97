"""What the dedup stages found of the documents of one part, batch by batch."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipelines import storage
from pipelines.find_duplicates import LINKS, Layout, jaccard
from pipelines.sketches import Sketches


@dataclass(frozen=True)
class Links:
    """What dedup found of n documents.

    Attributes:
        measured: dedup ran.
        exact, near: bool[n], a duplicate by that rule.
        applies: bool[n], near dedup applies (the text has words).
        similarity: float64[n], to the kept member; NaN where no duplicate.
        kept: the kept member's doc_id, "snapshot:doc_id" in a parent; None where no duplicate.
        number: int64[n], the kept member's number in the index that this run leaves; -1 where no duplicate.
        leads: bool[n], the kept member of a component.
    """

    measured: bool
    exact: npt.NDArray[np.bool_]
    near: npt.NDArray[np.bool_]
    applies: npt.NDArray[np.bool_]
    similarity: npt.NDArray[np.float64]
    kept: list[str | None]
    number: npt.NDArray[np.int64]
    leads: npt.NDArray[np.bool_]


class Duplicates:
    """The links of one part of a Layout; `links`: path prefix of the link task's result, or None."""

    def __init__(self, layout: Layout, part: int, links: str | None) -> None:
        self.layout, self.part = layout, layout.parts[part]
        self.sketches = Sketches(layout.parts)
        self.measured = links is not None
        table = storage.open_arrow(f"{links}.links.arrow").read_all() if links else LINKS.empty_table()
        self.leaders = np.unique(table["kept"].to_numpy())
        document = table["document"].to_numpy()
        low, high = np.searchsorted(document, [self.part.first, self.part.stop])
        mine = table.slice(low, high - low)
        self.document = mine["document"].to_numpy()
        self.kept = mine["kept"].to_numpy()
        self.exact = mine["exact"].to_numpy()
        self.near = mine["near"].to_numpy()
        self.has_shingles = self.sketches.column(part, "set_hash") != 0
        self.similarity = jaccard(self.sketches, np.stack([self.document, self.kept], axis=1))
        self.names = self._names()

    def _names(self) -> list[str]:
        """What `duplicate_of` says of each of `self.document`."""
        doc_ids = self.sketches.doc_ids(self.kept)
        snapshots = [self.layout.parts[part].snapshot for part in self.sketches.part_of(self.kept).tolist()]
        return [f"{old}:{name}" if old else name for old, name in zip(snapshots, doc_ids, strict=True)]

    def of(self, row: int, rows: int) -> Links:
        """The links of `rows` documents from row `row` of the part."""
        first = self.part.first + row
        low, high = np.searchsorted(self.document, [first, first + rows])
        at = self.document[low:high] - first
        kept = self.kept[low:high]
        exact, near = np.zeros((2, rows), np.bool_)
        exact[at], near[at] = self.exact[low:high], self.near[low:high]
        similarity = np.full(rows, np.nan)
        similarity[at] = self.similarity[low:high]
        names: list[str | None] = [None] * rows
        for i, name in zip(at.tolist(), self.names[low:high], strict=True):
            names[i] = name
        number = np.full(rows, -1, np.int64)
        new, old = self.layout.new, self.layout.documents - self.layout.new
        number[at] = np.where(kept >= new, kept - new, kept + old)
        leads = np.isin(np.arange(first, first + rows), self.leaders)
        applies = self.has_shingles[row : row + rows]
        return Links(self.measured, exact, near, applies, similarity, names, number, leads)

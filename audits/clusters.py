"""The clusters of a sample as matrices, and which kind of them gives the intervals."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from audits import bootstrap
from audits.bootstrap import Integers, Numbers
from audits.representation_counts import BUCKETS, CLUSTERS, GENDERED

FEWEST = 10  # sites; with fewer, documents count as independent
FEW = 50  # sites; below, simulated intervals hold the true rate in 84 to 95 %, by how unlike the sites are

TOO_FEW = f"in fewer than {bootstrap.LEAST} clusters, too few for an interval"


class Clusters(NamedTuple):
    """What was counted of a sample by cluster.

    Attributes:
        found: by kind, (cluster int64[n], detail of each, count int64[n]).
        note: what the intervals rest on.
        documents: in the sample.
    """

    found: dict[str, tuple[Integers, list[str], Integers]]
    note: str
    documents: int

    @classmethod
    def of(cls, table: pa.Table) -> "Clusters":
        """Those of the merged counts: of sites, or of documents where there are too few sites."""
        documents = pc.sum(table.filter(pc.equal(table["kind"], "who_sample"))["count"]).as_py() or 0
        sites, independent = (_of_kind(table, kind) for kind in CLUSTERS)
        number = len(np.unique(sites["who_words"][0]))
        sample = f"sample of {documents:,} documents"
        if number < FEWEST:
            why = "site or source" if number == 1 else "sites or sources"
            note = f"{sample}; {number} {why}, so documents are drawn as if independent"
            return cls(independent, note, documents)
        few = ", few: the interval may be too narrow" if number < FEW else ""
        return cls(sites, f"{sample}; {number} clusters of sites or sources{few}", documents)

    def words(self, languages: Sequence[str]) -> Integers:
        """int64[BUCKETS, 1], words of documents matched with the lexicons of these languages."""
        return np.asarray(self._matrix("who_words", languages).sum(axis=1, keepdims=True))

    def mentions(self, groups: Sequence[str]) -> Integers:
        """int64[BUCKETS, groups]."""
        return self._matrix("who_mentions", groups)

    def gendered(self) -> Integers:
        """int64[BUCKETS, 2], words of `he` and of `she`."""
        return self._matrix("who_pronouns", GENDERED[::-1])

    def intervals(
        self, numerators: Integers, denominators: Integers, *, within: tuple[float, float] = (0.0, np.inf)
    ) -> tuple[Numbers, Numbers]:
        """Bounds of each column's sum over that of `denominators`; clusters without words are none."""
        there = np.zeros(BUCKETS, np.bool_)
        there[self.found["who_words"][0]] = True
        return bootstrap.ratio_intervals(numerators[there], denominators[there], within=within)

    def told(self, low: float) -> str:
        """What to say of a figure with the bound `low`."""
        return f"{self.note}; {TOO_FEW}" if np.isnan(low) else self.note

    def _matrix(self, kind: str, details: Sequence[str]) -> Integers:
        cluster, detail, count = self.found[kind]
        column = {name: number for number, name in enumerate(details)}
        place = np.array([column.get(name, -1) for name in detail], np.int64)
        matrix = np.zeros((BUCKETS, len(details)), np.int64)
        np.add.at(matrix, (cluster[place >= 0], place[place >= 0]), count[place >= 0])
        return matrix


def per_million(mentions: int, words: int) -> float | None:
    """Mentions per million words; a ten-thousandth of it is per cent of words. None without words."""
    return 1e6 * mentions / words if words else None


def _of_kind(table: pa.Table, cluster: str) -> dict[str, tuple[Integers, list[str], Integers]]:
    mine = table.filter(pc.starts_with(table["key"], f"{cluster} "))
    found = {}
    for kind in ("who_words", "who_mentions", "who_pronouns"):
        rows = mine.filter(pc.equal(mine["kind"], kind))
        number = pc.utf8_slice_codeunits(rows["key"], len(cluster) + 1).cast(pa.int64())
        found[kind] = (number.to_numpy(), rows["detail"].to_pylist(), rows["count"].to_numpy())
    return found

"""Stages 2 to 4: candidate pairs by band, exact verification, components.

    match   (bands, slice): keys and set hashes of all parts -> sort -> KEY.pairs.npy, KEY.stars.npy
            int64[n, 2]; or the exact hashes alone
    verify  part: its pairs of all bands, distinct -> exact Jaccard on shingles -> KEY.edges.npy int64[e, 2]
    link    all edges -> components -> the kept member of each -> KEY.links.arrow LINKS; KEY.joins.npy

Keys are shuffled by the files' columns, not by a GroupByKey: a task reads the columns of its bands from every
part and holds 24 bytes a band and document of its slice, and no runner's shuffle holds text or keys (measured
in docs/decisions). Documents of this run are numbered 0..n in the order of the input; those of the parents
follow.
"""

import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from filters import near_dedup
from pipelines import progress, storage
from pipelines.sketches import I64, U64, Part, Sketches, band_name

# Of keys in a task, so that memory does not grow with the corpus: of several bands, and of an uncut one.
BANDS_BYTES, MATCH_BYTES = 48 << 20, 200 << 20
KEY_BYTES = 24  # a band and document: key, set hash, number
MOST_BANDS = 7  # of a task: each part is opened once for all of them, and 28 bands are still four tasks
PAIRS = 1 << 14  # compared at a time: the shingles of twice as many documents at most, some 70 MB

JOINS = "joins.npy"
LINKS = pa.schema(
    [("document", pa.int64()), ("exact", pa.bool_()), ("near", pa.bool_()), ("kept", pa.int64())]
)


@dataclass(frozen=True)
class Layout:
    """All parts of a run and of its parents, in the order of their document numbers."""

    parts: tuple[Part, ...]
    new: int  # documents of this run; those with higher numbers are the parents'

    @property
    def documents(self) -> int:
        """Documents of the run and its parents."""
        return self.parts[-1].stop if self.parts else 0

    def save(self, path: str) -> None:
        """Writes it as JSON, so that tasks name it and do not carry it."""
        storage.write_json(path, asdict(self))

    @classmethod
    def load(cls, path: str) -> "Layout":
        """Reads what `save` wrote."""
        value = storage.read_json(path)
        return cls(tuple(Part(**part) for part in value["parts"]), value["new"])


@dataclass(frozen=True)
class Match:
    """The argument of a match task: some bands, or none: the exact hashes; one slice of their keys."""

    layout: str
    bands: tuple[int, ...]
    slice: int
    slices: int
    max_bucket: int


@dataclass(frozen=True)
class Verify:
    """The argument of a verify task: the pairs whose first document lies in `part`."""

    layout: str
    part: int
    matches: tuple[str, ...]  # path prefixes of the match tasks' results
    threshold: float


@dataclass(frozen=True)
class Link:
    """The argument of the link task: path prefixes of earlier results."""

    layout: str
    exact: tuple[str, ...]
    stars: tuple[str, ...]
    edges: tuple[str, ...]


def slices(documents: int) -> int:
    """How many tasks share a band."""
    return 1 + KEY_BYTES * documents // MATCH_BYTES


def together(bands: int, documents: int) -> list[tuple[int, ...]]:
    """The bands of each task: as many as BANDS_BYTES hold, one at least, at most MOST_BANDS."""
    width = max(1, min(MOST_BANDS, BANDS_BYTES // (KEY_BYTES * max(1, documents))))
    return [tuple(range(start, min(start + width, bands))) for start in range(0, bands, width)]


def match(job: Match, prefix: str) -> dict[str, Any]:
    """Finds documents that share a key of a band; one slice of the keys at a time."""
    layout = Layout.load(job.layout)
    if not job.bands:
        ((high, low, document),) = _keys(layout, ["exact_high"], "exact_low", job)
        _save(f"{prefix}.stars.npy", near_dedup.equal(np.stack([high, low], axis=1), document))
        return {}
    pairs = [np.empty(0, np.int64)]
    counted: Counter[str] = Counter()
    names = [band_name(band) for band in job.bands]
    for band, (key, set_hash, document) in zip(job.bands, _keys(layout, names, "set_hash", job), strict=True):
        found = near_dedup.match(key, set_hash, document, job.max_bucket, layout.new)
        # As one number each: sorting rows of two takes four times as long.
        pairs.append(found.pairs[:, 0] * layout.documents + found.pairs[:, 1])
        if band == 0:
            _save(f"{prefix}.stars.npy", found.stars)  # every band finds the same
        counted["guarded_buckets"] += found.guarded_buckets
        counted["guarded_documents"] += found.guarded_documents
        counted["skipped_pairs"] += found.skipped_pairs
    packed = np.unique(np.concatenate(pairs))
    _save(f"{prefix}.pairs.npy", np.stack(np.divmod(packed, max(1, layout.documents)), axis=1))
    return dict(counted)


def _keys(layout: Layout, names: Sequence[str], beside: str, job: Match) -> Iterator[tuple[U64, U64, I64]]:
    """(keys, the column `beside`, document numbers) of each named column: the job's slice, all parts."""
    sketches = Sketches(layout.parts)
    keys: list[list[U64]] = [[np.empty(0, np.uint64)] for _ in names]
    others: list[list[U64]] = [[np.empty(0, np.uint64)] for _ in names]
    documents: list[list[I64]] = [[np.empty(0, np.int64)] for _ in names]
    for i, part in enumerate(layout.parts):
        other = sketches.column(i, beside)
        known = other != 0 if job.bands else sketches.column(i, "chars") >= 0
        for at, name in enumerate(names):
            key = sketches.column(i, name)
            has = known & (key % np.uint64(job.slices) == job.slice)
            keys[at].append(key[has])
            others[at].append(other[has])
            documents[at].append(np.flatnonzero(has) + part.first)
        progress.count(part.rows, 0)
    for at in range(len(names)):
        yield np.concatenate(keys[at]), np.concatenate(others[at]), np.concatenate(documents[at])


def verify(job: Verify, prefix: str) -> dict[str, Any]:
    """Keeps the pairs of one part whose exact Jaccard reaches the threshold."""
    layout = Layout.load(job.layout)
    sketches = Sketches(layout.parts)
    part = layout.parts[job.part]
    mine = []
    for path in job.matches:
        pairs = _load(f"{path}.pairs.npy")
        low, high = np.searchsorted(pairs[:, 0], [part.first, part.stop])
        mine.append((pairs[low:high, 0] - part.first) * layout.documents + pairs[low:high, 1])
    packed = np.unique(np.concatenate(mine)) if mine else np.empty(0, np.int64)
    pairs = np.stack([packed // layout.documents + part.first, packed % layout.documents], axis=1)
    similarity = jaccard(sketches, pairs)
    _save(f"{prefix}.edges.npy", pairs[similarity >= job.threshold])
    progress.count(part.rows, 0)
    return {"candidates": len(pairs), "verified": int((similarity >= job.threshold).sum())}


def jaccard(sketches: Sketches, pairs: I64) -> npt.NDArray[np.float64]:
    """Exact Jaccard of the shingle sets of int64[p, 2] pairs of documents; 1.0 where neither has any."""
    similarity = np.ones(len(pairs))
    for start in range(0, len(pairs), PAIRS):
        documents, place = np.unique(pairs[start : start + PAIRS], return_inverse=True)
        offsets, hashes = sketches.shingles(documents)
        left, right = (
            np.stack([offsets[side], offsets[side + 1]], axis=1) for side in place.reshape(-1, 2).T
        )
        found = near_dedup.jaccard(hashes, left, hashes, right)
        wordless = (left[:, 0] == left[:, 1]) & (right[:, 0] == right[:, 1])
        similarity[start : start + PAIRS] = np.where(wordless, 1.0, found)
    return similarity


def link(job: Link, prefix: str) -> dict[str, Any]:
    """Components of verified edges, and the member of each that stays."""
    layout = Layout.load(job.layout)
    sketches = Sketches(layout.parts)
    exact = _edges(job.exact, "stars")
    settled = _parent_edges(layout)
    near = np.concatenate([_edges(job.stars, "stars"), _edges(job.edges, "edges"), settled])
    in_exact, in_near = (_components(layout, sketches, edges).followers[0] for edges in (exact, near))
    found = _components(layout, sketches, np.concatenate([exact, near]))
    followers, kept = found.followers
    table = pa.table(
        {
            "document": followers,
            "exact": np.isin(followers, in_exact),
            "near": np.isin(followers, in_near),
            "kept": kept,
        },
        schema=LINKS,
    )
    with storage.replacing(f"{prefix}.links.arrow") as stream, pa.ipc.new_file(stream, LINKS) as writer:
        writer.write_table(table)
    if len(joins := _joins(layout, found, settled)):
        _save(f"{prefix}.joins.npy", joins)
    return {"components": len(np.unique(kept)), "duplicates": len(followers)}


class _Components(NamedTuple):
    """Components of n documents.

    Attributes:
        nodes: int64[n], their numbers, sorted.
        label: int64[n], the lowest number of each one's component.
        first: int64[n], place in `nodes` of the member that stays.
        old: bool[n], documents of the parents.
    """

    nodes: I64
    label: I64
    first: I64
    old: npt.NDArray[np.bool_]

    @property
    def followers(self) -> tuple[I64, I64]:
        """(documents of this run that are not the first of their component, the first one of each)."""
        follows = (self.first != np.arange(len(self.nodes))) & ~self.old
        return self.nodes[follows], self.nodes[self.first[follows]]


def _components(layout: Layout, sketches: Sketches, edges: I64) -> _Components:
    nodes, label = near_dedup.components(edges)
    old = nodes >= layout.new
    # A parent's document blocks only if the parent kept it; one that it did not keep connects, and stands
    # last.
    standing = np.ones(len(nodes), np.int64)
    standing[old] = np.where(_parent_fate(layout, nodes[old])[0], 0, 2)
    high, low = _doc_id_halves(sketches, nodes)
    first = near_dedup.keepers(
        label, (standing, sketches.gather(nodes, "source_order"), -sketches.gather(nodes, "chars"), high, low)
    )
    return _Components(nodes, label, first, old)


def _joins(layout: Layout, found: _Components, settled: I64) -> I64:
    """int64[j, 2]: what this run joined of its parents' components, in the numbers of the index it leaves.

    A document that joins some of them records only the one member that it follows, or none where it stays
    itself: without the other edges a later run would take those components for strangers of what it kept.
    """
    before = found.nodes.copy()  # components of the parents, by lowest number
    nodes, label = near_dedup.components(settled)
    before[np.searchsorted(found.nodes, nodes)] = label  # all of them are among the nodes
    # New documents have lower numbers than old ones: a component's label is one of them, if it has any.
    joined = found.old & (found.label < layout.new) & (before != before[found.first])
    edges = np.unique(np.stack([found.label[joined], before[joined]], axis=1), axis=0)
    return np.where(edges >= layout.new, edges - layout.new, edges + layout.documents - layout.new)


def _doc_id_halves(sketches: Sketches, nodes: I64) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]]:
    raw = (
        np.frombuffer(bytes.fromhex("".join(sketches.doc_ids(nodes))), ">u8").reshape(-1, 2).astype(np.uint64)
    )
    return raw[:, 0], raw[:, 1]


def _parent_fate(layout: Layout, documents: I64) -> tuple[npt.NDArray[np.bool_], I64]:
    """(kept, duplicate_of) of parents' documents: is it in its snapshot; the number it follows, or -1."""
    kept, follows = np.zeros(len(documents), np.bool_), np.full(len(documents), -1, np.int64)
    for part in layout.parts:
        here = (documents >= max(part.first, layout.new)) & (documents < part.stop)
        if here.any():
            fate = storage.open_arrow(fate_path(part.path)).read_all()
            row = documents[here] - part.first
            kept[here] = fate.column("kept").to_numpy()[row]
            follows[here] = fate.column("duplicate_of").to_numpy()[row]
    return kept, follows


def _parent_edges(layout: Layout) -> I64:
    """The parents' components: edges from each removed document to the one it follows, and their joins."""
    documents = np.arange(layout.new, layout.documents)
    _, follows = _parent_fate(layout, documents)
    linked = follows >= 0
    edges = [np.stack([documents[linked], follows[linked] + layout.new], axis=1)]
    joins = sorted({joins_path(part.path) for part in layout.parts if part.snapshot})
    return np.concatenate(edges + [_load(path) + layout.new for path in joins if storage.exists(path)])


def fate_path(sketch: str) -> str:
    """The file beside an index part that says what became of its documents: `kept`, `duplicate_of`."""
    return sketch.removesuffix(".sketch.arrow") + ".fate.arrow"


def joins_path(sketch: str) -> str:
    """The file beside the index parts of a generation that says which older components it joined, if any."""
    return storage.join(sketch.rpartition("/")[0], JOINS)


def _edges(prefixes: Sequence[str], kind: str) -> I64:
    return np.concatenate([np.empty((0, 2), np.int64), *(_load(f"{path}.{kind}.npy") for path in prefixes)])


def _save(path: str, array: I64) -> None:
    with storage.replacing(path) as stream:
        np.save(stream, array.astype(np.int64).reshape(-1, 2))


def _load(path: str) -> I64:
    if storage.is_local(path):
        loaded: I64 = np.load(path, mmap_mode="r")
        return loaded
    remote: I64 = np.load(io.BytesIO(storage.read(path)))
    return remote

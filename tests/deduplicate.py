"""The whole of dedup on lists of texts, from the pure functions alone."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from filters import near_dedup
from schemas.parameters import NearDedup

DEFAULTS = NearDedup()


class Deduplicated(NamedTuple):
    """Of n texts: `kept` int64[...] indices, `keeper` int64[n] index of who stays, and the guard."""

    kept: npt.NDArray[np.int64]
    keeper: npt.NDArray[np.int64]
    guarded_buckets: int
    skipped_pairs: int


def deduplicate(
    texts: list[str],
    ids: list[str],
    parameters: NearDedup = DEFAULTS,
    source_order: list[int] | None = None,
    old: int = 0,
) -> Deduplicated:
    """Components over exact and near duplicates; of each the first stays, by source order, length, id.

    The last `old` texts are the parent's: they stand first, and their kept ones have been decided already.
    """
    sketch = near_dedup.sketch(pa.array(texts, pa.string()), parameters)
    document = np.arange(len(texts))
    first_old = len(texts) - old
    rank = (
        (document < first_old).astype(int),
        np.array(source_order or [0] * len(texts)),
        -np.array([len(text) for text in texts], int),
        np.array(ids, dtype=object).astype(str) if ids else np.empty(0, str),
    )
    keeper = document.copy()
    if old:  # the parent's own run
        before = deduplicate(
            texts[first_old:],
            ids[first_old:],
            parameters,
            list(rank[1][first_old:]) if source_order else None,
        )
        keeper[first_old:] = before.keeper + first_old
    edges = [near_dedup.equal(sketch.exact, document), np.stack([document, keeper], axis=1)]
    has = sketch.set_hash != 0
    pairs, guarded, skipped = [np.empty((0, 2), np.int64)], 0, 0
    for band in sketch.bands[has].T:
        found = near_dedup.match(
            np.ascontiguousarray(band), sketch.set_hash[has], document[has], parameters.max_bucket, first_old
        )
        pairs.append(found.pairs)
        edges.append(found.stars)
        guarded, skipped = guarded + found.guarded_buckets, skipped + found.skipped_pairs
    packed = np.unique([a << 32 | b for a, b in [np.concatenate(pairs).T]])
    candidates = np.stack([packed >> 32, packed & 0xFFFFFFFF], axis=1)
    edges.append(candidates[jaccard(sketch, candidates) >= parameters.threshold])
    nodes, label = near_dedup.components(np.concatenate(edges))
    first = near_dedup.keepers(label, tuple(key[nodes] for key in rank))
    keeper[nodes] = nodes[first]
    return Deduplicated(np.flatnonzero(keeper == document), keeper, guarded, skipped)


def jaccard(sketch: near_dedup.Sketch, pairs: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Exact Jaccard similarity of pairs int64[p, 2] of a sketch's documents."""
    left, right = (
        np.stack([sketch.shingle_offsets[c], sketch.shingle_offsets[c + 1]], axis=1) for c in pairs.T
    )
    return near_dedup.jaccard(sketch.shingles, left, sketch.shingles, right)

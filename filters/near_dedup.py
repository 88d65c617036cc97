r"""Near duplicates: documents whose sets of word n-grams overlap.

Candidates come from MinHash with banding (Broder 1997, doi:10.1109/SEQUEN.1997.666900; Indyk and Motwani
1998, doi:10.1145/276698.276876): two documents of Jaccard similarity s share one of b bands of r rows with
probability 1 - (1 - s^r)^b, .9996 for .7 at 28 bands of 4 rows. Every candidate is then verified on the sets
themselves, so bands decide what is found, never what is removed.

The functions here work on whole arrays and know nothing of where they come from: `sketch` by document,
`match` by band, `jaccard` by pair, `components` and `keepers` on verified edges. All results are independent
of the order of their input.

near_duplicate   bool, another member of its component stands before it; null = no words, or not measured
near_similarity  float64, exact Jaccard similarity to the member kept; null where near_duplicate is not true.
                 In a chain (a like b, b like c) it may lie below the threshold.
"""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import xxhash

from filters import words
from filters.arrow_buffers import string_buffers
from filters.checks import Firing, values
from filters.kernels import dedup
from schemas.parameters import NearDedup

VERSION = 1
SIGNALS = pa.schema([pa.field("near_duplicate", pa.bool_()), pa.field("near_similarity", pa.float64())])
SEED = 0x4556454E48414E44  # "EVENHAND"; the permutations are the outputs of splitmix64 from here
SLICE_BYTES = 1 << 18  # of text, so that scratch memory stays in the cache: 226 MB/s, not 192
LANES = 8  # permutations are padded to a multiple of it


class Sketch(NamedTuple):
    """What dedup needs to know of n documents.

    Attributes:
        exact: uint64[n, 2], xxh3-128 of the normalised text (lower-cased, runs of white space collapsed to
            one space, ends stripped), high half first; 0 where the text is null.
        set_hash: uint64[n], hash of the set of shingles; 0 where there are none.
        shingle_offsets: int64[n + 1].
        shingles: uint64[m], hashes of word n-grams, sorted and distinct within each document. A document of
            fewer than n words has one shingle of all of them; one without words has none.
        bands: uint64[n, bands], keys; 0 where there are no shingles.
    """

    exact: npt.NDArray[np.uint64]
    set_hash: npt.NDArray[np.uint64]
    shingle_offsets: npt.NDArray[np.int64]
    shingles: npt.NDArray[np.uint64]
    bands: npt.NDArray[np.uint64]


class Matches(NamedTuple):
    """Candidates of one band.

    Attributes:
        stars: int64[s, 2], (head, member) of documents with equal sets of shingles; sorted. They need no
        verification.
        pairs: int64[p, 2], (a, b) with a < b, heads only, distinct, sorted.
        guarded_buckets: buckets with more than `max_bucket` heads.
        guarded_documents: documents in them.
        skipped_pairs: pairs of heads that were not compared because of the guard.
    """

    stars: npt.NDArray[np.int64]
    pairs: npt.NDArray[np.int64]
    guarded_buckets: int
    guarded_documents: int
    skipped_pairs: int


def sketch(text: pa.StringArray, parameters: NearDedup) -> Sketch:
    """Hashes of each document's text; n rows in, n rows out, same order."""
    offsets, data = string_buffers(text)
    factors, summands = permutations(parameters.bands * parameters.rows)
    cuts = np.searchsorted(offsets, np.arange(offsets[0], offsets[-1], SLICE_BYTES))
    digest = xxhash.xxh3_128_digest
    digests, slices = [], []
    for first, last in pairwise(np.unique([0, *cuts, len(text)]).tolist()):
        normal, normal_offsets, *rest = dedup.sketch(
            offsets[first : last + 1],
            data,
            words.table(),
            parameters.ngram,
            factors,
            summands,
            parameters.bands,
            parameters.rows,
        )
        view = normal.data
        digests += [digest(view[start:stop]) for start, stop in pairwise(normal_offsets.tolist())]
        slices.append(rest)
    if not slices:
        return _empty(parameters)
    exact = np.frombuffer(b"".join(digests), ">u8").astype(np.uint64).reshape(-1, 2)
    set_hash, counts, shingles, bands = (np.concatenate(columns) for columns in zip(*slices, strict=True))
    shingle_offsets = np.zeros(len(text) + 1, np.int64)
    np.cumsum(counts, out=shingle_offsets[1:])
    if text.null_count:
        exact[pc.is_null(text).to_numpy(zero_copy_only=False)] = 0
    return Sketch(exact, set_hash, shingle_offsets, shingles, bands)


def _empty(parameters: NearDedup) -> Sketch:
    none = np.empty(0, np.uint64)
    return Sketch(none.reshape(0, 2), none, np.zeros(1, np.int64), none, none.reshape(0, parameters.bands))


def no_sketch(rows: int) -> Sketch:
    """The Sketch of `rows` documents that nothing is known of; it has no bands."""
    zeros = np.zeros((rows, 2), np.uint64)
    return Sketch(zeros, zeros[:, 0], np.zeros(rows + 1, np.int64), zeros[:0, 0], zeros[:, :0])


def permutations(count: int) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]]:
    """(factors, summands), each uint32[count, padded]: x -> factor * x + summand (mod 2^32), factors odd."""
    padded = -(-count // LANES) * LANES
    state = np.uint64(SEED) + np.arange(1, padded + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    state ^= state >> np.uint64(31)
    return (state >> np.uint64(32)).astype(np.uint32) | np.uint32(1), state.astype(np.uint32)


def match(
    key: npt.NDArray[np.uint64],
    set_hash: npt.NDArray[np.uint64],
    doc: npt.NDArray[np.int64],
    max_bucket: int,
    first_new: int,
) -> Matches:
    """Candidates among the documents of one band, each with at least one shingle, in any order.

    Within a bucket (equal key) documents of equal sets are represented by the one of lowest number, their
    head. Heads are compared all with all; in a bucket of more than `max_bucket` heads, the first with every
    other and each with its neighbour, by set hash. Edges between two old documents are left out: the parent
    settled them.

    Args:
        key: uint64[k], the band's keys.
        set_hash: uint64[k].
        doc: int64[k], document numbers; those from `first_new` on are the parent's ("old").
        max_bucket: heads of a bucket compared all with all.
        first_new: first number of an old document; new ones lie below.
    """
    return Matches(*dedup.match(key, set_hash, doc, max_bucket, first_new))


def equal(exact: npt.NDArray[np.uint64], doc: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """int64[s, 2], sorted edges (lowest document, member) between documents of equal `Sketch.exact`.

    Args:
        exact: uint64[n, 2]; 0 (no text) equals nothing.
        doc: int64[n], document numbers, in any order.
    """
    return dedup.equal(exact, doc)


def jaccard(
    left: npt.NDArray[np.uint64],
    left_bounds: npt.NDArray[np.int64],
    right: npt.NDArray[np.uint64],
    right_bounds: npt.NDArray[np.int64],
) -> npt.NDArray[np.float64]:
    """float64[p], exact Jaccard similarity of pairs of sets; 0 for two empty ones.

    Args:
        left: uint64[...], sorted and distinct within each set; may be memory-mapped.
        left_bounds: int64[p, 2], (start, stop).
        right: as `left`; may be the same array.
        right_bounds: int64[p, 2].

    Raises:
        ValueError: bounds lie outside the array.
    """
    return dedup.jaccard(left, left_bounds, right, right_bounds)


def components(edges: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """(nodes sorted, label: smallest node of its component), each int64[k], of edges int64[e, 2]."""
    nodes, compact = np.unique(edges, return_inverse=True)
    return nodes, nodes[dedup.components(compact.reshape(-1, 2).astype(np.int64), len(nodes))]


def keepers(
    label: npt.NDArray[np.int64], rank_keys: tuple[npt.NDArray[np.generic], ...]
) -> npt.NDArray[np.int64]:
    """int64[k], for each node the index of its component's first member.

    Args:
        label: int64[k], component of each node.
        rank_keys: arrays [k], smaller first, most significant first; together they must tell all members
        apart.
    """
    order = np.lexsort((*reversed(rank_keys), label))
    first = np.ones(len(label), bool)
    first[1:] = label[order[1:]] != label[order[:-1]]
    keeper = np.empty(len(label), np.int64)
    keeper[order] = order[first][np.cumsum(first) - 1]
    return keeper


def fire(signals: pa.RecordBatch, parameters: NearDedup) -> list[Firing]:
    """Fires on the flag, not on the score: in a chain the similarity to the member kept may be lower."""
    flag = signals.column("near_duplicate")
    removes = flag.fill_null(False).to_numpy(zero_copy_only=False)
    score = values(signals, "near_similarity")
    applies = flag.is_valid().to_numpy(zero_copy_only=False)
    return [
        Firing(
            "near_duplicate", removes, np.zeros_like(removes), score, parameters.threshold, applies=applies
        )
    ]

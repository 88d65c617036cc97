r"""Decontamination: documents that hold items of evaluation sets, by n-grams of 13 words.

Words are those of `filters/words.py` (`\w+` of the lower-cased text), so neither case nor punctuation nor
line breaks hide an item. Whether one common n-gram is enough (Brown et al. 2020, arXiv:2005.14165, appendix
C) or a share of an item is needed (as Chowdhery et al. 2022, arXiv:2204.02311) is policy: both are
measured. A text of `shortest` to 12 words is one n-gram, matched whole; shorter ones are too common to mean
anything, and are left out and counted.

contaminated_ngrams  int32, distinct n-grams of the sets that the document holds
contamination_share  float64, of the best-matching item: its n-grams that the document holds, over all of its
                     n-grams; 0 where none is found
contamination_set    string, that item's set; null where none is found
contamination_item   string, that item: FILE#ID
All are null where not measured. Best: greatest share, then most n-grams, then first in the order of the sets.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from filters import checks, words
from filters.arrow_buffers import string_buffers
from filters.checks import Check, Firing
from filters.kernels import decontamination
from schemas.parameters import Decontamination

VERSION = 1
SIGNALS = pa.schema(
    [
        pa.field("contaminated_ngrams", pa.int32()),
        pa.field("contamination_share", pa.float64()),
        pa.field("contamination_set", pa.string()),
        pa.field("contamination_item", pa.string()),
    ]
)
CHECKS = (
    Check("contaminated_ngrams", "at_most", "max_ngrams", "ngram_overlap"),
    Check("contamination_share", "at_most", "max_share", "item_overlap"),
)
SIEVE_BITS = 64  # for each head, at least: one place in 64 of other text passes
BATCH = 1 << 12  # items hashed at once


class Item(NamedTuple):
    """One item of an evaluation set: `texts` are matched each by itself."""

    set: str
    id: str
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Index:
    """The n-grams of some evaluation sets: plain arrays, which may be memory-mapped.

    Attributes:
        shortest: words of the heads in the sieve.
        lengths: int32[...], words of an n-gram: those that occur, ascending.
        sieve: uint64[power of two], one bit for the first `shortest` words of each n-gram.
        hashes: uint64[g], distinct n-grams, sorted.
        buckets: int32[power of two + 1], bounds in `hashes` by their top bits.
        item_bounds: int64[g + 1], in `items`.
        items: int32[...], the items that hold each n-gram.
        sizes: int32[i], distinct n-grams of each item.
        sets: string[i], of each item.
        ids: string[i].
        counts: by set: `items`, `ngrams` (distinct within an item), and `too_short`, items of which no text
            has enough words.
    """

    shortest: int
    lengths: npt.NDArray[np.int32]
    sieve: npt.NDArray[np.uint64]
    hashes: npt.NDArray[np.uint64]
    buckets: npt.NDArray[np.int32]
    item_bounds: npt.NDArray[np.int64]
    items: npt.NDArray[np.int32]
    sizes: npt.NDArray[np.int32]
    sets: pa.StringArray
    ids: pa.StringArray
    counts: dict[str, dict[str, int]]


def build_index(items: Iterable[Item], parameters: Decontamination) -> Index:
    """The index of some items; their order matters for ties alone."""
    names: list[str] = []
    ids: list[str] = []
    counts = {one.name: _nothing() for one in parameters.sets}
    grams, heads = [np.empty(0, np.uint64)], [np.empty(0, np.uint64)]
    owners, lengths = [np.empty(0, np.int32)], {0}
    for batch in _batches(items):
        owner, found, head, words_ = _grams(batch, parameters)
        kept, owner = np.unique(owner, return_inverse=True)
        grams.append(found)
        heads.append(head)
        owners.append((owner + len(names)).astype(np.int32))
        lengths |= set(np.minimum(words_, parameters.ngram).tolist())
        has = set(kept.tolist())
        for i, item in enumerate(batch):
            count = counts.setdefault(item.set, _nothing())
            count["items" if i in has else "too_short"] += 1
            if i in has:
                names.append(item.set)
                ids.append(item.id)
    gram, holder = np.concatenate(grams), np.concatenate(owners)
    order = np.lexsort((holder, gram))
    gram, holder = gram[order], holder[order]
    new = np.ones(len(gram), np.bool_)
    new[1:] = (gram[1:] != gram[:-1]) | (holder[1:] != holder[:-1])  # an n-gram counts once an item
    gram, holder = gram[new], holder[new]
    hashes, first = np.unique(gram, return_index=True)
    sizes = np.bincount(holder, minlength=len(names)).astype(np.int32)
    for name, size in zip(names, sizes.tolist(), strict=True):
        counts[name]["ngrams"] += size
    return Index(
        shortest=parameters.shortest,
        lengths=np.array(sorted(lengths - set(range(parameters.shortest))), np.int32),
        sieve=_sieve(np.unique(np.concatenate(heads))),
        hashes=hashes,
        buckets=_buckets(hashes),
        item_bounds=np.append(first, len(gram)).astype(np.int64),
        items=holder,
        sizes=sizes,
        sets=pa.array(names, pa.string()),
        ids=pa.array(ids, pa.string()),
        counts=counts,
    )


def _nothing() -> dict[str, int]:
    return {"items": 0, "ngrams": 0, "too_short": 0}


def _batches(items: Iterable[Item]) -> Iterable[list[Item]]:
    batch: list[Item] = []
    for item in items:
        batch.append(item)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _grams(
    batch: list[Item], parameters: Decontamination
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint64], npt.NDArray[np.uint64], npt.NDArray[np.int64]]:
    """(item of each n-gram, n-grams, their heads, words of each text)."""
    texts = pa.array([text for item in batch for text in item.texts], pa.string())
    owner = np.repeat(np.arange(len(batch)), [len(item.texts) for item in batch])
    offsets, data = string_buffers(texts)
    lengths, counts, grams, heads = decontamination.grams(
        offsets, data, words.table(), parameters.ngram, parameters.shortest
    )
    return np.repeat(owner, counts), grams, heads, lengths


def _sieve(heads: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    bits = np.zeros(1 << max(8, (SIEVE_BITS * len(heads) // 64).bit_length()), np.uint64)
    place = (heads >> np.uint64(6)) & np.uint64(len(bits) - 1)
    np.bitwise_or.at(bits, place.astype(np.int64), np.uint64(1) << (heads & np.uint64(63)))
    return bits


def _buckets(hashes: npt.NDArray[np.uint64]) -> npt.NDArray[np.int32]:
    bits = max(1, len(hashes).bit_length())
    firsts = np.arange(1 << bits, dtype=np.uint64) << np.uint64(64 - bits)
    return np.append(np.searchsorted(hashes, firsts), len(hashes)).astype(np.int32)


def measure(text: pa.StringArray, index: Index) -> pa.RecordBatch:
    """SIGNALS of n documents, same order; null where the text is null."""
    offsets, data = string_buffers(text)
    found, share, best = decontamination.find(
        offsets,
        data,
        words.table(),
        index.shortest,
        index.lengths,
        index.sieve,
        index.hashes,
        index.buckets,
        index.item_bounds,
        index.items,
        index.sizes,
    )
    absent = text.is_null().to_numpy(zero_copy_only=False)
    item = pa.array(best, mask=absent | (best < 0))
    columns = [
        pa.array(found, mask=absent),
        pa.array(share, mask=absent),
        index.sets.take(item),
        index.ids.take(item),
    ]
    return pa.RecordBatch.from_arrays(columns, schema=SIGNALS)


def fire(signals: pa.RecordBatch, parameters: Decontamination) -> list[Firing]:
    """One check on any n-gram, one on the share of an item."""
    return checks.fire(CHECKS, signals, parameters)

import numpy as np
import numpy.typing as npt

def grams(
    offsets: npt.NDArray[np.int32],  # [n + 1]
    data: npt.NDArray[np.uint8],  # valid UTF-8
    table: npt.NDArray[np.uint32],  # filters.words.table()
    ngram: int,
    shortest: int,  # 1 <= shortest <= ngram <= 64
) -> tuple[
    npt.NDArray[np.int64],  # [n], words
    npt.NDArray[np.int64],  # [n], n-grams
    npt.NDArray[np.uint64],  # their hashes, text after text, repeats included
    npt.NDArray[np.uint64],  # hash of the first `shortest` words of each
]: ...
def find(
    offsets: npt.NDArray[np.int32],  # [n + 1]
    data: npt.NDArray[np.uint8],  # valid UTF-8
    table: npt.NDArray[np.uint32],
    shortest: int,
    lengths: npt.NDArray[np.int32],  # words of an n-gram: those that occur, ascending
    sieve: npt.NDArray[np.uint64],  # [power of two], bits of the heads
    hashes: npt.NDArray[np.uint64],  # [g], sorted, distinct
    buckets: npt.NDArray[np.int32],  # [power of two + 1], bounds in `hashes` by the top bits
    item_bounds: npt.NDArray[np.int64],  # [g + 1], in `items`
    items: npt.NDArray[np.int32],  # below len(sizes)
    sizes: npt.NDArray[np.int32],  # distinct n-grams of each item
) -> tuple[
    npt.NDArray[np.int32],  # [n], distinct n-grams found
    npt.NDArray[np.float64],  # [n], share of the best item's n-grams
    npt.NDArray[np.int32],  # [n], the best item; -1: none
]: ...

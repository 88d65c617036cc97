import numpy as np
import numpy.typing as npt

def sketch(
    offsets: npt.NDArray[np.int32],  # [n + 1]
    data: npt.NDArray[np.uint8],  # valid UTF-8
    table: npt.NDArray[np.uint32],  # by code point: lower-cased code point | kind << 24
    ngram: int,  # 1..32
    factors: npt.NDArray[np.uint32],  # [bands * rows, padded to a multiple of 8]
    summands: npt.NDArray[np.uint32],  # same
    bands: int,
    rows: int,
) -> tuple[
    npt.NDArray[np.uint8],  # normalised texts, one after the other
    npt.NDArray[np.int64],  # [n + 1], their offsets
    npt.NDArray[np.uint64],  # [n], hash of the shingle set
    npt.NDArray[np.int64],  # [n], distinct shingles
    npt.NDArray[np.uint64],  # shingles, sorted and distinct in each document
    npt.NDArray[np.uint64],  # [n, bands]
]: ...
def match(
    key: npt.NDArray[np.uint64],
    set_hash: npt.NDArray[np.uint64],
    doc: npt.NDArray[np.int64],
    max_bucket: int,
    first_old: int,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], int, int, int]: ...
def equal(hash: npt.NDArray[np.uint64], doc: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]: ...  # noqa: A002
def jaccard(
    left: npt.NDArray[np.uint64],
    left_bounds: npt.NDArray[np.int64],  # [p, 2]: start, stop
    right: npt.NDArray[np.uint64],
    right_bounds: npt.NDArray[np.int64],
) -> npt.NDArray[np.float64]: ...
def components(edges: npt.NDArray[np.int64], nodes: int) -> npt.NDArray[np.int64]: ...

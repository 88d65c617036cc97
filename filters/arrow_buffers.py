"""Arrow columns as numpy arrays: strings as the two that the kernels read, and masks."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa


def string_buffers(array: pa.StringArray) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.uint8]]:
    """(offsets int32[n + 1], data uint8[...]) of a string array, without a copy; nulls read as empty."""
    if array.null_count:
        array = array.fill_null("")
    _, offsets, data = array.buffers()
    starts = np.frombuffer(offsets, np.int32)[array.offset : array.offset + len(array) + 1]
    return starts, np.frombuffer(data, np.uint8) if data is not None else np.empty(0, np.uint8)


def bools(mask: pa.BooleanArray) -> npt.NDArray[np.bool_]:
    """bool[n] of a mask without nulls."""
    return np.asarray(mask.to_numpy(zero_copy_only=False), dtype=bool)

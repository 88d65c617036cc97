"""Arrow strings as the two numpy arrays that the kernels read."""

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

import numpy as np
import numpy.typing as npt

def apply(
    offsets: npt.NDArray[np.int32],  # [n + 1]
    data: npt.NDArray[np.uint8],  # valid UTF-8
    edit_offsets: npt.NDArray[np.int32],  # [n + 1]
    starts: npt.NDArray[np.int64],  # [e], characters
    ends: npt.NDArray[np.int64],  # [e]
    replacement_offsets: npt.NDArray[np.int32],  # [e + 1]
    replacements: npt.NDArray[np.uint8],
) -> tuple[
    npt.NDArray[np.int32], npt.NDArray[np.uint8]
]: ...  # offsets [n + 1] and data of the texts that result
def merge(
    first_offsets: npt.NDArray[np.int32],  # [n + 1]
    first_starts: npt.NDArray[np.int64],  # [e]
    first_ends: npt.NDArray[np.int64],  # [e]
    second_offsets: npt.NDArray[np.int32],  # [n + 1]
    second_starts: npt.NDArray[np.int64],  # [f]
    second_ends: npt.NDArray[np.int64],  # [f]
) -> tuple[
    npt.NDArray[np.int32],  # [n + 1], offsets of the result
    npt.NDArray[np.int64],  # starts
    npt.NDArray[np.int64],  # ends
    npt.NDArray[
        np.int64
    ],  # index of the edit it stands for: below e of the first list, from e on of the second
]: ...

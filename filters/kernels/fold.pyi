import numpy as np
import numpy.typing as npt

def fold(
    offsets: npt.NDArray[np.int32],  # [n + 1]
    data: npt.NDArray[np.uint8],  # valid UTF-8
    table: npt.NDArray[np.uint8],  # [0x110000], the byte that stands for each code point
) -> tuple[
    npt.NDArray[np.uint8],  # a byte for each character, and a line feed behind each text
    npt.NDArray[np.int64],  # [n + 1], where each text begins in it
]: ...
def runs(
    folded: npt.NDArray[np.uint8],
    between: npt.NDArray[np.uint8],  # [256], not 0 for bytes that may stand between two digits
    gap: int,  # most bytes between two digits
    least: int,  # least digits of a run
) -> npt.NDArray[np.int64]: ...  # [runs, 2], offset of the first digit and behind the last

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

class Kernel:
    def __init__(
        self,
        kinds: npt.NDArray[np.uint8],  # by code point, as filters/groups.py numbers them
        words: Sequence[tuple[str, int]],  # (1 to 16 lower-case ASCII letters, column); at most 128
        columns: int,
    ) -> None: ...
    def count(
        self,
        offsets: npt.NDArray[np.int32],  # [n + 1]
        data: npt.NDArray[np.uint8],  # valid UTF-8
        look: npt.NDArray[np.bool_],  # [n], whether listed words are counted
    ) -> tuple[
        npt.NDArray[np.int64],  # [n, columns], listed words
        npt.NDArray[np.int64],  # [n], words
    ]: ...

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

class Kernel:
    def __init__(
        self,
        classes: Mapping[str, Sequence[int]],
        exceptions: Sequence[str],
        units: Sequence[str],
        currencies: Sequence[str],
    ) -> None: ...
    def add_profile(
        self, *, spaces: bool, sentence_marks: bool, stop_words: Sequence[str], closing: Sequence[str]
    ) -> int: ...
    def words(self, text: str) -> list[tuple[int, int]]: ...
    def sentences(self, text: str) -> int: ...
    def measure(
        self,
        offsets: npt.NDArray[np.int32],
        data: npt.NDArray[np.uint8],
        profiles: npt.NDArray[np.int16],
        *,
        families: int,
        require_terminal: bool,
        citations: bool,
        javascript: bool,
        policy: bool,
        min_words: int,
        max_word_length: int,
        short_line: int,
        exclude_zero: bool,
    ) -> tuple[
        npt.NDArray[np.float64],
        npt.NDArray[np.int32],
        npt.NDArray[np.int8],
        npt.NDArray[np.int64],
        npt.NDArray[np.int64],
    ]: ...

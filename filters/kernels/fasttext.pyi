import numpy as np
import numpy.typing as npt

class PlainWords:
    def __init__(self, phrases: list[tuple[str, str]]) -> None: ...  # (words, what replaces them)
    def words(self, line: str) -> list[str]: ...

class Model:
    # The arguments are those of `filters.fasttext_model.Tables`.
    def __init__(
        self,
        *,
        entries: npt.NDArray[np.uint8],
        entry_offsets: npt.NDArray[np.int64],
        words: int,
        counts: npt.NDArray[np.int64],
        loss: int,
        word_ngrams: int,
        bucket: int,
        minn: int,
        maxn: int,
        pruned: bool,
        kept: npt.NDArray[np.int64],
        rows: npt.NDArray[np.float32],
        output: npt.NDArray[np.float32],
    ) -> None: ...
    def predict(
        self,
        offsets: npt.NDArray[np.int32],  # [n + 1]
        data: npt.NDArray[np.uint8],  # valid UTF-8
        characters: int,  # read at most so many of each text
    ) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]: ...  # best label, -1: none; probability
    def score_lines(
        self,
        *,
        offsets: npt.NDArray[np.int32],  # [n + 1]
        data: npt.NDArray[np.uint8],  # valid UTF-8
        targets: list[int],  # labels whose probabilities are summed
        plain: PlainWords | None,  # None: words are what stands between white space
        unknown: str,  # the model's word for plain words that it does not know
        longest: int,  # words of a piece, at most
        toxic_from: float,
    ) -> tuple[npt.NDArray[np.int64], ...]: ...  # pieces, sum, toxic, highest, begin, end: see the C++ file

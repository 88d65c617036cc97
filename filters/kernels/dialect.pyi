import numpy as np
import numpy.typing as npt

def shares(
    offsets: npt.NDArray[np.int64],  # [n + 1], where each document's words begin
    words: npt.NDArray[np.int32],  # rows of `likelihood`
    likelihood: npt.NDArray[np.float64],  # [vocabulary, topics], positive
    alpha: float,
    passes: int,
) -> npt.NDArray[np.float64]: ...  # [n, topics]; NaN where a document has no words

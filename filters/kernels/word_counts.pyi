from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

class Kernel:
    def __init__(
        self,
        table: npt.NDArray[np.uint32],  # filters.words.table()
        words: Sequence[str],  # distinct, lower-cased
        valence: npt.NDArray[np.float64],  # [words], 0 for a word without tone
        degree: npt.NDArray[np.float64],  # [words], what it adds to the tone of a word behind it
        flags: npt.NDArray[np.uint16],  # [words], bits of `Flag`
        occupation: npt.NDArray[np.int16],  # [words], number of the occupation it names, or -1
        pairs: Sequence[
            tuple[str, str]
        ],  # two words that may name a group, of which the first is flagged BEGINS
    ) -> None: ...
    def scan(
        self,
        offsets: npt.NDArray[np.int32],  # [n + 1]
        data: npt.NDArray[np.uint8],  # valid UTF-8
        named: npt.NDArray[np.uint8],  # [n], not 0 where sentences are asked for
    ) -> tuple[
        tuple[
            npt.NDArray[np.uint64],  # [v], hash of each word that counts
            npt.NDArray[np.int64],  # [v], documents that have it
            npt.NDArray[np.int32],  # [v + 1], where it ends
            npt.NDArray[np.uint8],  # the words
        ],
        tuple[
            npt.NDArray[np.int32],  # [s], row of each sentence with a word flagged NAMES or a pair
            npt.NDArray[np.int64],  # [s], its tone in millionths, -1,000,000 to 1,000,000
            npt.NDArray[np.int32],  # [s + 1], where it ends
            npt.NDArray[np.uint8],  # the sentences
            npt.NDArray[np.int64],  # [s + 1], where its words end
            npt.NDArray[np.int32],  # its distinct words, in order of their first use
        ],
        npt.NDArray[np.int64],  # [occupations, 3], sentences with it, and a women's, a men's word there
    ]: ...

def passages(
    rows: npt.NDArray[np.int32],  # [s], document of each sentence, those of one document side by side
    word_ends: npt.NDArray[np.int64],  # [s + 1]
    words: npt.NDArray[np.int32],  # distinct words of each sentence
    label_ends: npt.NDArray[np.int64],  # [s + 1]
    labels: npt.NDArray[np.int32],  # groups and axes of each sentence
    axis_of: npt.NDArray[np.int32],  # [labels], of each group its axis; of an axis itself
) -> tuple[
    npt.NDArray[np.int64],  # [labels], documents with the label
    npt.NDArray[np.int32],  # [pairs], label
    npt.NDArray[np.int32],  # [pairs], word
    npt.NDArray[
        np.int64
    ],  # [pairs, 2], documents with both in one sentence; of these, with the word in no other of the axis
]: ...

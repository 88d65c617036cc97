from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

class Kernel:
    def __init__(
        self,
        table: npt.NDArray[np.uint32],  # by code point: folded code point | kind << 24
    ) -> None: ...
    def add_language(self) -> int: ...
    def add_term(
        self,
        language: int,
        lead: str,  # words of context in front, or none
        core: str,  # the match; with the context at most 24 words
        trail: str,  # words of context behind, or none
        *,
        exact: bool,  # upper and lower case of `core` count
        axis: int,
        groups: Sequence[int],  # all that the term counts for
        hides: bool,  # counts for none, and hides what lies inside
        not_after_capital: bool,
        not_before_capital: bool,
    ) -> int: ...  # its number
    def build(self) -> None: ...  # once, after the last term
    def matches(
        self,
        offsets: npt.NDArray[np.int32],  # [n + 1]
        data: npt.NDArray[np.uint8],  # valid UTF-8
        languages: npt.NDArray[np.int16],  # [n], -1: none
    ) -> tuple[
        npt.NDArray[np.int32],  # row of each match
        npt.NDArray[np.int64],  # first character
        npt.NDArray[np.int64],  # character behind the last
        npt.NDArray[np.int32],  # term
    ]: ...
    def mentions(
        self,
        offsets: npt.NDArray[np.int32],
        data: npt.NDArray[np.uint8],
        languages: npt.NDArray[np.int16],
    ) -> tuple[
        npt.NDArray[np.int32],  # [n + 1], where each document's groups begin
        npt.NDArray[np.int32],  # groups, sorted and distinct in each document
    ]: ...

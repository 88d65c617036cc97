"""Dialect of a text: the demographic model of TwitterAAE (MIT licence)."""

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt


class Dialect:
    """Share of African American English in a text by the model of Blodgett et al. (2016, EMNLP).

    Topic shares by CVB0 with alpha 1 and five passes, as its authors infer them.
    """

    def __init__(self, folder: Path) -> None:
        lines = (folder / "twitteraae/model/model_vocab.txt").read_text("utf-8").splitlines()
        self.rows = {line.split("\t")[-1]: i for i, line in enumerate(lines)}
        counts = np.loadtxt(folder / "twitteraae/model/model_count_table.txt")
        self.likelihood = (counts + 1) / counts.sum(0)

    def shares(self, words: Sequence[str]) -> npt.NDArray[np.float64] | None:
        """(African American, Hispanic, Asian, White) shares of the words known; None: there are none."""
        rows = [self.rows[word] for word in map(str.lower, words) if word in self.rows]
        if not rows:
            return None
        likelihood = self.likelihood[rows]
        each = likelihood = likelihood / likelihood.sum(1, keepdims=True)
        each = each.copy()
        total = each.sum(0)
        for _ in range(4):
            for i, row in enumerate(likelihood):
                total = total - each[i]
                each[i] = row * (total + 1)
                each[i] /= each[i].sum()
                total = total + each[i]
        shares: npt.NDArray[np.float64] = total / total.sum()
        return shares

    def african_american(self, text: str) -> float:
        """The African American share of a text; 0 where no word is known."""
        shares = self.shares(re.findall(r"[\w'#@]+|[^\w\s]", text))
        return 0.0 if shares is None else float(shares[0])

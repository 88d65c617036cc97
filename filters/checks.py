"""A check: one signal, one bound, one reason. The half of a filter that decides."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from schemas.parameters import Parameters


class Check(NamedTuple):
    """`signal` must stay on its side of the parameter named `bound`; a value at the bound passes."""

    signal: str
    side: Literal["at_least", "at_most"]
    bound: str
    reason: str


@dataclass(frozen=True)
class Firing:
    """One check over n documents.

    Attributes:
        reason: stable code.
        removes: bool[n], the check would remove the document.
        reviews: bool[n], it would only send it to review.
        score: float64[n], NaN where not measured.
        threshold: the bound; `review_threshold` for rows that only go to review.
        applies: bool[n], where the score alone does not tell that the check was measured.
    """

    reason: str
    removes: npt.NDArray[np.bool_]
    reviews: npt.NDArray[np.bool_]
    score: npt.NDArray[np.float64]
    threshold: float | None
    review_threshold: float | None = None
    applies: npt.NDArray[np.bool_] | None = None

    @property
    def measured(self) -> npt.NDArray[np.bool_]:
        """bool[n]: the check applies to the document and was measured."""
        if self.applies is not None:
            return self.applies
        measured: npt.NDArray[np.bool_] = ~np.isnan(self.score)
        return measured


def values(signals: pa.RecordBatch, name: str) -> npt.NDArray[np.float64]:
    """Column `name` as float64, NaN where it was not measured or does not apply."""
    column = signals.column(name).cast(pa.float64())
    return np.asarray(column.fill_null(np.nan).to_numpy(zero_copy_only=False), dtype=np.float64)


def fire(checks: Iterable[Check], signals: pa.RecordBatch, parameters: Parameters) -> list[Firing]:
    """One Firing for each check whose bound is set."""
    firings = []
    for check in checks:
        threshold = getattr(parameters, check.bound)
        if threshold is None:
            continue
        score = values(signals, check.signal)
        removes = _beyond(score, threshold, check.side)
        review = parameters.review.get(check.bound)
        reviews = np.zeros_like(removes) if review is None else _beyond(score, review, check.side) & ~removes
        firings.append(Firing(check.reason, removes, reviews, score, float(threshold), review))
    return firings


def _beyond(score: npt.NDArray[np.float64], bound: float, side: str) -> npt.NDArray[np.bool_]:
    beyond: npt.NDArray[np.bool_] = score < bound if side == "at_least" else score > bound  # NaN: neither
    return beyond

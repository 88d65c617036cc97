"""From scores and policy to verdicts: one function for `curate` and for `replay`."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from filters.catalogue import BY_NAME, COSTLY
from filters.checks import Firing
from schemas.ledger import FIRED, Verdict
from schemas.parameters import Parameters

DECISION = pa.schema(
    [
        pa.field("verdict", pa.string(), nullable=False),
        pa.field("rule", pa.string()),
        pa.field("reason", pa.string()),
        pa.field("score", pa.float64()),
        pa.field("threshold", pa.float64()),
        pa.field("fired", pa.list_(FIRED), nullable=False),
    ]
)


def decide(
    signals: pa.RecordBatch, filters: Sequence[str], parameters: Mapping[str, Parameters]
) -> pa.RecordBatch:
    """The verdict on each document.

    The deciding rule is the first firing that removes, in the order of `filters` and of each filter's checks;
    where none removes, the first that asks for review; where none fires, the document is kept.

    Args:
        signals: n rows of every filter's signals, and `language`.
        filters: names, in running order.
        parameters: by filter name.

    Returns:
        DECISION, n rows in the same order.
    """
    return settle(fire_all(signals, filters, parameters), signals.num_rows)


def spared(
    signals: pa.RecordBatch, filters: Sequence[str], parameters: Mapping[str, Parameters]
) -> npt.NDArray[np.bool_]:
    """bool[n]: no cheap rule drops the document, so the costly filters are measured on it."""
    cheap = [name for name in filters if name not in COSTLY]
    removes = _stack([firing.removes for _, firing in fire_all(signals, cheap, parameters)], signals.num_rows)
    return np.asarray(~removes.any(axis=1))


def fire_all(
    signals: pa.RecordBatch, filters: Sequence[str], parameters: Mapping[str, Parameters]
) -> list[tuple[str, Firing]]:
    """(rule, firing) of every check that is on, in the order in which they decide."""
    return [
        (BY_NAME[name].rule, firing)
        for name in filters
        for firing in BY_NAME[name].fire(signals, parameters[name])
    ]


def settle(fired: Sequence[tuple[str, Firing]], rows: int) -> pa.RecordBatch:
    """DECISION on `rows` documents from what `fire_all` found."""
    rules, firings = [rule for rule, _ in fired], [firing for _, firing in fired]
    removes = _stack([f.removes for f in firings], rows)
    reviews = _stack([f.reviews for f in firings], rows)
    row, which = np.nonzero(removes | reviews)  # row-major: by document, then by check
    is_review = reviews[row, which]
    flat = pa.StructArray.from_arrays(
        [
            pa.array(rules, pa.string()).take(pa.array(which)),
            pa.array([f.reason for f in firings], pa.string()).take(pa.array(which)),
            _nullable(np.stack([f.score for f in firings])[which, row] if firings else np.empty(0)),
            _nullable(_thresholds(firings)[is_review.astype(np.int8), which]),
        ],
        fields=list(FIRED),
    )
    offsets = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=rows))]).astype(np.int32)
    removed, reviewed = removes.any(axis=1), reviews.any(axis=1)
    decider = (
        np.where(removed, removes.argmax(axis=1), reviews.argmax(axis=1)) if firings else np.zeros(rows, int)
    )
    # Position, in the flat list, of each document's deciding element.
    before = np.cumsum(removes | reviews, axis=1) if firings else np.zeros((rows, 1), int)
    position = offsets[:-1] + before[np.arange(rows), decider] - 1
    deciding = flat.take(pa.array(np.where(removed | reviewed, position, 0), mask=~(removed | reviewed)))
    verdict = pc.if_else(
        pa.array(removed), Verdict.DROP, pc.if_else(pa.array(reviewed), Verdict.REVIEW, Verdict.KEEP)
    )
    columns = [pc.struct_field(deciding, i) for i in range(4)]
    return pa.RecordBatch.from_arrays(
        [verdict.cast(pa.string()), *columns, pa.ListArray.from_arrays(pa.array(offsets), flat)],
        schema=DECISION,
    )


def _stack(masks: list[npt.NDArray[np.bool_]], rows: int) -> npt.NDArray[np.bool_]:
    """bool[rows, checks]; one column of False where there are no checks."""
    return np.stack(masks, axis=1) if masks else np.zeros((rows, 1), bool)


def _thresholds(firings: list[Firing]) -> npt.NDArray[np.float64]:
    """float64[2, checks]: the removing bounds, then the review bounds; NaN where there is none."""
    pairs = [(f.threshold, f.review_threshold) for f in firings] or [(None, None)]
    return np.array(pairs, dtype=np.float64).T  # None becomes NaN


def _nullable(numbers: npt.NDArray[np.float64]) -> pa.Array:
    return pa.array(numbers, mask=np.isnan(numbers), type=pa.float64())

"""Ledger rows of corpora whose truth is known."""

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa

from filters.checks import Firing
from schemas.ledger import Verdict


def ledger(
    groups: Sequence[Sequence[str]] | pa.ListArray,
    verdict: Sequence[str] | None = None,
    source: Sequence[str] | None = None,
    language: Sequence[str] | None = None,
    chars: Sequence[int] | np.ndarray | None = None,
) -> pa.RecordBatch:
    """Rows with what `impact_counts.count` reads."""
    n = len(groups)
    return pa.RecordBatch.from_pydict(
        {
            "verdict": pa.array(verdict or [Verdict.KEEP] * n, pa.string()),
            "source": pa.array(source or ["web"] * n, pa.string()),
            "language": pa.array(language or ["en"] * n, pa.string()),
            "chars": pa.array([1000] * n if chars is None else chars, pa.int64()),
            "groups": groups if isinstance(groups, pa.Array) else pa.array(groups, pa.list_(pa.string())),
        }
    )


def firing(reason: str, fired: np.ndarray, measured: np.ndarray | None = None) -> Firing:
    """A check that removes what `fired` says."""
    score = np.where(fired, 1.0, 0.0)
    if measured is not None:
        score[~measured] = np.nan
    return Firing(reason, fired, np.zeros_like(fired), score, 0.5)


def planted(
    random: np.random.Generator,
    documents: Mapping[str, int],
    rates: Mapping[str, float],
    unfair: Mapping[tuple[str, str], float],
) -> tuple[pa.RecordBatch, list[tuple[str, Firing]]]:
    """A corpus in which rules look at no group, but for those that `unfair` names.

    Args:
        random: where the draws come from.
        documents: how many mention each group; each mentions one.
        rates: removal rate of each rule.
        unfair: (rule, group) -> factor on the rule's rate.
    """
    of = np.repeat(np.array(list(documents)), list(documents.values()))
    lists = pa.ListArray.from_arrays(pa.array(np.arange(len(of) + 1, dtype=np.int32)), pa.array(of.tolist()))
    rows = ledger(lists, chars=random.integers(50, 20_000, len(of)))
    firings = []
    for rule, rate in rates.items():
        chance = np.full(len(of), rate)
        for (unfair_rule, group), factor in unfair.items():
            if unfair_rule == rule:
                chance[of == group] *= factor
        firings.append((rule, firing("any", random.random(len(of)) < chance)))
    return rows, firings

"""The report's `associations`, and what of them could not be measured."""

from typing import Any

import pyarrow as pa

from audits.associations import mention_toxicity, occupations, sentiment, words
from audits.associations.sample import DOCUMENTS, fixed


def rows(sample: pa.Table, ledger: pa.Table) -> list[dict[str, Any]]:
    """All rows but those of embeddings.

    Args:
        sample: merged `sample.count`.
        ledger: merged `mention_toxicity.count`.
    """
    return [
        *words.rows(sample),
        *occupations.rows(sample),
        *sentiment.rows(sample),
        *mention_toxicity.rows(ledger),
    ]


def not_measured(sample: pa.Table, ledger: pa.Table) -> list[dict[str, str]]:
    """Members of `not_measured`: {what, why}."""
    found = mention_toxicity.not_measured(ledger)
    if not fixed(sample, DOCUMENTS, 1)[0]:
        why = "no document of the sample is English; the word lists are"
        found.insert(0, {"what": "words, occupations and sentiment by group", "why": why})
    return found

"""Exact duplicates: documents equal after lower-casing and collapsing white space.

Equality is that of the 128-bit hash that `near_dedup.sketch` measures in the same pass over the text.
Documents equal here always have equal sets of shingles, so the two filters never disagree on which member of
a component stays.

exact_duplicate  bool, an equal document stands before it; null = not measured
"""

import numpy as np
import pyarrow as pa

from filters.checks import Firing
from schemas.parameters import ExactDedup

VERSION = 1
SIGNALS = pa.schema([pa.field("exact_duplicate", pa.bool_())])


def fire(signals: pa.RecordBatch, parameters: ExactDedup) -> list[Firing]:
    """Fires on the flag; equality has the score 1."""
    del parameters  # nothing to set
    flag = signals.column("exact_duplicate")
    removes = flag.fill_null(False).to_numpy(zero_copy_only=False)
    score = np.where(removes, 1.0, np.nan)
    applies = flag.is_valid().to_numpy(zero_copy_only=False)
    return [Firing("exact_duplicate", removes, np.zeros_like(removes), score, 1.0, applies=applies)]

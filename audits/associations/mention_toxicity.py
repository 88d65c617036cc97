"""Toxicity of documents that mention a group, from the ledger's signal `toxicity_mean`.

toxicity_rate   P(tox >= t | g), the share of g's documents that score t or above, with Wilson's interval
toxicity_ratio  P(tox >= t | g) / P(tox >= t | not g), with Koopman's; 1 where g makes no difference

All documents whose toxicity was measured count, kept or not: with every filter on these are the ones that no
cheaper rule removed. The score is the mean over a document's lines, since its highest line grows with the
document, and documents that mention groups are long. THRESHOLDS are the same for every policy, so that two
audits can be compared; at .5 the Llama 2 paper counts .2 % of documents (Touvron et al. 2023, figure 13).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from audits import multiplicity
from audits.associations.row import TOO_FEW, row
from audits.intervals import koopman, score_p, wilson

SIGNAL = "toxicity_mean"
THRESHOLDS = (0.2, 0.5)
ALL = ""  # the group of all measured documents
LEDGER_COLUMNS = ("groups", "signals")
COUNTS = pa.schema(
    [
        pa.field("group", pa.string(), nullable=False),
        pa.field("measure", pa.string(), nullable=False),  # "documents", "not_measured", or a threshold
        pa.field("count", pa.int64(), nullable=False),
    ]
)
DOCUMENTS, NOT_MEASURED = "documents", "not_measured"
OTHERS = "other documents"
FEWEST = 50  # documents of a group that is judged


def empty() -> pa.Table:
    """No counts."""
    return COUNTS.empty_table()


def count(ledger: pa.RecordBatch) -> pa.Table:
    """COUNTS of some rows of the ledger, of which LEDGER_COLUMNS are read."""
    scores = ledger.column("signals")
    at = scores.type.get_field_index(SIGNAL)
    score = scores.field(at) if at >= 0 else pa.nulls(len(scores), pa.float64())
    if not len(score):
        return empty()
    known = score.is_valid().to_numpy(zero_copy_only=False)
    value = score.fill_null(-1.0).to_numpy(zero_copy_only=False)
    flags = np.stack([known, *(value >= threshold for threshold in THRESHOLDS)])
    mentions = ledger.column("groups")
    document = np.repeat(np.arange(len(known)), np.diff(mentions.offsets.to_numpy()))
    named = mentions.flatten().dictionary_encode()
    names = [ALL, *named.dictionary.to_pylist()]
    group = named.indices.to_numpy()
    counts = [
        [int(flag.sum()), *np.bincount(group[flag[document]], minlength=len(names) - 1).tolist()]
        for flag in flags
    ]
    measures = [DOCUMENTS, *map(str, THRESHOLDS)]
    rows = [
        (name, measure, number)
        for measure, numbers in zip(measures, counts, strict=True)
        for name, number in zip(names, numbers, strict=True)
    ]
    rows.append((ALL, NOT_MEASURED, int((~known).sum())))
    columns = zip(*(found for found in rows if found[2]), strict=True)
    return merge([pa.table(dict(zip(COUNTS.names, columns, strict=True)), schema=COUNTS)])


def merge(tables: Sequence[pa.Table]) -> pa.Table:
    """The sum of some tables, sorted by key."""
    keys = ["group", "measure"]
    grouped = pa.concat_tables([empty(), *tables]).group_by(keys, use_threads=False)
    summed = grouped.aggregate([("count", "sum")]).rename_columns(COUNTS.names)
    return summed.cast(COUNTS).sort_by([(key, "ascending") for key in keys]).combine_chunks()


def rows(counts: pa.Table) -> list[dict[str, Any]]:
    """Rows `toxicity_rate` and `toxicity_ratio` by group and threshold (in `word`), sorted."""
    found = {(line["group"], line["measure"]): line["count"] for line in counts.to_pylist()}
    groups = sorted({group for group, measure in found if group != ALL and measure == DOCUMENTS})
    if not groups:
        return []
    n1 = np.array([found[group, DOCUMENTS] for group in groups])
    n0 = found[ALL, DOCUMENTS] - n1
    few = n1 < FEWEST
    levels = [str(threshold) for threshold in THRESHOLDS]
    x1 = np.array([[found.get((group, level), 0) for group in groups] for level in levels])
    x0 = np.array([[found.get((ALL, level), 0)] for level in levels]) - x1
    p = score_p(x1, n1, x0, n0)
    p_adjusted = multiplicity.adjusted(np.where(few, np.nan, p).reshape(-1)).reshape(p.shape)
    with np.errstate(invalid="ignore", divide="ignore"):
        rate, ratio = x1 / n1, (x1 / n1) / (x0 / n0)
    (low, high), (ratio_low, ratio_high) = wilson(x1, n1), koopman(x1, n1, x0, n0)
    rates, ratios = [], []
    for t, level in enumerate(levels):
        for g, group in enumerate(groups):
            at = t, g
            counted = {"word": level, "count": x1[at], "of": n1[g], "note": TOO_FEW if few[g] else None}
            rates.append(row("toxicity_rate", group, **counted, value=rate[at], low=low[at], high=high[at]))
            tested = {"value": ratio[at], "low": ratio_low[at], "high": ratio_high[at]}
            tested |= {"p": p[at], "p_adjusted": p_adjusted[at], "other": OTHERS}
            ratios.append(row("toxicity_ratio", group, **counted, **tested))
    return [*rates, *ratios]


def not_measured(counts: pa.Table) -> list[dict[str, str]]:
    """What is missing, and why."""
    if pc.any(pc.equal(counts["measure"], DOCUMENTS)).as_py():
        return []
    return [{"what": "toxicity by mention", "why": "no document's toxicity was measured"}]

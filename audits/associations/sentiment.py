"""Tone of the sentences that mention a group.

A sentence's tone is the sum s of the valences of its words, each changed by degree words and negations among
the three words before it, halved before a "but" and raised by half behind it, as s / sqrt(s^2 + 15), -1 to 1
(Hutto and Gilbert, "VADER", 2014; without its rules for capitals, marks, idioms and emoji). 0 is no tone.

sentiment           mean tone, `count` sentences; a ratio of sums
sentiment_negative  share of sentences at or below -.05
sentiment_d         Cohen's d against the sentences that mention another group of the axis and not this one:
                    difference of the means over the pooled standard deviation (Cohen, "Statistical power
                    analysis for the behavioral sciences", 1988)

Intervals of the first two are of the cluster bootstrap (audits/bootstrap.py). Its clusters are random blocks
of whole documents, since the sentences of a document resemble each other; null where few blocks have any.
Fewer than FEWEST sentences are marked. A word list hears no irony, and does not know of whom a sentence says
something.
"""

from typing import Any

import numpy as np
import pyarrow as pa

from audits.associations.row import REST, TOO_FEW, row
from audits.associations.sample import BLOCKS, MILLION, TONE, TONES, Integers, fixed
from audits.bootstrap import ratio_intervals
from audits.intervals import Numbers
from schemas import group_names

FEWEST = 50  # sentences


def rows(sample: pa.Table) -> list[dict[str, Any]]:
    """Rows `sentiment`, `sentiment_negative` and `sentiment_d`, group by group."""
    labels, flat = fixed(sample, TONE, BLOCKS * len(TONES))
    groups = [i for i, label in enumerate(labels) if "/" in label]
    if not groups:
        return []
    values = flat.reshape(len(labels), BLOCKS, len(TONES))
    sentences = values[groups, :, 0].T  # [blocks, groups]
    mean_low, mean_high = ratio_intervals(values[groups, :, 1].T, sentences, within=(-MILLION, MILLION))
    share_low, share_high = ratio_intervals(values[groups, :, 3].T, sentences, within=(0, 1))
    totals = values.sum(axis=1)
    of_axis = totals[[labels.index(group_names.axis_of(labels[i])) for i in groups]]
    totals = totals[groups]
    rest = of_axis - totals
    d = cohen(totals, rest)
    n = totals[:, 0]
    with np.errstate(invalid="ignore", divide="ignore"):
        mean, share = totals[:, 1] / n / MILLION, totals[:, 3] / n
    tone, negative, against = [], [], []
    for g, i in enumerate(groups):
        note = TOO_FEW if n[g] < FEWEST else None
        bounds = {"low": mean_low[g] / MILLION, "high": mean_high[g] / MILLION}
        tone.append(row("sentiment", labels[i], count=n[g], value=mean[g], **bounds, note=note))
        bounds = {"count": totals[g, 3], "of": n[g], "low": share_low[g], "high": share_high[g]}
        negative.append(row("sentiment_negative", labels[i], value=share[g], **bounds, note=note))
        note = TOO_FEW if min(n[g], rest[g, 0]) < FEWEST else None
        counted = {"other": REST, "count": n[g], "of": of_axis[g, 0]}
        against.append(row("sentiment_d", labels[i], value=d[g], **counted, note=note))
    return [*tone, *negative, *against]


def cohen(one: Integers, other: Integers) -> Numbers:
    """Cohen's d of sums as in TONES, int64[n, 4] each; NaN where a side has fewer than two or none varies."""
    with np.errstate(invalid="ignore", divide="ignore"):
        means, squares = [], []
        for sums in (one, other):
            n, total = sums[:, 0].astype(np.float64), sums[:, 1] / MILLION
            means.append(total / n)
            squares.append(np.maximum(sums[:, 2] / MILLION - total * total / n, 0))
        freedom = one[:, 0] + other[:, 0] - 2
        pooled = np.sqrt((squares[0] + squares[1]) / freedom)
        d = (means[0] - means[1]) / pooled
    usable = (one[:, 0] > 1) & (other[:, 0] > 1) & (pooled > 0)
    return np.where(usable, d, np.nan)

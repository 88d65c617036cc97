"""Words that lean to passages about a group: log-odds and nPMI, from the sample.

A passage about a group is all sentences of one document that mention it; a word counts once in it, however
often it stands there, so that one long text decides nothing.

log_odds  value: ln of an odds ratio, the word in passages about the group against the word in passages about
          other groups of the axis (sentences of a document that mention another and not this one); low, high:
          95 % of its normal approximation; z; p; p adjusted over all words and groups tested. `count` of `of`
          passages have the word. The TOP highest and the TOP lowest z; of those that chance explains (p
          adjusted not below LEVEL) the FEW first of either side.
npmi      value: -1..1, over the documents with a passage about the axis; the TOP_NPMI highest, without test.

log_odds_words  a row a group: `count` words beyond chance of `of` tested
npmi_words      the same: `count` words with a value above 0 of `of` with one

Words that fewer than FEWEST_USES passages have are left out, and so are the words that groups of the axis are
found by (`lexicon.own_words`). Log-odds are of words with LEAST_EXPECTED expected uses on either side; nPMI
shows rarer ones. Groups with fewer than FEWEST_PASSAGES have one row that says so.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from audits import multiplicity
from audits.associations import lexicon
from audits.associations.log_odds import npmi, weighted_log_odds
from audits.associations.row import REST, TOO_FEW, row
from audits.associations.sample import WORD, Integers, Passages, of_kind, passages
from audits.intervals import Numbers, Z, two_sided
from schemas import group_names

TOP, FEW, TOP_NPMI = 20, 3, 10
LEVEL = 0.05
FEWEST_PASSAGES = 50
FEWEST_USES = 10
LEAST_EXPECTED = 5.0  # uses, if the word leant nowhere; with fewer, z is too far from normal


def rows(sample: pa.Table) -> list[dict[str, Any]]:
    """Rows `log_odds` and `npmi`, group by group, behind how many words each list is taken from."""
    found = passages(sample)
    groups = [i for i, label in enumerate(found.labels) if "/" in label]
    few = [i for i in groups if found.documents[i] < FEWEST_PASSAGES]
    result = [
        row(measure, found.labels[i], other=other, count=found.documents[i], note=TOO_FEW)
        for measure, other in (("log_odds", REST), ("npmi", None))
        for i in few
    ]
    judged = [i for i in groups if i not in set(few)]
    if not judged:
        return result
    names = [found.labels[i] for i in judged]
    axes = [found.labels.index(group_names.axis_of(name)) for name in names]
    # Columns: words that some axis has often enough; no group of it has a word more often.
    often = np.isin(found.label, axes) & (found.counts[:, 0] >= FEWEST_USES)
    hashes = np.unique(found.hash[often])
    everywhere, only = (_dense(found, hashes, of) for of in (0, 1))
    words = of_kind(sample, WORD)
    by_hash = np.argsort(words["number"].to_numpy())
    at = by_hash[np.searchsorted(words["number"].to_numpy()[by_hash], hashes)]
    texts = words["name"].take(pa.array(at)).to_pylist()
    uses = words["values"].flatten().to_numpy()[at]
    own = _own(names, texts)
    here, of_axis = everywhere[judged], everywhere[axes]
    rest = of_axis - only[judged]
    sizes = found.documents[judged]
    result += _log_odds(names, texts, here, rest, uses / uses.sum(), own, sizes)
    return result + _npmi(names, texts, here, of_axis, own, sizes, found.documents[axes])


def _log_odds(
    names: list[str],
    texts: list[str],
    here: Integers,
    rest: Integers,
    rate: Numbers,
    own: npt.NDArray[np.bool_],
    sizes: Integers,
) -> list[dict[str, Any]]:
    totals = [side.sum(axis=1, keepdims=True) for side in (here, rest)]
    delta, deviation = weighted_log_odds(here, totals[0], rest, totals[1], rate)
    both = here + rest
    with np.errstate(invalid="ignore"):
        expected = both * (totals[0] / (totals[0] + totals[1]))
    untested = own | (both < FEWEST_USES) | ~(np.minimum(expected, both - expected) >= LEAST_EXPECTED)
    z = np.where(untested, np.nan, delta / deviation)
    p = two_sided(z)
    adjusted = multiplicity.adjusted(p.reshape(-1)).reshape(p.shape)
    found = []
    for g, group in enumerate(names):
        beyond = adjusted[g] < LEVEL
        tried = {"count": beyond.sum(), "of": (~untested[g]).sum(), "other": REST}
        found.append(row("log_odds_words", group, **tried))
        towards, away = (_shown(_highest(side, texts, TOP), beyond) for side in (z[g], -z[g]))
        for w in [*towards, *reversed(away)]:
            at = g, w
            half = Z * deviation[at]
            estimate = {"value": delta[at], "low": delta[at] - half, "high": delta[at] + half, "z": z[at]}
            counted = {"word": texts[w], "count": here[at], "of": sizes[g], "other": REST}
            found.append(row("log_odds", group, **counted, **estimate, p=p[at], p_adjusted=adjusted[at]))
    return found


def _npmi(
    names: list[str],
    texts: list[str],
    here: Integers,
    of_axis: Integers,
    own: npt.NDArray[np.bool_],
    sizes: Integers,
    documents: Integers,
) -> list[dict[str, Any]]:
    with np.errstate(divide="ignore", invalid="ignore"):
        value = npmi(here, of_axis, sizes[:, None], documents[:, None])
    value = np.where(own | (here < FEWEST_USES), np.nan, value)
    found = []
    for g, group in enumerate(names):
        above, known = int((value[g] > 0).sum()), int(np.isfinite(value[g]).sum())
        found.append(row("npmi_words", group, count=above, of=known))
        for w in _highest(value[g], texts, TOP_NPMI):
            counted = {"word": texts[w], "count": here[g, w], "of": sizes[g]}
            found.append(row("npmi", group, **counted, value=value[g, w]))
    return found


def _dense(found: Passages, hashes: Integers, column: int) -> Integers:
    """int64[labels, hashes], one of the two counts."""
    place = np.searchsorted(hashes, found.hash)
    known = (place < len(hashes)) & (hashes[np.minimum(place, len(hashes) - 1)] == found.hash)
    dense = np.zeros((len(found.labels), len(hashes)), np.int64)
    dense[found.label[known], place[known]] = found.counts[known, column]
    return dense


def _own(names: list[str], texts: list[str]) -> npt.NDArray[np.bool_]:
    """bool[groups, words], the words that groups of the axis are found by."""
    numbers = {word: number for number, word in enumerate(texts)}
    own = np.zeros((len(names), len(texts)), np.bool_)
    for g, group in enumerate(names):
        members = lexicon.own_words().get(group_names.axis_of(group), frozenset())
        own[g, [numbers[word] for word in members if word in numbers]] = True
    return own


def _shown(order: list[int], beyond: npt.NDArray[np.bool_]) -> list[int]:
    """Words that chance does not explain, and the FEW first of all."""
    return [w for place, w in enumerate(order) if beyond[w] or place < FEW]


def _highest(values: Numbers, texts: list[str], top: int) -> list[int]:
    """Indices of the `top` highest values above 0, highest first, then by word; NaN is no value."""
    above = np.flatnonzero(values > 0)
    if len(above) > top:
        bound = np.partition(values[above], len(above) - top)[len(above) - top]
        above = above[values[above] >= bound]
    return sorted(above.tolist(), key=lambda w: (-values[w], texts[w]))[:top]

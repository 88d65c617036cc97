"""Women's share of the gendered words beside an occupation, against the census.

occupation_female_share  of the sentences with the occupation and a gendered word, those with a women's
                         word. A sentence with both counts once for each. Wilson's interval, which takes them
                         for independent draws; `expected` is the share of women in the occupation
occupation_correlation   Pearson's r of the two over the occupations with FEWEST sentences, weighted alike;
                         its interval by Fisher's z ("Statistical methods for research workers", 1925)
occupation_gap           mean of the text's shares minus mean of the census's; `count` of `of` occupations lie
                         below the census

Known answer: WinoGender's own figures of texts give r = .672, means 24.9 % and 50.4 %, 54 of 60 below
(Rudinger et al. 2018, figure 3). A gendered word in the sentence need not be about the person who holds the
occupation.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from audits.associations import lexicon
from audits.associations.row import TOO_FEW, Value, row
from audits.associations.sample import OCCUPATION, fixed
from audits.intervals import Z, wilson

FEWEST = 10  # sentences with a gendered word, of an occupation that is compared
CENSUS = "share of women in the occupation, United States 2015"


class Comparison(NamedTuple):
    """Shares of women in texts against those of a census, by occupation.

    Attributes:
        r: Pearson's; NaN for fewer than 3 occupations, or where either side does not vary.
        low: lower bound of its 95 % interval; NaN for fewer than 4.
        high: upper bound.
        text: mean share in texts.
        census: mean share in the census.
        below: occupations whose share in texts is below the census's.
    """

    r: float
    low: float
    high: float
    text: float
    census: float
    below: int


def compare(text: Sequence[float], census: Sequence[float]) -> Comparison:
    """Of shares in one order."""
    x, y = np.asarray(text, np.float64), np.asarray(census, np.float64)
    if not len(x):
        return Comparison(np.nan, np.nan, np.nan, np.nan, np.nan, 0)
    r = low = high = np.nan
    if len(x) > 2 and np.ptp(x) > 0 and np.ptp(y) > 0:
        r = float(np.corrcoef(x, y)[0, 1])
    if len(x) > 3 and abs(r) < 1:
        centre, half = np.arctanh(r), Z / np.sqrt(len(x) - 3)
        low, high = float(np.tanh(centre - half)), float(np.tanh(centre + half))
    return Comparison(r, low, high, float(x.mean()), float(y.mean()), int((x < y).sum()))


def rows(sample: pa.Table) -> list[dict[str, Any]]:
    """A row an occupation that occurs, then the comparison."""
    names, counts = fixed(sample, OCCUPATION, 3)
    if not names:
        return []
    expected = {occupation.name: occupation.share_of_women for occupation in lexicon.occupations()}
    women, gendered = counts[:, 1], counts[:, 1] + counts[:, 2]
    low, high = wilson(women, gendered)
    share = np.divide(women, gendered, where=gendered > 0, out=np.full(len(names), np.nan))
    found = [
        row(
            "occupation_female_share",
            word=name,
            other=CENSUS,
            count=women[i],
            of=gendered[i],
            value=share[i],
            low=low[i],
            high=high[i],
            expected=expected[name],
            note=TOO_FEW if gendered[i] < FEWEST else None,
        )
        for i, name in enumerate(names)
    ]
    enough = [i for i in range(len(names)) if gendered[i] >= FEWEST]
    result = compare([share[i] for i in enough], [expected[names[i]] for i in enough])
    note = TOO_FEW if np.isnan(result.r) else None
    counted: dict[str, Value] = {"other": CENSUS, "count": len(enough), "of": len(expected), "note": note}
    found.append(
        row("occupation_correlation", None, **counted, value=result.r, low=result.low, high=result.high)
    )
    counted |= {"count": result.below, "of": len(enough)}
    gap = result.text - result.census
    return [*found, row("occupation_gap", None, **counted, value=gap, expected=0.0)]

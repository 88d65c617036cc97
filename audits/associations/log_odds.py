"""How much more a word is used with one set of documents than with another.

weighted_log_odds  Monroe, Colaresi and Quinn ("Fightin' words", 2008): with y of n word uses on side a, y' of
                   n' on side b, and a prior of a_w uses of the word out of a_0,

                   delta = ln (y + a_w) / (n + a_0 - y - a_w) - ln (y' + a_w) / (n' + a_0 - y' - a_w)
                   variance ~ 1 / (y + a_w) + 1 / (y' + a_w),  z = delta / sqrt(variance).

                   The prior is the background's rate of the word times a_0: rare words are drawn to it.
npmi               ln [p(w, g) / (p(w) p(g))] / -ln p(w, g), -1 to 1; 0 where word and group do not depend
                   on each other (Bouma, "Normalized (pointwise) mutual information", 2009).
"""

import numpy as np
import numpy.typing as npt

from audits.intervals import Numbers

PRIOR = 1000.0  # a_0: word uses that the prior is worth


def weighted_log_odds(
    y: npt.ArrayLike, n: npt.ArrayLike, y_other: npt.ArrayLike, n_other: npt.ArrayLike, rate: npt.ArrayLike
) -> tuple[Numbers, Numbers]:
    """(delta, standard deviation) of arrays of one shape; `rate` is the background's, above 0."""
    prior = np.asarray(rate, np.float64) * PRIOR
    a, b = np.asarray(y, np.float64) + prior, np.asarray(y_other, np.float64) + prior
    rest_a, rest_b = np.asarray(n, np.float64) + PRIOR - a, np.asarray(n_other, np.float64) + PRIOR - b
    return np.log(a * rest_b / (rest_a * b)), np.sqrt(1 / a + 1 / b)


def npmi(both: npt.ArrayLike, word: npt.ArrayLike, group: npt.ArrayLike, documents: npt.ArrayLike) -> Numbers:
    """Of counts of documents; NaN where `both` is 0."""
    n = np.asarray(documents, np.float64)
    p = np.asarray(both, np.float64) / n
    with np.errstate(invalid="ignore", divide="ignore"):
        pmi = np.log(p / ((np.asarray(word, np.float64) / n) * (np.asarray(group, np.float64) / n)))
        return np.where(p == 1, 1.0, np.where(p > 0, pmi / -np.log(p), np.nan))

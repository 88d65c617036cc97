"""Many tests at once: Benjamini-Hochberg.

Benjamini and Hochberg, "Controlling the false discovery rate", 1995: of the rows with an adjusted p below q,
at most the share q is expected to be false, for tests that are independent or positively dependent (Benjamini
and Yekutieli, 2001), such as those of a group and the region that contains it.
"""

import numpy as np
import numpy.typing as npt


def adjusted(p: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Adjusted p of each test of one family: min over k >= rank of p_(k) m / k; NaN stays, uncounted."""
    values = np.asarray(p, dtype=np.float64)
    found = np.full(values.shape, np.nan)
    tested = np.flatnonzero(~np.isnan(values))
    order = tested[np.argsort(values[tested], kind="stable")]
    scaled = values[order] * len(order) / np.arange(1, len(order) + 1)
    found[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return found

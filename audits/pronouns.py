"""English pronouns in documents: who is written about, and who speaks.

The lists are those of Llama 2 (Touvron et al. 2023, appendix A.4.3), which are PaLM 2's. A word is a run of
letters, digits, underscores and marks, as in `filters/groups.py`; it is compared in lower case, so `US` and
`IT` count as `us` and `it`, as they do there. Other languages have other pronouns, and are not applicable.

LLAMA_2 is its table 9a. By its caption the shares of She, He and Unspecified are within the documents that
have any of them, 75.23 % of all (Unspecified, 86.38 %, would be more than that otherwise); those of the three
persons, likewise, within the 94.47 % that have any.
"""

import functools
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from filters import groups
from filters.arrow_buffers import string_buffers
from filters.kernels.pronouns import Kernel

LANGUAGE = "en"
LISTS = {
    "she": ("she", "her", "hers", "herself"),
    "he": ("he", "him", "his", "himself"),
    "unspecified": ("they", "them", "their", "theirs", "theirself", "themself", "themselves"),
    "first": ("i", "me", "my", "mine", "myself", "we", "us", "our", "ours", "ourselves"),
    "second": ("you", "your", "yours", "yourself", "yourselves"),
    "it": ("it", "its", "itself"),
}
WORDS = tuple(LISTS)  # columns of the counts
CLASSES = {  # what a document has if it has one of these
    "she": ("she",),
    "he": ("he",),
    "unspecified": ("unspecified",),
    "any_gendered": ("she", "he", "unspecified"),
    "first": ("first",),
    "second": ("second",),
    "third": ("she", "he", "unspecified", "it"),
    "any": WORDS,
}
WITHIN = {  # the documents among which Llama 2 gives the share of a class
    **dict.fromkeys(("she", "he", "unspecified"), "any_gendered"),
    **dict.fromkeys(("first", "second", "third"), "any"),
}
LLAMA_2 = {
    "she": 0.2845,
    "he": 0.5073,
    "unspecified": 0.8638,
    "any_gendered": 0.7523,
    "first": 0.7071,
    "second": 0.6180,
    "third": 0.9307,
    "any": 0.9447,
}


class Counted(NamedTuple):
    """Pronouns of n documents.

    Attributes:
        english: bool[n], whether pronouns were looked for.
        counts: int64[n, WORDS], 0 where they were not.
        words: int64[n], of any language.
    """

    english: npt.NDArray[np.bool_]
    counts: npt.NDArray[np.int64]
    words: npt.NDArray[np.int64]

    def has(self, name: str) -> npt.NDArray[np.bool_]:
        """bool[n], whether a document has a pronoun of the class `name`."""
        columns = [WORDS.index(listed) for listed in CLASSES[name]]
        return np.asarray(self.counts[:, columns].any(axis=1))

    def take(self, rows: npt.NDArray[np.int64]) -> "Counted":
        """Those of some of the documents."""
        return Counted(self.english[rows], self.counts[rows], self.words[rows])


def count(text: pa.StringArray, language: pa.StringArray) -> Counted:
    """Pronouns and words of n documents; null text reads as empty.

    Args:
        text: n documents.
        language: n ISO 639 codes.
    """
    english = pc.fill_null(pc.equal(language, LANGUAGE), False).to_numpy(zero_copy_only=False)
    return Counted(english, *_kernel().count(*string_buffers(text), english))


def llama_2_rate(name: str) -> float:
    """Llama 2's share of all documents that have a class: table 9a, off the subset that it is within."""
    return LLAMA_2[name] * LLAMA_2.get(WITHIN.get(name, ""), 1.0)


@functools.cache
def _kernel() -> Kernel:
    kinds = (groups.table() >> 24).astype(np.uint8)
    return Kernel(
        kinds, [(word, WORDS.index(c)) for c, listed in LISTS.items() for word in listed], len(WORDS)
    )

r"""Which groups a document mentions, by axis: gender, age, religion, geography and others.

A mention is a term of a lexicon in the text (`filters/group_lexicons.py`, docs/filters/groups.md). It says
that the document speaks of the group; not that its author belongs to it, nor that it speaks well or ill of
it. Nothing is decided here: mentions are what the audit counts by.

Words are runs of `\w` and marks; each character of a script without spaces is one, a run of Katakana too.
A document is matched with the lexicons of its language: unknown languages with the English ones, languages
without lexicons with none. Within an axis, the leftmost and longest matches count, after those inside a
phrase that hides them ("white paper") are gone.
"""

import functools
import unicodedata

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from filters import group_lexicons, words
from filters.arrow_buffers import string_buffers
from filters.group_lexicons import AXES, HIDES, LANGUAGES, Term
from filters.kernels.groups import Kernel

__all__ = ["AXES", "GROUPS", "LANGUAGES", "VERSION", "matches", "mentions", "prepare"]

VERSION = 1
GROUPS = tuple(group_lexicons.groups())  # `axis/group`, sorted
UNKNOWN = "und"
OTHER, WORD, SPACE, ALONE, KATAKANA, IGNORED, JOINER, DOT = range(8)
KATAKANA_BLOCKS = ((0x30A0, 0x30FF), (0x31F0, 0x31FF), (0xFF66, 0xFF9F))
# In a word, but no part of it: soft hyphen, zero width (non-)joiner, tatweel, Arabic vowel signs, variation
# selectors.
IN_WORDS = "\xad\u200c\u200d\u0640\u0670" + "".join(map(chr, (*range(0x64B, 0x660), *range(0xFE00, 0xFE10))))
JOINERS = "-'&\xb7\u2010\u2011\u2012\u2013\u2018\u2019\u02bc\u30fb"
ARABIC = str.maketrans("أإآٱى", "ااااي")
SCHEMA = pa.schema(
    [
        pa.field("row", pa.int32(), nullable=False),
        pa.field("start", pa.int64(), nullable=False),
        pa.field("end", pa.int64(), nullable=False),
        pa.field("group", pa.string(), nullable=False),
        pa.field("term", pa.string(), nullable=False),
    ]
)


def mentions(text: pa.StringArray, language: pa.StringArray) -> pa.ListArray:
    """Groups that each document mentions, and those that contain them.

    Args:
        text: n documents.
        language: n ISO 639 codes.

    Returns:
        n lists of `axis/group`, sorted and distinct; empty where the text is null.
    """
    kernel, numbers, _ = _lexicons()
    offsets, data = string_buffers(text)
    ends, found = kernel.mentions(offsets, data, _languages(language, numbers))
    names = pa.array(GROUPS, pa.string()).take(pa.array(found))
    return pa.ListArray.from_arrays(pa.array(ends), names)


def matches(text: pa.StringArray, language: pa.StringArray) -> pa.RecordBatch:
    """Every match that counts, in order, as SCHEMA: start and end in characters, term as in the lexicon."""
    kernel, numbers, terms = _lexicons()
    offsets, data = string_buffers(text)
    row, start, end, term = kernel.matches(offsets, data, _languages(language, numbers))
    names = pa.array([entry.group for entry in terms], pa.string())
    written = pa.array([entry.core for entry in terms], pa.string())
    taken = pa.array(term)
    columns = [pa.array(row), pa.array(start), pa.array(end), names.take(taken), written.take(taken)]
    return pa.RecordBatch.from_arrays(columns, schema=SCHEMA)


def prepare() -> None:
    """Builds the lexicons' automaton in this process: those that it forks then need not."""
    _lexicons()


def _languages(language: pa.StringArray, numbers: dict[str, int]) -> npt.NDArray[np.int16]:
    """int16[n], number of each row's lexicons in the kernel; -1 where there are none."""
    codes = language.fill_null(UNKNOWN).dictionary_encode()
    known = np.array([numbers.get(code, -1) for code in codes.dictionary.to_pylist()], np.int16)
    rows = codes.indices.to_numpy(zero_copy_only=False)
    found: npt.NDArray[np.int16] = known[rows] if len(rows) else np.empty(0, np.int16)
    return found


@functools.cache
def _lexicons() -> tuple[Kernel, dict[str, int], tuple[Term, ...]]:
    """(kernel with all terms, number of each language in it, its terms), once a process."""
    kernel = Kernel(table())
    numbers, all_terms = {}, []
    group_numbers = {group: number for number, group in enumerate(GROUPS)}
    contains = {
        group: sorted(map(group_numbers.__getitem__, up)) for group, up in group_lexicons.groups().items()
    }
    for code in LANGUAGES:
        number = numbers[code] = kernel.add_language()
        for term in group_lexicons.terms(code):
            axis, _, name = term.group.partition("/")
            kernel.add_term(
                number,
                term.lead,
                term.core,
                term.trail,
                exact=term.exact,
                axis=AXES.index(axis),
                groups=[] if name == HIDES else contains[term.group],
                hides=name == HIDES,
                not_after_capital=term.not_after_capital,
                not_before_capital=term.not_before_capital,
            )
            all_terms.append(term)
    kernel.build()
    numbers[UNKNOWN] = numbers["en"]
    return kernel, numbers, tuple(all_terms)


@functools.cache
def table() -> npt.NDArray[np.uint32]:
    """uint32[words.TABLE_SIZE], by code point: folded, and in the top byte its kind."""
    known = words.table().copy()
    kind = known >> 24
    marks = [point for point in range(0x300, 0x20000) if unicodedata.category(chr(point))[0] == "M"]
    kind[marks] = WORD
    for first, last in words.WITHOUT_SPACES:
        block = kind[first : last + 1]
        block[block == WORD] = ALONE
    for first, last in KATAKANA_BLOCKS:
        block = kind[first : last + 1]
        block[block == ALONE] = KATAKANA
    for members, value in ((IN_WORDS, IGNORED), (JOINERS, JOINER), (".", DOT)):
        kind[[ord(mark) for mark in members]] = value
    folded = known & np.uint32(0xFFFFFF)
    for point, plain in ARABIC.items():
        folded[point] = ord(plain) if isinstance(plain, str) else plain
    entries: npt.NDArray[np.uint32] = (folded | kind << np.uint32(24)).astype(np.uint32)
    return entries

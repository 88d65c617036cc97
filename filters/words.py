r"""What is a word, by character: the table that the dedup kernel reads.

A word is a run of `\w` (Python's: letters, digits of any script, underscore) of the lower-cased text; in
scripts that are written without spaces each character is a word of its own. Lower case is Python's
`str.lower`, but for one thing: the final sigma is folded into the plain one, because which of the two is
written depends on the word, not on the character, and capitals do not tell them apart.
"""

import functools
import re

import numpy as np
import numpy.typing as npt

# Planes 0 to 3. The planes above hold no letters: a character there is its own lower case and no part of a
# word.
TABLE_SIZE = 0x40000
OTHER, WORD, SPACE, ALONE = range(4)

# Blocks of scripts that put no space between words (block names and bounds: Unicode's Blocks.txt).
WITHOUT_SPACES = (
    (0x0E00, 0x0FFF),  # Thai, Lao, Tibetan
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x1950, 0x19FF),  # Tai Le, New Tai Lue, Khmer Symbols
    (0x1A20, 0x1AAF),  # Tai Tham
    (0x1B00, 0x1B7F),  # Balinese
    (0x2E80, 0x2FDF),  # CJK and Kangxi Radicals
    (0x3005, 0x3007),  # ideographic iteration and closing marks, zero
    (0x3021, 0x3029),  # Hangzhou numerals
    (0x3038, 0x303B),  # more of them, vertical iteration mark
    (0x3040, 0x312F),  # Hiragana, Katakana, Bopomofo
    (0x31A0, 0x31BF),  # Bopomofo Extended
    (0x31F0, 0x31FF),  # Katakana Phonetic Extensions
    (0x3400, 0x4DBF),  # CJK Unified Ideographs Extension A
    (0x4E00, 0xA4CF),  # CJK Unified Ideographs, Yi
    (0xA980, 0xA9FF),  # Javanese, Myanmar Extended-B
    (0xAA60, 0xAADF),  # Myanmar Extended-A, Tai Viet
    (0xF900, 0xFAFF),  # CJK Compatibility Ideographs
    (0xFF66, 0xFF9F),  # halfwidth Katakana
    (0x16FE0, 0x18D7F),  # Tangut, Khitan, ideographic marks
    (0x1AFF0, 0x1B2FF),  # Kana Extended and Supplement, Nushu
    (0x20000, 0x3FFFF),  # CJK Unified Ideographs Extensions B and later
)


@functools.cache
def table() -> npt.NDArray[np.uint32]:
    """uint32[TABLE_SIZE], by code point: its lower case, and in the top byte its kind. Takes 15 ms, once."""
    lower = np.arange(TABLE_SIZE, dtype=np.uint32)
    points = np.concatenate([lower[:0xD800], lower[0xE000:]])  # surrogates are no characters
    text = points.astype("<u4").tobytes().decode("utf-32-le")
    text = text.replace("\u0130", "i")  # the one whose lower case is two characters; the kernel adds the dot
    lowered = np.frombuffer(text.lower().encode("utf-32-le"), "<u4")
    lower[points] = lowered
    lower[[0x3A3, 0x3C2]] = 0x3C3
    kind = np.full(TABLE_SIZE, OTHER, np.uint32)
    for pattern, value in ((r"\w+", WORD), (r"\s+", SPACE)):
        for run in re.finditer(pattern, text):
            kind[points[run.start() : run.end()]] = value
    for first, last in WITHOUT_SPACES:
        block = kind[first : last + 1]
        block[block == WORD] = ALONE
    return lower | kind[lower] << np.uint32(24)

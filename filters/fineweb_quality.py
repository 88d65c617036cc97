"""Rules of FineWeb (Penedo et al. 2024, arXiv:2406.17557, section 3.6), as datatrove 0.10.1 computes them.

Lines stand between line feeds; blank ones do not count. Null = the text is unreadable or blank, or the rule
does not apply: `punctuated_lines` to languages without known closing marks, rules of words and of line
length to scripts without spaces between words.

fineweb_lines              int32, lines with something in them; datatrove drops a text without
fineweb_punctuated_lines   share of lines that end in a closing mark of any script ("fraction of lines
                           ending with punctuation <= 0.12"); with `line_punct_exclude_zero` null where it
                           would be 0
fineweb_short_lines        share of lines of at most `short_line_length` characters ("shorter than 30
                           characters >= 0.67")
fineweb_duplicate_chars    characters in lines equal to an earlier one, per character that is no line feed
                           ("fraction of characters in duplicated lines >= 0.01"; FineWeb writes 0.1 in
                           places, datatrove 0.01)
fineweb_newlines_per_word  line feeds per word, marks counted as words (datatrove's "list ratio")
"""

import pyarrow as pa

from filters import checks
from filters.checks import Check, Firing
from schemas.parameters import Parameters

VERSION = 1
SIGNALS = pa.schema(
    [
        pa.field("fineweb_lines", pa.int32()),
        pa.field("fineweb_punctuated_lines", pa.float64()),
        pa.field("fineweb_short_lines", pa.float64()),
        pa.field("fineweb_duplicate_chars", pa.float64()),
        pa.field("fineweb_newlines_per_word", pa.float64()),
    ]
)
CHECKS = (
    Check("fineweb_lines", "at_least", "min_lines", "empty"),
    Check("fineweb_punctuated_lines", "at_least", "line_punct_thr", "too_few_punctuated_lines"),
    Check("fineweb_short_lines", "at_most", "short_line_thr", "too_many_short_lines"),
    Check("fineweb_duplicate_chars", "at_most", "char_duplicates_ratio", "duplicate_characters"),
    Check("fineweb_newlines_per_word", "at_most", "new_line_ratio", "too_many_newlines"),
)


def fire(signals: pa.RecordBatch, parameters: Parameters) -> list[Firing]:
    """One Firing for each check whose bound is set."""
    return checks.fire(CHECKS, signals, parameters)

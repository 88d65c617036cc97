"""Repetition rules of Gopher (Rae et al. 2021, arXiv:2112.11446, table A1), as in datatrove 0.10.1.

All but the first are shares of the document's characters or elements. Null = the text is unreadable or
empty, has fewer than n words (top n-grams), or is written without spaces between words (all n-grams).

repetition_characters             int64, characters of the text; datatrove drops an empty one
repetition_paragraphs             share of paragraphs (between two or more line feeds) equal to an earlier one
repetition_paragraph_characters   their share of the characters
repetition_lines                  share of lines (between line feeds) equal to an earlier one
repetition_line_characters        their share of the characters
repetition_top_N_gram             characters of the most frequent run of N words (joined by spaces), times
                                  its count
repetition_duplicate_N_grams      characters in runs of N words that stood earlier in the text; found from
                                  left to right, no word counted twice, equal where their joined letters are
"""

import pyarrow as pa

from filters import checks
from filters.checks import Check, Firing
from schemas.parameters import Parameters

VERSION = 1
TOP = (2, 3, 4)
DUPLICATE = (5, 6, 7, 8, 9, 10)
SIGNALS = pa.schema(
    [
        pa.field("repetition_characters", pa.int64()),
        pa.field("repetition_paragraphs", pa.float64()),
        pa.field("repetition_paragraph_characters", pa.float64()),
        pa.field("repetition_lines", pa.float64()),
        pa.field("repetition_line_characters", pa.float64()),
        *(pa.field(f"repetition_top_{n}_gram", pa.float64()) for n in TOP),
        *(pa.field(f"repetition_duplicate_{n}_grams", pa.float64()) for n in DUPLICATE),
    ]
)
CHECKS = (
    Check("repetition_characters", "at_least", "min_characters", "empty"),
    Check("repetition_paragraphs", "at_most", "dup_para_frac", "duplicate_paragraphs"),
    Check(
        "repetition_paragraph_characters",
        "at_most",
        "dup_para_char_frac",
        "duplicate_paragraph_characters",
    ),
    Check("repetition_lines", "at_most", "dup_line_frac", "duplicate_lines"),
    Check("repetition_line_characters", "at_most", "dup_line_char_frac", "duplicate_line_characters"),
    *(Check(f"repetition_top_{n}_gram", "at_most", f"top_{n}_gram_frac", f"top_{n}_gram") for n in TOP),
    *(
        Check(f"repetition_duplicate_{n}_grams", "at_most", f"dup_{n}_gram_frac", f"duplicate_{n}_grams")
        for n in DUPLICATE
    ),
)


def fire(signals: pa.RecordBatch, parameters: Parameters) -> list[Firing]:
    """One Firing for each check whose bound is set."""
    return checks.fire(CHECKS, signals, parameters)

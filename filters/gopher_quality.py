"""Quality rules of Gopher (Rae et al. 2021, arXiv:2112.11446, appendix A.1.1), as in datatrove 0.10.1.

Words are those of spaCy's English tokenizer (`filters/kernels/splitter.h`). Null = the text is unreadable,
or the rule does not apply: rules of words to scripts without spaces between words, `stop_words` to
languages without a list in `filters/data/languages.json`, ratios to texts without a word or a line. Where
the language's score is below `min_language_score`, the language is a guess, and so is the list of its stop
words: they are counted, but too few of them remove nothing.

gopher_words             int32, words that hold something other than marks ("50 to 100,000 words")
gopher_mean_word_length  characters of those words ("mean word length 3 to 10 characters")
gopher_hash_ratio        "#" per word, marks counted as words ("symbol-to-word ratio greater than 0.1")
gopher_ellipsis_ratio    "..." and "…" per word, the same rule
gopher_bullet_lines      share of lines that start with "•" or "-" ("more than 90 % of lines")
gopher_ellipsis_lines    share of lines that end with "..." or "…" ("more than 30 %")
gopher_letter_words      share of words, marks counted, that hold a letter ("80 % of words")
gopher_stop_words        int32, different stop words of the document's language, written as in the list ("at
                         least two")
"""

import dataclasses

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from filters import checks
from filters.checks import Check, Firing
from schemas.parameters import GopherQuality, Parameters

VERSION = 1
OF_LANGUAGE = "too_few_stop_words"  # the one check that leans on words of a language
SIGNALS = pa.schema(
    [
        pa.field("gopher_words", pa.int32()),
        pa.field("gopher_mean_word_length", pa.float64()),
        pa.field("gopher_hash_ratio", pa.float64()),
        pa.field("gopher_ellipsis_ratio", pa.float64()),
        pa.field("gopher_bullet_lines", pa.float64()),
        pa.field("gopher_ellipsis_lines", pa.float64()),
        pa.field("gopher_letter_words", pa.float64()),
        pa.field("gopher_stop_words", pa.int32()),
    ]
)
CHECKS = (
    Check("gopher_words", "at_least", "min_doc_words", "too_few_words"),
    Check("gopher_words", "at_most", "max_doc_words", "too_many_words"),
    Check("gopher_mean_word_length", "at_least", "min_avg_word_length", "words_too_short"),
    Check("gopher_mean_word_length", "at_most", "max_avg_word_length", "words_too_long"),
    Check("gopher_hash_ratio", "at_most", "max_symbol_word_ratio", "too_many_hashes"),
    Check("gopher_ellipsis_ratio", "at_most", "max_symbol_word_ratio", "too_many_ellipses"),
    Check("gopher_bullet_lines", "at_most", "max_bullet_lines_ratio", "too_many_bullet_lines"),
    Check("gopher_ellipsis_lines", "at_most", "max_ellipsis_lines_ratio", "too_many_ellipsis_lines"),
    Check("gopher_letter_words", "at_least", "min_alpha_words_ratio", "too_few_words_with_letters"),
    Check("gopher_stop_words", "at_least", "min_stop_words", OF_LANGUAGE),
)


def fire(signals: pa.RecordBatch, parameters: Parameters) -> list[Firing]:
    """One Firing for each check whose bound is set. Needs the column `language_score` beside the signals."""
    assert isinstance(parameters, GopherQuality)
    firings = checks.fire(CHECKS, signals, parameters)
    if parameters.min_language_score is None:
        return firings
    known = checks.values(signals, "language_score") >= parameters.min_language_score  # NaN: no
    return [_where(known, firing) if firing.reason == OF_LANGUAGE else firing for firing in firings]


def _where(applies: npt.NDArray[np.bool_], firing: Firing) -> Firing:
    return dataclasses.replace(
        firing,
        removes=firing.removes & applies,
        reviews=firing.reviews & applies,
        applies=firing.measured & applies,
    )

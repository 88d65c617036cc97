"""Rules of C4 (Raffel et al. 2020, JMLR 21/140, section 2.2), as datatrove 0.10.1 applies them.

Lines are dropped first, and leave the text as edits (`filters.quality.measure`): one that holds a word of
over `max_word_length` characters, does not end in a closing mark (if `require_terminal_punctuation`), has
fewer than `min_words_per_line` words (so an empty one, too), mentions "javascript", or a phrase of cookie
and privacy notices. Citation marks ("[12]", "[edit]", "[citation needed]") are removed from lines that
stay. White space is left as it is, though C4 strips it. What is counted:

c4_lines_dropped   int32, lines that the edits remove
c4_citations       int32, citation marks that the edits remove
c4_lorem_lines     int32, lines with "lorem ipsum" (C4 drops the page)
c4_bracket_lines   int32, lines with "{" (C4 drops the page)
c4_sentences       int32, sentences of the lines that stay, by spaCy's sentencizer ("fewer than 5 sentences")

A line counts for "lorem ipsum" and "{" only if no rule before has dropped it, as in datatrove. In scripts
without spaces the rules of words do not apply (only empty lines are dropped for want of words) and
sentences are counted by their closing marks; `c4_sentences` is null for Thai, Lao and Tibetan, whose
sentences have none. A closing mark is required only in languages whose marks are in
`filters/data/languages.json`. All are null where the text is unreadable.
"""

import pyarrow as pa

from filters import checks
from filters.checks import Check, Firing
from schemas.parameters import Parameters

VERSION = 1
SIGNALS = pa.schema(
    [
        pa.field("c4_lines_dropped", pa.int32()),
        pa.field("c4_citations", pa.int32()),
        pa.field("c4_lorem_lines", pa.int32()),
        pa.field("c4_bracket_lines", pa.int32()),
        pa.field("c4_sentences", pa.int32()),
    ]
)
CHECKS = (
    Check("c4_lorem_lines", "at_most", "max_lorem_ipsum_lines", "lorem_ipsum"),
    Check("c4_bracket_lines", "at_most", "max_curly_bracket_lines", "curly_bracket"),
    Check("c4_sentences", "at_least", "min_sentences", "too_few_sentences"),
)


def fire(signals: pa.RecordBatch, parameters: Parameters) -> list[Firing]:
    """One Firing for each check whose bound is set."""
    return checks.fire(CHECKS, signals, parameters)

"""What each filter can be told: one frozen model a filter, under the filter's own name in the config.

A field named in `MEASURED` changes what is measured, so a new value needs a re-run. Every other field is policy:
`decide` reads it, and a ledger can be replayed with another value. A null bound switches its check off.
"""

import re
from typing import ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError


class Parameters(BaseModel):
    """Base of all filter parameters."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    MEASURED: ClassVar[frozenset[str]] = frozenset()

    review: dict[str, float] = Field(
        default={},
        description="Stricter bounds by parameter name: a document between the bound and this one goes to review.",
    )


class ExactDedup(Parameters):
    """Documents equal after lower-casing and collapsing white space; the first in order stays."""


class NearDedup(Parameters):
    """Documents whose sets of word n-grams overlap; verified exactly, the first in order stays."""

    MEASURED: ClassVar[frozenset[str]] = frozenset({"threshold", "ngram", "bands", "rows", "max_bucket"})

    threshold: float = Field(
        default=0.7, gt=0, le=1, description="Least Jaccard similarity of two duplicates."
    )
    ngram: int = Field(default=5, ge=1, le=32, description="Words in a shingle.")
    bands: int = Field(default=28, ge=1, le=256, description="Bands of the MinHash signature.")
    rows: int = Field(default=4, ge=1, le=32, description="MinHash values in a band.")
    max_bucket: int = Field(
        default=1000,
        ge=2,
        description="Distinct documents of one bucket compared all with all; above it, linearly.",
    )


class Language(Parameters):
    """Language of the document by fastText's lid.176."""

    keep: tuple[str, ...] | None = Field(
        default=None, description="Languages to keep, ISO 639 codes; null: all."
    )
    min_score: float = Field(default=0.0, ge=0, le=1, description="Least probability of the language.")


class GopherQuality(Parameters):
    """Quality rules of Gopher, with the published bounds; a null bound switches its check off."""

    min_doc_words: int | None = Field(default=50, ge=0, description="Least words of a document.")
    max_doc_words: int | None = Field(default=100_000, ge=0, description="Most words of a document.")
    min_avg_word_length: float | None = Field(
        default=3, ge=0, description="Least mean word length, characters."
    )
    max_avg_word_length: float | None = Field(
        default=10, ge=0, description="Greatest mean word length, characters."
    )
    max_symbol_word_ratio: float | None = Field(
        default=0.1, ge=0, description="Most hash marks per word, and most ellipses per word."
    )
    max_bullet_lines_ratio: float | None = Field(
        default=0.9, ge=0, le=1, description="Greatest share of lines that start with a bullet."
    )
    max_ellipsis_lines_ratio: float | None = Field(
        default=0.3, ge=0, le=1, description="Greatest share of lines that end with an ellipsis."
    )
    min_alpha_words_ratio: float | None = Field(
        default=0.8,
        ge=0,
        le=1,
        description="Least share of words with a letter (datatrove: max_non_alpha_words_ratio).",
    )
    min_stop_words: int | None = Field(
        default=2, ge=0, description="Least number of different stop words of the document's language."
    )


class GopherRepetition(Parameters):
    """Repetition rules of Gopher, with the bounds of its table A1; a null bound switches its check off."""

    min_characters: int | None = Field(
        default=1, ge=0, description="Least characters: an empty text is dropped."
    )
    dup_line_frac: float | None = Field(
        default=0.3, ge=0, le=1, description="Greatest share of duplicate lines."
    )
    dup_para_frac: float | None = Field(
        default=0.3, ge=0, le=1, description="Greatest share of duplicate paragraphs."
    )
    dup_line_char_frac: float | None = Field(
        default=0.2, ge=0, le=1, description="Greatest share of characters in duplicate lines."
    )
    dup_para_char_frac: float | None = Field(
        default=0.2, ge=0, le=1, description="Greatest share of characters in duplicate paragraphs."
    )
    top_2_gram_frac: float | None = Field(
        default=0.2, ge=0, description="Greatest share of characters in the most frequent 2-gram of words."
    )
    top_3_gram_frac: float | None = Field(
        default=0.18, ge=0, description="Greatest share of characters in the most frequent 3-gram of words."
    )
    top_4_gram_frac: float | None = Field(
        default=0.16, ge=0, description="Greatest share of characters in the most frequent 4-gram of words."
    )
    dup_5_gram_frac: float | None = Field(
        default=0.15, ge=0, le=1, description="Greatest share of characters in repeated 5-grams of words."
    )
    dup_6_gram_frac: float | None = Field(
        default=0.14, ge=0, le=1, description="Greatest share of characters in repeated 6-grams of words."
    )
    dup_7_gram_frac: float | None = Field(
        default=0.13, ge=0, le=1, description="Greatest share of characters in repeated 7-grams of words."
    )
    dup_8_gram_frac: float | None = Field(
        default=0.12, ge=0, le=1, description="Greatest share of characters in repeated 8-grams of words."
    )
    dup_9_gram_frac: float | None = Field(
        default=0.11, ge=0, le=1, description="Greatest share of characters in repeated 9-grams of words."
    )
    dup_10_gram_frac: float | None = Field(
        default=0.1, ge=0, le=1, description="Greatest share of characters in repeated 10-grams of words."
    )


class C4Quality(Parameters):
    """Rules of C4: lines that are removed, and pages that are dropped for what is left."""

    MEASURED: ClassVar[frozenset[str]] = frozenset(
        {
            "require_terminal_punctuation",
            "remove_citations",
            "drop_javascript_lines",
            "drop_policy_lines",
            "min_words_per_line",
            "max_word_length",
        }
    )

    require_terminal_punctuation: bool = Field(
        default=False,
        description="Remove lines that do not end in a closing mark. C4: true; FineWeb's recipe: false.",
    )
    remove_citations: bool = Field(default=True, description='Remove "[1]", "[edit]", "[citation needed]".')
    drop_javascript_lines: bool = Field(default=True, description='Remove lines that mention "javascript".')
    drop_policy_lines: bool = Field(
        default=True, description="Remove lines with phrases of cookie and privacy notices."
    )
    min_words_per_line: int | None = Field(
        default=3, ge=0, description="Remove lines with fewer words between spaces; null: keep them."
    )
    max_word_length: int | None = Field(
        default=1000, ge=1, description="Remove lines with a longer word, characters; null: keep them."
    )
    min_sentences: int | None = Field(
        default=5, ge=0, description="Least sentences of the lines that stay; null: no check."
    )
    max_lorem_ipsum_lines: int | None = Field(
        default=0, ge=0, description='Most lines with "lorem ipsum"; null: no check.'
    )
    max_curly_bracket_lines: int | None = Field(
        default=0, ge=0, description='Most lines with "{"; null: no check.'
    )


class FinewebQuality(Parameters):
    """Rules of FineWeb, with datatrove's bounds; a null bound switches its check off."""

    MEASURED: ClassVar[frozenset[str]] = frozenset({"short_line_length", "line_punct_exclude_zero"})

    min_lines: int | None = Field(default=1, ge=0, description="Least lines that are not blank.")
    line_punct_thr: float | None = Field(
        default=0.12, ge=0, le=1, description="Least share of lines that end in a closing mark."
    )
    line_punct_exclude_zero: bool = Field(
        default=False, description="Do not apply `line_punct_thr` where no line ends in a closing mark."
    )
    short_line_thr: float | None = Field(
        default=0.67, ge=0, le=1, description="Greatest share of short lines."
    )
    short_line_length: int = Field(default=30, ge=0, description="Most characters of a short line.")
    char_duplicates_ratio: float | None = Field(
        default=0.01, ge=0, le=1, description="Greatest share of characters in duplicate lines."
    )
    new_line_ratio: float | None = Field(default=0.3, ge=0, description="Most line feeds per word.")


class EvaluationSet(BaseModel):
    """One evaluation set whose items must not be trained on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, description="Its name in the ledger.")
    path: str = Field(min_length=1, description="File, folder or glob, from the working directory.")
    format: Literal["jsonl", "json", "csv", "tsv", "text"] | None = Field(
        default=None, description="Null: by the name of each file."
    )
    fields: tuple[str, ...] | None = Field(
        default=None,
        description="Fields that are matched, such as `context` or `sentences.sentence`; null: all text.",
    )
    remove: str | None = Field(
        default=None, description="Regular expression of what is no part of an item, such as line numbers."
    )

    @field_validator("remove")
    @classmethod
    def _compiles(cls, pattern: str | None) -> str | None:
        if pattern is not None:
            try:
                re.compile(pattern)
            except re.error as error:
                msg = f"`remove` is {pattern!r}, no regular expression: {error}"
                raise _fault(msg) from error
        return pattern


class Decontamination(Parameters):
    """Documents that hold items of evaluation sets, by n-grams of words."""

    MEASURED: ClassVar[frozenset[str]] = frozenset({"sets", "ngram", "shortest"})

    sets: tuple[EvaluationSet, ...] = Field(default=(), description="Evaluation sets to look for.")
    ngram: int = Field(default=13, ge=1, le=64, description="Words in an n-gram.")
    shortest: int = Field(
        default=6,
        ge=1,
        le=64,
        description="Words of the shortest text matched; below `ngram`, it is matched whole.",
    )
    max_ngrams: int | None = Field(
        default=0, ge=0, description="Most n-grams of evaluation sets in a document; null: no check."
    )
    max_share: float | None = Field(
        default=None, ge=0, le=1, description="Greatest share of one item's n-grams; null: no check."
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.shortest > self.ngram:
            msg = f"`decontamination.shortest` is {self.shortest}, must not exceed `ngram`, {self.ngram}"
            raise _fault(msg, "shortest")
        names = [one.name for one in self.sets]
        for i, name in enumerate(names):
            if name in names[:i]:
                first = names.index(name)
                msg = f"`decontamination.sets[{first}]` and `sets[{i}]` are both named `{name}`"
                raise _fault(msg, "sets", i)
        return self


def _fault(message: str, *below: str | int) -> PydanticCustomError:
    """A fault in our words; `below`: path from the model to the place."""
    return PydanticCustomError("ours", "{message}", {"message": message, "below": below, "hint": None})

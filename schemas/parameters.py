"""What each filter can be told: one frozen model a filter, under the filter's own name in the config.

A field named in `MEASURED` changes what is measured, so a new value needs a re-run. Every other field is policy:
`decide` reads it, and a ledger can be replayed with another value. A null bound switches its check off.
"""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field


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

    threshold: float = Field(default=0.7, gt=0, le=1, description="Least Jaccard similarity of two duplicates.")
    ngram: int = Field(default=5, ge=1, le=32, description="Words in a shingle.")
    bands: int = Field(default=28, ge=1, le=256, description="Bands of the MinHash signature.")
    rows: int = Field(default=4, ge=1, le=32, description="MinHash values in a band.")
    max_bucket: int = Field(
        default=1000, ge=2, description="Distinct documents of one bucket compared all with all; above it, linearly."
    )


class Language(Parameters):
    """Language of the document by fastText's lid.176."""

    keep: tuple[str, ...] | None = Field(default=None, description="Languages to keep, ISO 639 codes; null: all.")
    min_score: float = Field(default=0.0, ge=0, le=1, description="Least probability of the language.")

"""What a user writes: the config of `evenhand curate` (design, section 5). Every key has a default."""

import hashlib
import json
from enum import StrEnum
from functools import cached_property
from typing import Any, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from schemas import fingerprints
from schemas.faults import did_you_mean
from schemas.gates import Gate
from schemas.parameters import (
    Balance,
    C4Quality,
    Decontamination,
    ExactDedup,
    FinewebQuality,
    GopherQuality,
    GopherRepetition,
    Language,
    NearDedup,
    Parameters,
    Pii,
    Toxicity,
)

Format = Literal["jsonl", "parquet", "csv", "tsv", "text", "datasets", "warc", "wet"]
FilterName = Literal[
    "exact_dedup",
    "near_dedup",
    "language",
    "gopher_repetition",
    "gopher_quality",
    "c4_quality",
    "fineweb_quality",
    "pii",
    "toxicity",
    "decontamination",
    "balance",
]
FILTERS: tuple[FilterName, ...] = get_args(FilterName)  # all, in the default running order
DEFAULT = FILTERS[:-2]  # decontamination and balance need to be told against what, towards what
PATHS: dict[str, set[str]] = {
    "pii": {"key_file", "key_env", "names_model"},
    "toxicity": {"model"},
    "groups": {"dialect_model"},
}
TRAIN = "train"  # of `audit.embeddings`: word vectors are trained on the corpus
MIB = 1 << 20


class Origin(StrEnum):
    """Where a source comes from, in the words of the EU's template for training-content summaries."""

    PUBLIC_DATASET = "public_dataset"
    LICENSED = "licensed"
    OTHER_PRIVATE = "other_private"
    OWN_CRAWL = "own_crawl"
    CRAWL_BY_OTHERS = "crawl_by_others"
    USER_DATA = "user_data"
    SYNTHETIC = "synthetic"


class Section(BaseModel):
    """Base of all sections: unknown keys are faults, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Input(Section):
    """What is read."""

    paths: tuple[str, ...] = Field(
        default=(),
        description="Files, folders, globs or `datasets` names, from the working directory or a URL.",
    )
    format: Format | None = Field(default=None, description="Null: by the name of each file.")
    text_field: str | None = Field(
        default=None, min_length=1, description="Null: `text`, then `content`, then the only string field."
    )
    id_field: str | None = Field(
        default=None, min_length=1, description="Null: `id`, else the record's position."
    )
    max_error_rate: float = Field(
        default=0.05,
        ge=0,
        le=1,
        description="Unreadable records over all records, above which the run fails.",
    )
    max_record_bytes: int = Field(
        default=64 * MIB, ge=1, description="A larger record is an error (`too_large`); bytes."
    )


class Source(Section):
    """One declared source: a name, and what a reviewer asks of it."""

    name: str = Field(pattern=r"^[^/#\x00-\x1f]+$", description="Unique; begins the ids of its documents.")
    paths: tuple[str, ...] = Field(default=(), description="As `input.paths`.")
    format: Format | None = Field(default=None, description="As `input.format`.")
    origin: Origin | None = Field(default=None, description="Kind of origin.")
    licence: str | None = Field(default=None, description="SPDX expression or words.")
    collection_period: str | None = Field(
        default=None, description="When it was collected, such as 2019-01/2024-06."
    )
    link: str | None = Field(default=None, description="Where it is described.")


class Groups(Section):
    """Which groups of people a document mentions."""

    enabled: bool = Field(default=True, description="Whether mentions are looked for.")
    dialect_model: str | None = Field(
        default=None, description="Folder of a TwitterAAE model; null: dialect is not measured."
    )
    dialect_fingerprint: str | None = Field(
        default=None, description="Of that model; taken from its files, and all of it that is recorded."
    )

    @model_validator(mode="after")
    def _known_by_its_files(self) -> Self:
        if self.dialect_model is not None:
            try:
                found = fingerprints.of_files(self.dialect_model)
            except ValueError as error:
                msg = f"`groups.dialect_model`: {error}"
                raise _fault(msg, ("dialect_model",)) from error
            object.__setattr__(self, "dialect_fingerprint", found)
        return self


class Audit(Section):
    """Who is in the corpus, what is said about them, and whom each filter removed."""

    enabled: bool = Field(default=True, description="Whether the corpus is audited at the end of the run.")
    sample_documents: int = Field(
        default=10_000,
        ge=0,
        description="Kept documents, about, that costly measures of text look at; those of lowest hash.",
    )
    counterfactual_documents: int = Field(
        default=200,
        ge=0,
        description="Documents a change that are altered to see whether their verdict flips; 0: none.",
    )
    embeddings: str | None = Field(
        default=None,
        description="Word vectors for the association tests: a file, `train` (on the corpus, slow), or null.",
    )
    embeddings_fingerprint: str | None = Field(
        default=None, description="Of that file; taken from it, and all of it that is recorded."
    )

    @model_validator(mode="after")
    def _known_by_its_file(self) -> Self:
        if self.embeddings not in (None, TRAIN):
            try:
                found = fingerprints.of_files(str(self.embeddings))
            except ValueError as error:
                msg = f"`audit.embeddings`: {error}"
                raise _fault(msg, ("embeddings",)) from error
            object.__setattr__(self, "embeddings_fingerprint", found)
        elif self.embeddings == TRAIN:
            object.__setattr__(self, "embeddings_fingerprint", None)
        return self


class Impact(Section):
    """When a group's removals are flagged: at both bounds, and at an adjusted p below .05."""

    min_documents: int = Field(
        default=200, ge=1, description="Least documents that mention the group, to be judged."
    )
    max_ratio: float = Field(
        default=1.25, ge=1, description="Greatest removal rate over the reference's that is not flagged."
    )


class Output(Section):
    """How the snapshot is written."""

    shard_bytes: int = Field(default=16 * MIB, ge=64 << 10, description="Bytes of text in one shard.")


class Config(Section):
    """The whole config."""

    input: Input = Input()
    sources: tuple[Source, ...] = Field(
        default=(), description="Declared sources, first in order of preference."
    )
    filters: tuple[FilterName, ...] = Field(default=DEFAULT, description="Filters in running order.")
    exact_dedup: ExactDedup = ExactDedup()
    near_dedup: NearDedup = NearDedup()
    language: Language = Language()
    gopher_repetition: GopherRepetition = GopherRepetition()
    gopher_quality: GopherQuality = GopherQuality()
    c4_quality: C4Quality = C4Quality()
    fineweb_quality: FinewebQuality = FinewebQuality()
    pii: Pii = Pii()
    toxicity: Toxicity = Toxicity()
    decontamination: Decontamination = Decontamination()
    balance: Balance = Balance()
    groups: Groups = Groups()
    audit: Audit = Audit()
    impact: Impact = Impact()
    gates: tuple[Gate, ...] = Field(
        default=(), description="Bounds that the report must keep; one that fails makes the exit code 1."
    )
    output: Output = Output()

    @field_validator("filters")
    @classmethod
    def _named_once(cls, filters: tuple[FilterName, ...]) -> tuple[FilterName, ...]:
        for i, name in enumerate(filters):
            if name in filters[:i]:
                msg = f"`filters` names `{name}` twice"
                raise _fault(msg, below=(i,))
        return filters

    @field_validator("sources")
    @classmethod
    def _distinct(cls, sources: tuple[Source, ...]) -> tuple[Source, ...]:
        names = [source.name for source in sources]
        for i, name in enumerate(names):
            if name in names[:i]:
                msg = f"`sources[{names.index(name)}]` and `sources[{i}]` are both named `{name}`"
                raise _fault(msg, below=(i,))
        return sources

    @field_validator(*FILTERS)
    @classmethod
    def _review_bands(cls, parameters: Parameters, info: ValidationInfo) -> Parameters:
        for key, bound in parameters.review.items():
            _check_band(parameters, str(info.field_name), key, bound)
        return parameters

    def parameters(self) -> dict[str, Parameters]:
        """The parameters of every filter, by its name."""
        return {name: getattr(self, name) for name in FILTERS}

    def document(self) -> dict[str, Any]:
        """What `snapshot.json` records: all that may change a document, and no path."""
        each: dict[str, Any] = {"__all__": {"paths"}}
        sets = {"decontamination": {"sets": {"__all__": {"path"}}}}
        inputs: dict[str, Any] = {"output": True, "input": {"paths"}, "sources": each}
        whole = self.model_dump(mode="json", exclude={**inputs, **sets, **PATHS})
        if self.audit.embeddings != TRAIN:
            whole["audit"]["embeddings"] = None  # a path, or null already
        return whole

    def policy(self) -> dict[str, Any]:
        """What a curation is held to: the part that `decide` reads, and the gates."""
        return {**self.decisions(), "gates": [gate.model_dump(mode="json") for gate in self.gates]}

    def audited(self) -> dict[str, Any]:
        """The part that the audit depends on, apart from what was measured and decided."""
        return {name: self.document()[name] for name in ("audit", "impact", "gates")}

    def decisions(self) -> dict[str, Any]:
        """The part that `decide` reads: filters in order, and the unmeasured parameters of each."""
        parts = {n: p.model_dump(mode="json", exclude=set(p.MEASURED)) for n, p in self.parameters().items()}
        return {"filters": list(self.filters), **{name: parts[name] for name in self.filters}}

    def measured(self) -> dict[str, Any]:
        """The part that scores depend on, in no order of filters: a change needs a re-run.

        Paths are no part of it; what lies there is known by its fingerprint.
        """
        whole = self.document()
        parts = {
            name: {key: value for key, value in whole[name].items() if key in parameters.MEASURED}
            for name, parameters in self.parameters().items()
        }
        return {
            "input": {key: value for key, value in whole["input"].items() if key != "max_error_rate"},
            "sources": [{"name": s["name"], "format": s["format"]} for s in whole["sources"]],
            "groups": whole["groups"],
            "filters": {name: parts[name] for name in sorted(self.filters)},
        }

    @cached_property
    def policy_hash(self) -> str:
        """SHA-256 of `policy()`, 64 hex digits."""
        return digest(self.policy())


def digest(document: object) -> str:
    """SHA-256, 64 hex digits, of the document as canonical JSON (sorted keys, no spaces)."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _check_band(parameters: Parameters, section: str, key: str, reviews: float) -> None:
    """A review bound stands beside a bound that removes, on its stricter side."""
    bounds = [
        name
        for name, field in type(parameters).model_fields.items()
        if name not in {"review", *parameters.MEASURED, *parameters.CONDITIONS}
        and set(get_args(field.annotation) or [field.annotation]) & {int, float}
    ]
    name, below = f"`{section}.review.{key}`", ("review", key)
    if key not in bounds:
        hint = did_you_mean(key, bounds, "bounds of this filter") if bounds else "this filter has no bounds"
        msg = f"{name} is no bound of `{section}`"
        raise _fault(msg, below, hint)
    removes = getattr(parameters, key)
    if removes is None:
        msg = f"{name} is {reviews:g}, but `{section}.{key}` is null, so nothing is checked"
        raise _fault(msg, below)
    # Descriptions of bounds begin with "Least", or with "Greatest" or "Most"; a test holds them to it.
    least = (type(parameters).model_fields[key].description or "").startswith("Least")
    if reviews <= removes if least else reviews >= removes:
        side = "above" if least else "below"
        msg = f"{name} is {reviews:g}, must lie {side} `{section}.{key}`, {removes:g}"
        raise _fault(msg, below)


def _fault(message: str, below: tuple[str | int, ...] = (), hint: str | None = None) -> PydanticCustomError:
    """A fault in our words; `below`: path from the validated field to the place."""
    return PydanticCustomError("ours", "{message}", {"message": message, "below": below, "hint": hint})

"""What each filter can be told: one frozen model a filter, under the filter's own name in the config.

A field named in `MEASURED` changes what is measured, so a new value needs a re-run. Every other field is
policy: `decide` reads it, and a ledger can be replayed with another value. A null bound switches its check
off.
"""

import re
from typing import ClassVar, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from schemas import fingerprints, pii_key
from schemas.languages import languages, meant
from schemas.populations import populations


class Parameters(BaseModel):
    """Base of all filter parameters."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    MEASURED: ClassVar[frozenset[str]] = frozenset()
    CONDITIONS: ClassVar[frozenset[str]] = frozenset()  # say where a check applies: no bounds of their own

    review: dict[str, float] = Field(
        default={},
        description="Stricter bounds by name: a document between the bound and this one goes to review.",
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

    @field_validator("keep")
    @classmethod
    def _known(cls, keep: tuple[str, ...] | None) -> tuple[str, ...] | None:
        for i, code in enumerate(keep or ()):
            if code not in languages().codes:
                near = meant(code)
                hint = f"did you mean `{near}`?" if near else "codes are those of fastText's lid.176"
                raise _fault(f"`language.keep` has `{code}`, no code of a language", i, hint=hint)
        return keep


class GopherQuality(Parameters):
    """Quality rules of Gopher, with the published bounds; a null bound switches its check off."""

    CONDITIONS: ClassVar[frozenset[str]] = frozenset({"min_language_score"})

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
    min_language_score: float | None = Field(
        default=0.65,
        ge=0,
        le=1,
        description="Least language score at which stop words are asked for; null: whatever it is.",
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
    path: str | None = Field(
        default=None,
        min_length=1,
        description="File, folder or glob, from the working directory; not recorded.",
    )
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


class Balance(Parameters):
    """Weights that bring the shares of groups among the mentions of an axis to their targets."""

    MEASURED: ClassVar[frozenset[str]] = frozenset({"targets", "min_weight", "max_weight", "seed"})

    targets: dict[str, str | dict[str, float] | tuple[str, ...]] = Field(
        default={},
        description="By axis: `uniform`, a named population, groups of equal shares, or shares by group.",
    )
    min_weight: float = Field(default=0.2, gt=0, le=1, description="Least weight of a document.")
    max_weight: float = Field(default=5.0, ge=1, description="Greatest weight of a document.")
    sampling: Literal["none", "down", "whole"] = Field(
        default="none",
        description="`down`: weights below 1 drop documents; `whole`: those above 1 become whole numbers.",
    )
    seed: int = Field(default=0, ge=0, lt=1 << 64, description="Key of the draws.")

    @field_validator("targets")
    @classmethod
    def _makes_sense(
        cls, targets: dict[str, str | dict[str, float] | tuple[str, ...]]
    ) -> dict[str, str | dict[str, float] | tuple[str, ...]]:
        for axis, wanted in targets.items():
            name = f"`balance.targets.{axis}`"
            if isinstance(wanted, dict):
                _check_shares(axis, name, wanted)
            elif isinstance(wanted, tuple):
                if len(wanted) < 2 or len(set(wanted)) < len(wanted):
                    msg = f"{name} lists {', '.join(wanted) or 'nothing'}, must list two or more groups"
                    raise _fault(msg, axis)
            elif wanted != "uniform":
                known = [n for n, table in populations().items() if table.axis == axis]
                if wanted not in known:
                    choices = ", ".join(f"`{one}`" for one in ("uniform", *known))
                    msg = f"{name} is `{wanted}`, must be {choices}, a list of groups, or shares by group"
                    raise _fault(msg, axis)
        return targets


def _check_shares(axis: str, name: str, shares: dict[str, float]) -> None:
    for group, share in shares.items():
        if not 0 <= share <= 1:  # NaN is neither
            msg = f"{name}.{group} is {share:g}, must lie in 0..1"
            raise _fault(msg, axis, group)
    if abs(sum(shares.values()) - 1) > 1e-6:
        msg = f"the shares of {name} sum to {sum(shares.values()):g}, must sum to 1"
        raise _fault(msg, axis)


def _fault(message: str, *below: str | int, hint: str | None = None) -> PydanticCustomError:
    """A fault in our words; `below`: path from the model to the place."""
    return PydanticCustomError("ours", "{message}", {"message": message, "below": below, "hint": hint})


def _take_fingerprint(parameters: Parameters, section: str, path: str, fingerprint: str) -> None:
    """Sets the field `fingerprint` to that of the files that the field `path` names, if it does."""
    if (named := getattr(parameters, path)) is None:
        return
    try:
        found = fingerprints.of_files(named)
    except ValueError as error:
        raise _fault(f"`{section}.{path}`: {error}", path) from error
    object.__setattr__(parameters, fingerprint, found)


PiiEntity = Literal[
    "EMAIL_ADDRESS",
    "PHONE_NUMBER",
    "IP_ADDRESS",
    "MAC_ADDRESS",
    "CREDIT_CARD",
    "IBAN_CODE",
    "CRYPTO",
    "API_KEY",
    "PRIVATE_KEY",
    "URL_CREDENTIALS",
    "US_SSN",
    "US_ITIN",
    "US_PASSPORT",
    "UK_NHS",
    "UK_NINO",
    "UK_PASSPORT",
    "AU_MEDICARE",
    "AU_TFN",
    "CA_SIN",
    "DE_ID_CARD",
    "DE_PASSPORT",
    "DE_SOCIAL_SECURITY",
    "DE_TAX_ID",
    "ES_NIE",
    "ES_NIF",
    "ES_PASSPORT",
    "FI_PERSONAL_IDENTITY_CODE",
    "IN_AADHAAR",
    "IN_PAN",
    "IN_PASSPORT",
    "IN_VOTER",
    "IT_FISCAL_CODE",
    "IT_IDENTITY_CARD",
    "IT_PASSPORT",
    "KR_FRN",
    "KR_PASSPORT",
    "KR_RRN",
    "NG_NIN",
    "PH_PASSPORT",
    "PH_UMID",
    "PL_PESEL",
    "SE_PERSONNUMMER",
    "SG_NRIC_FIN",
    "TH_TNIN",
    "TR_NATIONAL_ID",
    "ZA_ID_NUMBER",
    "ZA_PASSPORT",
    "PERSON",
    "LOCATION",
    "ORGANIZATION",
]
PII_ENTITIES: tuple[PiiEntity, ...] = get_args(PiiEntity)
PiiAction = Literal["placeholder", "surrogate"]


class Pii(Parameters):
    """Personal data by Presidio's recognisers; what is found leaves text, `url` and `metadata` as edits."""

    MEASURED: ClassVar[frozenset[str]] = frozenset(
        {
            "entities",
            "min_score",
            "phone_regions",
            "action",
            "actions",
            "key_file",
            "key_env",
            "key_fingerprint",
            "names_model",
            "names_fingerprint",
        }
    )

    entities: tuple[PiiEntity, ...] = Field(
        default=PII_ENTITIES, description="What is looked for; names only where `names_model` is given."
    )
    min_score: float = Field(
        default=0.4, gt=0, le=1, description="Least score of Presidio's, context words counted in."
    )
    phone_regions: tuple[str, ...] = Field(
        default=("US", "GB", "DE", "FR", "IL", "IN", "CA", "BR"),
        description="Regions whose phone numbers are known without their country code, ISO 3166.",
    )
    action: PiiAction = Field(
        default="placeholder",
        description="What replaces a match: its entity (`<EMAIL_ADDRESS>`), or a keyed surrogate.",
    )
    actions: dict[PiiEntity, PiiAction] = Field(
        default={}, description="By entity, where it differs from `action`."
    )
    key_file: str | None = Field(default=None, description="File that holds the surrogates' key.")
    key_env: str | None = Field(
        default=None, description="Environment variable that holds the surrogates' key."
    )
    key_fingerprint: str | None = Field(
        default=None, description="Of the key; taken from the key itself, and all of it that is recorded."
    )
    names_model: str | None = Field(
        default=None,
        description="Folder of a spaCy or transformers model that finds names; null: none are looked for.",
    )
    names_fingerprint: str | None = Field(
        default=None, description="Of that model; taken from its files, and all of it that is recorded."
    )
    max_matches: int | None = Field(
        default=None, ge=0, description="Most matches of a document; null: no check."
    )
    max_contacts: int | None = Field(
        default=None, ge=0, description="Most e-mail addresses and phone numbers; null: no check."
    )
    max_identifiers: int | None = Field(
        default=None, ge=0, description="Most numbers that states give to people; null: no check."
    )
    max_financial: int | None = Field(
        default=None, ge=0, description="Most cards, accounts and wallets; null: no check."
    )
    max_secrets: int | None = Field(
        default=None, ge=0, description="Most keys, tokens and passwords; null: no check."
    )

    @model_validator(mode="after")
    def _keyed(self) -> Self:
        """Surrogates need a key, of which the config keeps the fingerprint: a recorded one has that alone."""
        if "surrogate" not in (self.action, *self.actions.values()):
            return self
        sources = [name for name in ("key_file", "key_env") if getattr(self, name) is not None]
        if not sources and self.key_fingerprint is not None:
            return self
        if len(sources) != 1:
            seen = "neither `pii.key_file` nor `pii.key_env` is" if not sources else "both are"
            raise _fault(f"surrogates need a key from `pii.key_file` or `pii.key_env`, and {seen} given")
        if self.key_fingerprint is None:
            try:
                key = pii_key.read(self.key_file, self.key_env)
            except ValueError as error:
                raise _fault(f"`pii.{sources[0]}`: {error}", sources[0]) from error
            object.__setattr__(self, "key_fingerprint", pii_key.fingerprint(key))
        return self

    @model_validator(mode="after")
    def _names_known_by_their_files(self) -> Self:
        _take_fingerprint(self, "pii", "names_model", "names_fingerprint")
        return self


class Toxicity(Parameters):
    """Toxicity by line; the shipped model's error rates by group are in docs/filters/toxicity.md."""

    MEASURED: ClassVar[frozenset[str]] = frozenset(
        {"model", "model_fingerprint", "labels", "line_score", "piece_words"}
    )

    model: str | None = Field(
        default=None,
        description="Path of another model: a fastText file, or the folder of a transformers classifier.",
    )
    model_fingerprint: str | None = Field(
        default=None, description="Of that model; taken from its files, and all of it that is recorded."
    )
    labels: tuple[str, ...] = Field(
        default=("toxic",), min_length=1, description="Labels whose probabilities together are the score."
    )
    line_score: float = Field(
        default=0.6, ge=0, le=1, description="A line that scores above this is counted as toxic."
    )
    piece_words: int = Field(
        default=64, ge=1, le=100_000, description="Words that are scored at once; longer lines are divided."
    )
    max_lines_share: float | None = Field(
        default=0.4, ge=0, le=1, description="Greatest share of toxic lines; null: no check."
    )
    max_line_score: float | None = Field(
        default=None, ge=0, le=1, description="Greatest score of a single line; null: no check."
    )
    max_mean_score: float | None = Field(
        default=None, ge=0, le=1, description="Greatest mean score of the lines; null: no check."
    )

    @model_validator(mode="after")
    def _known_by_its_files(self) -> Self:
        _take_fingerprint(self, "toxicity", "model", "model_fingerprint")
        return self

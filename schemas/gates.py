"""A gate: a bound that a report must keep (docs/audit/gates.md). Policy, but it changes no verdict."""

from typing import ClassVar, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.group_names import PAIR, axis_of

ImpactMeasure = Literal["removal_ratio", "retention_ratio", "mh_ratio", "removal_rate"]
RepresentationMeasure = Literal[
    "document_rate",
    "axis_share",
    "token_rate",
    "pronoun_rate",
    "pronoun_share",
    "gender_gap",
    "gender_ratio",
    "distance",
    "language_share",
    "source_share",
    "region_share",
    "year_share",
]
AssociationMeasure = Literal[
    "log_odds",
    "npmi",
    "occupation_female_share",
    "occupation_correlation",
    "sentiment",
    "sentiment_negative",
    "sentiment_d",
    "toxicity_rate",
    "toxicity_ratio",
    "weat",
]
RecordsMeasure = Literal["error_rate", "kept_share", "review_share", "removed_share"]
Measure = Literal[ImpactMeasure, RepresentationMeasure, AssociationMeasure, "flip_rate", RecordsMeasure]
IMPACT: tuple[str, ...] = get_args(ImpactMeasure)
REPRESENTATION: tuple[str, ...] = get_args(RepresentationMeasure)
ASSOCIATIONS: tuple[str, ...] = get_args(AssociationMeasure)
RECORDS: tuple[str, ...] = get_args(RecordsMeasure)
FLIPS = "flip_rate"
EVERY = "*"  # of `reason`: each reason of its own
# Keys that pick rows, by what they can be asked of.
_OF_GROUPS = {*IMPACT, "document_rate", "axis_share", "token_rate", "distance", *ASSOCIATIONS}
_KEYS: dict[str, set[str]] = {
    "rule": {*IMPACT, FLIPS, "removed_share"},
    "reason": {*IMPACT, "removed_share"},
    "axis": _OF_GROUPS,
    "group": _OF_GROUPS - {"distance"},
    "key": {*REPRESENTATION, *ASSOCIATIONS, FLIPS} - {"document_rate", "axis_share", "token_rate"},
    "side": set(REPRESENTATION),
    "min_documents": {*IMPACT, *REPRESENTATION, *ASSOCIATIONS, FLIPS},
    "p_adjusted_below": {"removal_ratio", "retention_ratio", "mh_ratio", *ASSOCIATIONS},
}


class Gate(BaseModel):
    """One bound. A key left out covers every row that has the measure."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    PICKS: ClassVar[tuple[str, ...]] = tuple(_KEYS)

    measure: Measure = Field(description="What is held against the bound.")
    rule: str | None = Field(
        default=None, min_length=1, description="Filter, such as `gopher_quality`; null: any."
    )
    reason: str | None = Field(
        default=None, min_length=1, description="Reason of a rule; null: the rule as a whole; `*`: each."
    )
    axis: str | None = Field(default=None, min_length=1, description="Axis, such as `geography`; null: any.")
    group: str | None = Field(
        default=None,
        min_length=1,
        description="Group as `axis/group`, or a pair of groups joined by `*`; null: any one group.",
    )
    key: str | None = Field(
        default=None,
        min_length=1,
        description="Language code, region, source, year, pronoun, distance, change or word; null: any.",
    )
    side: Literal["before", "after"] | None = Field(
        default=None, description="Of representation: before or after curation; null: after."
    )
    at_most: float | None = Field(
        default=None, allow_inf_nan=False, description="The value must not lie above this."
    )
    at_least: float | None = Field(
        default=None, allow_inf_nan=False, description="The value must not lie below this."
    )
    min_documents: int | None = Field(
        default=None, ge=0, description="Only rows with so many documents; null: all."
    )
    p_adjusted_below: float | None = Field(
        default=None, gt=0, le=1, description="Only a row with a smaller adjusted p can fail; null: any."
    )

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        given = [bound for bound in ("at_most", "at_least") if getattr(self, bound) is not None]
        if len(given) != 1:
            seen = "both" if given else "neither"
            raise _fault(f"a gate on `{self.measure}` needs one of `at_most` and `at_least`, {seen} is given")
        for key, measures in _KEYS.items():
            if getattr(self, key) is not None and self.measure not in measures:
                usable = [name for name in _KEYS if self.measure in _KEYS[name]]
                hint = f"keys of this measure: {', '.join(map(_quoted, usable))}" if usable else None
                raise _fault(f"`{key}` says nothing of `{self.measure}`", hint, key)
        if self.group is not None and not all("/" in part for part in self.group.split(PAIR)):
            raise _fault(
                f"`group` is `{self.group}`, must be `axis/group`", "such as `geography/nigeria`", "group"
            )
        if self.axis is not None and self.group and self.axis != axis_of(self.group):
            raise _fault(f"`axis` is `{self.axis}`, but `group` is `{self.group}`", None, "axis")
        if self.reason not in (None, EVERY) and self.rule is None:
            raise _fault(
                f"`reason` is `{self.reason}`, but no `rule` is named", "name the rule, or use `*`", "reason"
            )
        return self

    @property
    def operator(self) -> Literal["at_most", "at_least"]:
        """Which bound is set."""
        return "at_least" if self.at_most is None else "at_most"

    @property
    def threshold(self) -> float:
        """The bound."""
        bound = self.at_least if self.at_most is None else self.at_most
        return float(bound if bound is not None else "nan")  # one of them is set, the validator sees to it

    @property
    def name(self) -> str:
        """What the gate says, in words: the same keys give the same name."""
        words = [_words(self.measure)]
        if self.measure in _KEYS["rule"] and self.measure != FLIPS:
            words.append(f"of {self.rule or 'any rule'}")
        elif self.rule:
            words.append(f"of {self.rule}")
        if self.reason:
            words.append("for each reason" if self.reason == EVERY else f"for {self.reason}")
        if self.measure in _OF_GROUPS:
            words.append(self._of_whom())
        if self.key is not None:
            words.append(f"({self.key})")
        if self.side == "before":
            words.append("before curation")
        words.append(f"{_words(self.operator)} {self.threshold:g}")
        limits = []
        if self.min_documents is not None:
            limits.append(f"{self.min_documents:,} documents or more")
        if self.p_adjusted_below is not None:
            limits.append(f"adjusted p below {self.p_adjusted_below:g}")
        return " ".join(words) + (f" ({', '.join(limits)})" if limits else "")

    def _of_whom(self) -> str:
        if self.group is not None:
            return f"for {self.group}"
        if self.measure == "distance":
            return f"for {self.axis}" if self.axis else "for any axis"
        return f"for any group of {self.axis}" if self.axis else "for any group"


def _quoted(name: str) -> str:
    return f"`{name}`"


def _words(name: str) -> str:
    return {"mh_ratio": "stratified removal ratio", "weat": "WEAT"}.get(name, name.replace("_", " "))


def _fault(message: str, hint: str | None = None, *below: str) -> PydanticCustomError:
    """A fault in our words; `below`: path from the gate to the place."""
    return PydanticCustomError("ours", "{message}", {"message": message, "below": below, "hint": hint})

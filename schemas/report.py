"""`report.json`, what a reviewer reads (design, section 4): lists of flat rows.

Every key is always there, but for figures within strata, which only rows of impact of whole rules have.
Null: does not apply, or could not be computed; the row's note says why. Ratios and shares are rounded to six
decimals, p-values to six significant digits. `docs/report.schema.json` is made from these models.
"""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

SCHEMA_VERSION = 1
Side = Literal["before", "after"]
Count = int


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True)


class SnapshotKeys(_Row):
    """Which snapshot."""

    id: str
    """Its id."""
    parent: str | None
    """Id of the snapshot that stood before the input."""
    policy_hash: str
    """Of the policy that decided."""
    code_version: str
    """Of the program."""


class Records(_Row):
    """Records by what became of them; `read` is the sum of the others."""

    read: Count = Field(ge=0)
    keep: Count = Field(ge=0)
    drop: Count = Field(ge=0)
    review: Count = Field(ge=0)
    error: Count = Field(ge=0)


class Settings(_Row):
    """Parameters of the config by which was measured and judged."""

    audit: dict[str, Any]
    """Section `audit`."""
    impact: dict[str, Any]
    """Section `impact`: min_documents, max_ratio."""
    policy_hash: str
    """Of the policy that was audited; another than the snapshot's where one was given."""


class Representation(_Row):
    """Who is in the corpus."""

    measure: str
    """Such as document_rate, axis_share, token_rate, pronoun_rate, gender_gap, distance, language_share."""
    axis: str | None
    """Kind of groups."""
    group: str | None
    """axis/group that is mentioned."""
    key: str | None
    """What else it is about: a pronoun, a distance, a language, a source, a year."""
    side: Side
    """As read, or as kept."""
    count: Count | None
    """What was counted."""
    of: Count | None
    """Out of how many."""
    value: float | None
    """The estimate."""
    low: float | None
    """95 % interval."""
    high: float | None
    """95 % interval."""
    expected: float | None
    """Of a population, a published corpus, or chance."""
    note: str | None
    """Why a value is null, or what to know about it."""


class Association(_Row):
    """What is said about groups."""

    measure: str
    """Such as log_odds, npmi, occupation_female_share, sentiment, toxicity_ratio, weat."""
    axis: str | None
    """Kind of groups."""
    group: str | None
    """axis/group that is mentioned."""
    other: str | None
    """What it is compared with."""
    word: str | None
    """A word, an occupation, a threshold or a test."""
    count: Count | None
    """What was counted."""
    of: Count | None
    """Out of how many."""
    value: float | None
    """The estimate."""
    low: float | None
    """95 % interval."""
    high: float | None
    """95 % interval."""
    z: float | None
    """Standard score."""
    p: float | None
    """Of the test."""
    p_adjusted: float | None
    """Benjamini-Hochberg."""
    expected: float | None
    """Of a census or a publication."""
    note: str | None
    """Why a value is null, or what to know about it."""


class Impact(_Row):
    """Whom a rule removed, against the reference: documents that mention another group of the axis only."""

    rule: str
    """filter/version."""
    reason: str | None
    """Null: any reason of the rule."""
    axis: str
    """Kind of groups; of a pair both, joined by `*`."""
    group: str
    """axis/group; of a pair both, joined by `*`."""
    documents: Count = Field(ge=0)
    """Mention the group and were measured by the rule, errors aside."""
    removed: Count = Field(ge=0)
    """The rule fired, whoever decided."""
    decided: Count = Field(ge=0)
    """It was the deciding rule."""
    reference_documents: Count = Field(ge=0)
    """Documents of the reference."""
    reference_removed: Count = Field(ge=0)
    """Of these, the rule fired."""
    removal_ratio: float | None
    """Removal rate over the reference's."""
    retention_ratio: float | None
    """Retention rate over the reference's."""
    low: float | None
    """95 % Koopman interval of the removal ratio; null with a ratio: no upper bound."""
    high: float | None
    """The other end."""
    p: float | None
    """Score test at ratio 1."""
    p_adjusted: float | None
    """Benjamini-Hochberg over all rows of the list that have a p."""
    p_exact_adjusted: float | None
    """The same of the score test's exact p, which differs where few removals are expected."""
    flagged: bool
    """Documents >= `impact.min_documents`, removal ratio > `impact.max_ratio`, p_adjusted < .05 and
    p_exact_adjusted < .05, which is the stricter where few removals are expected. A row whose removal_ratio
    is null since the reference lost nothing counts as above the bound; its note says so."""
    mh_ratio: float | None = None
    """Mantel-Haenszel, within source, language and length; absent but of whole rules and single groups."""
    mh_low: float | None = None
    """95 % interval."""
    mh_high: float | None = None
    """95 % interval."""
    mh_p: float | None = None
    """Its test."""
    strata: Count | None = None
    """How many strata told."""
    note: str | None
    """Why a value is null, or that there are too few documents to judge."""


class WhatIf(_Row):
    """The same comparison, had a threshold been another."""

    rule: str
    reason: str | None
    axis: str
    group: str
    threshold: float
    """The one tried."""
    policy_threshold: float
    """The policy's own."""
    documents: Count = Field(ge=0)
    removed: Count = Field(ge=0)
    reference_documents: Count = Field(ge=0)
    reference_removed: Count = Field(ge=0)
    removal_ratio: float | None
    low: float | None
    high: float | None
    removed_in_all: Count = Field(ge=0)
    """Documents of the whole corpus that it would remove for this reason."""


class Counterfactual(_Row):
    """Verdicts after a change that should not matter."""

    change: str
    """Such as swap_gender, upper_case."""
    rule: str | None
    """Null: the verdict."""
    documents: Count = Field(ge=0)
    """In which the change altered the text."""
    flips: Count = Field(ge=0)
    """Verdicts that changed."""
    rate: float | None
    """flips / documents."""
    low: float | None
    """95 % Wilson interval."""
    high: float | None
    """95 % Wilson interval."""
    to_removed: Count = Field(ge=0)
    to_kept: Count = Field(ge=0)
    note: str | None


class GateRow(_Row):
    """A bound of the policy, and how the report stands to it."""

    name: str
    measure: str
    rule: str | None
    group: str | None
    operator: Literal["at_most", "at_least"]
    threshold: float
    value: float | None
    """Of the worst row; of rows that are equally bad, that of the narrowest group."""
    low: float | None
    """95 % interval of the value, where there is one."""
    high: float | None
    """Its other end."""
    count: Count | None
    """What was counted in that row, such as documents removed or kept."""
    of: Count | None
    """Out of how many."""
    verdict: Literal["passed", "failed", "not_measured"]
    where: str | None
    """Which row that is."""
    checked: Count = Field(ge=0)
    """Rows looked at."""
    failed: Count = Field(ge=0)
    """Rows in breach."""
    note: str | None


class Finding(_Row):
    """One of the key findings, worst first."""

    id: str = Field(pattern="^[0-9a-f]{16}$")
    """Of what it is about: the same in every run."""
    kind: str
    rule: str | None
    reason: str | None
    axis: str | None
    group: str | None
    sentence: str
    action: str | None
    """What one can do."""
    value: float | None
    low: float | None
    high: float | None
    count: Count | None
    of: Count | None
    anchor: str | None
    """Where the page shows it."""
    review_decision: Literal["accepted", "dismissed"] | None
    """What a reviewer decided on it."""
    review_reason: str | None
    review_by: str | None
    review_report: str | None
    """Hash of the report that was decided on."""


class Example(_Row):
    """A removed document, scrubbed and cut."""

    rule: str
    reason: str | None
    axis: str
    group: str
    doc_id: str
    source_id: str
    source: str
    language: str | None
    score: float | None
    threshold: float | None
    text: str | None


class PersonalData(_Row):
    """What the filter of personal data found, and took out of the text."""

    by: Literal["total", "language", "source"]
    key: str | None
    """Which language or source; null: of all, or those that have no rows of their own."""
    entity: str | None
    """Kind of personal data; null: any."""
    action: Literal["placeholder", "surrogate"] | None
    """What replaces it; null: of any entity."""
    of_before: Count = Field(ge=0)
    """Documents that were looked at: those that no cheaper rule drops."""
    documents_before: Count = Field(ge=0)
    """Of them, documents in which it was found."""
    spans_before: Count = Field(ge=0)
    """Stretches of their text."""
    of_after: Count = Field(ge=0)
    """Documents that are kept."""
    documents_after: Count = Field(ge=0)
    """Of them, documents in which it was found and replaced."""
    spans_after: Count = Field(ge=0)
    """Stretches of their text, replaced."""
    note: str | None
    """Why the spans of all entities are fewer than those of any."""


class Duplicates(_Row):
    """One of the largest clusters of duplicates; what follows `removed` is of the document that it keeps."""

    kept: str
    """doc_id of that document; `snapshot_id:doc_id` in another snapshot."""
    documents: Count = Field(ge=2)
    """In the cluster, that document counted."""
    removed: Count = Field(ge=1)
    """Of them, duplicates."""
    source: str | None
    source_id: str | None
    language: str | None
    chars: Count | None
    """Characters of its input text."""
    verdict: str | None
    """It may have been removed by another rule."""
    rule: str | None
    reason: str | None
    text: str | None
    """Its text or that of a duplicate, scrubbed and cut."""
    note: str | None
    """What is not there, and why."""


class NotMeasured(_Row):
    """What could not be measured."""

    what: str
    why: str


class RuleRow(_Row):
    """What a rule, or one of its reasons, did; null of `input/1`, which fires on no document."""

    rule: str
    reason: str | None
    fired: Count | None
    only: Count | None
    not_measured: Count | None
    decided: Count = Field(ge=0)
    decided_share: float | None


class CountRow(_Row):
    """Documents, characters and bytes before and after, of a source, language, year or domain."""

    by: Literal["total", "source", "language", "year", "domain"]
    key: str | None
    """Null: all that have no row of their own."""
    documents_before: Count = Field(ge=0)
    documents_after: Count = Field(ge=0)
    characters_before: Count = Field(ge=0)
    characters_after: Count = Field(ge=0)
    bytes_before: Count = Field(ge=0)
    bytes_after: Count = Field(ge=0)
    kept_share: float | None
    share_before: float | None
    share_after: float | None
    others: Count | None = None
    """How many keys stand together in the row whose key is null."""


class SourceRecords(_Row):
    """Records of a source by what became of them."""

    source: str | None
    """Null: the sources that have no row of their own."""
    read: Count = Field(ge=0)
    keep: Count = Field(ge=0)
    drop: Count = Field(ge=0)
    review: Count = Field(ge=0)
    error: Count = Field(ge=0)


class Balance(_Row):
    """A group that `balance` gives another share by weights of documents."""

    axis: str
    group: str
    documents: Count = Field(ge=0)
    """Kept documents that mention it, those of several groups of the axis in parts."""
    share: float
    """Within the axis, without weights."""
    wanted: float
    """By the config."""
    reachable: float
    """Nearest to it within the caps."""
    balanced: float
    """With weights."""


class Lexicon(_Row):
    """Words by which the groups of an axis are found in a language."""

    language: str
    axis: str
    groups: Count = Field(ge=0)
    terms: Count = Field(ge=0)
    version: int


class Reproduce(_Row):
    """How to do it again."""

    what: str
    value: str


class Compared(_Row):
    """A figure beside that of another report."""

    section: str
    measure: str
    rule: str | None
    reason: str | None
    axis: str | None
    group: str | None
    key: str | None
    before: float | None
    """In the report compared."""
    after: float | None
    """In this report."""
    difference: float | None
    low: float | None
    """95 % interval of the difference."""
    high: float | None
    p: float | None
    p_adjusted: float | None
    drifted: bool
    """Beyond chance, and large enough to look at."""
    note: str | None


class Report(BaseModel):
    """The whole of `report.json`."""

    model_config = ConfigDict(extra="allow", frozen=True, strict=True, use_attribute_docstrings=True)

    schema_version: int = Field(ge=1, le=SCHEMA_VERSION)
    """1; later versions may add keys and rows, and change none."""
    snapshot: SnapshotKeys
    records: Records
    unread_bytes: Count = Field(ge=0)
    """Bytes known to lie in what could not be read."""
    settings: Settings
    representation: list[Representation]
    associations: list[Association]
    impact: list[Impact]
    impact_pairs: list[Impact]
    what_if: list[WhatIf]
    counterfactual: list[Counterfactual]
    personal_data: list[PersonalData]
    duplicates: list[Duplicates]
    gates: list[GateRow]
    findings: list[Finding]
    examples: list[Example]
    not_measured: list[NotMeasured]
    rules: list[RuleRow]
    counts: list[CountRow]
    records_by_source: list[SourceRecords]
    sources: list[dict[str, Any]]
    """As the config declares them."""
    filters: list[str]
    """In running order."""
    balance: list[Balance]
    """Empty unless it ran."""
    dedup: dict[str, Any]
    """What the dedup stages counted."""
    lexicons: list[Lexicon]
    comparison: list[Compared]
    """Empty unless another report was compared."""
    compared: str | None
    """Id of that report's snapshot."""
    reproduce: list[Reproduce]


def check(report: Mapping[str, Any]) -> list[str]:
    """What breaks the contract, a line a fault; none: it is kept."""
    try:
        Report.model_validate(dict(report))
    except ValidationError as error:
        return [f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()]
    return []


def json_schema() -> dict[str, Any]:
    """As published in docs/report.schema.json."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Report.model_json_schema(mode="serialization"),
    }

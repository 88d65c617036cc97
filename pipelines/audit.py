"""The audit's stage: counts of whom each rule removed and of what the kept documents say, one task a shard.

    KEY.ledger.parquet  LEDGER    -> KEY.impact.arrow, KEY.what_if.arrow, KEY.ledger_representation.arrow, ...
    KEY.data.parquet    DOCUMENT  -> KEY.data_representation.arrow, ...

Counts are integers in long tables, and merging adds: the same numbers for any cut into shards, workers or
runners, whether the shards are a run's own or a snapshot's. `publish` and `evenhand audit` make rows of them
(pipelines/audit_rows.py).
Memory: LEDGER_ROWS of a ledger's columns, or one batch of documents; the tables do not grow with the corpus,
but for `duplicates`, which is looked at in parts (audits/duplicates.py).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import pyarrow as pa

from audits import duplicates, impact_counts, personal_data, representation, sampling, what_if
from audits.associations import mention_toxicity
from audits.associations import sample as associations
from pipelines import progress, storage
from pipelines.tasks import Task, key
from schemas.config import Config
from schemas.parameters import Parameters

LEDGER_ROWS = (
    1 << 15
)  # of one task, or of one shard that is larger: what costs by table, not by row, is shared
DOCUMENT_ROWS = 4096
FOLD_ROWS = 250_000  # of count tables, held before they are merged
LEDGER_COST, DOCUMENT_COST = 100, 2000  # bytes of text a row that take as long to measure, for the schedule
LEDGER_COLUMNS = [*impact_counts.LEDGER_COLUMNS, "duplicate_of", personal_data.EDITED]
DOCUMENT_COLUMNS = ["doc_id", "text", "source", "url", "language", "groups"]

Merge = Callable[[Sequence[pa.Table]], pa.Table]
# Kinds of count tables that a shard of each sort gives.
LEDGER_COUNTS: dict[str, Merge] = {
    "impact": impact_counts.merge,
    "what_if": what_if.merge,
    "ledger_representation": representation.merge,
    "toxicity": mention_toxicity.merge,
    "personal_data": personal_data.merge,
    "duplicates": duplicates.merge,
}
DOCUMENT_COUNTS: dict[str, Merge] = {
    "data_representation": representation.merge,
    "associations": associations.merge,
}


@dataclass(frozen=True)
class Plan:
    """What every task of an audit is told alike.

    Attributes:
        decisions: `Config.decisions()`, for the keys.
        filters: names of the policy that documents are held against, in running order.
        parameters: by filter name.
        strata: how documents are set beside others like them.
        sample: doc_id below which kept documents are in the sample.
    """

    decisions: dict[str, Any]
    filters: tuple[str, ...]
    parameters: Mapping[str, Parameters]
    strata: impact_counts.Strata
    sample: str

    @classmethod
    def of(cls, config: Config, read: Mapping[str, Mapping[str, int]], kept: int) -> "Plan":
        """The plan of an audit.

        Args:
            config: policy and audit.
            read: documents read, by `source` and by `language`, and name.
            kept: documents kept.
        """
        return cls(
            config.decisions(),
            config.filters,
            config.parameters(),
            impact_counts.largest(read["source"], read["language"]),
            sampling.threshold(kept, config.audit.sample_documents),
        )


class Shard(NamedTuple):
    """A Parquet shard of a ledger or of data.

    Attributes:
        path: of the file.
        rows: in it.
        content: what names its content: its SHA-256 in a snapshot, its key in a run.
        check: whether `content` is a SHA-256 that the file must have.
    """

    path: str
    rows: int
    content: str
    check: bool = False


@dataclass(frozen=True)
class Count:
    """The argument of a task."""

    shards: tuple[Shard, ...]
    plan: Plan


@dataclass(frozen=True)
class Counted:
    """What the tasks left.

    Attributes:
        ledgers: path prefixes of the counts of ledger shards.
        documents: of those of data shards.
        ledger: paths of the ledger's shards.
        data: of the data's.
    """

    ledgers: tuple[str, ...]
    documents: tuple[str, ...]
    ledger: tuple[str, ...]
    data: tuple[str, ...]

    def tables(self, kind: str) -> Iterator[pa.Table]:
        """The counts of a kind, one table a task."""
        prefixes = self.ledgers if kind in LEDGER_COUNTS else self.documents
        for path in prefixes:
            yield storage.open_arrow(f"{path}.{kind}.arrow").read_all()

    def table(self, kind: str) -> pa.Table:
        """The merged counts of a kind."""
        return folded(self.tables(kind), {**LEDGER_COUNTS, **DOCUMENT_COUNTS}[kind])


@dataclass(frozen=True)
class Tasks:
    """One task a shard of data, and one for some shards of the ledger."""

    ledgers: tuple[Task, ...]
    documents: tuple[Task, ...]

    @classmethod
    def of(cls, folder: str, plan: Plan, ledgers: Sequence[Shard], documents: Sequence[Shard]) -> "Tasks":
        """The tasks of an audit.

        Args:
            folder: for the counts.
            plan: of the audit.
            ledgers: shards of the ledger.
            documents: shards of the data.
        """
        return cls(
            tuple(
                Task(
                    folder,
                    key("ledger", plan.strata, plan.decisions, [shard.content for shard in shards]),
                    sum(shard.rows for shard in shards) * LEDGER_COST,
                    count_ledger,
                    Count(shards, plan),
                )
                for shards in _together(ledgers)
            ),
            tuple(
                Task(
                    folder,
                    key("documents", plan.sample, shard.content),
                    shard.rows * DOCUMENT_COST,
                    count_documents,
                    Count((shard,), plan),
                )
                for shard in documents
            ),
        )

    @property
    def all(self) -> list[Task]:
        """In the order in which they are run."""
        return [*self.ledgers, *self.documents]

    @property
    def counted(self) -> "Counted":
        """What they leave."""
        sorts = self.ledgers, self.documents
        prefixes = (tuple(task.prefix for task in tasks) for tasks in sorts)
        paths = (tuple(shard.path for task in tasks for shard in task.argument.shards) for tasks in sorts)
        return Counted(*prefixes, *paths)


def _together(shards: Sequence[Shard]) -> Iterator[tuple[Shard, ...]]:
    """Neighbouring shards of LEDGER_ROWS rows at most, or one that is larger."""
    held: list[Shard] = []
    for shard in shards:
        if held and sum(one.rows for one in held) + shard.rows > LEDGER_ROWS:
            yield tuple(held)
            held = []
        held.append(shard)
    if held:
        yield tuple(held)


def count_ledger(job: Count, prefix: str) -> dict[str, Any]:
    """Counts of some shards of the ledger; the marker says what is wrong with a file."""
    if fault := _damage(job.shards):
        return {"fault": fault}
    plan = job.plan
    tables: dict[str, list[pa.Table]] = {kind: [] for kind in LEDGER_COUNTS}
    held = [batch for shard in job.shards for batch in _batches(shard.path, LEDGER_COLUMNS, LEDGER_ROWS)]
    if held:
        batch = pa.concat_batches(held)
        tables["impact"].append(impact_counts.of_ledger(batch, plan.filters, plan.parameters, plan.strata))
        tables["what_if"].append(what_if.of_ledger(batch, plan.filters, plan.parameters))
        tables["ledger_representation"].append(representation.count_ledger(batch))
        tables["toxicity"].append(mention_toxicity.count(batch))
        tables["personal_data"].append(personal_data.count(batch))
        tables["duplicates"].append(duplicates.count(batch))
        progress.count(batch.num_rows, 0)
    return _write(prefix, tables, LEDGER_COUNTS)


def count_documents(job: Count, prefix: str) -> dict[str, Any]:
    """Counts of a shard of the data; the marker says what is wrong with the file."""
    if fault := _damage(job.shards):
        return {"fault": fault}
    tables: dict[str, list[pa.Table]] = {kind: [] for kind in DOCUMENT_COUNTS}
    (shard,) = job.shards
    for batch in _batches(shard.path, DOCUMENT_COLUMNS, DOCUMENT_ROWS):
        tables["data_representation"].append(representation.count_documents(batch, job.plan.sample))
        chosen = batch.filter(sampling.chosen(batch.column("doc_id"), job.plan.sample))
        if chosen.num_rows:
            tables["associations"].append(associations.count(chosen))
        progress.count(batch.num_rows, batch.column("text").nbytes)
    return _write(prefix, tables, DOCUMENT_COUNTS)


def folded(tables: Iterable[pa.Table], merge: Merge) -> pa.Table:
    """The sum of many tables, of which few are held at a time."""
    held: list[pa.Table] = []
    for table in tables:
        held.append(table)
        if sum(one.num_rows for one in held) > FOLD_ROWS:
            held = [merge(held)]
    return merge(held)


def _damage(shards: Sequence[Shard]) -> str | None:
    """What is wrong with the first of a snapshot's shards that has a fault."""
    for shard in shards:
        if shard.check and not storage.exists(shard.path):
            return f"`{shard.path}` is missing"
        if shard.check and storage.sha256(shard.path) != shard.content:
            return f"`{shard.path}` is damaged: its SHA-256 differs from snapshot.json"
    return None


def _write(
    prefix: str, tables: Mapping[str, Sequence[pa.Table]], merges: Mapping[str, Merge]
) -> dict[str, Any]:
    for kind, found in tables.items():
        table = found[0] if len(found) == 1 else merges[kind](found)  # of one batch: merged when all are
        storage.write_arrow(f"{prefix}.{kind}.arrow", table)
    return {}


def _batches(path: str, columns: Sequence[str], rows: int) -> Iterator[pa.RecordBatch]:
    with storage.open_parquet(path) as file:
        yield from file.iter_batches(rows, columns=list(columns), use_threads=False)

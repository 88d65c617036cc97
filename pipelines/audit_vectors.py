"""Association tests on word vectors: of a file that the config names, or trained on the kept documents.

    all KEY.data.parquet (`train`), or the file -> the marker: rows, and which tests were refused

One task, since training runs on one thread to repeat itself; with `train`, about .17 MB of text a second.
Memory: fastText's tables, and a batch of documents.
"""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from pipelines import progress, storage
from pipelines.audit import Shard
from pipelines.tasks import Task, key
from schemas.config import TRAIN, Audit
from schemas.errors import UserError

TRAINING_COST = 50_000  # bytes of text a row that take as long to measure, for the schedule
COLUMNS = ["text", "language"]
WHAT = "tests on word vectors"
NO_FILE = (
    "the vectors' file was not named (`audit.embeddings`), and the snapshot's own report has no such rows"
)


@dataclass(frozen=True)
class Vectors:
    """The argument of the task: a file of vectors or `train`, and paths of the data shards, in order."""

    embeddings: str
    shards: tuple[str, ...]


def task(folder: str, audit: Audit, shards: Sequence[Shard]) -> Task | None:
    """The task; None where no vectors are asked for.

    Args:
        folder: for its marker.
        audit: of the config.
        shards: of the data.
    """
    if audit.embeddings is None:
        return None
    contents = [shard.content for shard in shards]
    known = contents if audit.embeddings == TRAIN else audit.embeddings_fingerprint
    size = sum(shard.rows for shard in shards) * TRAINING_COST if audit.embeddings == TRAIN else 0
    job = Vectors(audit.embeddings, tuple(shard.path for shard in shards))
    return Task(folder, key("vectors", known), size, measure, job)


def measure(job: Vectors, prefix: str) -> dict[str, Any]:
    """Rows of `associations` and of `not_measured`; `prefix` is unused, the marker is the result."""
    del prefix
    from audits.associations import embedding_rows, training  # half a second, which few runs need

    try:
        if job.embeddings == TRAIN:
            with tempfile.TemporaryDirectory() as folder:
                vectors = training.train(_documents(job.shards), folder)
        else:
            vectors = embedding_rows.load(job.embeddings)
    except UserError as error:
        return {"rows": [], "not_measured": [{"what": WHAT, "why": error.message}]}
    return {"rows": embedding_rows.rows(vectors), "not_measured": embedding_rows.not_measured(vectors)}


def carried(report: Mapping[str, Any]) -> dict[str, Any]:
    """What `measure` said in the run that wrote this report: of a file that is not named again."""
    from audits.associations import embedding_rows

    names = {WHAT, *embedding_rows.names()}
    rows = [row for row in report.get("associations", ()) if row["measure"] in embedding_rows.MEASURES]
    refused = [row for row in report.get("not_measured", ()) if row["what"] in names]
    return {"rows": rows, "not_measured": refused if rows or refused else [{"what": WHAT, "why": NO_FILE}]}


def _documents(shards: Sequence[str]) -> Iterator[pa.RecordBatch]:
    for path in shards:
        with storage.open_parquet(path) as file:
            for batch in file.iter_batches(columns=COLUMNS, use_threads=False):
                progress.count(batch.num_rows, batch.column("text").nbytes)
                yield batch

"""Balance: between deciding and writing, because weights depend on all documents that are kept.

    count  part: staged documents, decided without balance -> KEY.cells.arrow      CELLS
    rake   all cells -> KEY.weights.arrow  WEIGHTS, and the report in the marker

A part's cells are counted in integers, so that any division into parts gives the same weights. Memory: one
staged batch, then the distinct cells of the run.
"""

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import pyarrow as pa
import pyarrow.compute as pc

from filters import balance
from pipelines import progress, storage
from pipelines.find_duplicates import Layout
from pipelines.finish import Finish, account
from pipelines.links import Duplicates
from schemas.ledger import Verdict
from schemas.parameters import Balance


@dataclass(frozen=True)
class Rake:
    """The argument of the rake task.

    Attributes:
        cells: path prefixes of the count tasks' results.
        parameters: targets and caps.
    """

    cells: tuple[str, ...]
    parameters: Balance


def count(job: Finish, prefix: str) -> dict[str, Any]:
    """Counts the cells of a part's documents that no other rule removes.

    Returns:
        For the marker: `documents` and `cells`.
    """
    targets = balance.resolve(cast("Balance", job.parameters["balance"]))
    tables, documents = [], 0
    for rows in decided(job):
        kept = rows.filter(pc.equal(rows.column("verdict"), Verdict.KEEP))
        tables.append(balance.count(kept.column("groups"), targets))
        documents += kept.num_rows
        progress.count(rows.num_rows, 0)
    table = balance.merge(tables)
    _write(f"{prefix}.cells.arrow", table)
    return {"documents": documents, "cells": table.num_rows}


def decided(job: Finish) -> Iterator[pa.RecordBatch]:
    """LEDGER rows of a part, by staged batch, as `finish` will write them but for balance."""
    duplicates = Duplicates(Layout.load(job.layout), job.part, job.links)
    row = 0
    for batch in storage.batches(job.staged):
        links = duplicates.of(row, batch.num_rows)
        row += batch.num_rows
        yield account(batch, links, job)[0]


def rake(job: Rake, prefix: str) -> dict[str, Any]:
    """Finds the weights of all cells.

    Returns:
        For the marker: the report of `filters.balance.solve`.
    """
    table = balance.CELLS.empty_table()
    for path in job.cells:
        table = balance.merge([table, storage.open_arrow(f"{path}.cells.arrow").read_all()])
    weights, report = balance.solve(table, balance.resolve(job.parameters), job.parameters)
    _write(weights_path(prefix), weights)
    return report


def weights_path(prefix: str) -> str:
    """The file that `rake` writes."""
    return f"{prefix}.weights.arrow"


@functools.lru_cache(maxsize=1)
def load(path: str) -> pa.Table:
    """WEIGHTS; read once a process."""
    return storage.open_arrow(path).read_all()


def _write(path: str, table: pa.Table) -> None:
    with storage.replacing(path) as stream, pa.ipc.new_file(stream, table.schema) as writer:
        writer.write_table(table)

"""Balance: between deciding and writing, because weights depend on all documents that are kept.

    count  part: STAGED + links -> account -> KEY.accounts.arrow  LEDGER, decided without balance
                                           -> KEY.cells.arrow     CELLS of what is kept
    rake   all cells -> KEY.weights.arrow  WEIGHTS, and the report in the marker
    finish part: reads its accounts instead of measuring again, and holds them against the weights (`weighed`)

A part's cells are counted in integers, so that any division into parts gives the same weights. Memory: one
staged batch, then the distinct cells of the run.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from filters import balance
from filters.decide import fire_all, settle
from pipelines import progress, storage
from pipelines.account import LEDGER, Finish, Firings, Policy, account
from pipelines.find_duplicates import Layout
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
    """Decides a part's documents without balance, and counts the cells of those that are kept.

    Returns:
        For the marker: `documents` kept, and `cells`.
    """
    targets = balance.resolve(_parameters(job.policy))
    duplicates = Duplicates(Layout.load(job.layout), job.part, job.links)
    tables, documents, row = [], 0, 0
    options = pa.ipc.IpcWriteOptions(compression="lz4", use_threads=False)
    with (
        storage.replacing(accounts_path(prefix)) as stream,
        pa.ipc.new_file(stream, LEDGER, options=options) as writer,
    ):
        for batch in storage.batches(job.staged):
            rows, _ = account(batch, duplicates.of(row, batch.num_rows), job.policy)
            row += batch.num_rows
            writer.write_batch(rows)
            kept = rows.filter(pc.equal(rows.column("verdict"), Verdict.KEEP))
            tables.append(balance.count(kept.column("groups"), targets))
            documents += kept.num_rows
            progress.count(batch.num_rows, batch.column("text").nbytes)
    table = balance.merge(tables)
    _write(f"{prefix}.cells.arrow", table)
    return {"documents": documents, "cells": table.num_rows}


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


def weighed(rows: pa.RecordBatch, weights: pa.Table, policy: Policy) -> tuple[pa.RecordBatch, Firings]:
    """Ledger rows of `count` with the signals of balance, decided anew, and the checks behind them."""
    verdict = rows.column("verdict")
    kept = pc.equal(verdict, Verdict.KEEP).to_numpy(zero_copy_only=False)
    found = balance.measure(rows.column("doc_id"), rows.column("groups"), kept, weights, _parameters(policy))
    struct = rows.column("signals")
    fields: Sequence[pa.Field] = list(struct.type)
    signals = dict(zip([field.name for field in fields], struct.flatten(), strict=True))
    signals |= dict(zip(found.schema.names, found.columns, strict=True))
    scores = pa.RecordBatch.from_pydict({**signals, "language": rows.column("language")})
    firings = fire_all(scores, policy.filters, policy.parameters)
    decision = settle(firings, rows.num_rows)
    error = pc.equal(verdict, Verdict.ERROR)
    columns = dict(zip(rows.schema.names, rows.columns, strict=True))
    for name in decision.schema.names:
        if name != "fired":
            column = pc.if_else(error, columns[name], decision.column(name))
            columns[name] = column.cast(rows.schema.field(name).type)
    columns["fired"] = decision.column("fired").cast(rows.schema.field("fired").type)
    columns["signals"] = pa.StructArray.from_arrays([signals[field.name] for field in fields], fields=fields)
    return pa.RecordBatch.from_arrays(list(columns.values()), schema=rows.schema), firings


def final_weights(rows: pa.RecordBatch, policy: Policy) -> npt.NDArray[np.float32]:
    """float32[n], the `weight` column of LEDGER rows that are kept; 1 where balance is off."""
    if "balance" not in policy.filters:
        return np.ones(rows.num_rows, np.float32)
    return balance.final(pa.RecordBatch.from_struct_array(rows.column("signals")), _parameters(policy))


def accounts_path(prefix: str) -> str:
    """The ledger rows that `count` writes, one batch for each staged batch."""
    return f"{prefix}.accounts.arrow"


def weights_path(prefix: str) -> str:
    """The file that `rake` writes."""
    return f"{prefix}.weights.arrow"


@functools.lru_cache(maxsize=1)
def load(path: str) -> pa.Table:
    """WEIGHTS; read once a process."""
    return storage.open_arrow(path).read_all()


def _parameters(policy: Policy) -> Balance:
    return cast("Balance", policy.parameters["balance"])


def _write(path: str, table: pa.Table) -> None:
    with storage.replacing(path) as stream, pa.ipc.new_file(stream, table.schema) as writer:
        writer.write_table(table)

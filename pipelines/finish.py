"""Stage 5: decide and write, one task a staged part.

    STAGED + links -> signals -> decide -> edits -> KEY.data.parquet     DOCUMENT, kept only; absent where
    none is kept
                                                    KEY.ledger.parquet   one row a record
                                                    KEY.tally.arrow      COUNTS
                                                    KEY.candidates.arrow CANDIDATES for the samples
                                                    KEY.fate.arrow       what later snapshots need to know
                                                    KEY.quarantine.jsonl only where records could not be read

Memory: one staged batch at a time.
"""

import json
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from audits import tally
from filters import edits
from pipelines import balance, costly, progress, samples, storage
from pipelines.account import LEDGER, Finish, Firings, Policy, account
from pipelines.find_duplicates import Layout, fate_path
from pipelines.links import Duplicates
from pipelines.shards import shard
from schemas.document import DOCUMENT
from schemas.ledger import Verdict

LEDGER_ROWS = 8192  # of a row group: a hundred columns of a few rows each would cost more than they hold
FATE = pa.schema([("kept", pa.bool_()), ("duplicate_of", pa.int64())])


def finish_part(job: Finish, prefix: str) -> dict[str, Any]:
    """Writes one part's share of the snapshot.

    Returns:
        For the marker: `data` and `ledger` ({rows, bytes, sha256}; data None where nothing is kept),
        `errors`, and `lost_components`, those of which nothing is kept in the end.
    """
    layout = Layout.load(job.layout)
    duplicates = Duplicates(layout, job.part, job.links)
    tallies, fates, broken = [], [], []
    candidates: list[pa.Table] = []
    sizes = []
    lost = 0
    with (
        shard(f"{prefix}.data.parquet", DOCUMENT) as data,
        shard(f"{prefix}.ledger.parquet", LEDGER, LEDGER_ROWS) as ledger,
    ):
        row = 0
        counted = storage.batches(job.weighing[0]) if job.weighing else None
        for batch in storage.batches(job.staged):
            links = duplicates.of(row, batch.num_rows)
            row += batch.num_rows
            if job.weighing and counted:
                rows, firings = balance.weighed(next(counted), balance.load(job.weighing[1]), job.policy)
            else:
                rows, firings = account(batch, links, job.policy)
            ledger.write(rows)
            keeps = pc.equal(rows.column("verdict"), Verdict.KEEP)
            kept = _documents(batch, rows, keeps, job.policy)
            data.write(kept)
            tallies.append(_tally(batch, rows, firings))
            sizes.append(_sized(batch, keeps, kept.column("text")))
            candidates.append(samples.candidates(rows, len(candidates)))
            lost += int((links.leads & ~keeps.to_numpy(zero_copy_only=False)).sum())
            fates.append(pa.RecordBatch.from_arrays([keeps, pa.array(links.number)], schema=FATE))
            broken += _broken(batch)
            progress.count(batch.num_rows, batch.column("text").nbytes)
    if sizes:
        tallies.append(tally.sizes(pa.Table.from_batches(sizes)))
    storage.write_arrow(f"{prefix}.tally.arrow", tally.merge(tallies))
    found = samples.fewest(pa.concat_tables([samples.CANDIDATES.empty_table(), *candidates]))
    storage.write_arrow(f"{prefix}.candidates.arrow", found)
    storage.write_arrow(fate_path(f"{prefix}.sketch.arrow"), pa.Table.from_batches(fates, FATE))
    if broken:
        storage.write(f"{prefix}.quarantine.jsonl", b"".join(json.dumps(b).encode() + b"\n" for b in broken))
    return {
        "data": data.summary(),
        "ledger": ledger.summary(),
        "errors": len(broken),
        "lost_components": lost,
    }


def _documents(
    batch: pa.RecordBatch, ledger: pa.RecordBatch, keeps: pa.BooleanArray, policy: Policy
) -> pa.RecordBatch:
    """DOCUMENT rows of those that are kept, edits applied; links and metadata are scrubbed like text."""
    batch = batch.select([name for name in batch.schema.names if name in DOCUMENT.names])
    ledger = ledger.select(["edits", "groups", "signals"])
    if not pc.all(keeps).as_py():
        batch, ledger = batch.filter(keeps), ledger.filter(keeps)
    columns = dict(zip(batch.schema.names, batch.columns, strict=True))
    columns |= {
        name: costly.scrub(batch.column(name), policy.filters, policy.parameters)
        for name in ("url", "metadata")
    }
    columns |= {
        "text": edits.apply(batch.column("text"), ledger.column("edits")),
        "groups": ledger.column("groups"),
        "weight": pa.array(balance.final_weights(ledger, policy)),
    }
    return pa.RecordBatch.from_arrays([columns[name] for name in DOCUMENT.names], schema=DOCUMENT)


def _tally(batch: pa.RecordBatch, ledger: pa.RecordBatch, firings: Firings) -> pa.Table:
    """Records, rules and errors of a batch; sizes are counted once a part."""
    readable = pc.is_null(batch.column("error"))
    unreadable = batch.select(["error", "error_bytes"]).filter(pc.invert(readable))
    names = [(rule, firing.reason) for rule, firing in firings]
    tables = [
        tally.records(ledger.column("source"), ledger.column("verdict")),
        tally.errors(unreadable.column("error"), unreadable.column("error_bytes")),
    ]
    if names:
        ok = readable.to_numpy(zero_copy_only=False)
        fired = np.stack([f.removes | f.reviews for _, f in firings], axis=1)[ok]
        measured = np.stack([f.measured for _, f in firings], axis=1)[ok]
        decided = [ledger.column(name).filter(readable) for name in ("rule", "reason")]
        tables.append(tally.rules(names, fired, measured, decided))
    return tally.merge(tables)


def _sized(batch: pa.RecordBatch, keeps: pa.BooleanArray, kept: pa.StringArray) -> pa.RecordBatch:
    """What `tally.sizes` counts of the readable documents; `kept` are the texts of those that stay."""
    text, nothing = batch.column("text"), pa.nulls(batch.num_rows, pa.int64())
    columns = {name: batch.column(name) for name in ("source", "language", "timestamp", "url")}
    columns |= {"characters": batch.column("chars"), "bytes": _bytes(text), "kept": keeps}
    columns |= {
        "kept_characters": pc.replace_with_mask(nothing, keeps, pc.utf8_length(kept).cast(pa.int64())),
        "kept_bytes": pc.replace_with_mask(nothing, keeps, _bytes(kept)),
    }
    sized = pa.RecordBatch.from_pydict(columns)
    return sized.filter(text.is_valid()) if text.null_count else sized


def _bytes(text: pa.StringArray) -> pa.Int64Array:
    return pc.binary_length(text).cast(pa.int64())


def _broken(batch: pa.RecordBatch) -> list[dict[str, Any]]:
    """The quarantine's lines: what could not be read, and where; never its text."""
    names = {
        "doc_id": "doc_id",
        "uri": "file",
        "position": "position",
        "error": "reason",
        "error_detail": "detail",
        "error_bytes": "size",
    }
    unreadable = batch.select(list(names)).filter(pc.is_valid(batch.column("error")))
    lines: list[dict[str, Any]] = unreadable.rename_columns(list(names.values())).to_pylist()
    return lines

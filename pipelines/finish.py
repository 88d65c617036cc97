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
    sizes_read, sizes_kept = [], []
    lost = 0
    with (
        shard(f"{prefix}.data.parquet", DOCUMENT) as data,
        shard(f"{prefix}.ledger.parquet", LEDGER) as ledger,
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
            kept = _documents(batch, rows, job.policy)
            data.write(kept)
            tallies.append(_tally(batch, rows, firings))
            sizes_read.append(_sized(batch))
            sizes_kept.append(_sized(kept))
            candidates.append(samples.candidates(rows, len(candidates)))
            keeps = pc.equal(rows.column("verdict"), Verdict.KEEP)
            lost += int((links.leads & ~keeps.to_numpy(zero_copy_only=False)).sum())
            fates.append(pa.RecordBatch.from_arrays([keeps, pa.array(links.number)], schema=FATE))
            broken += _broken(batch)
            progress.count(batch.num_rows, batch.column("text").nbytes)
    for side, sizes in (("read", sizes_read), ("kept", sizes_kept)):
        tallies.append(tally.sizes(pa.Table.from_batches(sizes), side) if sizes else tally.empty())
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


def _documents(batch: pa.RecordBatch, ledger: pa.RecordBatch, policy: Policy) -> pa.RecordBatch:
    """DOCUMENT rows of those that are kept, edits applied; links and metadata are scrubbed like text."""
    keep = pc.equal(ledger.column("verdict"), Verdict.KEEP)
    batch, ledger = batch.filter(keep), ledger.filter(keep)
    columns = {name: batch.column(name) for name in batch.schema.names if name in DOCUMENT.names}
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
    unreadable = batch.filter(pc.invert(readable))
    names = [(rule, firing.reason) for rule, firing in firings]
    tables = [
        tally.records(ledger.column("source"), ledger.column("verdict")),
        tally.errors(unreadable.column("error"), unreadable.column("error_bytes")),
    ]
    if names:
        ok = readable.to_numpy(zero_copy_only=False)
        fired = np.stack([f.removes | f.reviews for _, f in firings], axis=1)[ok]
        measured = np.stack([f.measured for _, f in firings], axis=1)[ok]
        decided = [ledger.filter(readable).column(name) for name in ("rule", "reason")]
        tables.append(tally.rules(names, fired, measured, decided))
    return tally.merge(tables)


def _sized(batch: pa.RecordBatch) -> pa.RecordBatch:
    """What `tally.sizes` counts of the readable documents."""
    text = batch.column("text")
    columns = {name: batch.column(name) for name in ("source", "language", "timestamp", "url")}
    columns["characters"] = pc.utf8_length(text).cast(pa.int64())
    columns["bytes"] = pc.binary_length(text).cast(pa.int64())
    sized = pa.RecordBatch.from_pydict(columns)
    return sized.filter(text.is_valid()) if text.null_count else sized


def _broken(batch: pa.RecordBatch) -> list[dict[str, Any]]:
    """The quarantine's lines: what could not be read, and where; never its text."""
    unreadable = batch.filter(pc.is_valid(batch.column("error")))
    names = {
        "uri": "file",
        "position": "position",
        "error": "reason",
        "error_detail": "detail",
        "error_bytes": "bytes",
    }
    columns = unreadable.select(["doc_id", *names]).rename_columns(["doc_id", *names.values()])
    lines: list[dict[str, Any]] = columns.to_pylist()
    return lines

"""Stage 5: decide and write, one task a staged part.

    STAGED + links -> signals -> decide -> edits -> KEY.data.parquet     DOCUMENT, kept only; absent where
    none is kept
                                                    KEY.ledger.parquet   one row a record
                                                    KEY.tally.arrow      COUNTS
                                                    KEY.samples.arrow    SAMPLES, candidates
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
from pipelines import balance, costly, progress, storage
from pipelines.account import LEDGER, Finish, Firings, Policy, account
from pipelines.find_duplicates import Layout, fate_path
from pipelines.links import Duplicates
from pipelines.shards import shard
from schemas.document import DOCUMENT
from schemas.ledger import Verdict

SAMPLES_PER_RULE = 20
SAMPLE_CHARS = 20_000
SAMPLES = pa.schema(
    [
        *[DOCUMENT.field(name) for name in ("doc_id", "source_id", "source", "url", "language", "text")],
        *[
            LEDGER.field(name)
            for name in ("verdict", "rule", "reason", "score", "threshold", "duplicate_of", "chars")
        ],
    ]
)
FATE = pa.schema([("kept", pa.bool_()), ("duplicate_of", pa.int64())])


def finish_part(job: Finish, prefix: str) -> dict[str, Any]:
    """Writes one part's share of the snapshot.

    Returns:
        For the marker: `data` and `ledger` ({rows, bytes, sha256}; data None where nothing is kept),
        `errors`, and `lost_components`, those of which nothing is kept in the end.
    """
    layout = Layout.load(job.layout)
    duplicates = Duplicates(layout, job.part, job.links)
    tallies, samples, fates, broken = [], [], [], []
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
            samples.append(_samples(batch, rows))
            keeps = pc.equal(rows.column("verdict"), Verdict.KEEP)
            lost += int((links.leads & ~keeps.to_numpy(zero_copy_only=False)).sum())
            fates.append(pa.RecordBatch.from_arrays([keeps, pa.array(links.number)], schema=FATE))
            broken += _broken(batch)
            progress.count(batch.num_rows, batch.column("text").nbytes)
    for side, sizes in (("read", sizes_read), ("kept", sizes_kept)):
        tallies.append(tally.sizes(pa.Table.from_batches(sizes), side) if sizes else tally.empty())
    _arrow(f"{prefix}.tally.arrow", tally.merge(tallies))
    drawn = fewest(pa.concat_tables([SAMPLES.empty_table(), *samples]))
    _arrow(f"{prefix}.samples.arrow", _scrubbed(drawn, job.policy))
    _arrow(fate_path(f"{prefix}.sketch.arrow"), pa.Table.from_batches(fates, FATE))
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


def _samples(batch: pa.RecordBatch, ledger: pa.RecordBatch) -> pa.Table:
    """Removed documents with a cut of their text."""
    removed = pc.is_in(ledger.column("verdict"), pa.array([Verdict.DROP, Verdict.REVIEW], pa.string()))
    rows = np.flatnonzero(removed.to_numpy(zero_copy_only=False))
    known = pa.table({"rule": ledger.column("rule"), "doc_id": ledger.column("doc_id")})
    drawn = fewest(known.take(pa.array(rows)).append_column("row", pa.array(rows)))["row"].combine_chunks()
    batch, ledger = batch.take(drawn), ledger.take(drawn)
    columns = {name: batch.column(name) for name in SAMPLES.names if name in batch.schema.names}
    columns |= {name: ledger.column(name) for name in SAMPLES.names if name in LEDGER.names}
    columns["text"] = pc.utf8_slice_codeunits(batch.column("text"), 0, SAMPLE_CHARS)
    return pa.table([columns[name] for name in SAMPLES.names], schema=SAMPLES)


def _scrubbed(samples: pa.Table, policy: Policy) -> pa.Table:
    """Samples without personal data, where that filter is on."""
    for name in ("text", "url"):
        values = samples[name].combine_chunks()
        clean = costly.scrub(values, policy.filters, policy.parameters)
        samples = samples.set_column(samples.schema.get_field_index(name), samples.schema.field(name), clean)
    return samples


def fewest(samples: pa.Table) -> pa.Table:
    """Of each rule the SAMPLES_PER_RULE documents of lowest doc_id: a hash, so a fair draw that repeats."""
    samples = samples.sort_by([("rule", "ascending"), ("doc_id", "ascending")])
    rules = samples["rule"].combine_chunks().to_pylist()
    chosen, seen = [], dict.fromkeys(rules, 0)
    for i, rule in enumerate(rules):
        seen[rule] += 1
        if seen[rule] <= SAMPLES_PER_RULE:
            chosen.append(i)
    return samples.take(pa.array(chosen, pa.int64()))


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


def _arrow(path: str, table: pa.Table) -> None:
    with storage.replacing(path) as stream, pa.ipc.new_file(stream, table.schema) as writer:
        writer.write_table(table)

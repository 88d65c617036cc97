"""What `evenhand verify` checks: the manifest against itself, files against it, the ledger against the data.

Memory: two arrays of 24 bytes a document; texts and ledger rows stream.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from evenhand import integrity_manifest, integrity_rows
from schemas import snapshot as schema
from schemas.document import DOCUMENT
from schemas.ledger import Verdict, ledger_schema


class Verified(NamedTuple):
    """Shards and ledger rows looked at, and what is wrong with them."""

    shards: int
    rows: int
    faults: list[str]


def verify(root: str | Path) -> Verified:
    """Checks the snapshot in folder `root`.

    Raises:
        UserError: there is no snapshot, or its manifest is damaged.
    """
    root = Path(root)
    manifest = schema.read(root)
    faults = [*integrity_manifest.manifest(manifest), *_strangers(root, manifest)]
    faults += integrity_manifest.files(root, manifest)
    whole: dict[str, list[Path]] = {"data": [], "ledger": []}
    damaged = []
    for shard in manifest.shards:
        found = list(_shard(root, shard))
        damaged += found
        if not found:
            whole[shard.path.split("/")[0]].append(root / shard.path)
    faults += damaged
    if damaged:  # what follows would only repeat that files are damaged
        return Verified(len(manifest.shards), 0, faults)
    sizes: integrity_rows.Sizes = Counter()
    counts, expected, found = integrity_rows.ledger(whole["ledger"], sizes)
    faults += found
    faults += _conservation(manifest, counts)
    faults += integrity_rows.data(whole["data"], expected, sizes)
    faults += integrity_manifest.statistics(manifest, sizes, counts["reason"])
    return Verified(len(manifest.shards), sum(counts["verdict"].values()), faults)


def _strangers(root: Path, manifest: schema.Manifest) -> Iterator[str]:
    """Shards that the manifest does not know: a reader of the folder would take them in."""
    known = {shard.path for shard in manifest.shards}
    for part in ("data", "ledger"):
        for path in sorted((root / part).glob("*")):
            name = path.relative_to(root).as_posix()
            if name not in known:
                yield f"{name}: not in snapshot.json"


def _shard(root: Path, shard: schema.Shard) -> Iterator[str]:
    path = root / shard.path
    try:
        with path.open("rb") as file:
            if (size := path.stat().st_size) != shard.bytes:
                yield f"{shard.path}: {size} bytes, snapshot.json says {shard.bytes}"
            elif hashlib.file_digest(file, "sha256").hexdigest() != shard.sha256:
                yield f"{shard.path}: sha256 differs from snapshot.json"
            else:
                yield from _parquet(path, shard)
    except FileNotFoundError:
        yield f"{shard.path}: missing"
    except OSError as error:
        yield f"{shard.path}: cannot be read: {error.strerror}"


def _parquet(path: Path, shard: schema.Shard) -> Iterator[str]:
    try:
        rows, seen = pq.read_metadata(path).num_rows, pq.read_schema(path)
    except pa.ArrowException as error:
        yield f"{shard.path}: not Parquet: {type(error).__name__}"
        return
    if rows != shard.rows:
        yield f"{shard.path}: {rows} rows, snapshot.json says {shard.rows}"
    wanted = DOCUMENT
    if shard.path.startswith("ledger/"):
        signals = seen.field("signals").type if "signals" in seen.names else pa.null()
        wanted = ledger_schema(pa.schema(list(signals) if pa.types.is_struct(signals) else []))
    for field in wanted:
        if field.name not in seen.names:
            yield f"{shard.path}: column `{field.name}` is missing"
        elif not (kind := seen.field(field.name).type).equals(field.type):
            yield f"{shard.path}: column `{field.name}` is {kind}, must be {field.type}"


def _conservation(manifest: schema.Manifest, counts: dict[str, Counter[Any]]) -> Iterator[str]:
    told = manifest.counts.model_dump()
    for verdict in Verdict:
        if told[verdict] != counts["verdict"][verdict]:
            yield f"snapshot.json: {verdict} {told[verdict]}, the ledger has {counts['verdict'][verdict]}"
    by_source = {
        (s, v): n for s, numbers in told["by_source"].items() for v, n in numbers.items() if v != "read"
    }
    for source, verdict in sorted({*by_source, *counts["source"]}):
        said, seen = by_source.get((source, verdict), 0), counts["source"][source, verdict]
        if said != seen:
            yield f"snapshot.json: source `{source}`: {verdict} {said}, the ledger has {seen}"
    for rule in sorted({*told["by_rule"], *counts["rule"]}):
        said, seen = told["by_rule"].get(rule, 0), counts["rule"][rule]
        if said != seen:
            yield f"snapshot.json: rule `{rule}`: {said}, the ledger has {seen}"

"""What `evenhand verify` checks: files against the manifest, the ledger against itself and against the data.

Memory: two arrays of 24 bytes a document; texts and ledger rows stream.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from schemas import snapshot as schema
from schemas.document import DOCUMENT
from schemas.ledger import Verdict, ledger_schema

Lengths = npt.NDArray[np.void]
COMPANIONS = ("README.md", "report/report.html", "report/report.json", "run.json")
LENGTH = np.dtype([("doc_id", "S32"), ("chars", np.int64)])  # length of the kept text, in characters


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
    faults = [*_manifest(manifest), *_strangers(root, manifest), *_companions(root, manifest)]
    whole: dict[str, list[Path]] = {"data": [], "ledger": []}
    for shard in manifest.shards:
        found = list(_shard(root, shard))
        faults += found
        if not found:
            whole[shard.path.split("/")[0]].append(root / shard.path)
    if faults:  # what follows would only repeat that files are damaged
        return Verified(len(manifest.shards), 0, faults)
    counts, expected, found = _ledger(whole["ledger"])
    faults += found
    faults += _conservation(manifest, counts)
    faults += _data(whole["data"], expected)
    return Verified(len(manifest.shards), sum(counts["verdict"].values()), faults)


def _manifest(manifest: schema.Manifest) -> Iterator[str]:
    counts = manifest.counts
    if not schema.adds_up(counts.model_dump()):
        yield (
            f"snapshot.json: read {counts.read} is not keep {counts.keep} + drop {counts.drop}"
            f" + review {counts.review} + error {counts.error}"
        )
    for source, numbers in counts.by_source.items():
        if not schema.adds_up(numbers):
            yield f"snapshot.json: counts of source `{source}` do not add up: {numbers}"


def _strangers(root: Path, manifest: schema.Manifest) -> Iterator[str]:
    """Shards that the manifest does not know: a reader of the folder would take them in."""
    known = {shard.path for shard in manifest.shards}
    for part in ("data", "ledger"):
        for path in sorted((root / part).glob("*")):
            name = path.relative_to(root).as_posix()
            if name not in known:
                yield f"{name}: not in snapshot.json"


def _companions(root: Path, manifest: schema.Manifest) -> Iterator[str]:
    """What else a snapshot has; the quarantine holds a line for each record that could not be read."""
    for name in COMPANIONS:
        if not (root / name).is_file():
            yield f"{name}: missing"
    lines = sum(path.read_bytes().count(b"\n") for path in (root / "quarantine").glob("*.jsonl"))
    if lines != manifest.counts.error:
        yield f"quarantine: {lines} lines, snapshot.json says {manifest.counts.error} errors"


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


def _ledger(paths: Iterable[Path]) -> tuple[dict[str, Counter[Any]], Lengths, list[str]]:
    """Counts, the kept documents with the length that their text must have, and faults of rows."""
    counts: dict[str, Counter[Any]] = {"verdict": Counter(), "source": Counter(), "rule": Counter()}
    kept, ids, named, repeats = [], [np.empty(0, "S32")], [np.empty(0, "S32")], [np.empty(0, "S32")]
    bad: Counter[str] = Counter()
    columns = ["doc_id", "source", "verdict", "rule", "reason", "duplicate_of", "fired", "edits", "chars"]
    for batch in _batches(paths, columns):
        verdicts = batch["verdict"].to_pylist()
        counts["verdict"].update(verdicts)
        counts["source"].update(zip(batch["source"].to_pylist(), verdicts, strict=True))
        counts["rule"].update(rule for rule in batch["rule"].to_pylist() if rule)
        keep = pc.equal(batch["verdict"], Verdict.KEEP)
        bad.update(_rows(batch, keep))
        ids.append(_ids(batch["doc_id"]))
        first = batch.filter(
            pc.and_(
                pc.is_valid(batch["duplicate_of"]),
                pc.invert(pc.match_substring(pc.fill_null(batch["duplicate_of"], ":"), ":")),
            )
        )
        named.append(_ids(first["duplicate_of"]))
        repeats.append(_ids(first["doc_id"]))
        kept.append(_expected(batch.filter(keep)))
    every = np.concatenate(ids)
    targets, duplicates = np.concatenate(named), np.concatenate(repeats)
    bad["doc_id appear twice"] += len(every) - len(np.unique(every))
    bad["duplicate_of name no record of the ledger"] += int((~np.isin(targets, every)).sum())
    bad["duplicate_of name a record that is a duplicate itself"] += int(np.isin(targets, duplicates).sum())
    faults = [f"ledger: {n} {what}" for what, n in bad.items() if n]
    return counts, np.concatenate(kept) if kept else np.empty(0, LENGTH), faults


def _rows(batch: pa.RecordBatch, keep: pa.BooleanArray) -> Counter[str]:
    bad: Counter[str] = Counter()
    known = pc.is_in(batch["verdict"], pa.array([str(v) for v in Verdict]))
    bad["verdicts are unknown"] += batch.num_rows - pc.sum(known).as_py()
    lacks = pc.or_(pc.is_null(batch["rule"]), pc.is_null(batch["reason"]))
    bad["records lack a rule or a reason"] += _count(pc.and_(pc.invert(keep), lacks))
    bad["kept documents carry a deciding rule"] += _count(pc.and_(keep, pc.is_valid(batch["rule"])))
    decided = batch.filter(pc.is_in(batch["verdict"], pa.array([Verdict.DROP, Verdict.REVIEW], pa.string())))
    for rule, fired in zip(decided["rule"].to_pylist(), decided["fired"].to_pylist(), strict=True):
        bad["deciding rules are not among `fired`"] += rule not in {one["rule"] for one in fired}
    edited = batch.filter(pc.greater(pc.list_value_length(batch["edits"]), 0))
    for chars, edits in zip(edited["chars"].to_pylist(), edited["edits"].to_pylist(), strict=True):
        end = 0
        for edit in edits:
            bad["edits lie outside of their text, overlap or are not sorted"] += not (
                end <= edit["start"] < edit["end"] <= (chars or 0)
            )
            end = edit["end"]
    return bad


def _expected(kept: pa.RecordBatch) -> Lengths:
    """Characters that each kept text must have: those of the input, changed by its edits."""
    lengths = np.empty(kept.num_rows, LENGTH)
    lengths["doc_id"] = _ids(kept["doc_id"])
    lengths["chars"] = pc.fill_null(kept["chars"], -1).to_numpy(zero_copy_only=False)
    edits = kept["edits"]
    flat, row = edits.flatten(), pc.list_parent_indices(edits).to_numpy()
    start, end = (pc.struct_field(flat, name).to_numpy(zero_copy_only=False) for name in ("start", "end"))
    new = pc.utf8_length(pc.struct_field(flat, "replacement")).to_numpy(zero_copy_only=False)
    np.add.at(lengths["chars"], row, new.astype(np.int64) - (end - start))
    return lengths


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


def _data(paths: Iterable[Path], expected: Lengths) -> Iterator[str]:
    """The data against the ledger's kept documents."""
    parts = [np.empty(0, LENGTH)]
    for batch in _batches(paths, ["doc_id", "text"]):
        part = np.empty(batch.num_rows, LENGTH)
        part["doc_id"] = _ids(batch["doc_id"])
        part["chars"] = pc.utf8_length(batch["text"]).to_numpy(zero_copy_only=False)
        parts.append(part)
    seen = np.sort(np.concatenate(parts), order="doc_id")
    expected = np.sort(expected, order="doc_id")
    if twice := len(seen) - len(np.unique(seen["doc_id"])):
        yield f"data: {twice} documents appear twice"
    if missing := int((~np.isin(expected["doc_id"], seen["doc_id"])).sum()):
        yield f"data: {missing} documents that the ledger keeps are missing"
    if extra := int((~np.isin(seen["doc_id"], expected["doc_id"])).sum()):
        yield f"data: {extra} documents are there that the ledger does not keep"
    if (
        len(seen) == len(expected)
        and not (twice or missing or extra)
        and (other := int((seen["chars"] != expected["chars"]).sum()))
    ):
        yield f"data: {other} texts differ in length from their input with the ledger's edits applied"


def _batches(paths: Iterable[Path], columns: list[str]) -> Iterator[pa.RecordBatch]:
    for path in paths:
        with pq.ParquetFile(path) as file:
            yield from file.iter_batches(4096, columns=columns)


def _ids(column: pa.StringArray) -> npt.NDArray[np.bytes_]:
    return np.array(column.to_pylist(), dtype="S32")


def _count(mask: pa.BooleanArray) -> int:
    return pc.sum(mask).as_py() or 0

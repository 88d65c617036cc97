"""What `evenhand verify` checks row by row: the ledger against itself, and the data against it.

Memory: two arrays of 24 bytes a document; texts and ledger rows stream.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from schemas.ledger import Verdict

Lengths = npt.NDArray[np.void]
Sizes = Counter[tuple[str, str, str, str]]  # by section, name, `read` or `kept`, measure: as in `statistics`
LENGTH = np.dtype([("doc_id", "S32"), ("chars", np.int64)])  # length of the kept text, in characters


def ledger(paths: Iterable[Path], sizes: Sizes) -> tuple[dict[str, Counter[Any]], Lengths, list[str]]:
    """(counts, the kept documents with the length that their text must have, faults); adds to `sizes`."""
    counts: dict[str, Counter[Any]] = {name: Counter() for name in ("verdict", "source", "rule", "reason")}
    kept, ids, named, repeats = [], [np.empty(0, "S32")], [np.empty(0, "S32")], [np.empty(0, "S32")]
    bad: Counter[str] = Counter()
    columns = ["doc_id", "source", "language", "verdict", "rule", "reason"]
    columns += ["duplicate_of", "fired", "edits", "chars"]
    for batch in _batches(paths, columns):
        verdicts = batch["verdict"].to_pylist()
        counts["verdict"].update(verdicts)
        counts["source"].update(zip(batch["source"].to_pylist(), verdicts, strict=True))
        decided = batch.filter(pc.is_valid(batch["rule"])).select(["rule", "reason"])
        counts["rule"].update(decided["rule"].to_pylist())
        counts["reason"].update(zip(*(column.to_pylist() for column in decided.columns), strict=True))
        readable = batch.filter(pc.not_equal(batch["verdict"], Verdict.ERROR))
        _add(sizes, "read", readable, characters=readable["chars"])
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


def data(paths: Iterable[Path], expected: Lengths, sizes: Sizes) -> Iterator[str]:
    """The data against the ledger's kept documents; adds to `sizes`."""
    parts = [np.empty(0, LENGTH)]
    for batch in _batches(paths, ["doc_id", "text", "source", "language"]):
        part = np.empty(batch.num_rows, LENGTH)
        part["doc_id"] = _ids(batch["doc_id"])
        characters = pc.utf8_length(batch["text"])
        part["chars"] = characters.to_numpy(zero_copy_only=False)
        _add(sizes, "kept", batch, characters=characters, bytes=pc.binary_length(batch["text"]))
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


def _add(sizes: Sizes, side: str, batch: pa.RecordBatch, **measures: pa.Array) -> None:
    """Adds the documents of a batch and their measures, in total, by source and by language."""
    table = pa.table({"source": batch["source"], "language": batch["language"], **measures})
    wanted: list[Any] = [([], "count_all"), *((name, "sum") for name in measures)]
    for row in table.group_by(["source", "language"]).aggregate(wanted).to_pylist():
        numbers = {"documents": row["count_all"], **{name: row[f"{name}_sum"] or 0 for name in measures}}
        for section, name in (("total", ""), ("source", row["source"]), ("language", row["language"])):
            for measure, number in numbers.items():
                sizes[section, name, side, measure] += number


def _batches(paths: Iterable[Path], columns: list[str]) -> Iterator[pa.RecordBatch]:
    for path in paths:
        with pq.ParquetFile(path) as file:
            yield from file.iter_batches(4096, columns=columns)


def _ids(column: pa.StringArray) -> npt.NDArray[np.bytes_]:
    return np.array(column.to_pylist(), dtype="S32")


def _count(mask: pa.BooleanArray) -> int:
    return pc.sum(mask).as_py() or 0

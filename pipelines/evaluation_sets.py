"""Evaluation sets: their files become items, the items an index, once a run, in one task.

    EvaluationSet -> files -> records -> Item -> filters.decontamination.build_index -> KEY.evaluation.arrow

An item is a record: a line of JSON or text, a row of CSV or TSV, an element of a JSON list. A JSON object is
no record but a table of contents: each list of strings, string or record in it is an item, and its id is the
path of keys to it. Ids are FILE#ID, with the record's own `id`, else its number in the file, from 0.

Evaluation sets are small, so a file is read whole.
"""

import csv
import functools
import hashlib
import io
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from filters import decontamination
from filters.decontamination import Index, Item
from pipelines import storage
from pipelines.sources.formats import COMPRESSIONS
from pipelines.sources.listing import File, list_files
from pipelines.sources.streams import BrokenStreamError, blocks
from schemas.errors import UserError
from schemas.parameters import Decontamination, EvaluationSet

KINDS = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".csv": "csv",
    ".tsv": "tsv",
    ".txt": "text",
}
ARRAYS = ("lengths", "sieve", "hashes", "buckets", "item_bounds", "items", "sizes")
INDEX = pa.schema(
    [
        pa.field("shortest", pa.int64()),
        *[pa.field(name, pa.list_(pa.int32())) for name in ("lengths", "buckets", "items", "sizes")],
        *[pa.field(name, pa.list_(pa.uint64())) for name in ("sieve", "hashes")],
        pa.field("item_bounds", pa.list_(pa.int64())),
        *[pa.field(name, pa.list_(pa.string())) for name in ("sets", "ids")],
        pa.field("counts", pa.string()),
    ]
)

FIELD_CHARS = 1 << 17  # of a CSV field; a longer one is a quote that was never closed


@dataclass(frozen=True)
class Evaluation:
    """The argument of the task."""

    parameters: Decontamination


def stamps(parameters: Decontamination) -> list[list[Any]]:
    """What tells that a set's files have changed: of each its name, size and time; for the task's key.

    Raises:
        UserError: a set has no files.
    """
    return [
        [one.model_dump(mode="json", exclude={"path"}), file.relative, file.stamp]
        for one in parameters.sets
        for file in files(one)
    ]


def prepare(job: Evaluation, prefix: str) -> dict[str, Any]:
    """Writes the index of all sets to `PREFIX.evaluation.arrow`.

    Returns:
        For the marker: `fingerprint` of all that the index depends on, and `sets`, what each came to.

    Raises:
        UserError: a file cannot be read, or holds no text to match.
    """
    digest = hashlib.sha256(f"{job.parameters.ngram} {job.parameters.shortest}".encode())
    index = decontamination.build_index(_hashed(read(job.parameters.sets), digest), job.parameters)
    save(index, path_of(prefix))
    return {"fingerprint": digest.hexdigest(), "sets": index.counts}


def _hashed(items: Iterator[Item], digest: Any) -> Iterator[Item]:  # noqa: ANN401 - hashlib's has no name
    for item in items:
        digest.update(json.dumps(item, ensure_ascii=False).encode("utf-8", "surrogatepass"))
        yield item


def path_of(prefix: str) -> str:
    """The file that `prepare` writes."""
    return f"{prefix}.evaluation.arrow"


def save(index: Index, path: str) -> None:
    """Writes an index as one row of lists, so that it can be memory-mapped."""
    row = {name: pa.array([getattr(index, name)], INDEX.field(name).type) for name in ARRAYS}
    row |= {
        name: pa.ListArray.from_arrays(pa.array([0, len(column)], pa.int32()), column)
        for name, column in (("sets", index.sets), ("ids", index.ids))
    }
    row |= {
        "shortest": pa.array([index.shortest]),
        "counts": pa.array([json.dumps(index.counts, sort_keys=True)]),
    }
    batch = pa.RecordBatch.from_arrays([row[name] for name in INDEX.names], schema=INDEX)
    with storage.replacing(path) as stream, pa.ipc.new_file(stream, INDEX) as writer:
        writer.write_batch(batch)


@functools.lru_cache(maxsize=2)
def load(path: str) -> Index:
    """What `save` wrote; read once a process."""
    batch = storage.open_arrow(path).get_batch(0)
    arrays = {name: batch.column(name).flatten().to_numpy() for name in ARRAYS}
    return Index(
        shortest=batch.column("shortest")[0].as_py(),
        sets=batch.column("sets").flatten(),
        ids=batch.column("ids").flatten(),
        counts=json.loads(batch.column("counts")[0].as_py()),
        **arrays,
    )


def files(one: EvaluationSet) -> list[File]:
    """The files of a set, by name; in folders and globs those of an unknown format are left out.

    Raises:
        UserError: there are none.
    """
    if one.path is None:
        raise UserError(f"evaluation set `{one.name}` has no `path`", "name its file, folder or glob")
    found = sorted(list_files(one.path, saved=False), key=lambda file: file.relative)
    known = [file for file in found if one.format or _kind(file.relative)]
    if not known:
        seen = f"`{found[0].relative}`: its name does not tell a format" if found else "no files there"
        hint = f"known are {', '.join(KINDS)}, or give the set a `format`"
        raise UserError(f"evaluation set `{one.name}`, {seen}", hint)
    return known


def _kind(name: str) -> str | None:
    """The format that a name tells: its last extension that we know (`type1.txt.dev` is text)."""
    parts = name.lower().rpartition("/")[2].split(".")[1:]
    return next((KINDS[f".{part}"] for part in reversed(parts) if f".{part}" in KINDS), None)


def read(sets: Sequence[EvaluationSet]) -> Iterator[Item]:
    """The items of some sets, in order.

    Raises:
        UserError: a file cannot be read, or a set has no text to match.
    """
    for one in sets:
        empty = True
        for file in files(one):
            for item in _items(one, file):
                empty = False
                yield item
        if empty:
            hint = "look at the set's `fields`" if one.fields else None
            raise UserError(f"evaluation set `{one.name}`: `{one.path}` holds no text to match", hint)


def _items(one: EvaluationSet, file: File) -> Iterator[Item]:
    drop = re.compile(one.remove) if one.remove else None
    for key, record in _records(one, file):
        texts = _texts(record, one.fields)
        if drop:
            texts = [drop.sub("", text) for text in texts]
        texts = [text for text in texts if text.strip()]
        if texts:
            yield Item(one.name, f"{file.relative}#{key}", tuple(texts))


def _records(one: EvaluationSet, file: File) -> Iterator[tuple[str, Any]]:
    """(id, record) of a file."""
    kind = one.format or _kind(file.relative)
    try:
        text = _content(file)
        if kind == "text":
            records: Any = text.splitlines()
        elif kind in ("csv", "tsv"):
            csv.field_size_limit(FIELD_CHARS)  # a setting of the process, which other readers change
            records = list(csv.DictReader(io.StringIO(text), delimiter="," if kind == "csv" else "\t"))
        elif kind == "jsonl":
            records = _json_lines(text)
        else:
            records = _json(text)
    except (BrokenStreamError, ValueError, csv.Error) as error:
        told = error.detail if isinstance(error, BrokenStreamError) else _where(error)
        raise UserError(
            f"evaluation set `{one.name}`: `{file.path}` cannot be read as {kind}: {told}"
        ) from error
    if isinstance(records, dict):
        yield from _contents(records)
        return
    for number, record in enumerate(records):
        own = record.get("id") if isinstance(record, dict) else None
        yield str(own if isinstance(own, str | int) and own != "" else number), record


def _where(error: Exception) -> str:
    """What is wrong and where, without the text itself."""
    if isinstance(error, UnicodeDecodeError):
        return f"invalid UTF-8 at byte {error.start}"
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} in line {error.lineno}, column {error.colno}"
    return str(error)


def _content(file: File) -> str:
    end = next((end for end in COMPRESSIONS if file.relative.lower().endswith(end)), "")
    content = b"".join(blocks(file.path, COMPRESSIONS.get(end, "")))
    return content.decode("utf-8-sig")


def _json(text: str) -> Any:  # noqa: ANN401 - JSON
    """A JSON document; lines of JSON under the same name are read too."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        if error.msg == "Extra data":
            return _json_lines(text)
        raise


def _json_lines(text: str) -> list[Any]:
    records = []
    for number, line in enumerate(text.split("\n")):
        if line.strip():
            try:
                records.append(json.loads(line))
            except json.JSONDecodeError as error:
                msg = f"{error.msg} in line {number + 1}, column {error.colno}"
                raise ValueError(msg) from error
    return records


def _contents(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - JSON
    """(path of keys, item) of a JSON object: whatever is no object of objects or lists any more."""
    if isinstance(value, dict) and any(isinstance(inside, dict | list) for inside in value.values()):
        for key, inside in value.items():
            yield from _contents(inside, f"{path}/{key}" if path else str(key))
    elif isinstance(value, list) and any(isinstance(inside, dict | list) for inside in value):
        for number, inside in enumerate(value):
            yield from _contents(inside, f"{path}/{number}" if path else str(number))
    else:
        yield path, value


def _texts(record: Any, fields: Sequence[str] | None) -> list[str]:  # noqa: ANN401 - JSON
    """The strings of a record: all of them, or those of some fields."""
    if fields is None or isinstance(record, str):
        return list(_strings(record))
    return [
        text for name in fields for inside in _field(record, name.split(".")) for text in _strings(inside)
    ]


def _field(record: Any, path: Sequence[str]) -> Iterator[Any]:  # noqa: ANN401 - JSON
    """What lies under a path of names; lists on the way are gone through."""
    if isinstance(record, list):
        for inside in record:
            yield from _field(inside, path)
    elif not path:
        yield record
    elif isinstance(record, dict) and path[0] in record:
        yield from _field(record[path[0]], path[1:])


def _strings(value: Any) -> Iterator[str]:  # noqa: ANN401 - JSON
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inside in value.values():
            yield from _strings(inside)
    elif isinstance(value, list):
        for inside in value:
            yield from _strings(inside)

"""Hugging Face `datasets`: a name on the hub, or a folder written by `save_to_disk`. Position: row number.

`hf://NAME[/CONFIG][:SPLIT]`: NAME is `org/name`, `name`, or a local folder that `load_dataset` takes.
Planning a hub name loads it once, in a process of its own (the library starts threads, and workers are forked
later); workers then find it in the library's cache.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.ipc

from pipelines.sources.pieces import Piece, ReadSettings
from pipelines.sources.records import Fault, with_faults
from pipelines.sources.streams import describe
from pipelines.sources.tables import NOTHING, check, records_of, rows_for, text_field_of
from schemas.errors import UserError

SCHEME = "hf://"


def read(piece: Piece, settings: ReadSettings) -> Iterator[pa.RecordBatch]:
    """Rows `start` to `stop` of one split."""
    try:
        dataset = _load(piece.path)
    except Exception as error:  # the library has errors of many kinds
        if not piece.start:
            detail = f"cannot be loaded: {describe(error)}"
            yield with_faults(NOTHING, [Fault(0, "unreadable_file", detail, piece.size)])
        return
    field = text_field_of(dataset.features.arrow_schema, settings)
    stop = len(dataset) if piece.stop is None else min(piece.stop, len(dataset))
    step = rows_for(dataset.data.nbytes / max(len(dataset), 1))
    view = dataset.with_format("arrow")
    for start in range(piece.start, stop, step):
        try:
            batches = view[start : min(start + step, stop)].combine_chunks().to_batches()
            for batch in batches:
                check(batch)
        except Exception as error:
            detail = f"rows cannot be read from {start:,} on: {describe(error)}"
            yield with_faults(NOTHING, [Fault(start, "corrupt_file", detail)])
            return
        done = start
        for batch in batches:
            yield from records_of(batch, done, field, settings)
            done += batch.num_rows


def text_field(piece: Piece, settings: ReadSettings) -> str | None:
    """The column taken for the text, by the features."""
    try:
        return text_field_of(_load(piece.path).features.arrow_schema, settings)
    except Exception:
        return None


def saved_rows(folder: str) -> int | None:
    """Rows of a `save_to_disk` folder, by the headers of its Arrow files; None if they cannot be read."""
    try:
        state = json.loads(Path(folder, "state.json").read_bytes())
        rows = 0
        for part in state["_data_files"]:
            with pa.memory_map(str(Path(folder, part["filename"]))) as source:
                rows += sum(batch.num_rows for batch in pa.ipc.open_stream(source))
    except (OSError, ValueError, KeyError, pa.ArrowException):
        return None
    return rows


def hub_splits(entry: str) -> list[dict[str, Any]]:
    """`split`, `rows`, `bytes` and `stamp` of each split that an `hf://` entry names.

    Raises:
        UserError: it cannot be loaded.
    """
    code = (
        "import sys; from pipelines.sources.hf_datasets import describe_splits; describe_splits(sys.argv[1])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, entry],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path or "." for path in sys.path)},
        capture_output=True,
        check=False,
        text=True,
    )
    try:
        answer = json.loads(done.stdout.splitlines()[-1])
    except (IndexError, ValueError):
        answer = {"error": (done.stderr.strip().splitlines() or ["no answer"])[-1]}
    if isinstance(answer, dict):
        message = f"`{entry}` cannot be loaded: {answer['error']}"
        raise UserError(message, "hf://NAME[/CONFIG][:SPLIT], with access to the hub or in the local cache")
    return list(answer)


def describe_splits(entry: str) -> None:
    """Print what `hub_splits` returns, as one line of JSON; run in a process of its own."""
    try:
        loaded = _load(entry)
        splits = loaded if isinstance(loaded, dict) else {split_name(entry)[1]: loaded}
        answer: object = [
            {"split": str(name), "rows": len(split), "bytes": split.data.nbytes, "stamp": split._fingerprint}
            for name, split in splits.items()
        ]
    except Exception as error:
        answer = {"error": " ".join(f"{type(error).__name__}: {error}".split())[:300]}
    sys.stdout.write(json.dumps(answer) + "\n")


def split_name(entry: str) -> tuple[str, str | None]:
    """An `hf://` entry without its split, and the split."""
    name, _, split = entry.removeprefix(SCHEME).partition(":")
    return SCHEME + name, split or None


def _load(path: str) -> Any:  # noqa: ANN401 (the library is loaded when needed)
    import datasets

    datasets.disable_progress_bars()
    if not path.startswith(SCHEME):
        return datasets.load_from_disk(path)
    name, split = split_name(path)
    name = name.removeprefix(SCHEME)
    if Path(name).is_dir():
        return datasets.load_dataset(name, split=split)
    parts = name.split("/")
    if len(parts) > 2:
        return datasets.load_dataset("/".join(parts[:2]), "/".join(parts[2:]), split=split)
    try:
        return datasets.load_dataset(name, split=split)
    except datasets.exceptions.DatasetNotFoundError:
        if len(parts) == 2:  # an old name without an organisation, and its configuration
            return datasets.load_dataset(parts[0], parts[1], split=split)
        raise

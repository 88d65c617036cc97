"""Whatever the bytes of a file are: rows, each at a position of its own, and never an exception."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st

from tests.pipelines.sources.reading import read_path

TEXTS = [f"text {i} with, commas and ünïcode" for i in range(60)]
TABLE = pa.table(
    {"text": TEXTS, "kind": pa.array(["x", "y", "z"] * 20).dictionary_encode(), "l": [[1, 2]] * 60}
)


def parquet() -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(TABLE, sink, row_group_size=20)
    return bytes(sink.getvalue().to_pybytes())


def arrow() -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, TABLE.schema) as writer:
        writer.write_table(TABLE, 20)
    return bytes(sink.getvalue().to_pybytes())


def warc() -> bytes:
    head = "WARC/1.0\r\nWARC-Type: conversion\r\n folded\r\nContent-Length: {}\r\n\r\n"
    return b"".join(head.format(len(text.encode())).encode() + text.encode() + b"\r\n\r\n" for text in TEXTS)


JSONL = b"".join(json.dumps({"text": text, "id": i}).encode() + b"\n" for i, text in enumerate(TEXTS))
FILES = {
    "a.jsonl": JSONL,
    "a.jsonl.zst": zstd.compress(JSONL),
    "a.csv": ("id,text\n" + "".join(f'{i},"{text}"\n' for i, text in enumerate(TEXTS))).encode(),
    "a.warc": warc(),
    "a.parquet": parquet(),
    "a.arrow": arrow(),
    "a.txt": JSONL,
}
EDITS = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(max_size=3)), min_size=1, max_size=6)


@pytest.mark.parametrize("name", list(FILES))
@given(edits=EDITS)
def test_any_damage_gives_rows(
    tmp_path_factory: pytest.TempPathFactory, name: str, edits: list[tuple[float, bytes]]
) -> None:
    data = FILES[name]
    for where, what in edits:
        at = int(where * len(data))
        data = data[:at] + what + data[at + 1 :]
    path = Path(tmp_path_factory.getbasetemp(), name)
    path.write_bytes(data)
    read_path(path)  # checks schema, order and uniqueness

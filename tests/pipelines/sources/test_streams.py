"""Compressed files that are cut, damaged, or something else than their name says."""

import bz2
import errno
import gzip
import json
import lzma
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from backports import zstd

from pipelines.sources.pieces import Piece
from pipelines.sources.read import ReadSettings, read
from pipelines.sources.streams import BLOCK, BrokenStreamError, blocks

Rows = Callable[..., list[dict[str, Any]]]
CHECKED = {zstd.CompressionParameter.checksum_flag: 1}  # without it zstd does not see most damage


def checked_zstd(data: bytes) -> bytes:
    return zstd.compress(data, options=CHECKED)


COMPRESS = {"gz": gzip.compress, "zst": checked_zstd, "bz2": bz2.compress, "xz": lzma.compress}
LINES = [json.dumps({"text": f"text {random.Random(i).getrandbits(64)}"}).encode() + b"\n" for i in range(40)]
DATA = b"".join(LINES)
STARTS = [sum(map(len, LINES[:i])) for i in range(len(LINES) + 1)]


@pytest.mark.parametrize("end", list(COMPRESS))
def test_a_file_cut_anywhere_gives_its_complete_records_and_one_fault(rows_of: Rows, end: str) -> None:
    packed = COMPRESS[end](DATA)
    whole = rows_of(f"a.jsonl.{end}", packed)
    assert len(whole) == len(LINES)
    for cut in range(1, len(packed)):
        rows = rows_of(f"a.jsonl.{end}", packed[:cut])
        *good, bad = rows
        assert good == whole[: len(good)], cut
        assert bad["error"] == "truncated_file", cut
        assert bad["position"] == STARTS[len(good)]
        assert bad["error_bytes"] < len(LINES[0]) + 9
        assert f"{len(good):,} lines before it" in bad["error_detail"]
    assert len(good) == len(LINES) or end in ("bz2", "xz")  # only a checksum was missing


@pytest.mark.parametrize("end", ["gz", "zst"])
def test_the_second_member_can_be_cut_too(rows_of: Rows, end: str) -> None:
    half = len(LINES) // 2
    first = COMPRESS[end](b"".join(LINES[:half]))
    packed = first + COMPRESS[end](b"".join(LINES[half:]))
    for cut in range(len(first), len(packed)):
        rows = rows_of(f"a.jsonl.{end}", packed[:cut])
        errors = [row["error"] for row in rows if "error" in row]
        assert errors == ([] if cut == len(first) else ["truncated_file"]), cut
        assert len(rows) - len(errors) >= half


@pytest.mark.parametrize("end", list(COMPRESS))
def test_a_damaged_byte_costs_the_tail_alone(rows_of: Rows, end: str) -> None:
    packed = COMPRESS[end](DATA)
    whole = rows_of(f"a.jsonl.{end}", packed)
    for at in range(8, len(packed), 7):
        damaged = packed[:at] + bytes([packed[at] ^ 0x55]) + packed[at + 1 :]
        rows = rows_of(f"a.jsonl.{end}", damaged)
        if rows == whole:  # a byte that says nothing, such as gzip's name of the operating system
            continue
        broken = [row for row in rows if row.get("error") in ("corrupt_file", "truncated_file")]
        assert broken == rows[-1:], at


@pytest.mark.parametrize("end", list(COMPRESS))
def test_records_before_the_damage_are_read_whatever_the_block(tmp_path: Path, end: str) -> None:
    noise = random.Random(1)
    lines = [json.dumps({"text": f"{noise.getrandbits(4_000):x}"}).encode() + b"\n" for _ in range(1_000)]
    packed = bytearray(COMPRESS[end](b"".join(lines)))
    packed[len(packed) * 9 // 10] ^= 0xFF
    path = tmp_path / "a"
    path.write_bytes(packed)
    piece = Piece("a", str(path), f"jsonl.{end}", None, 0, 0, None, len(packed), "")
    rows = [row for batch in read(piece, ReadSettings()) for row in batch.to_pylist()]
    good = [row for row in rows if row["error"] is None]
    assert rows[-1]["error"] in ("corrupt_file", "truncated_file")
    loss = {"gz": 0.11, "zst": 0.25}.get(end, 0.95)  # zstd has blocks of 128 KB, xz and this bzip2 one or two
    assert len(good) >= len(lines) * (1 - loss)


@pytest.mark.parametrize("end", list(COMPRESS))
@pytest.mark.parametrize("data", [b"plain text\n", b"{}\n" * 100, b"\0" * 64, bytes(range(256))])
def test_what_is_not_compressed_is_unreadable(rows_of: Rows, end: str, data: bytes) -> None:
    (row,) = rows_of(f"a.jsonl.{end}", data)
    assert (row["error"], row["position"], row["error_bytes"]) == ("unreadable_file", 0, len(data))


def test_other_data_after_a_member_is_a_fault_after_its_records(rows_of: Rows) -> None:
    rows = rows_of("a.jsonl.gz", gzip.compress(DATA) + b"not gzip at all")
    assert len(rows) == len(LINES) + 1
    assert (rows[-1]["error"], rows[-1]["position"]) == ("corrupt_file", len(DATA))


def test_a_file_that_cannot_be_opened_is_one_fault(tmp_path: Path) -> None:
    piece = Piece("a", str(tmp_path), "jsonl", None, 0, 0, 10, 20, "")  # a folder cannot be opened as a file
    (batch,) = read(piece, ReadSettings())
    (row,) = batch.to_pylist()
    assert row["error"] == "unreadable_file"
    assert "IsADirectoryError" in row["error_detail"]
    second = Piece("a", str(tmp_path), "jsonl", None, 0, 10, 20, 20, "")
    assert list(read(second, ReadSettings())) == []  # one row a file
    for kind in ("parquet", "csv", "text", "warc", "arrow", "jsonl.gz", "datasets"):
        (batch,) = read(Piece("a", str(tmp_path / "none"), kind, None, 0, 0, None, 20, ""), ReadSettings())
        assert batch.column("error").to_pylist() == ["unreadable_file"], kind


def test_no_permission_is_a_fault(rows_of: Rows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(DATA)
    path.chmod(0)
    try:
        path.read_bytes()
    except PermissionError:
        pass
    else:  # root reads everything: let the system say what it would say to others

        def refuse(*_: object, **__: object) -> None:
            raise PermissionError(errno.EACCES, "Permission denied")

        monkeypatch.setattr("apache_beam.io.filesystems.FileSystems.open", refuse)
    piece = Piece("a", str(path), "jsonl", None, 0, 0, None, len(DATA), "")
    (batch,) = read(piece, ReadSettings())
    (row,) = batch.to_pylist()
    assert row["error"] == "unreadable_file"
    assert row["error_detail"] == "cannot be opened: PermissionError, Permission denied"
    assert row["error_bytes"] == len(DATA)


@pytest.mark.parametrize("end", list(COMPRESS))
def test_a_bomb_is_decompressed_in_blocks(tmp_path: Path, end: str) -> None:
    path = tmp_path / "a"
    path.write_bytes(COMPRESS[end](b"a" * 50_000_000))
    sizes = [len(block) for block in blocks(str(path), end)]
    assert sum(sizes) == 50_000_000
    assert max(sizes) <= BLOCK


def test_a_missing_file_breaks_the_stream() -> None:
    with pytest.raises(BrokenStreamError, match="FileNotFoundError, No such file or directory"):
        next(blocks("/nowhere/at/all", ""))

"""Bytes of a file, decompressed in blocks, with an exact word on where and how the stream broke."""

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO, Protocol

from backports.zstd import DecompressionParameter, ZstdDecompressor, ZstdError

from pipelines.sources.file_systems import file_systems

BLOCK = 1 << 20  # decompressed bytes at a time, however well they are compressed
CHUNK = 1 << 18  # compressed bytes at a time

MAGIC = {
    "gz": b"\x1f\x8b",
    "zst": b"\x28\xb5\x2f\xfd",
    "bz2": b"BZh",
    "xz": b"\xfd7zXZ\x00",
}
# `BZh` begins words, too: with the size of blocks and the start of the first one, or of the end, none does.
BZIP2 = tuple(b"BZh%d" % size + mark for size in range(1, 10) for mark in (b"1AY&SY", b"\x17rE8P\x90"))
STARTS: dict[str, bytes | tuple[bytes, ...]] = {**MAGIC, "bz2": BZIP2}
LONG_NAME = {"gz": "gzip", "zst": "zstd", "bz2": "bzip2", "xz": "xz"}
# Starts that no text file has; the reader of a plain file refuses it whole instead of line by line.
FOREIGN: dict[str, bytes | tuple[bytes, ...]] = {
    **{LONG_NAME[name]: start for name, start in STARTS.items()},
    "Parquet": b"PAR1\x15",
    "Arrow": b"ARROW1\x00\x00",
    "zip": b"PK\x03\x04",
    "PDF": b"%PDF-",
    "UTF-16 text": b"\xff\xfe",
    "UTF-16 text (big-endian)": b"\xfe\xff",
}
SKIPPABLE_ZSTD = tuple(bytes([0x50 + i]) + b"\x2a\x4d\x18" for i in range(16))
DAMAGE = (zlib.error, OSError, lzma.LZMAError, ZstdError, EOFError)


class BrokenStreamError(Exception):
    """The bytes end here, and should not.

    Args:
        reason: `unreadable_file`, `truncated_file` or `corrupt_file`.
        detail: for people.
        chunk: compressed byte where the input began whose decompression failed.
    """

    def __init__(self, reason: str, detail: str, chunk: int = 0) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail
        self.chunk = chunk


def unreadable(detail: str) -> BrokenStreamError:
    """The file cannot be opened, or is not what its name says."""
    return BrokenStreamError("unreadable_file", detail)


def truncated(detail: str) -> BrokenStreamError:
    """The file ends early."""
    return BrokenStreamError("truncated_file", detail)


def corrupt(detail: str, chunk: int) -> BrokenStreamError:
    """Decompression failed midway, on input that began at compressed byte `chunk`."""
    return BrokenStreamError("corrupt_file", detail, chunk)


class _Decompressor(Protocol):
    """What `bz2`, `lzma` and `backports.zstd` have in common."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


class _Gzip:
    """`zlib` with the manners of the others."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(31)
        self.needs_input = True

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        out = self._inner.decompress(self._inner.unconsumed_tail + data, max(max_length, 0))
        self.needs_input = not self._inner.unconsumed_tail and len(out) < max_length
        return out


NEW: dict[str, Callable[[], _Decompressor]] = {
    "gz": _Gzip,
    "zst": lambda: ZstdDecompressor(options={DecompressionParameter.window_log_max: 31}),
    "bz2": bz2.BZ2Decompressor,
    "xz": lzma.LZMADecompressor,
}


def open_file(path: str) -> BinaryIO:
    """The file as it lies on its file system.

    Raises:
        BrokenStreamError: it cannot be opened.
    """
    try:
        file: BinaryIO = file_systems().open(path, compression_type="uncompressed")
    except Exception as error:  # each file system has errors of its own
        msg = f"cannot be opened: {describe(error)}"
        raise unreadable(msg) from error
    return file


def describe(error: BaseException) -> str:
    """An error's kind and, for one of the operating system, its text: never data."""
    text = getattr(error, "strerror", None)
    return f"{type(error).__name__}, {text}" if text else type(error).__name__


def foreign_start(head: bytes) -> str | None:
    """What a file that begins with `head` is, when it cannot be text."""
    return next((name for name, magic in FOREIGN.items() if head.startswith(magic)), None)


def blocks(path: str, compression: str, start: int = 0) -> Iterator[bytes]:
    """Non-empty blocks of at most BLOCK bytes of the decompressed file, from byte `start` (plain files only).

    Raises:
        BrokenStreamError: after the last good byte.
    """
    if not compression:
        with open_file(path) as file:
            yield from _plain(file, start)
        return
    done = careful = 0
    # The call that fails takes good output with it: once more up to its input, then on in smaller steps.
    for step in (CHUNK, 1 << 10, 1):
        seen = 0
        try:
            with open_file(path) as file:
                for out in _decompress(file, compression, careful, step):
                    seen += len(out)
                    if seen > done:
                        yield out[max(0, len(out) - (seen - done)) :]
                        done = seen
        except BrokenStreamError as error:
            if error.reason != "corrupt_file" or step == 1:
                raise
            careful = error.chunk
        else:
            return


def _plain(file: BinaryIO, start: int) -> Iterator[bytes]:
    at = start
    try:
        file.seek(start)
        while block := file.read(BLOCK):
            yield block
            at += len(block)
    except OSError as error:
        msg = f"reading failed at byte {at:,}: {describe(error)}"
        raise unreadable(msg) from error


def _decompress(file: BinaryIO, compression: str, careful: int, step: int) -> Iterator[bytes]:
    """Output of all members or frames, one after the other; from compressed byte `careful` in small steps."""
    name = LONG_NAME[compression]
    inner = NEW[compression]()
    data = b""
    consumed = chunk = 0
    fresh = True  # nothing of the present member has been seen
    while True:
        if fresh or inner.needs_input:
            if not data:
                chunk = consumed
                try:
                    data = file.read(min(CHUNK, careful - consumed) if consumed < careful else step)
                except OSError as error:
                    detail = f"reading failed at compressed byte {consumed:,}: {describe(error)}"
                    raise unreadable(detail) from error
            if not data:
                if fresh:
                    return
                detail = f"the {name} stream ends early, after {consumed:,} compressed bytes"
                raise truncated(detail)
        if fresh and consumed and not data.strip(b"\0"):
            consumed += len(data)  # padding after the last member
            data = b""
            continue
        if fresh:
            while len(data) < 4 and (more := file.read(4 - len(data))):
                data += more
            _check_start(data, compression, consumed)
            fresh = False
        try:
            out = inner.decompress(data, BLOCK)
        except DAMAGE as error:
            detail = (
                f"the {name} stream is damaged after compressed byte {consumed:,}: {type(error).__name__}"
            )
            raise corrupt(detail, chunk) from error
        consumed += len(data)
        data = b""
        if out:
            yield out
        if inner.eof:
            data = inner.unused_data
            consumed -= len(data)
            inner = NEW[compression]()
            fresh = True


def _check_start(data: bytes, compression: str, consumed: int) -> None:
    magic = MAGIC[compression]
    if data[: len(magic)] == magic[: len(data)]:
        return
    if compression == "zst" and any(data[:4] == start[: len(data)] for start in SKIPPABLE_ZSTD):
        return
    name = LONG_NAME[compression]
    if consumed:
        detail = f"what follows the {name} stream at compressed byte {consumed:,} is not {name}"
        raise corrupt(detail, consumed)
    msg = f"not {name}: begins with {data[:4].hex(' ')}"
    raise unreadable(msg)

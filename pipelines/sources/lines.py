"""Lines of a byte stream with their offsets; memory stays bounded by the longest line that is accepted."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace
from itertools import accumulate

from pipelines import storage
from pipelines.sources.pieces import Piece
from pipelines.sources.records import Fault
from pipelines.sources.streams import BrokenStreamError, blocks, foreign_start

BOM = b"\xef\xbb\xbf"
Lines = tuple[list[int], list[bytes]]  # offsets of first bytes, lines without their newline


def lines_of(piece: Piece, max_bytes: int, *, blank: bool = False) -> Iterator[Lines | Fault]:
    """Lines that start in the piece's range, in order; empty ones are left out unless `blank`.

    A line begins at byte 0 and after each newline, so ranges that meet share no line and lose none. A line of
    more than `max_bytes` is a fault `too_large`; a stream that breaks gives a fault where its incomplete line
    begins. A byte order mark at the start is dropped, and the first line keeps offset 0.
    """
    start, stop = piece.start, piece.stop
    skip = start > 0  # up to the newline at or after byte start - 1
    at = start - 1 if skip else 0  # offset of the unfinished line
    tail: list[bytes] = []  # its blocks, unless it is too large
    held = 0  # its bytes so far
    opened = False
    count, last = 0, 0
    try:
        if skip and _refused(piece):
            return
        for block in blocks(piece.path, piece.compression, at):
            if not opened and not skip and (kind := foreign_start(block)):
                size = storage.size(piece.path)  # of the file, however it is split
                yield Fault(0, "unreadable_file", f"not text: begins like {kind}", size)
                return
            opened = True
            if b"\n" not in block:
                held += len(block)
                if skip and stop is not None and at + held >= stop:
                    return
                if held <= max_bytes and not skip:
                    tail.append(block)
                else:
                    tail.clear()
                continue
            lines = block.split(b"\n")
            held += len(lines[0])
            if held > max_bytes and not skip:
                yield too_large(at, held, max_bytes)
            # A line that is skipped or too large leaves an empty one in its place.
            lines[0] = b"" if skip or held > max_bytes else b"".join([*tail, lines[0]])
            offsets = list(accumulate(map(len, lines[1:-1]), lambda a, n: a + n + 1, initial=at + held + 1))
            offsets.insert(0, at)
            if not at:
                lines[0] = lines[0].removeprefix(BOM)
            at, skip = offsets.pop(), False
            unfinished = lines.pop()
            tail, held = [unfinished] if unfinished else [], len(unfinished)
            if stop is not None and at > stop:
                offsets = offsets[: bisect_left(offsets, stop)]
                lines = lines[: len(offsets)]
            if not blank and b"" in lines:
                offsets = [offset for offset, line in zip(offsets, lines, strict=True) if line]
                lines = list(filter(None, lines))
            if lines:
                count, last = count + len(lines), offsets[-1]
                if len(block) > max_bytes:
                    yield from _within(offsets, lines, max_bytes)
                else:
                    yield offsets, lines
            if stop is not None and at >= stop:
                return
    except BrokenStreamError as error:
        if opened or error.reason != "unreadable_file":
            known = f"{count:,} lines before it" + (f", the last at byte {last:,}" if count else "")
            place = f"the incomplete line begins at byte {at:,}, {held:,} bytes of it known"
            yield Fault(at, error.reason, f"{error.detail}; {place}; {known}", held)
        elif not start:  # one row a file, however it is split
            yield Fault(0, error.reason, error.detail, piece.size)
        return
    if skip:
        return
    if held > max_bytes:
        yield too_large(at, held, max_bytes)
    elif held:
        line = b"".join(tail)
        if not at:
            line = line.removeprefix(BOM)
        if line:
            yield [at], [line]


def _within(offsets: list[int], lines: list[bytes], limit: int) -> Iterator[Lines | Fault]:
    """Lines of one block, larger than the limit, and a fault for each line that is."""
    first = 0
    for i, line in enumerate(lines):
        if len(line) > limit:
            if i > first:
                yield offsets[first:i], lines[first:i]
            yield too_large(offsets[i], len(line), limit)
            first = i + 1
    if first < len(lines):
        yield offsets[first:], lines[first:]


def too_large(position: int, size: int, limit: int) -> Fault:
    """The fault of a record over the limit."""
    return Fault(position, "too_large", f"{size:,} bytes; `input.max_record_bytes` is {limit:,}", size)


def whole(piece: Piece) -> Piece:
    """The file that a piece is part of."""
    return replace(piece, start=0, stop=None)


def _refused(piece: Piece) -> bool:
    """Whether the first piece refuses the whole file."""
    head = next(blocks(piece.path, piece.compression), b"")
    return foreign_start(head) is not None

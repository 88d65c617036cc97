"""WARC records as byte ranges of a stream, one fault for each that is broken, and on to the next."""

from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.sources.lines import too_large
from pipelines.sources.records import Fault
from pipelines.sources.streams import BrokenStreamError

MAX_HEADER = 1 << 16  # bytes before the blank line; longer is no header
NEXT = b"\nWARC/"


@dataclass(frozen=True)
class Frame:
    """One whole record.

    Attributes:
        position: offset of its first byte in the decompressed stream.
        kind: `WARC-Type` in lower case.
        headers: by lower-case name; of a repeated one the first.
        data: header and block.
        block: where the block begins in `data`.
    """

    position: int
    kind: str
    headers: dict[str, str]
    data: bytes
    block: int


class _Buffer:
    """A stream with a look ahead.

    Attributes:
        base: offset of the first byte held.
        data: bytes held.
        broken: why the stream ended, if it should not have.
    """

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = blocks
        self.base = 0
        self.data = bytearray()
        self.broken: BrokenStreamError | None = None

    def more(self) -> bool:
        """One more block; False at the end."""
        try:
            self.data += next(self._blocks)
        except StopIteration:
            return False
        except BrokenStreamError as error:
            self.broken = error
            self._blocks = iter(())
            return False
        return True

    def fill(self, n: int) -> bool:
        """Whether n bytes are held now."""
        while len(self.data) < n:
            if not self.more():
                return False
        return True

    def drop(self, n: int) -> None:
        """Go on n bytes, or to the end."""
        while len(self.data) < n:
            n -= len(self.data)
            self.base += len(self.data)
            self.data.clear()
            if not self.more():
                return
        del self.data[:n]
        self.base += n

    def ended(self, at: int) -> bool:
        """Whether a record may end at byte `at`: a blank line follows, the next record, or the end."""
        self.fill(at + 16)
        rest = bytes(self.data[at : at + 16])
        return rest.startswith((b"\r\n\r\n", b"\n\n")) or b"WARC/".startswith(rest.lstrip(b"\r\n")[:5])


def frames(
    blocks: Iterator[bytes], kinds: frozenset[str], limit: int, file_size: int
) -> Iterator[Frame | Fault]:
    """Records of the given kinds, and a fault for each record that is broken or larger than `limit` bytes.

    Args:
        blocks: of the decompressed file.
        kinds: of records that are wanted, in lower case; others are passed over.
        limit: bytes; a larger record is never held.
        file_size: bytes on disk, for the fault of a file that is not WARC.
    """
    buffer = _Buffer(blocks)
    while True:
        while buffer.fill(1) and buffer.data[0] in b"\r\n":
            buffer.drop(1)
        if not buffer.data:
            break
        position = buffer.base
        buffer.fill(5)
        if not buffer.data.startswith(b"WARC/"[: len(buffer.data)]):
            if not position:
                yield Fault(
                    0, "unreadable_file", f"not WARC: begins with {buffer.data[:4].hex(' ')}", file_size
                )
                return
            yield _resync(buffer, "no record begins here")
            continue
        end = _header_end(buffer)
        if end == 0:
            if len(buffer.data) < MAX_HEADER:
                yield _cut(buffer)
                return
            yield _resync(buffer, "its header does not end")
            continue
        headers = _headers(bytes(buffer.data[:end]))
        length = headers.get("content-length", "")
        kind = headers.get("warc-type", "").lower()
        if not (length.isascii() and length.isdigit()):
            yield _resync(buffer, "no valid `Content-Length`")
        elif int(length) > limit:
            if kind in kinds:
                yield too_large(position, int(length), limit)
            buffer.drop(end + int(length))
        elif not buffer.fill(end + int(length)):
            yield _cut(buffer)
            return
        elif not buffer.ended(end + int(length)):
            yield _resync(buffer, "`Content-Length` does not lead to the next record")
        else:
            if kind in kinds:
                yield Frame(position, kind, headers, bytes(buffer.data[: end + int(length)]), end)
            buffer.drop(end + int(length))
    if buffer.broken is not None:
        yield _fault(buffer.base, buffer.broken.reason, buffer.broken.detail, 0)


def _header_end(buffer: _Buffer) -> int:
    """Bytes up to and with the blank line; 0 where there is none within reach."""
    while True:
        strict = buffer.data.find(b"\r\n\r\n", 0, MAX_HEADER)
        loose = buffer.data.find(b"\n\n", 0, strict if strict >= 0 else MAX_HEADER)
        if strict >= 0 or loose >= 0:
            return loose + 2 if loose >= 0 else strict + 4
        if len(buffer.data) >= MAX_HEADER or not buffer.more():
            return 0


def _headers(data: bytes) -> dict[str, str]:
    headers: dict[str, str] = {}
    name = ""
    for line in data.decode("utf-8", "replace").split("\n")[1:]:
        if line[:1] in (" ", "\t") and name in headers:  # folded
            headers[name] += " " + line.strip()
            continue
        name, colon, value = line.partition(":")
        name = name.strip().lower()
        if colon and name not in headers:
            headers[name] = value.strip()
    return headers


def _resync(buffer: _Buffer, why: str) -> Fault:
    """The fault of a broken record, with the buffer at the next one."""
    position = buffer.base
    while (found := buffer.data.find(NEXT, 1)) < 0:
        buffer.drop(max(0, len(buffer.data) - len(NEXT)))
        if not buffer.more():
            buffer.drop(len(buffer.data))
            if buffer.broken is not None:
                broken, buffer.broken = buffer.broken, None
                return _fault(position, broken.reason, broken.detail, buffer.base - position)
            break
    else:
        buffer.drop(found + 1)
    return Fault(position, "bad_record", why, buffer.base - position)


def _cut(buffer: _Buffer) -> Fault:
    """The fault of a record that the end of the file cuts short."""
    if buffer.broken is not None:
        return _fault(buffer.base, buffer.broken.reason, buffer.broken.detail, len(buffer.data))
    return _fault(buffer.base, "truncated_file", "the file ends within a record", len(buffer.data))


def _fault(position: int, reason: str, detail: str, known: int) -> Fault:
    if reason == "unreadable_file" and not position:
        return Fault(position, reason, detail)
    place = f"the incomplete record begins at byte {position:,}, {known:,} bytes of it known"
    return Fault(position, reason, f"{detail}; {place}", known)

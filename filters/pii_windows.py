r"""Where each recogniser has to look: Hyperscan over folded text.

Folding puts one ASCII byte for each character: a digit for a digit of any script, `\x1c` for a letter of a
script without spaces (filters/pii_scripts.py), `_` for any other letter outside ASCII, a space for white
space, `~` for what phone numbers use as punctuation, DEL for the rest, and the letter itself for what equals
an ASCII letter when case is ignored. So `\d`, `\w`, `\s` and `[A-Z]` of a recogniser's pattern hold for a
folded character wherever they hold for the character, by the tables of the `regex` module that Presidio
matches with. Only `\w` does not hold for `\x1c`, so that there is a border beside these letters; patterns
that may match them name it. Offsets count characters, and Hyperscan needs neither UTF-8 nor Unicode tables of
its own. Compiled with its prefilter flag it reports the end of every match there can be, and some that are
none.

Each end gives a window that holds every match that ends there, with what lookarounds see beyond it. Windows
that touch are joined: so no match of the recogniser crosses a window's border, and `finditer` finds in it
what it finds in the whole text.
"""

import functools
import itertools
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from filters import pii_phones, pii_scripts
from filters.arrow_buffers import string_buffers
from filters.kernels import fold as kernel
from filters.pii_recognisers import Recogniser

LETTER, SPACELESS, SPACE, PHONE_SIGN, OTHER = b"_\x1c ~\x7f"
PHONE_GAP = 4  # signs between two digits of a phone number, at most
LOOKBEHIND = 64  # characters that a pattern of ours may look back, at most; Presidio's look back one
CHUNK = 256
_IN, _OUT = b"a", b"."


class Window(NamedTuple):
    """A stretch of one document for one recogniser, in characters.

    Attributes:
        row: the document.
        recogniser: index in the list of recognisers.
        start, end: a match lies between them.
        left, right: the text that the recogniser is shown.
        refused: name of the validator that refuses the whole of it.
        spaceless: it holds letters of scripts without spaces.
    """

    row: int
    recogniser: int
    start: int
    end: int
    left: int
    right: int
    refused: str | None = None
    spaceless: bool = False


@functools.cache
def table() -> npt.NDArray[np.uint8]:
    """uint8[0x110000]: the byte that stands for each code point."""
    import regex
    from phonenumbers.phonenumberutil import _PLUS_CHARS, _VALID_PUNCTUATION

    every = "".join(map(chr, [*range(0xD800), *range(0xE000, 0x110000)]))
    folded = np.full(0x110000, OTHER, np.uint8)

    def runs(pattern: str, flags: int = 0) -> Iterator[str]:
        return (match.group() for match in regex.finditer(pattern, every, flags))

    for run in runs(r"\w+"):
        folded[ord(run[0]) : ord(run[-1]) + 1] = LETTER  # the surrogates between are in no text
    for run in runs(rf"[{pii_scripts.LETTERS}]+"):
        codes = np.array(list(map(ord, run)))
        folded[codes[folded[codes] == LETTER]] = SPACELESS
    for run in runs(r"\s+"):
        folded[ord(run[0]) : ord(run[-1]) + 1] = SPACE
    for char in regex.findall(f"[{_VALID_PUNCTUATION}]", every):
        if not char.isspace():
            folded[ord(char)] = PHONE_SIGN
    for run in runs(r"\d+"):
        for char in run:
            folded[ord(char)] = ord("0") + unicodedata.decimal(char, 0)
    for letter in range(ord("a"), ord("z") + 1):
        for char in regex.findall(f"[{chr(letter)}]", every, regex.IGNORECASE):
            folded[ord(char)] = letter
    for sign in _PLUS_CHARS:
        folded[ord(sign)] = ord("+")
    ascii_spaces = [ord(char) for char in regex.findall(r"\s", every[:128])]
    plain = [c for c in range(128) if c not in ascii_spaces or chr(c) in " \t\n\v\f\r"]
    folded[plain] = plain
    folded.flags.writeable = False
    return folded


def fold(text: pa.StringArray) -> tuple[bytes, npt.NDArray[np.int64]]:
    """(folded texts, each with a line feed behind it, int64[n + 1] offsets of their starts)."""
    data, starts = kernel.fold(*string_buffers(text), table())
    return data.tobytes(), starts


@dataclass(frozen=True)
class Scanner:
    """Compiled needles.

    Attributes:
        recognisers: whose needles they are.
        owner: index of the recogniser of each needle.
        database: of Hyperscan.
    """

    recognisers: tuple[Recogniser, ...]
    owner: tuple[int, ...]
    database: Any

    def windows(self, text: pa.StringArray) -> list[Window]:
        """All windows, by row, then recogniser, then start."""
        folded, starts = fold(text)
        found = itertools.chain(self._needles(folded, starts), self._phones(folded, starts))
        return sorted(found, key=lambda window: window[:4])

    def _needles(self, folded: bytes, starts: npt.NDArray[np.int64]) -> Iterator[Window]:
        events: list[tuple[int, int]] = []

        def seen(needle: int, _start: int, end: int, _flags: int, _context: object) -> None:
            events.append((needle, end))

        if self.owner:
            self.database.scan(folded, match_event_handler=seen)
        places: dict[tuple[int, int], list[int]] = defaultdict(list)
        rows = np.searchsorted(starts, [end - 1 for _, end in events], side="right") - 1
        for (needle, end), row in zip(events, rows.tolist(), strict=True):
            places[row, self.owner[needle]].append(end)
        for (row, index), ends in places.items():
            recogniser = self.recognisers[index]
            begin, end = int(starts[row]), int(starts[row + 1]) - 1
            ends.sort()
            if recogniser.alphabet is not None:
                spans, margin = _runs(folded, recogniser.alphabet, ends, begin, end), 1
            else:
                spans, margin = _reach(recogniser, ends, begin, end), recogniser.width + LOOKBEHIND
            for a, b in spans:
                left, right = max(begin, a - margin), min(end, b + margin)
                spaceless = folded.find(SPACELESS, left, right) >= 0
                where = (a - begin, b - begin, left - begin, right - begin)
                yield Window(row, index, *where, spaceless=spaceless)

    def _phones(self, folded: bytes, starts: npt.NDArray[np.int64]) -> Iterator[Window]:
        places = {r.region: i for i, r in enumerate(self.recognisers) if r.region is not None}
        if not places:
            return
        regions = tuple(places)
        data = np.frombuffer(folded, np.uint8)
        digits = kernel.runs(data, _phone_signs(), PHONE_GAP, pii_phones.LEAST_DIGITS)
        rows = np.searchsorted(starts, digits[:, 0], side="right") - 1
        spans: dict[tuple[int, str], list[tuple[int, int]]] = defaultdict(list)
        for (first, last), row in zip(digits.tolist(), rows.tolist(), strict=True):
            begin, end = int(starts[row]), int(starts[row + 1]) - 1
            found = pii_phones.plausible(folded, first, last, begin, regions)
            refused = pii_phones.other(folded[first:last]) if found else None
            if refused:
                whole = first - begin, last - begin
                yield Window(row, places[found[0]], *whole, *whole, refused)
            elif found:
                span = pii_phones.extent(folded, first, last, begin, end)
                for region in found:
                    spans[row, region].append(span)
        for (row, region), windows in spans.items():
            begin = int(starts[row])
            for start, stop in pii_phones.merged(sorted(windows)):
                whole = start - begin, stop - begin
                yield Window(row, places[region], *whole, *whole)


def compile_needles(recognisers: tuple[Recogniser, ...]) -> Scanner:
    """Hyperscan's database of the recognisers' needles: about a second for all of them."""
    import hyperscan

    expressions, flags, owner = [], [], []
    for index, recogniser in enumerate(recognisers):
        for needle, case in recogniser.needles:
            expressions.append(needle)
            flags.append(
                hyperscan.HS_FLAG_DOTALL
                | hyperscan.HS_FLAG_MULTILINE
                | hyperscan.HS_FLAG_PREFILTER
                | (0 if case else hyperscan.HS_FLAG_CASELESS)
            )
            owner.append(index)
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    if expressions:
        database.compile(
            expressions=expressions, ids=list(range(len(owner))), elements=len(owner), flags=flags
        )
    return Scanner(recognisers, tuple(owner), database)


@functools.cache
def _phone_signs() -> npt.NDArray[np.uint8]:
    """uint8[256]: 1 for what may stand between two digits of a phone number, folded."""
    signs = np.zeros(256, np.uint8)
    signs[list(b"-x X.()[]/~")] = 1
    return signs


def _reach(recogniser: Recogniser, ends: list[int], begin: int, end: int) -> list[tuple[int, int]]:
    """Windows by width, those that touch joined."""
    spans = [(max(begin, at - recogniser.width), min(end, at + recogniser.beyond)) for at in ends]
    return pii_phones.merged(spans)


def _runs(folded: bytes, alphabet: bytes, ends: list[int], begin: int, end: int) -> list[tuple[int, int]]:
    """Runs of the alphabet around each position before an end."""
    marks = _marks(alphabet)
    reached = begin
    runs = []
    for at in ends:
        if at <= reached:
            continue  # in the run before
        start = stop = at
        while start > reached:
            chunk = folded[max(reached, start - CHUNK) : start].translate(marks)
            outside = chunk.rfind(_OUT)
            start -= len(chunk) - outside - 1
            if outside >= 0:
                break
        while stop < end:
            chunk = folded[stop : min(end, stop + CHUNK)].translate(marks)
            outside = chunk.find(_OUT)
            stop += len(chunk) if outside < 0 else outside
            if outside >= 0:
                break
        reached = stop
        runs.append((start, stop))
    return runs


@functools.cache
def _marks(alphabet: bytes) -> bytes:
    import re

    member = re.compile(b"[" + alphabet + b"]")
    return b"".join(_IN if member.match(bytes([c])) else _OUT for c in range(256))

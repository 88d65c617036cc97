"""Folding, runs of digits and windows: plain twins, and where a match may stand."""

import numpy as np
import pyarrow as pa
import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from filters import pii_windows
from filters.kernels import fold as kernel
from filters.pii_recognisers import longest, recognisers
from schemas.parameters import PII_ENTITIES
from tests.plain_presidio import folded

ALPHABET = "a9_ \t\n\x1c\x85\u00a0\u3000.\x00ſKİı٣１é漢ーK－＋‐\u200b（\u2060🙂"
GAP = set("-x X.()[]/~")


def fold(texts: list[str | None]) -> tuple[str, list[int]]:
    data, starts = pii_windows.fold(pa.array(texts, pa.string()))
    return data.decode("ascii"), starts.tolist()


@given(st.lists(st.one_of(st.none(), st.text(ALPHABET, max_size=30), st.text(max_size=20)), max_size=5))
def test_folded_text_has_a_character_for_each_and_a_line_feed_behind(texts: list[str | None]) -> None:
    data, starts = fold(texts)
    assert data == "".join(folded(text or "") + "\n" for text in texts)
    assert starts == np.cumsum([0, *(len(text or "") + 1 for text in texts)]).tolist()


@given(st.text(max_size=40))
def test_what_a_class_holds_it_holds_folded(text: str) -> None:
    for char, plain in zip(text, folded(text), strict=True):
        for kind in (r"\d", r"\s"):
            assert bool(regex.match(kind, char)) <= bool(regex.match(kind, plain, regex.ASCII))
        for kind in ("[a-z]", "[A-Z0-9]", "[A-Z]"):
            assert bool(regex.match(kind, char, regex.I)) <= bool(regex.match(kind, plain, regex.I))
        assert not regex.match(r"\w", char) or plain in "_~\x1c" or regex.match(r"\w", plain)


def plain_runs(text: str, gap: int, least: int) -> list[list[int]]:
    signs = regex.escape("".join(sorted(GAP)))
    found = regex.finditer(rf"\d(?:[{signs}]{{0,{gap}}}\d)*", text, regex.ASCII)
    return [list(m.span()) for m in found if sum(c.isdigit() for c in m.group()) >= least]


@given(st.text("01 -(x\na.", max_size=60), st.integers(0, 5), st.integers(1, 6))
def test_runs_of_digits_equal_a_pattern_of_them(text: str, gap: int, least: int) -> None:
    flags = np.zeros(256, np.uint8)
    flags[[ord(c) for c in GAP]] = 1
    data = np.frombuffer(text.encode(), np.uint8)
    assert kernel.runs(data, flags, gap, least).tolist() == plain_runs(text, gap, least)


def test_a_pattern_without_bound_is_refused() -> None:
    assert longest(r"\b\d{3}(?:-\d{2})?\b") == 6
    with pytest.raises(ValueError, match="no bound"):
        longest(r"a+")


def test_every_pattern_is_ascii_and_holds_no_class_that_folding_would_break() -> None:
    """Folding keeps `\\d`, `\\w`, `\\s` and classes of ASCII; no negated class, no other letter."""
    for recogniser in recognisers(PII_ENTITIES, ("US",)):
        if recogniser.region is None and recogniser.beyond == 0 and recogniser.alphabet is None:
            for needle, _ in recogniser.needles:
                assert needle.isascii(), recogniser.entity
                assert b"[^" not in needle, recogniser.entity


def test_a_window_ends_with_its_document() -> None:
    needles = recognisers(("US_SSN",), ())
    scanner = pii_windows.compile_needles(needles)
    windows = scanner.windows(pa.array(["ends in 123-45", "-6789 and 616-37-1980", None, "", "616-37-1980"]))
    assert {window.row for window in windows} == {1, 4}
    assert all(window.end <= 21 for window in windows)

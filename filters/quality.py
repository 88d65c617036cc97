"""Measures the four quality families in one pass: Gopher quality and repetition, C4, FineWeb.

The kernel splits each document into words once and computes every statistic of the families asked for,
fired or not. What a language lends to the rules (stop words, closing marks, whether words stand between
spaces) is data: `filters/data/languages.json`. A language that is not in it is measured with English words,
without the rules that lean on such lists.
"""

import functools
import json
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from filters import c4_quality, fineweb_quality, gopher_quality, gopher_repetition
from filters.arrow_buffers import string_buffers
from filters.kernels.quality import Kernel
from filters.words import WITHOUT_SPACES
from schemas.ledger import EDIT, EDITS
from schemas.parameters import C4Quality, FinewebQuality, Parameters

UNKNOWN = "und"
# The kernel's columns are those of these schemas, in this order; the bits are its `Family`.
FAMILIES = {
    "gopher_quality": (1, gopher_quality.SIGNALS),
    "gopher_repetition": (2, gopher_repetition.SIGNALS),
    "c4_quality": (4, c4_quality.SIGNALS),
    "fineweb_quality": (8, fineweb_quality.SIGNALS),
}
ENTITIES = pa.array(["C4_CITATION", "C4_LINE"])


def measure(
    batch: pa.RecordBatch, families: Sequence[str], parameters: Mapping[str, Parameters]
) -> tuple[pa.RecordBatch, pa.ListArray]:
    """Every score of `families`, and C4's edits.

    Args:
        batch: columns `text` (string, null for unreadable records) and `language` (string, ISO 639 code).
        families: names of the families to measure.
        parameters: by name of the family; what is missing takes the default.

    Returns:
        (signals, a row for each of the batch, in its order, null where the text is; edits,
        `schemas.ledger.EDITS`, n sorted and disjoint lists in characters of the text, empty where
        `c4_quality` is not in `families`).
    """
    text = batch.column("text")
    c4 = parameters.get("c4_quality", C4Quality())
    fineweb = parameters.get("fineweb_quality", FinewebQuality())
    assert isinstance(c4, C4Quality)
    assert isinstance(fineweb, FinewebQuality)
    kernel, _ = _kernel()
    offsets, data = string_buffers(text)
    values, edit_offsets, kinds, starts, ends = kernel.measure(
        offsets,
        data,
        _profiles(batch),
        families=sum(FAMILIES[name][0] for name in set(families)),
        require_terminal=c4.require_terminal_punctuation,
        citations=c4.remove_citations,
        javascript=c4.drop_javascript_lines,
        policy=c4.drop_policy_lines,
        min_words=-1 if c4.min_words_per_line is None else c4.min_words_per_line,
        max_word_length=-1 if c4.max_word_length is None else c4.max_word_length,
        short_line=fineweb.short_line_length,
        exclude_zero=fineweb.line_punct_exclude_zero,
    )
    return _signals(values, families), _edits(edit_offsets, kinds, starts, ends)


def splitter() -> Kernel:
    """The kernel, for its `words` and `sentences`."""
    return _kernel()[0]


def stop_words(code: str) -> list[str]:
    """The stop words of a language; empty where there is no list."""
    return list(dict.fromkeys(_data("languages.json")["stop_words"].get(code, "").split()))


def characters(name: str) -> set[str]:
    """The characters of a class of `filters/data/english.json`."""
    bounds = _data("english.json")["classes"][name]
    pairs = zip(bounds[::2], bounds[1::2], strict=True)
    return {chr(code) for first, last in pairs for code in range(first, last + 1)}


@functools.cache
def _kernel() -> tuple[Kernel, dict[str, int]]:
    """(kernel with its tables, number of each language's profile in it), once a process; takes 10 ms."""
    english = _data("english.json")
    classes = english["classes"] | {"alone": [bound for block in WITHOUT_SPACES for bound in block]}
    kernel = Kernel(classes, english["exceptions"], english["units"], english["currencies"])
    profiles = {
        UNKNOWN: kernel.add_profile(spaces=True, sentence_marks=True, stop_words=[], closing=[]),
    }
    languages = _data("languages.json")
    for script, codes in languages["languages"].items():
        traits = languages["scripts"][script]
        for code in codes.split():
            profiles[code] = kernel.add_profile(
                spaces=traits.get("spaces", True),
                sentence_marks=traits.get("sentence_marks", True),
                stop_words=stop_words(code),
                closing=traits["closing"],
            )
    return kernel, profiles


@functools.cache
def _data(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(resources.files("filters.data").joinpath(name).read_text("utf-8"))
    return loaded


def _profiles(batch: pa.RecordBatch) -> npt.NDArray[np.int16]:
    """int16[n], number of each row's language in the kernel; -1 where there is no text."""
    _, profiles = _kernel()
    languages = batch.column("language").fill_null(UNKNOWN).dictionary_encode()
    numbers = np.array(
        [profiles.get(code, profiles[UNKNOWN]) for code in languages.dictionary.to_pylist()], np.int16
    )
    rows = languages.indices.to_numpy(zero_copy_only=False)
    found: npt.NDArray[np.int16] = numbers[rows] if len(rows) else np.empty(0, np.int16)
    found[batch.column("text").is_null().to_numpy(zero_copy_only=False)] = -1
    return found


def _signals(values: npt.NDArray[np.float64], families: Sequence[str]) -> pa.RecordBatch:
    fields = [(name, field) for name, (_, signals) in FAMILIES.items() for field in signals]
    wanted = {
        field.name: _column(row, field.type)
        for row, (name, field) in zip(values, fields, strict=True)
        if name in families
    }
    order = [field for name in families for field in FAMILIES[name][1]]
    return pa.RecordBatch.from_arrays([wanted[field.name] for field in order], schema=pa.schema(order))


def _column(row: npt.NDArray[np.float64], type_: pa.DataType) -> pa.Array:
    """Float64 values as an Arrow column; NaN is null."""
    missing = np.isnan(row)
    if pa.types.is_integer(type_):
        return pa.array(np.where(missing, 0, row).astype(type_.to_pandas_dtype()), type_, mask=missing)
    return pa.array(row, type_, mask=missing)


def _edits(
    offsets: npt.NDArray[np.int32],
    kinds: npt.NDArray[np.int8],
    starts: npt.NDArray[np.int64],
    ends: npt.NDArray[np.int64],
) -> pa.ListArray:
    count = len(kinds)
    empty = pa.StringArray.from_buffers(count, pa.py_buffer(np.zeros(count + 1, np.int32)), pa.py_buffer(b""))
    columns = [ENTITIES.take(pa.array(kinds)), pa.array(starts), pa.array(ends), empty]
    return pa.ListArray.from_arrays(
        pa.array(offsets), pa.StructArray.from_arrays(columns, fields=list(EDIT)), type=EDITS
    )

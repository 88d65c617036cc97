"""Edits: every change of text, as spans of characters of the input and what replaces them.

The edits of a document (`schemas.ledger.EDITS`) are sorted, disjoint and not empty (start < end). Input with
its edits applied is the output, exactly.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from filters.arrow_buffers import string_buffers
from filters.kernels import edits as kernel
from schemas.ledger import EDIT, EDITS


class _Columns(NamedTuple):
    """Edits of n rows as flat columns; row i has edits offsets[i] to offsets[i + 1]."""

    offsets: npt.NDArray[np.int32]
    edit: pa.StructArray

    def numbers(self, name: str) -> npt.NDArray[np.int64]:
        numbers: npt.NDArray[np.int64] = self.edit.field(name).to_numpy()
        return numbers

    def strings(self, name: str) -> pa.StringArray:
        return self.edit.field(name)


def apply(text: pa.StringArray, edits: pa.ListArray) -> pa.StringArray:
    """Each text with its edits applied; null stays null.

    Args:
        text: n texts.
        edits: EDITS, n lists.

    Raises:
        ValueError: edits of a row, which is named, are not sorted, disjoint, not empty and within its text.
    """
    columns = _columns(edits)
    if not len(columns.edit):
        return text
    replacement_offsets, replacements = string_buffers(columns.strings("replacement"))
    offsets, data = kernel.apply(
        *string_buffers(text),
        columns.offsets,
        columns.numbers("start"),
        columns.numbers("end"),
        replacement_offsets,
        replacements,
    )
    buffers = [_validity(text), pa.py_buffer(offsets), pa.py_buffer(data)]
    return pa.Array.from_buffers(pa.string(), len(text), buffers)


def merge(first: pa.ListArray, second: pa.ListArray) -> pa.ListArray:
    """EDITS of both lists of each row, sorted and disjoint.

    An edit that another one covers is dropped, of equal ones the second. Those that overlap in part become
    one over both, with the entity and the replacement of the one in `first` (the earliest of several).
    """
    a, b = _columns(first), _columns(second)
    if not len(b.edit):
        return first
    if not len(a.edit):
        return second
    offsets, starts, ends, indices = kernel.merge(
        a.offsets, a.numbers("start"), a.numbers("end"), b.offsets, b.numbers("start"), b.numbers("end")
    )
    chosen = pa.concat_arrays([a.edit, b.edit]).take(pa.array(indices))
    edit = pa.StructArray.from_arrays(
        [chosen.field("entity"), pa.array(starts), pa.array(ends), chosen.field("replacement")],
        fields=list(EDIT),
    )
    return pa.ListArray.from_arrays(pa.array(offsets), edit, type=EDITS)


def _columns(edits: pa.ListArray) -> _Columns:
    """The lists without their slicing: offsets from 0 on; a null list reads as empty."""
    edit = edits.flatten()  # leaves out what lies before, behind or under nulls
    offsets = np.zeros(len(edits) + 1, np.int32)
    lengths = edits.value_lengths().fill_null(0).to_numpy(zero_copy_only=False)
    np.cumsum(lengths, out=offsets[1:])
    return _Columns(offsets, edit)


def _validity(text: pa.StringArray) -> pa.Buffer | None:
    return pa.array(text.is_valid().to_numpy(zero_copy_only=False)).buffers()[1] if text.null_count else None

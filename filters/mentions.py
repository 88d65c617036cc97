"""Groups of a document: those the lexicons find in it, and for English those of a dialect model."""

import functools
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from filters import dialect, groups
from schemas.config import Groups

LISTS = pa.list_(pa.string())


def of_documents(text: pa.StringArray, language: pa.StringArray, settings: Groups) -> pa.ListArray:
    """For each of n documents its `axis/group`s, sorted and distinct.

    Args:
        text: n documents.
        language: n ISO 639 codes; dialect is measured where it is `en`.
        settings: what is looked for.

    Raises:
        UserError: the dialect model cannot be read.
    """
    if not settings.enabled:
        return pa.array([[]] * len(text), LISTS)
    named = groups.mentions(text, language)
    if settings.dialect_model is None:
        return named
    english = np.flatnonzero(pc.fill_null(pc.equal(language, "en"), False).to_numpy(zero_copy_only=False))
    spoken = dialect.mentions(text.take(pa.array(english)), dialect_model(settings))
    marked = np.flatnonzero(pc.list_value_length(spoken).to_numpy())
    if not len(marked):
        return named
    rows = english[marked]
    both = zip(named.take(pa.array(rows)).to_pylist(), spoken.take(pa.array(marked)).to_pylist(), strict=True)
    joined = pa.array([sorted(one + other) for one, other in both], LISTS)
    place = np.arange(len(text))
    place[rows] = len(text) + np.arange(len(rows))
    return pa.concat_arrays([named, joined]).take(pa.array(place))


def dialect_model(settings: Groups) -> dialect.Model:
    """The model that is named, read once a process.

    Raises:
        UserError: it cannot be read.
    """
    return _load(str(settings.dialect_model), str(settings.dialect_fingerprint))


@functools.lru_cache(maxsize=1)
def _load(folder: str, _fingerprint: str) -> dialect.Model:
    return dialect.load(Path(folder))

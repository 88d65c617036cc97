"""Scores of a local `transformers` sequence classifier, in the shape of the fastText kernel's.

Optional: needs `transformers` and `torch`, and reads the model from a folder only, never from a network. Each
line is scored in pieces of `piece_words` words between white space. A softmax gives the probabilities, or one
sigmoid each for a model that says `multi_label_classification`.
"""

import functools
import re
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from schemas.parameters import Toxicity

BATCH = 32  # pieces at once


def score(text: pa.StringArray, parameters: Toxicity) -> tuple[npt.NDArray[np.int64], ...]:
    """(pieces, sum and highest score in millionths, ...) of n texts, as `score_lines` gives them."""
    assert parameters.model is not None
    found = np.zeros((6, len(text)), np.int64)
    found[3] = -1
    rows, spans, pieces = [], [], []
    for row, document in enumerate(text.to_pylist()):
        for begin, end in _pieces(document or "", parameters.piece_words):
            rows.append(row)
            spans.append((begin, end))
            pieces.append(document[begin:end])
    for row, (begin, end), share in zip(rows, spans, _probabilities(pieces, parameters), strict=True):
        millionths = round(share * 1e6)
        found[:3, row] += (1, millionths, share > parameters.line_score)
        if millionths > found[3, row]:
            found[3:, row] = (millionths, begin, end)
    return tuple(found)


def _pieces(text: str, words: int) -> list[tuple[int, int]]:
    found, at = [], 0
    for line in text.split("\n"):
        spans = [match.span() for match in re.finditer(r"\S+", line)]
        found += [
            (at + part[0][0], at + part[-1][1])
            for part in (spans[i : i + words] for i in range(0, len(spans), words))
        ]
        at += len(line) + 1
    return found


def _probabilities(pieces: list[str], parameters: Toxicity) -> list[float]:
    import torch

    tokenizer, model = _load(str(parameters.model))
    names = model.config.label2id
    if missing := set(parameters.labels) - set(names):
        message = f"the model has the labels {sorted(names)}, not {sorted(missing)}"
        raise ValueError(message)
    targets = [names[label] for label in parameters.labels]
    several = model.config.problem_type == "multi_label_classification"
    scores: list[float] = []
    for i in range(0, len(pieces), BATCH):
        tokens = tokenizer(pieces[i : i + BATCH], truncation=True, padding=True, return_tensors="pt")
        with torch.inference_mode():
            logits = model(**tokens).logits
        shares = torch.sigmoid(logits) if several else torch.softmax(logits, dim=-1)
        scores += shares[:, targets].sum(dim=-1).clamp(max=1).tolist()
    return scores


@functools.cache
def _load(folder: str) -> tuple[Any, Any]:
    try:
        import transformers
    except ImportError as error:
        message = f"{folder} needs the packages `transformers` and `torch`"
        raise ModuleNotFoundError(message) from error
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder, local_files_only=True)
    model = transformers.AutoModelForSequenceClassification.from_pretrained(folder, local_files_only=True)
    return tokenizer, model.eval()

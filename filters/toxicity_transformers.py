"""Scores of a local `transformers` sequence classifier, in the shape of the fastText kernel's.

Optional: needs `transformers` and `torch`, and reads the model from a folder only, never from a network. Each
line is scored in pieces of `piece_words` words between white space. A softmax gives the probabilities, or one
sigmoid each for a model that says `multi_label_classification`.
"""

import functools
import importlib
import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from schemas.errors import UserError
from schemas.parameters import Toxicity

BATCH = 32  # pieces at once


def score(
    text: pa.StringArray, parameters: Toxicity, indices: Callable[[Sequence[str], Sequence[str]], list[int]]
) -> tuple[npt.NDArray[np.int64], ...]:
    """(pieces, sum and highest score in millionths, ...) of n texts, as `score_lines` gives them.

    `indices` finds the labels that count among the model's; it is `toxicity.indices`.
    """
    assert parameters.model is not None
    found = np.zeros((6, len(text)), np.int64)
    found[3] = -1
    rows, spans, pieces = [], [], []
    for row, document in enumerate(text.to_pylist()):
        for begin, end in _pieces(document or "", parameters.piece_words):
            rows.append(row)
            spans.append((begin, end))
            pieces.append(document[begin:end])
    for row, (begin, end), share in zip(
        rows, spans, _probabilities(pieces, parameters, indices), strict=True
    ):
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


def _probabilities(
    pieces: list[str], parameters: Toxicity, indices: Callable[[Sequence[str], Sequence[str]], list[int]]
) -> list[float]:
    tokenizer, model = _load(str(parameters.model))
    torch = importlib.import_module("torch")
    names = model.config.id2label
    targets = indices(parameters.labels, [names[i] for i in range(len(names))])
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
        transformers = importlib.import_module("transformers")
        tokenizer = transformers.AutoTokenizer.from_pretrained(folder, local_files_only=True)
        model = transformers.AutoModelForSequenceClassification.from_pretrained(folder, local_files_only=True)
    except ImportError as error:
        message = f"`toxicity.model` is `{folder}`, a folder, and the package `{error.name}` is not installed"
        raise UserError(message, "pip install transformers torch") from error
    except (OSError, ValueError) as error:
        message = f"`toxicity.model` is `{folder}`, which holds no transformers classifier: {error}"
        raise UserError(message) from error
    return tokenizer, model.eval()

"""Vectors trained on the corpus: the same to the bit each time, and near words are near."""

import random
from pathlib import Path

import numpy as np
import pytest

from audits.associations import training
from schemas.errors import UserError
from tests.audits.associations.sampled import documents

HOMES = ["home", "family", "marriage", "parents", "children"]
OFFICES = ["office", "salary", "business", "career", "management"]


def corpus(number: int = 1200) -> list[str]:
    """Sentences about one of two things, never both, among other words."""
    draw = random.Random(3)
    others = ["".join(draw.choices("bcdfglmnprst", k=5)) for _ in range(300)]
    texts = []
    for _ in range(number):
        words = draw.choices(draw.choice([HOMES, OFFICES]), k=4) + draw.choices(others, k=12)
        texts.append(" ".join(draw.sample(words, len(words))) + ".")
    return texts


def test_the_same_documents_give_the_same_vectors_to_the_bit(tmp_path: Path) -> None:
    texts = corpus()
    one = training.train([documents(texts)], str(tmp_path))
    batches = [
        documents(texts[:500]),
        documents(["Du bist."], language="de"),
        documents(texts[500:], first=500),
    ]
    other = training.train(batches, str(tmp_path))
    assert one.rows == other.rows
    assert np.array_equal(one.matrix, other.matrix)
    assert list(tmp_path.iterdir()) == []
    assert np.allclose(np.linalg.norm(one.matrix, axis=1), 1)


def test_words_of_one_context_lie_near_each_other(tmp_path: Path) -> None:
    found = training.train([documents(corpus(12_000))], str(tmp_path))
    homes, offices = (found.matrix[[found.rows[word] for word in words]] for words in (HOMES, OFFICES))
    assert (homes @ homes.T).mean() > (homes @ offices.T).mean() + 0.1


def test_words_that_mean_something_to_fasttext_do_no_harm(tmp_path: Path) -> None:
    texts = ["home __label__x family </s> 日本 \x00 parents"] * 20
    assert {"home", "family"} <= training.train([documents(texts)], str(tmp_path)).rows.keys()


@pytest.mark.parametrize("texts", [[], ["too few"], ["home"] * 4])
def test_too_little_text_is_said(tmp_path: Path, texts: list[str]) -> None:
    with pytest.raises(UserError, match="no English word occurs 5 times"):
        training.train([documents(texts)], str(tmp_path))
    assert list(tmp_path.iterdir()) == []

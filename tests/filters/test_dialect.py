from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from filters import dialect
from schemas.errors import UserError
from tests import naive

MODEL = dialect.Model(
    {"a": 0, "b": 1, "c": 2}, np.array([[0.6, 0.1, 0.2, 0.1], [0.1, 0.1, 0.1, 0.7], [1, 1, 1, 1]])
)


def test_it_gives_the_answers_of_its_authors(shared_data: Path) -> None:
    model = dialect.load(shared_data / "eval/twitteraae/model")
    assert len(model.rows) == 191_874
    found = dialect.shares(pa.array(["hello there", "af af af", "", None]), model)
    assert found[0] == pytest.approx([0.16603718, 0.27450171, 0.22886004, 0.33060107], abs=1e-8)
    assert found[1] == pytest.approx([0.842944382, 0.132149345, 0.000111905398, 0.0247943681], rel=1e-8)
    assert np.isnan(found[2:]).all()
    assert dialect.mentions(pa.array(["af af af", "hello there"]), model).to_pylist() == [
        ["dialect/african_american"],
        [],
    ]


@given(st.lists(st.sampled_from("abc"), max_size=12))
def test_shares_are_those_of_the_plain_twin(words: list[str]) -> None:
    found = dialect.shares(pa.array([" ".join(words)]), MODEL)[0]
    twin = naive.topic_shares([MODEL.likelihood[MODEL.rows[w]].tolist() for w in words])
    assert found == pytest.approx(twin, nan_ok=True)
    if words:
        assert found.sum() == pytest.approx(1)


def test_unknown_words_and_case_do_not_count_and_long_texts_are_cut() -> None:
    known, noisy = dialect.shares(pa.array(["a b", "A zzz, B?"]), MODEL)
    assert known == pytest.approx(noisy)
    cut, longer = dialect.shares(pa.array(["a " * 1000, "a " * 1000 + "b " * 5000]), MODEL)
    assert cut == pytest.approx(longer)


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="holds no model"):
        dialect.load(tmp_path)


def test_files_that_do_not_fit_together_are_refused(tmp_path: Path) -> None:
    (tmp_path / dialect.VOCABULARY).write_text("1\ta\n1\tb\n", "utf-8")
    (tmp_path / dialect.COUNTS).write_text("1 1 1 1\n", "utf-8")
    with pytest.raises(UserError, match="2 words but a table of 1 rows"):
        dialect.load(tmp_path)

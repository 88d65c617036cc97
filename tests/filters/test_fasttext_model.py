"""Any supervised model against `fasttext`: every loss, quantised, pruned or plain, n-grams or none."""

from pathlib import Path
from typing import Any

import fasttext
import numpy as np
import pytest

from filters import fasttext_model

# fastText 0.9.3 fills its input matrix in ten blocks, one a thread: with fewer threads the rest is never
# initialised, and training ends with "Encountered NaN".
THREADS = 10
TOPICS = {
    "food": "soup bread salt pepper oven butter cook taste dinner plate",
    "sport": "ball team goal match player run score win league coach",
    "space": "star planet orbit rocket moon comet telescope galaxy launch gravity",
    "très_long": "été naïve façade 漢字 かな Жук ключ дом über straße",
}
OPTIONS = {
    "hs": {"loss": "hs", "minn": 2, "maxn": 4},
    "softmax": {"loss": "softmax", "minn": 0, "maxn": 0},
    "softmax_pairs": {"loss": "softmax", "wordNgrams": 2, "minn": 1, "maxn": 3},
    "ova": {"loss": "ova", "wordNgrams": 3, "minn": 3, "maxn": 6},
    "ns": {"loss": "ns", "minn": 0, "maxn": 0, "wordNgrams": 2},
}
QUANTISED: dict[str, dict[str, Any]] = {
    "plain": {},
    "norms": {"qnorm": True},
    "pruned": {"qnorm": True, "cutoff": 300, "retrain": False},
}


def sentences(count: int, seed: int) -> list[tuple[str, str]]:
    """(label, text) of random words of a topic among random words of any."""
    rng = np.random.default_rng(seed)
    every = " ".join(TOPICS.values()).split()
    rows = []
    for _ in range(count):
        label = list(TOPICS)[rng.integers(len(TOPICS))]
        words = [*rng.choice(TOPICS[label].split(), 4), *rng.choice(every, 3), f"n{rng.integers(200)}"]
        rows.append((label, " ".join(rng.permutation(words))))
    return rows


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("fasttext") / "train.txt"
    path.write_text("".join(f"__label__{label} {text}\n" for label, text in sentences(1500, 1)))
    return path


def train(corpus: Path, options: dict[str, Any]) -> Any:
    return fasttext.train_supervised(
        str(corpus), dim=10, epoch=3, bucket=5000, thread=THREADS, seed=3, verbose=0, **options
    )


def agree(peer: Any, path: Path) -> None:
    """Labels are equal, and scores to 1e-6, on seen and unseen words."""
    peer.save_model(str(path))
    model, labels = fasttext_model.load(path)
    texts = [text for _, text in sentences(300, 2)] + [
        "unheard of",
        "z",
        "Жуки",
        "</s> ball",
        "__label__food goal",
        "ball\x00goal",
    ]
    raw = [text.encode() for text in texts]
    offsets = np.cumsum([0, *map(len, raw)], dtype=np.int32)
    found, scores = model.predict(offsets, np.frombuffer(b"".join(raw), np.uint8), 1000)
    for text, label, score in zip(texts, found, scores, strict=True):
        expected = peer.f.predict(text + "\n", 1, 0.0, "strict")
        if not expected:
            assert label == -1
            continue
        ((expected_score, name),) = expected
        assert labels[label] == name.removeprefix("__label__")
        assert score == pytest.approx(expected_score, abs=1e-6)


@pytest.mark.parametrize("name", OPTIONS)
def test_every_loss_predicts_as_fasttext(corpus: Path, tmp_path: Path, name: str) -> None:
    agree(train(corpus, OPTIONS[name]), tmp_path / "model.bin")


@pytest.mark.parametrize("quantised", QUANTISED)
@pytest.mark.parametrize("name", ["hs", "softmax_pairs"])
def test_quantised_models_predict_as_fasttext(
    corpus: Path, tmp_path: Path, name: str, quantised: str
) -> None:
    peer = train(corpus, OPTIONS[name])
    peer.quantize(input=str(corpus), dsub=3, thread=THREADS, verbose=0, **QUANTISED[quantised])
    agree(peer, tmp_path / "model.ftz")


@pytest.mark.parametrize("loss", ["hs", "softmax"])
def test_a_quantised_output_matrix_predicts_as_fasttext(tmp_path: Path, loss: str) -> None:
    path = tmp_path / "train.txt"  # of 300 labels: fastText needs 256 rows
    lines = [f"__label__{i % 300} {text} topic{i % 300}\n" for i, (_, text) in enumerate(sentences(1500, 4))]
    path.write_text("".join(lines))
    peer = train(path, {"loss": loss})
    peer.quantize(input=str(path), qout=True, qnorm=True, thread=THREADS, verbose=0)
    agree(peer, tmp_path / "model.ftz")


def test_a_text_without_known_features_has_no_label(corpus: Path, tmp_path: Path) -> None:
    train(corpus, OPTIONS["softmax"]).save_model(str(tmp_path / "model.bin"))
    model, _ = fasttext_model.load(tmp_path / "model.bin")
    labels, scores = model.predict(np.array([0, 0, 2], np.int32), np.frombuffer(b"  ", np.uint8), 1000)
    assert labels.tolist() == [-1, -1]
    assert scores.tolist() == [0, 0]


@pytest.mark.parametrize("damage", ["magic", "version", "short", "empty", "unsupervised"])
def test_what_is_no_supervised_model_is_refused_by_name(corpus: Path, tmp_path: Path, damage: str) -> None:
    path = tmp_path / "model.bin"
    if damage == "unsupervised":
        fasttext.train_unsupervised(
            str(corpus), dim=4, epoch=1, bucket=100, thread=THREADS, verbose=0
        ).save_model(str(path))
    else:
        train(corpus, OPTIONS["softmax"]).save_model(str(path))
        raw = path.read_bytes()
        damaged = {
            "magic": b"\0" + raw[1:],
            "version": raw[:4] + b"\x63" + raw[5:],
            "short": raw[: len(raw) // 2],
            "empty": b"",
        }
        path.write_bytes(damaged[damage])
    with pytest.raises(ValueError, match=r"model\.bin is not a readable supervised fastText model"):
        fasttext_model.load(path)

"""Tone: as VADER rates plain sentences, close to it on real ones; means, intervals, Cohen's d."""

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from audits.associations import lexicon, sample, sentiment
from audits.associations.row import REST, TOO_FEW
from tests.audits.associations.sampled import documents

PLAIN = [
    "the women were good",
    "the women were not good",
    "the women were never very good",
    "the women weren't good",
    "the women were extremely terrible people",
    "the women were barely happy",
    "the women were no good",
    "the women were happy but the house was horrible",
    "the women are not a disaster",
    "the women hate and love the sea",
    "the women walk",
    "women love it so very much",
]


@pytest.fixture(scope="module")
def peer() -> SentimentIntensityAnalyzer:
    return SentimentIntensityAnalyzer()


def tones(text: str) -> tuple[list[str], np.ndarray]:
    """Sentences that may name a group, and their tones."""
    data = np.frombuffer(text.encode(), np.uint8)
    offsets = np.array([0, len(data)], np.int32)
    _, tone, ends, letters, *_ = lexicon.kernel().scan(offsets, data, np.ones(1, np.uint8))[1]
    whole = bytes(letters)
    return [whole[a:b].decode() for a, b in zip([0, *ends[1:-1]], ends[1:], strict=True)], tone / 1e6


@pytest.mark.parametrize("text", PLAIN)
def test_plain_sentences_are_rated_as_by_vader(peer: SentimentIntensityAnalyzer, text: str) -> None:
    (_,), tone = tones(text)
    assert tone[0] == pytest.approx(
        peer.polarity_scores(text)["compound"], abs=6e-5
    )  # it rounds to four places


def test_real_sentences_are_rated_nearly_as_by_vader(
    peer: SentimentIntensityAnalyzer, shared_data: Path
) -> None:
    table = pq.read_table(
        shared_data / "corpus" / "s30" / "parquet" / "part-001.parquet", columns=["text", "lang"]
    )
    english = [row["text"] for row in table.to_pylist()[:4000:4] if row["lang"] == "en"]
    sentences, tone = tones("\n\n".join(english))
    chosen = [i for i, text in enumerate(sentences) if len(text) < 400][:1500]
    peers = np.array([peer.polarity_scores(sentences[i])["compound"] for i in chosen])
    ours = tone[chosen]
    assert len(chosen) == 1500
    assert np.corrcoef(peers, ours)[0, 1] > 0.92
    assert ((peers <= -0.05) == (ours <= -0.05)).mean() > 0.95


def test_a_group_is_not_rated_by_its_own_name(peer: SentimentIntensityAnalyzer) -> None:
    names = [word for word in ("blind", "wealthy", "heroine") if word in peer.lexicon]
    assert names
    for name in names:
        assert name not in lexicon.valences()


def test_rows_are_means_and_shares_of_sentences() -> None:
    texts = ["The women were good. The women were terrible. The men sat."] * 30 + ["The men were good."] * 30
    rows = {(row["measure"], row["group"]): row for row in sentiment.rows(sample.count(documents(texts)))}
    good, terrible = (float(tones(f"The women were {word}.")[1][0]) for word in ("good", "terrible"))
    women = rows["sentiment", "gender/women"]
    assert women["count"] == 60
    assert women["value"] == pytest.approx((good + terrible) / 2, abs=1e-6)
    assert women["low"] <= women["value"] <= women["high"]
    negative = rows["sentiment_negative", "gender/women"]
    assert (negative["count"], negative["of"], negative["value"]) == (30, 60, 0.5)
    d = rows["sentiment_d", "gender/women"]
    one, other = np.array([good, terrible] * 30), np.array([0.0, good] * 30)
    pooled = np.sqrt(
        (((one - one.mean()) ** 2).sum() + ((other - other.mean()) ** 2).sum()) / (len(one) + len(other) - 2)
    )
    assert d["value"] == pytest.approx((one.mean() - other.mean()) / pooled, abs=1e-5)
    assert (d["other"], d["count"], d["of"]) == (REST, 60, 120)


def test_few_sentences_are_marked() -> None:
    rows = sentiment.rows(sample.count(documents(["The women were good. The men sat."] * 10)))
    assert {row["note"] for row in rows} == {TOO_FEW}


def test_intervals_cover_the_mean_of_documents_that_differ() -> None:
    """Documents of one tone each, drawn at random: 95 % intervals hold the true mean about as often."""
    random = np.random.default_rng(5)
    good = float(tones("The women were good.")[1][0])
    held = 0
    draws = 120
    for draw in range(draws):
        lot = random.random(150) < 0.5
        texts = [f"The women were {'good' if is_good else 'there'}." * 1 for is_good in lot]
        rows = sentiment.rows(sample.count(documents(texts, first=1000 * draw)))
        held += rows[0]["low"] <= good / 2 <= rows[0]["high"]
    assert held / draws > 0.88


def test_no_rows_of_nothing() -> None:
    assert sentiment.rows(sample.empty()) == []

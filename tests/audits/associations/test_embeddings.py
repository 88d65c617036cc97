"""Association tests on word vectors: published answers, plain twins, permutations, refusals."""

import itertools
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.associations import embedding_rows, embeddings
from audits.associations.vectors import Vectors


@pytest.fixture(scope="module")
def google_news(shared_data: Path) -> Vectors:
    """347 words of the vectors that Caliskan et al. did not use, but many after them did."""
    return embedding_rows.load(
        str(shared_data / "eval" / "wefe" / "wefe" / "datasets" / "data" / "weat_w2v____old.txt")
    )


PUBLISHED = [("weat_1", 1.539, 100_000), ("weat_2", 1.628, 100_000), ("weat_6", 1.890, 12_870)]


@pytest.mark.parametrize(("name", "d", "splits"), PUBLISHED, ids=[name for name, *_ in PUBLISHED])
def test_weat_gives_the_published_effects(google_news: Vectors, name: str, d: float, splits: int) -> None:
    row = next(r for r in embedding_rows.rows(google_news) if (r["word"] or "").startswith(f"{name}:"))
    assert round(row["value"], 3) == d
    assert row["count"] == splits
    assert row["note"] == ("missing: axe" if name == "weat_2" else None)


def test_career_and_family_has_the_smallest_exact_p(google_news: Vectors) -> None:
    row = next(r for r in embedding_rows.rows(google_news) if (r["word"] or "").startswith("weat_6:"))
    assert row["p"] == pytest.approx(1 / 12_870, rel=1e-6)


def test_tests_that_lack_their_words_are_refused_by_name(google_news: Vectors) -> None:
    refused = {
        entry["what"].partition(":")[0]: entry["why"] for entry in embedding_rows.not_measured(google_news)
    }
    assert {"weat_3", "weat_4", "weat_5"} <= refused.keys()
    assert "african_american_names lacks 23 of 32 words" in refused["weat_3"]
    assert "Lakisha" in refused["weat_4"]
    ran = {(r["word"] or "").partition(":")[0] for r in embedding_rows.rows(google_news)}
    assert ran == {f"weat_{n}" for n in (1, 2, 6, 7, 8, 9, 10)}


def test_no_vector_no_row() -> None:
    nothing = Vectors({}, np.empty((0, 3)))
    assert embedding_rows.rows(nothing) == []
    assert len(embedding_rows.not_measured(nothing)) == 14


# --- plain twins ---


def unit(seed: int, rows: int, dimensions: int = 4) -> np.ndarray:
    found = np.random.default_rng(seed).normal(size=(rows, dimensions))
    return found / np.linalg.norm(found, axis=1, keepdims=True)


seeds = st.integers(0, 10_000)


def cosine(a: np.ndarray, b: np.ndarray) -> float:
    return float(sum(x * y for x, y in zip(a, b, strict=True)))


@given(seeds, st.integers(2, 4), st.integers(2, 4), st.integers(1, 3), st.integers(1, 3))
def test_weat_is_its_definition(seed: int, nx: int, ny: int, na: int, nb: int) -> None:
    x, y, a, b = (unit(seed + k, n) for k, n in enumerate((nx, ny, na, nb)))

    def s(w: np.ndarray) -> float:
        return sum(cosine(w, v) for v in a) / na - sum(cosine(w, v) for v in b) / nb

    values = [s(w) for w in [*x, *y]]
    mean = sum(values) / len(values)
    deviation = math.sqrt(sum((v - mean) ** 2 for v in values) / (len(values) - 1))
    found = embeddings.weat(x, y, a, b)
    assert found.d == pytest.approx((sum(values[:nx]) / nx - sum(values[nx:]) / ny) / deviation)
    splits = list(itertools.combinations(range(nx + ny), nx))
    reached = sum(sum(values[i] for i in split) >= sum(values[:nx]) - 1e-12 for split in splits)
    assert (found.p, found.splits, found.exact) == (reached / len(splits), len(splits), True)


def test_random_permutations_agree_with_all_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    s = np.random.default_rng(3).normal(size=16) + np.repeat([0.6, 0.0], 8)
    exact = embeddings.permutation_p(s, 8)
    monkeypatch.setattr(embeddings, "MOST_SPLITS", 10)
    drawn = embeddings.permutation_p(s, 8)
    assert (exact[2], drawn[1:]) == (True, (100_000, False))
    assert drawn[0] == pytest.approx(exact[0], abs=4 * math.sqrt(exact[0] / 100_000))
    assert embeddings.permutation_p(s, 8) == drawn


def test_equal_numbers_have_p_1() -> None:
    assert embeddings.permutation_p(np.full(6, 0.1), 3)[0] == 1


@given(seeds)
def test_relatives_are_their_definitions(seed: int) -> None:
    words, a, b = (unit(seed + k, n) for k, n in enumerate((5, 3, 3)))
    mean_a, mean_b = a.mean(axis=0), b.mean(axis=0)
    assert embeddings.rnd(words, a, b) == pytest.approx(
        sum(math.dist(w, mean_a) - math.dist(w, mean_b) for w in words)
    )
    ripa = [cosine(w, (p - q) / math.dist(p, q)) for w in words for p, q in zip(a, b, strict=True)]
    assert embeddings.ripa(words, a, b) == pytest.approx(sum(ripa) / len(ripa))
    distances = [[1 - sum(cosine(w, v) for v in side) / len(side) for w in words] for side in (a, b)]
    assert embeddings.mac(words, [a, b]) == pytest.approx(sum(map(sum, distances)) / 10)
    for w, effect in zip(words, embeddings.wefat(words, a, b), strict=True):
        cosines = [cosine(w, v) for v in [*a, *b]]
        s = sum(cosines[:3]) / 3 - sum(cosines[3:]) / 3
        assert effect == pytest.approx(s / np.std(cosines, ddof=1))
    ranks = [
        [sorted(side).index(c) for c in side]
        for side in ([cosine(w, m / np.linalg.norm(m)) for w in words] for m in (mean_a, mean_b))
    ]
    assert embeddings.ect(words, a, b) == pytest.approx(np.corrcoef(*ranks)[0, 1])


def test_relatives_know_the_case_without_association() -> None:
    words = unit(1, 6)
    same = unit(2, 3)
    assert embeddings.rnd(words, same, same) == 0
    assert embeddings.ect(words, same, same) == pytest.approx(1)
    square = np.eye(4)
    assert embeddings.mac(square[:2], [square[2:]]) == 1
    assert embeddings.ripa(np.array([[1.0, 0.0]]), np.array([[1.0, 0.0]]), np.array([[-1.0, 0.0]])) == 1
    assert math.isnan(embeddings.ect(words[:2], same, same))


def test_rnsb_tells_alike_from_unlike() -> None:
    random = np.random.default_rng(7)
    side = np.array([1.0, 0, 0, 0])
    positive, negative = (random.normal(size=(80, 4)) * 0.3 + sign * side for sign in (1, -1))
    alike, shares = embeddings.rnsb(np.tile([0.0, 1, 0, 0], (5, 1)), positive, negative)
    assert alike == pytest.approx(0, abs=1e-12)
    assert shares == pytest.approx([0.2] * 5)
    unlike, shares = embeddings.rnsb(np.array([side, -side, [0, 1, 0, 0]]), positive, negative)
    assert unlike > 0.3
    assert shares[1] > shares[2] > shares[0]
    assert shares.sum() == pytest.approx(1)


# --- rows ---


@pytest.fixture(scope="module")
def complete() -> Vectors:
    """A random vector for every word of every test; occupations lean to women's words as the census says."""
    words = sorted(embedding_rows.words())
    return Vectors({word: i for i, word in enumerate(words)}, unit(11, len(words), 20))


def test_with_all_words_there_is_nothing_to_refuse(complete: Vectors) -> None:
    assert embedding_rows.not_measured(complete) == []
    found = embedding_rows.rows(complete)
    counts: dict[str, int] = {}
    for row in found:
        counts[row["measure"]] = counts.get(row["measure"], 0) + 1
    once = dict.fromkeys(["wefat_correlation", "rnd", "ripa", "mac"], 1)
    assert counts == {"weat": 10, "wefat": 60, "ect": 7, "rnsb": 7 + 19 + 2, **once}
    assert all(row["p_adjusted"] >= row["p"] for row in found if row["measure"] == "weat")
    shares = [
        row["value"]
        for row in found
        if row["measure"] == "rnsb" and row["group"] and row["word"] == "religions"
    ]
    assert sum(shares) == pytest.approx(1, abs=1e-5)


def test_rows_repeat(complete: Vectors) -> None:
    assert embedding_rows.rows(complete) == embedding_rows.rows(complete)


def test_a_group_without_a_word_is_left_out_and_named(complete: Vectors) -> None:
    rows = {word: row for word, row in complete.rows.items() if word != "mexican"}
    found = embedding_rows.rows(Vectors(rows, complete.matrix))
    (total,) = (
        r for r in found if r["measure"] == "rnsb" and r["word"] == "nationalities" and not r["group"]
    )
    assert (total["count"], total["note"]) == (18, "missing: geography/mexico")


def test_word_sets_hold_no_word_twice() -> None:
    sets: dict[str, Any] = embedding_rows.word_sets()
    for test in sets["weat"]:
        for side in (*test["targets"].values(), *test["attributes"].values()):
            assert len(set(side)) == len(side)
        one, other = test["targets"].values()
        assert len(one) == len(other)

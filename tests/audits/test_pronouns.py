"""Pronouns of English documents, by Llama 2's lists, against a plain twin."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits import pronouns
from filters.kernels.pronouns import Kernel
from tests import naive


def counted(text: str | None, language: str | None = "en") -> dict[str, int]:
    """Words of each list, those that were found, and `words`."""
    found = pronouns.count(pa.array([text], pa.string()), pa.array([language], pa.string()))
    named = dict(zip(pronouns.WORDS, found.counts[0].tolist(), strict=True))
    return {name: n for name, n in named.items() if n} | {"words": int(found.words[0])}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("She told him that her dog is theirs.", {"she": 2, "he": 1, "unspecified": 1, "words": 8}),
        (
            "HERSELF, himself; themselves/themself - theirself",
            {"she": 1, "he": 1, "unspecified": 3, "words": 5},
        ),
        ("I, me, my, mine, myself, we, us, our, ours, ourselves", {"first": 10, "words": 10}),
        ("you your yours yourself yourselves", {"second": 5, "words": 5}),
        ("it its itself", {"it": 3, "words": 3}),
        ("he's, she’s, they'd", {"he": 1, "she": 1, "unspecified": 1, "words": 6}),
        ("the theme hero sheer mythic thyself hers_", {"words": 7}),  # parts of words are not words
        ("héros hér heé", {"words": 3}),
        ("he\u0301 h\u00ade \u200dshe\u200d", {"he": 1, "she": 1, "words": 3}),  # an accent; a soft hyphen
        ("彼は he です", {"he": 1, "words": 5}),
        ("ａ ＨＥ", {"words": 2}),  # full width: another letter
        ("US IT", {"first": 1, "it": 1, "words": 2}),  # compared in lower case, for better or worse
        ("he\x00she", {"he": 1, "she": 1, "words": 2}),
        ("h" * 40 + "himself", {"words": 1}),  # its last letters are not the word
        ("", {"words": 0}),
        (" \n\t.,;", {"words": 0}),
        (None, {"words": 0}),
    ],
)
def test_pronouns_are_whole_words_in_any_case(text: str | None, expected: dict[str, int]) -> None:
    assert counted(text) == expected


@pytest.mark.parametrize("language", ["de", "und", "ja", None])
def test_other_languages_have_words_and_no_pronouns(language: str | None) -> None:
    assert counted("me und her", language) == {"words": 3}


def test_the_lists_are_those_of_llama_2() -> None:
    # Touvron et al. 2023, appendix A.4.3; its third person is she, he, unspecified and it.
    assert {name: len(listed) for name, listed in pronouns.LISTS.items()} == {
        "she": 4,
        "he": 4,
        "unspecified": 7,
        "first": 10,
        "second": 5,
        "it": 3,
    }
    words = [word for listed in pronouns.LISTS.values() for word in listed]
    assert len(words) == len(set(words)) == 33


def test_llama_2_shares_are_put_on_all_documents() -> None:
    assert round(pronouns.llama_2_rate("she"), 4) == 0.2140  # 28.45 % of 75.23 %
    assert round(pronouns.llama_2_rate("third"), 4) == 0.8792  # 93.07 % of 94.47 %
    assert pronouns.llama_2_rate("any_gendered") == 0.7523
    # The figures cannot all be shares of all documents: who has `they` has a gender pronoun, so counted.
    assert pronouns.LLAMA_2["unspecified"] > pronouns.LLAMA_2["any_gendered"]
    assert pronouns.llama_2_rate("unspecified") < pronouns.LLAMA_2["any_gendered"]


def test_classes_are_unions_of_lists() -> None:
    text = pa.array(["she", "it", "they", "you", "a tree", "me"])
    found = pronouns.count(text, pa.array(["en"] * 6))
    has = {name: found.has(name).tolist() for name in pronouns.CLASSES}
    assert has["any_gendered"] == [True, False, True, False, False, False]
    assert has["third"] == [True, True, True, False, False, False]
    assert has["any"] == [True, True, True, True, False, True]


pieces = st.sampled_from(
    [word for listed in pronouns.LISTS.values() for word in listed]
    + ["She", "HIM", "é", "ı", "İ", "K", "ß", "Σ", "日", "カ", "ﾊ", "\u0301", "\xad", "\u200d", "ـ", "_", "9"]
    + [" ", "  ", "'", "’", "-", ".", "\n", "\x00", "x", "𝒽𝑒", "\U000e0101", "हे", "เขา", "x" * 20]
)
texts = st.one_of(st.lists(pieces, max_size=14).map("".join), st.text(max_size=20))


@given(st.lists(st.tuples(texts, st.booleans()), max_size=4))
def test_the_kernel_counts_what_its_twin_counts(documents: list[tuple[str, bool]]) -> None:
    text = pa.array([text for text, _ in documents], pa.string())
    language = pa.array(["en" if english else "fr" for _, english in documents], pa.string())
    found = pronouns.count(text, language)
    for i, (written, english) in enumerate(documents):
        counts, words = naive.pronoun_counts(written, pronouns.LISTS)
        assert found.words[i] == words
        assert found.counts[i].tolist() == (counts if english else [0] * len(counts))


def test_a_line_of_five_megabytes() -> None:
    assert counted("she and " * 625_000) == {"she": 625_000, "words": 1_250_000}
    assert counted("é" * 2_500_000) == {"words": 1}
    assert counted("he" * 2_500_000) == {"words": 1}


def test_slices_and_empty_batches() -> None:
    text, language = pa.array(["he", "she", "they"]), pa.array(["en", "en", "en"])
    assert pronouns.count(text.slice(1, 1), language.slice(1, 1)).counts.tolist() == [[1, 0, 0, 0, 0, 0]]
    assert pronouns.count(text.slice(0, 0), language.slice(0, 0)).counts.shape == (0, 6)


def test_the_kernel_refuses_what_it_cannot_count() -> None:
    kinds = np.zeros(0x80, np.uint8)
    for words, columns in (([("He", 0)], 1), ([("", 0)], 1), ([("x" * 17, 0)], 1), ([("he", 1)], 1), ([], 0)):
        with pytest.raises(ValueError, match=r"word|letters|column"):
            Kernel(kinds, words, columns)
    with pytest.raises(ValueError, match="code points"):
        Kernel(kinds[:5], [], 1)
    kernel = Kernel(kinds, [("he", 0)], 1)
    with pytest.raises(ValueError, match="beyond"):
        kernel.count(np.array([0, 9], np.int32), np.zeros(3, np.uint8), np.ones(1, np.bool_))
    with pytest.raises(ValueError, match="one flag"):
        kernel.count(np.array([0, 3], np.int32), np.zeros(3, np.uint8), np.ones(2, np.bool_))

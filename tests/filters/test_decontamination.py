"""Items of evaluation sets in documents: planted ones, near ones, the plain twin, the law."""

import random
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from filters import decontamination
from filters.decontamination import Index, Item
from schemas.parameters import Decontamination
from tests import naive

LONG = (
    "The mechanic fixed the old engine in the rain because the driver of the red truck had promised her a"
    " warm meal and a place to sleep."
)
SHORT = "Everyone in the village knew the baker's secret."
TINY = "Cats have claws."
ITEMS = [
    Item("first", "a.jsonl#0", (LONG,)),
    Item("first", "a.jsonl#1", (SHORT,)),
    Item(
        "second", "b.csv#7", (TINY, LONG + " She agreed at once, and drove away before the light came back.")
    ),
    Item("second", "b.csv#8", (TINY,)),
]


def index_of(items: list[Item], **parameters: Any) -> Index:
    return decontamination.build_index(items, Decontamination(**parameters))


@pytest.fixture(scope="module")
def index() -> Index:
    return index_of(ITEMS)


def measure(text: str | None, index: Index) -> dict[str, Any]:
    return decontamination.measure(pa.array([text], pa.string()), index).to_pylist()[0]


FILLER = "A quiet week passed, and nobody spoke of it again; the road stayed empty. " * 40


@pytest.mark.parametrize(
    "text",
    [
        LONG,
        LONG.upper(),
        LONG.replace(" ", " ... ").replace("e", "E"),
        LONG.replace(" ", "\n\t"),
        f"({LONG.replace(' ', '-')})",
        FILLER + LONG + FILLER,
        FILLER + LONG,
        LONG + "\x00" + FILLER,
        "»" + LONG.rstrip(".") + "«",
        FILLER * 200 + LONG,
    ],
)
def test_a_planted_item_is_found_whole(text: str, index: Index) -> None:
    found = measure(text, index)
    assert found == {
        "contaminated_ngrams": len(naive.word_grams(LONG, 13, 6)),
        "contamination_share": 1.0,
        "contamination_set": "first",
        "contamination_item": "a.jsonl#0",
    }


@pytest.mark.parametrize("first", range(14))
def test_thirteen_words_of_an_item_are_enough_and_twelve_are_not(first: int, index: Index) -> None:
    words = LONG.split()
    assert measure("x " + " ".join(words[first : first + 13]) + " y", index)["contaminated_ngrams"] == 1
    assert measure("x " + " ".join(words[first : first + 12]) + " y", index)["contaminated_ngrams"] == 0


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (SHORT, True),
        ("EVERYONE in the village knew the baker s secret", True),  # the apostrophe parts two words
        (SHORT.replace("village", "town"), False),
        ("everyone in the village knew the baker's", False),
        (f"{FILLER}{SHORT}{FILLER}", True),
        (TINY, False),
    ],
)
def test_a_shorter_text_is_matched_whole_and_a_tiny_one_not_at_all(
    text: str, found: bool, index: Index
) -> None:
    assert measure(text, index)["contaminated_ngrams"] == int(found)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t",
        "\x00",
        "one",
        FILLER,
        " ".join(reversed(LONG.split())),
        " ".join(f"{word} and" for word in LONG.split()),
        LONG.replace("e", "é"),
    ],
)
def test_other_text_is_clean(text: str, index: Index) -> None:
    assert measure(text, index) == {
        "contaminated_ngrams": 0,
        "contamination_share": 0.0,
        "contamination_set": None,
        "contamination_item": None,
    }


def test_null_is_not_measured(index: Index) -> None:
    assert set(measure(None, index).values()) == {None}


def test_counts_tell_what_each_set_came_to(index: Index) -> None:
    long, longer = (len(naive.word_grams(text, 13, 6)) for text in (LONG, ITEMS[2].texts[1]))
    assert index.counts == {
        "first": {"items": 2, "ngrams": long + 1, "too_short": 0},
        "second": {"items": 1, "ngrams": longer, "too_short": 1},
    }


def test_an_index_of_nothing_finds_nothing() -> None:
    assert measure(LONG, index_of([]))["contaminated_ngrams"] == 0


def test_scripts_without_spaces_count_each_character() -> None:
    text = "吾輩は猫である。名前はまだ無い。"
    found = measure(f"「{text}」と書いた", index_of([Item("ja", "0", (text,))]))
    assert (found["contaminated_ngrams"], found["contamination_share"]) == (2, 1.0)


def test_a_document_of_fifty_megabytes_in_one_line_is_read(index: Index) -> None:
    text = "lorem ipsum dolor " * (50_000_000 // 18) + LONG
    assert measure(text, index)["contamination_item"] == "a.jsonl#0"


WORDS = st.sampled_from(["a", "b", "B", "ß", "don't", "x_1", "漢", "あ", "Σ", "ς", "é"])
TEXTS = st.lists(WORDS, max_size=14).map(" ".join)


@given(
    st.lists(st.lists(TEXTS, min_size=1, max_size=3), max_size=5),
    st.lists(TEXTS, max_size=4),
    st.integers(1, 5),
    st.integers(0, 4),
)
def test_the_kernel_equals_its_plain_twin(
    items: list[list[str]], texts: list[str], shortest: int, more: int
) -> None:
    ngram = shortest + more
    built = index_of(
        [Item("s", str(i), tuple(texts_)) for i, texts_ in enumerate(items)], ngram=ngram, shortest=shortest
    )
    for row, text in zip(
        decontamination.measure(pa.array(texts, pa.string()), built).to_pylist(), texts, strict=True
    ):
        ngrams, share, best = naive.contamination(text, items, ngram, shortest)
        assert row["contaminated_ngrams"] == ngrams
        assert row["contamination_share"] == share
        assert row["contamination_item"] == (None if best is None else str(best))


VOCABULARY = st.text("abcdeéñ0123ßжяあ", min_size=1, max_size=6)
BETWEEN = st.text(" .,;:!?-\n\t\"'()«»…", min_size=1, max_size=4)


@given(st.lists(VOCABULARY, min_size=13, max_size=30), st.data())
def test_any_document_with_thirteen_words_of_an_item_in_a_row_is_found(words: list[str], data: Any) -> None:
    built = index_of([Item("s", "0", (" ".join(words),))])
    item = naive.dedup_words(" ".join(words))
    start = data.draw(st.integers(0, len(item) - 13))
    text = data.draw(st.text(max_size=20)) + " "
    for word in item[start : start + 13]:
        text += data.draw(st.sampled_from([word, word.upper()])) if word.upper().lower() == word else word
        text += data.draw(BETWEEN)
    assert measure(text + data.draw(st.text(max_size=20)), built)["contaminated_ngrams"] >= 1


@given(st.lists(TEXTS, max_size=4), st.lists(TEXTS, max_size=4))
def test_measure_of_a_and_b_is_measure_of_a_then_of_b(a: list[str], b: list[str]) -> None:
    built = index_of([Item("s", "0", ("a b a b ß a b",))], ngram=2, shortest=1)
    rows = [decontamination.measure(pa.array(x, pa.string()), built).to_pylist() for x in (a + b, a, b)]
    assert rows[0] == rows[1] + rows[2]


def test_the_order_of_items_changes_nothing_but_ties() -> None:
    items = [Item("s", str(i), (" ".join(f"w{i * 7 + k}" for k in range(15)),)) for i in range(50)]
    text = pa.array([item.texts[0] for item in items])
    shuffled = random.Random(0).sample(items, len(items))
    assert (
        decontamination.measure(text, index_of(items)).to_pylist()
        == decontamination.measure(text, index_of(shuffled)).to_pylist()
    )


def test_checks_are_policy() -> None:
    signals = pa.record_batch(
        {
            "contaminated_ngrams": pa.array([0, 1, 30, None], pa.int32()),
            "contamination_share": [0.0, 0.1, 0.8, None],
        }
    )
    (any_,) = decontamination.fire(signals, Decontamination())
    assert (any_.reason, any_.removes.tolist()) == ("ngram_overlap", [False, True, True, False])
    assert any_.measured.tolist() == [True, True, True, False]
    firings = decontamination.fire(
        signals, Decontamination(max_ngrams=None, max_share=0.5, review={"max_share": 0.05})
    )
    assert [firing.reason for firing in firings] == ["item_overlap"]
    assert firings[0].removes.tolist() == [False, False, True, False]
    assert firings[0].reviews.tolist() == [False, True, False, False]


@pytest.mark.parametrize("broken", ["buckets", "item_bounds", "sieve"])
def test_an_index_that_does_not_fit_together_is_refused(index: Index, broken: str) -> None:
    parts = index.__dict__ | {broken: getattr(index, broken)[:-1]}
    with pytest.raises(ValueError, match=r"power of two|fit together"):
        decontamination.measure(pa.array([LONG]), Index(**parts))


def test_signals_are_those_declared(index: Index) -> None:
    found = decontamination.measure(pa.array([LONG, SHORT]), index)
    assert found.schema == decontamination.SIGNALS
    assert np.dtype(np.float64) == found.column("contamination_share").to_numpy().dtype

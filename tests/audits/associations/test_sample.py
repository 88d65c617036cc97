"""Counts of a sample: kernel against plain twin, exact merges, sentences, bad input."""

import itertools
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vaderSentiment.vaderSentiment import BOOSTER_DICT, NEGATE

from audits.associations import lexicon, sample
from filters import group_lexicons, groups, words
from filters.kernels import word_counts
from filters.kernels.word_counts import Kernel
from tests import naive
from tests.audits.associations.sampled import documents

CORES = [
    tuple(lexicon.ONE_WORD.findall(term.core.lower()))
    for term in group_lexicons.terms("en")
    if not term.group.endswith("/-")
]
LISTS = lexicon.word_lists()
KNOWN = naive.Lexicon(
    valence=lexicon.valences(),
    degree={word: step for word, step in BOOSTER_DICT.items() if word.isalpha()},
    flags={
        "negation": {word for word in NEGATE if word.isalpha()},
        "stem": {word[:-2] for word in NEGATE if word.endswith("'t")},
        "but": {"but"},
        "women": set(LISTS["women"]),
        "men": set(LISTS["men"]),
        "abbreviation": set(LISTS["abbreviations"]),
        "names": {core[0] for core in CORES if len(core) == 1},
    },
    occupations={form: o.name for o in lexicon.occupations() for form in o.forms},
    pairs={core[:2] for core in CORES if len(core) > 1},
)


def mentioned(sentence: str) -> list[str]:
    found: list[str] = groups.mentions(pa.array([sentence]), pa.array(["en"])).to_pylist()[0]
    return found


def plain(batch: pa.RecordBatch) -> dict[str, Any]:
    rows = [row for row in batch.to_pylist() if row["language"] == "en"]
    documents = [(row["doc_id"], row["text"] or "", bool(row["groups"])) for row in rows]
    return naive.passages(documents, KNOWN, mentioned)


def counted(table: pa.Table) -> dict[str, Any]:
    """A SAMPLE as the twin has it."""
    words_of = sample.of_kind(table, sample.WORD)
    names = dict(zip(words_of["number"].to_pylist(), words_of["name"].to_pylist(), strict=True))
    for number, name in names.items():
        assert number % 2**64 == naive.hash_word(name.encode())
    found = sample.passages(table)
    tones = dict(zip(*sample.fixed(table, sample.TONE, sample.BLOCKS * 4), strict=True))
    return {
        "uses": {names[n]: v[0] for n, v in zip(names, words_of["values"].to_pylist(), strict=True)},
        "together": {n: list(v) for n, v in zip(*sample.fixed(table, sample.OCCUPATION, 3), strict=True)},
        "tones": {name: values.reshape(sample.BLOCKS, 4).tolist() for name, values in tones.items()},
        "pairs": {
            (found.labels[label], names[word]): list(counts)
            for label, word, counts in zip(found.label, found.hash, found.counts, strict=True)
        },
        "documents": dict(zip(found.labels, found.documents, strict=True)),
    }


def bits(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        for batch in table.combine_chunks().to_batches():
            writer.write_batch(batch)
    return sink.getvalue().to_pybytes()


PIECES = st.sampled_from(
    [
        *(
            "The nurse",
            "a doctor",
            "secretaries",
            "she",
            "his",
            "Mr.",
            "Dr.",
            "e.g.",
            "Nigeria",
            "Nigerians",
            "muslim",
        ),
        *(
            "women",
            "black people",
            "African American",
            "old",
            "Germany",
            "good",
            "very",
            "not",
            "isn't",
            "isn’t",
            "can't",
        ),
        *(
            "no",
            "never",
            "but",
            "terrible",
            "hardly",
            "happy",
            "hate",
            "I",
            "U.S.",
            "co-op",
            "naïve",
            "İstanbul",
            "日本語",
        ),
        *("x" * 24, "x" * 25, "a1b", "_", "ΣΑΣ", "don't", "he's", "they're", "ab", "abc"),
    ]
)
GLUE = st.sampled_from(
    [" ", " ", " ", ". ", ".", "! ", '." ', ".” ", "?) ", "\n", "\n\n", "\r\n\r\n", ", ", "'", "-"]
)
TEXTS = st.lists(st.tuples(PIECES, GLUE), max_size=40).map(lambda parts: "".join(a + b for a, b in parts))


@given(st.lists(TEXTS, max_size=6))
def test_counts_are_those_of_the_plain_twin(texts: list[str]) -> None:
    batch = documents(texts)
    assert counted(sample.count(batch)) == plain(batch)


@given(st.lists(st.text(max_size=60), max_size=4))
def test_counts_are_those_of_the_plain_twin_on_any_text(texts: list[str]) -> None:
    batch = documents(texts)
    assert counted(sample.count(batch)) == plain(batch)


def test_counts_are_those_of_the_plain_twin_on_real_text(shared_data: Any) -> None:
    table = pq.read_table(shared_data / "corpus" / "s30" / "parquet" / "part-000.parquet", columns=["text"])
    batch = documents(table["text"].to_pylist()[:2000:20])
    found = counted(sample.count(batch))
    assert found == plain(batch)
    assert len(found["pairs"]) > 1000


@settings(max_examples=25)
@given(st.lists(TEXTS, min_size=1, max_size=8), st.data())
def test_any_split_gives_the_same_table_to_the_bit(texts: list[str], data: st.DataObject) -> None:
    whole = sample.merge([sample.count(documents(texts))])
    cuts = sorted(data.draw(st.lists(st.integers(0, len(texts)), max_size=3)))
    edges = [0, *cuts, len(texts)]
    parts = [sample.count(documents(texts[a:b], first=a)) for a, b in itertools.pairwise(edges)]
    order = data.draw(st.permutations(parts))
    assert bits(sample.merge(order)) == bits(whole)
    nested = sample.merge([sample.merge(order[:2]), sample.merge(order[2:]), sample.empty()])
    assert bits(nested) == bits(whole)


SENTENCES = [
    ("A man slept. A woman read.", ["A man slept. ", "A woman read."]),
    ('"The man!" said the woman.', ['"The man!" ', "said the woman."]),
    ("Mr. Man met J. Woman vs. the men. Women left.", ["Mr. Man met J. Woman vs. the men. ", "Women left."]),
    ("men\nof one line\n\nwomen", ["men\nof one line\n", "\nwomen"]),
    ("men 3.5 women", ["men 3.5 women"]),
    ("men… women?”\nmen", ["men… women?”\n", "men"]),
    ("x. y! z?", []),
    ("", []),
]


@pytest.mark.parametrize(("text", "expected"), SENTENCES, ids=[text for text, _ in SENTENCES])
def test_sentences_end_where_readers_end_them(text: str, expected: list[str]) -> None:
    data = np.frombuffer(text.encode(), np.uint8)
    found = lexicon.kernel().scan(np.array([0, len(data)], np.int32), data, np.ones(1, np.uint8))[1]
    ends, letters = found[2], bytes(found[3])
    assert [letters[a:b].decode() for a, b in itertools.pairwise(ends)] == expected


def test_long_text_without_marks_is_cut_at_lines_then_at_spaces() -> None:
    for space, least in (("\n", 300), (" ", 1000)):
        text = ("women" + space) * 500
        data = np.frombuffer(text.encode(), np.uint8)
        rows, _, ends, *_ = lexicon.kernel().scan(
            np.array([0, len(data)], np.int32), data, np.ones(1, np.uint8)
        )[1]
        assert np.diff(ends)[:-1].min() >= least
        assert np.diff(ends).max() <= least + 6
        assert len(rows) > 1


def test_only_english_documents_count_and_null_text_is_empty() -> None:
    assert sample.count(documents(["The women of Nigeria."], language="fr")).equals(sample.empty())
    assert sample.count(documents([])).equals(sample.empty())
    batch = documents(["", "The women slept."])
    nulled = batch.set_column(1, "text", pa.array([None, "The women slept."], pa.string()))
    assert sample.count(nulled).equals(sample.count(batch))


def test_nothing_merges_to_nothing() -> None:
    assert sample.merge([]).equals(sample.empty())
    assert sample.merge([sample.empty(), sample.empty()]).equals(sample.empty())


def test_a_kernel_refuses_lists_that_do_not_fit() -> None:
    one, two = np.zeros(1), np.zeros(2)
    flags, number = np.zeros(1, np.uint16), np.full(1, -1, np.int16)
    for known, valence in ((["a"], two), (["a", "a"], two), ([""], one)):
        with pytest.raises(ValueError, match="word"):
            Kernel(words.table(), known, valence, np.zeros(len(known)), flags, number, [])
    kernel = Kernel(words.table(), ["a"], one, one, flags, number, [])
    with pytest.raises(ValueError, match="beyond"):
        kernel.scan(np.array([0, 9], np.int32), np.zeros(3, np.uint8), np.ones(1, np.uint8))
    with pytest.raises(ValueError, match="a document"):
        kernel.scan(np.array([0, 3], np.int32), np.zeros(3, np.uint8), np.ones(2, np.uint8))
    with pytest.raises(ValueError, match="no such label"):
        word_counts.passages(
            *(np.array(x, t) for x, t in (([0], np.int32), ([0, 0], np.int64), ([], np.int32))),
            np.array([0, 1], np.int64),
            np.array([5], np.int32),
            np.array([0], np.int32),
        )

"""Counts of what sampled documents say, in one table whose merge is an exact sum.

Only English documents count: the word lists are English. A *passage* about a group is all sentences of one
document that mention it, by their own text (filters/groups.py); a passage about an axis, those that mention
any of its groups. A label is a group or an axis. SAMPLE has five kinds of rows.

kind        name        number              values
documents   ""          0                   English documents
occupation  occupation  0                   sentences with it; of these, with a women's word, a men's word
passage     label       0                   documents with such a passage; then for each word in them its
                                            hash, documents whose passage has it, and of them those that use
                                            it in no sentence that mentions the axis but not the group
tone        label       0                   BLOCKS x TONE: for each of BLOCKS random blocks of documents (the
                                            last two hex digits of doc_id) the sentences that mention it, the
                                            sums of their tones and of the squares, both in millionths, and
                                            how many are negative. Tones lie between -1 and 1
word        the word    its 64-bit hash     documents that have it

Rows are sorted by kind, then by name, but words by hash. Size: that of the sample's vocabulary and of the
pairs of word and group in it, about 8 MB for 5,000 documents. Two words of one hash would count as one: a
chance of one in a billion for 200,000 words.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from audits.associations import lexicon
from filters import groups
from filters.arrow_buffers import string_buffers
from filters.kernels import word_counts
from schemas import group_names

SAMPLE = pa.schema(
    [
        pa.field("kind", pa.string(), nullable=False),
        pa.field("name", pa.string(), nullable=False),
        pa.field("number", pa.int64(), nullable=False),
        pa.field("values", pa.list_(pa.int64()), nullable=False),
    ]
)
DOCUMENTS, OCCUPATION, PASSAGE, TONE, WORD = KINDS = ("documents", "occupation", "passage", "tone", "word")
BLOCKS = 64
TONES = ("sentences", "sum", "squares", "negative")
NEGATIVE = -50_000  # millionths: the authors' bound of a negative text
MILLION = 1_000_000
Integers = npt.NDArray[np.int64]


class Passages(NamedTuple):
    """Pairs of label and word, sorted by label and hash.

    Attributes:
        labels: sorted names.
        documents: int64[labels], with such a passage.
        label: int64[pairs], index of the label.
        hash: int64[pairs], of the word.
        counts: int64[pairs, 2], documents whose passage has the word, and of them those that have it there
            only.
    """

    labels: list[str]
    documents: Integers
    label: Integers
    hash: Integers
    counts: Integers


def empty() -> pa.Table:
    """No counts."""
    return SAMPLE.empty_table()


def count(documents: pa.RecordBatch) -> pa.Table:
    """SAMPLE of some documents; cheapest for many at once.

    Args:
        documents: columns doc_id, text, language, groups; others are not read.
    """
    chosen = documents.select(["doc_id", "text", "language", "groups"])
    chosen = chosen.filter(pc.equal(chosen.column("language"), lexicon.LANGUAGE))
    if not chosen.num_rows:
        return empty()
    text, mentions = chosen.column("text"), chosen.column("groups")
    named = pc.greater(pc.list_value_length(mentions), 0).to_numpy(zero_copy_only=False).astype(np.uint8)
    vocabulary, sentences, together = lexicon.kernel().scan(*string_buffers(text), named)
    hashes, uses, ends, letters = vocabulary
    row, tone, sentence_ends, sentence_letters, word_ends, words = sentences
    mentioned = groups.mentions(
        _strings(sentence_ends, sentence_letters), pa.repeat(lexicon.LANGUAGE, len(row)).cast(pa.string())
    )
    names, label_ends, labels, axis_of = _labels(mentioned)
    documents_with, label, word, counts = word_counts.passages(
        row, word_ends, words, label_ends, labels, axis_of
    )
    order = np.argsort(hashes, kind="stable")
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    passages = _sorted(names, documents_with, label, rank[word], hashes.view(np.int64)[order], counts)
    sentence = np.repeat(np.arange(len(row)), np.diff(label_ends))
    block = blocks(chosen.column("doc_id"))[row[sentence]]
    occurring = np.flatnonzero(together[:, 0])
    occupations = pa.array([occupation.name for occupation in lexicon.occupations()], pa.string())
    return pa.concat_tables(
        [
            _rows(DOCUMENTS, pa.array([""]), _fixed(np.array([[len(text)]]))),
            _rows(OCCUPATION, occupations.take(pa.array(occurring)), _fixed(together[occurring])),
            _passage_rows(passages),
            _tone_rows(names, labels, block, tone[sentence]),
            _word_rows(_strings(ends, letters).take(pa.array(order)), hashes[order], uses[order]),
        ]
    ).combine_chunks()


def merge(tables: Sequence[pa.Table]) -> pa.Table:
    """The sum of some tables."""
    tables = [table for table in tables if table.num_rows]
    if len(tables) < 2:
        return tables[0].combine_chunks() if tables else empty()
    joined = pa.concat_tables(tables).combine_chunks()
    words = of_kind(joined, WORD)
    hashes, first, place = np.unique(
        words["number"].to_numpy().view(np.uint64), return_index=True, return_inverse=True
    )
    uses = np.zeros(len(hashes), np.int64)
    np.add.at(uses, place, words["values"].flatten().to_numpy())
    return pa.concat_tables(
        [
            _summed(joined, DOCUMENTS),
            _summed(joined, OCCUPATION),
            _passage_rows(passages(joined)),
            _summed(joined, TONE),
            _word_rows(words["name"].take(pa.array(first)), hashes, uses),
        ]
    ).combine_chunks()


def of_kind(table: pa.Table, kind: str) -> dict[str, pa.Array]:
    """Columns of one kind's rows, each in one chunk."""
    rows = table.filter(pc.equal(table["kind"], kind))
    return {name: _whole(rows[name]) for name in ("name", "number", "values")}


def passages(table: pa.Table) -> Passages:
    """The `passage` rows of a table, those of one label added."""
    columns = of_kind(table, PASSAGE)
    encoded = columns["name"].dictionary_encode()
    label_of = encoded.indices.to_numpy().astype(np.int64)
    ends = columns["values"].offsets.to_numpy().astype(np.int64)
    values = columns["values"].flatten().to_numpy()
    starts = ends[:-1] - ends[:1]
    documents = np.zeros(len(encoded.dictionary), np.int64)
    np.add.at(documents, label_of, values[starts])
    pairs = np.delete(values, starts).reshape(-1, 3)
    label = np.repeat(label_of, (np.diff(ends) - 1) // 3)
    hashes, rank = np.unique(pairs[:, 0].view(np.uint64), return_inverse=True)
    names: list[str] = encoded.dictionary.to_pylist()
    return _sorted(names, documents, label, rank, hashes.view(np.int64), pairs[:, 1:])


def fixed(table: pa.Table, kind: str, width: int) -> tuple[list[str], Integers]:
    """(names, int64[n, width]) of a kind whose values are all of one length."""
    columns = of_kind(table, kind)
    names: list[str] = columns["name"].to_pylist()
    return names, columns["values"].flatten().to_numpy().reshape(len(names), width)


def blocks(doc_id: pa.StringArray) -> npt.NDArray[np.int32]:
    """int32[n], the block of each document: its last two hex digits, modulo BLOCKS."""
    encoded = pc.utf8_slice_codeunits(doc_id, -2).dictionary_encode()
    values = np.array([int(digits, 16) % BLOCKS for digits in encoded.dictionary.to_pylist()], np.int32)
    found: npt.NDArray[np.int32] = values[encoded.indices.to_numpy()]
    return found


def _labels(
    mentioned: pa.ListArray,
) -> tuple[list[str], Integers, npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """(names, int64[s + 1] ends, int32[...] labels of each sentence, int32[names] axis of each label).

    The labels of a sentence are the groups it mentions and their axes.
    """
    named = mentioned.flatten().dictionary_encode()
    names: list[str] = named.dictionary.to_pylist()
    axes = sorted({group_names.axis_of(name) for name in names})
    axis_of = [len(names) + axes.index(group_names.axis_of(name)) for name in names]
    axis_of += range(len(names), len(names) + len(axes))
    group = named.indices.to_numpy().astype(np.int64)
    sentence = np.repeat(np.arange(len(mentioned)), np.diff(mentioned.offsets.to_numpy()))
    width = len(axis_of)
    both = np.unique(
        np.concatenate(
            [sentence * width + group, sentence * width + np.array(axis_of, np.int64)[group]]
            if width
            else [sentence]
        )
    )
    sentence, label = np.divmod(both, max(width, 1))
    ends = np.searchsorted(sentence, np.arange(len(mentioned) + 1)).astype(np.int64)
    return [*names, *axes], ends, label.astype(np.int32), np.array(axis_of, np.int32)


def _sorted(
    names: list[str],
    documents: Integers,
    label: npt.NDArray[np.integer[Any]],
    word: Integers,
    hashes: Integers,
    counts: Integers,
) -> Passages:
    """Passages with labels sorted, pairs by label and word, and equal pairs added; `hashes` are sorted."""
    by_name = sorted(range(len(names)), key=names.__getitem__)
    place = np.empty(len(names), np.int64)
    place[by_name] = np.arange(len(names))
    key = place[label] * len(hashes) + word
    order = np.argsort(key)  # equal ones are added, so that their order does not matter
    key, counts = key[order], counts[order]
    starts = np.flatnonzero(np.diff(key, prepend=-1))
    if len(starts) < len(key):
        counts = np.add.reduceat(counts, starts, axis=0)
        key = key[starts]
    of_label, of_word = np.divmod(key, max(len(hashes), 1))
    return Passages([names[i] for i in by_name], documents[by_name], of_label, hashes[of_word], counts)


def _passage_rows(found: Passages) -> pa.Table:
    pairs = np.column_stack([found.hash, found.counts])
    starts = np.searchsorted(found.label, np.arange(len(found.labels) + 1)).astype(np.int64)
    values = np.insert(pairs.reshape(-1), 3 * starts[:-1], found.documents)
    ends = (3 * starts + np.arange(len(starts))).astype(np.int32)
    lists = pa.ListArray.from_arrays(pa.array(ends), pa.array(values))
    return _rows(PASSAGE, pa.array(found.labels, pa.string()), lists)


def _tone_rows(
    names: list[str], label: npt.NDArray[np.int32], block: npt.NDArray[np.int32], tone: Integers
) -> pa.Table:
    """Rows of mentions, each with its label, its document's block and its sentence's tone."""
    cell = label.astype(np.int64) * BLOCKS + block
    squares = np.rint(tone * (tone / MILLION))
    # Sums in float64 are exact: of integers, and below 2^53.
    weights = (None, tone, squares, (tone <= NEGATIVE).astype(np.int64))
    columns = [np.bincount(cell, weight, len(names) * BLOCKS) for weight in weights]
    sums = np.stack(columns, axis=1).astype(np.int64).reshape(len(names), BLOCKS * len(TONES))
    order = sorted(range(len(names)), key=names.__getitem__)
    return _rows(TONE, pa.array([names[i] for i in order], pa.string()), _fixed(sums[order]))


def _word_rows(names: pa.StringArray, hashes: npt.NDArray[np.uint64], uses: Integers) -> pa.Table:
    return _rows(WORD, names, _fixed(uses[:, None]), hashes.view(np.int64))


def _summed(table: pa.Table, kind: str) -> pa.Table:
    """Rows of equal name added; all values of the kind have one length."""
    columns = of_kind(table, kind)
    encoded = columns["name"].dictionary_encode()
    if not len(encoded):
        return empty()
    values = columns["values"].flatten().to_numpy().reshape(len(encoded), -1)
    sums = np.zeros((len(encoded.dictionary), values.shape[1]), np.int64)
    np.add.at(sums, encoded.indices.to_numpy(), values)
    order = pc.sort_indices(encoded.dictionary)
    return _rows(kind, encoded.dictionary.take(order), _fixed(sums[order.to_numpy()]))


def _rows(kind: str, name: pa.Array, values: pa.ListArray, number: Integers | None = None) -> pa.Table:
    numbers = np.zeros(len(name), np.int64) if number is None else number
    return pa.table(
        [pa.repeat(kind, len(name)), name, pa.array(numbers), values.cast(SAMPLE.field("values").type)],
        schema=SAMPLE,
    )


def _fixed(values: Integers) -> pa.ListArray:
    """Lists of one length from int64[n, length]."""
    ends = np.arange(len(values) + 1, dtype=np.int32) * np.int32(values.shape[1])
    return pa.ListArray.from_arrays(pa.array(ends), pa.array(values.reshape(-1)))


def _strings(ends: npt.NDArray[np.int32], letters: npt.NDArray[np.uint8]) -> pa.StringArray:
    return pa.StringArray.from_buffers(len(ends) - 1, pa.py_buffer(ends), pa.py_buffer(letters))


def _whole(column: pa.ChunkedArray) -> pa.Array:
    return (
        column.chunk(0)
        if column.num_chunks == 1
        else pa.concat_arrays([pa.array([], column.type), *column.chunks])
    )

"""Who is in the corpus, counted: rows of `audits.tally.COUNTS`, whose merge is theirs too.

From the ledger, of every readable document, `before`, and of those kept, `after`:

kind            key              detail    measures
who_documents   ""               ""        before, after
who_source      source           ""        the same
who_language    ISO 639 code     ""        the same
who_group       axis/group       ""        the same; documents that mention it
who_axis        axis             ""        the same; documents that mention any group of the axis

From the kept text:

who_pronoun     class            ""        documents   (audits/pronouns.py; English)
who_pronoun     "", "other"      ""        documents   of English, of other languages
who_sample      ""               ""        documents   in the sample (audits/sampling.py)

and of the sample, by CLUSTERS, "site" or "document", and number of the cluster, "000" to "511":

who_words       site 017         language  words       (those with lexicons; "" = without)
who_mentions    site 017         axis/group mentions   of terms of its lexicons, and of groups in it
who_pronouns    site 017         she, he   words

A site is a registered domain, or a source where there is no URL; by a hash all sites fall into 512 clusters,
so that memory is bounded. A cluster of documents is a hash of doc_id: independent draws, for corpora of too
few sites. Merged sites or documents are clusters as good, only fewer.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import xxhash

from audits import domains, pronouns, regions, sampling, tally
from filters import group_lexicons, groups
from schemas import group_names
from schemas.ledger import Verdict

CLUSTERS = ("site", "document")
BUCKETS = 512
GENDERED = ("she", "he")


def count_ledger(ledger: pa.RecordBatch) -> pa.Table:
    """Documents by source, language, axis and group, before and after.

    Args:
        ledger: columns verdict, source, language, groups.
    """
    readable = ledger.select(["verdict", "source", "language", "groups"]).filter(
        pc.not_equal(ledger.column("verdict"), Verdict.ERROR)
    )
    kept = pc.equal(readable.column("verdict"), Verdict.KEEP).to_numpy(zero_copy_only=False)
    mentioned = readable.column("groups")
    per_row = pc.fill_null(pc.list_value_length(mentioned), 0).to_numpy(zero_copy_only=False)
    rows = np.repeat(np.arange(len(kept)), per_row)
    named = mentioned.flatten().dictionary_encode()
    names = named.dictionary.to_pylist()
    axes = sorted({group_names.axis_of(name) for name in names})
    axis_of = np.array([axes.index(group_names.axis_of(name)) for name in names], np.int64)
    codes = named.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    touched = np.zeros((len(kept), len(axes)), np.bool_)
    touched[rows, axis_of[codes]] = True
    axis_rows, axis_codes = np.nonzero(touched)
    nothing = np.zeros(len(kept), np.int64)
    tables = [
        _sides("who_documents", [""], nothing, kept),
        _sides("who_group", names, codes, kept[rows]),
        _sides("who_axis", axes, axis_codes, kept[axis_rows]),
    ]
    for kind, column in (("who_source", "source"), ("who_language", "language")):
        found = readable.column(column).fill_null(groups.UNKNOWN).dictionary_encode()
        numbers = found.indices.to_numpy(zero_copy_only=False)
        tables.append(_sides(kind, found.dictionary.to_pylist(), numbers, kept))
    return tally.merge(tables)


def count_documents(documents: pa.RecordBatch, threshold: str) -> pa.Table:
    """Pronouns of every document, mentions and words of the sampled ones.

    Args:
        documents: columns doc_id, text, source, url, language; kept ones.
        threshold: `sampling.threshold`.
    """
    found = pronouns.count(documents.column("text"), documents.column("language"))
    english = int(found.english.sum())
    having = {"": english, "other": documents.num_rows - english}
    having |= {name: int(found.has(name).sum()) for name in pronouns.CLASSES}
    sampled = np.flatnonzero(sampling.chosen(documents.column("doc_id"), threshold))
    tables = [
        _rows("who_pronoun", list(having), [""] * len(having), "documents", list(having.values())),
        _rows("who_sample", [""], [""], "documents", [len(sampled)]),
    ]
    if len(sampled):
        tables += _sample(documents.take(pa.array(sampled)), found.take(sampled))
    return tally.merge(tables)


def merge(tables: Sequence[pa.Table]) -> pa.Table:
    """The sum of some tables: any split into batches, parts or workers gives the same one."""
    return tally.merge(tables)


def _sample(documents: pa.RecordBatch, counted: pronouns.Counted) -> list[pa.Table]:
    """Words, mentions and pronouns by cluster."""
    language = documents.column("language").fill_null(groups.UNKNOWN).dictionary_encode()
    lexicons = [lexicon_of(code) for code in language.dictionary.to_pylist()]
    spoken = language.indices.to_numpy(zero_copy_only=False)
    matched = groups.matches(documents.column("text"), documents.column("language"))
    rows, codes, counts = _upward(matched)
    tables = []
    for kind, cluster in zip(CLUSTERS, (_sites(documents), _hashed(documents.column("doc_id"))), strict=True):
        names = [f"{kind} {number:03}" for number in range(BUCKETS)]
        every = np.arange(len(cluster))
        tables += [
            _cells("who_words", names, cluster, lexicons, spoken, "words", counted.words),
            _cells("who_mentions", names, cluster[rows], groups.GROUPS, codes, "mentions", counts),
        ]
        for name in GENDERED:
            words = counted.counts[:, pronouns.WORDS.index(name)]
            tables.append(_cells("who_pronouns", names, cluster, (name,), 0 * every, "words", words))
    return tables


def lexicon_of(language: str) -> str:
    """Code of the lexicons that a language is matched with; "" where there are none."""
    if language == groups.UNKNOWN:
        return "en"
    return language if language in group_lexicons.LANGUAGES else ""


def _upward(matched: pa.RecordBatch) -> tuple[npt.NDArray[np.int64], ...]:
    """(row, group number, 1) of each match and each group that it counts for."""
    contains = group_lexicons.groups()
    numbers = {name: number for number, name in enumerate(groups.GROUPS)}
    named = matched.column("group").dictionary_encode()
    up = [[numbers[above] for above in contains[name]] for name in named.dictionary.to_pylist()]
    which = named.indices.to_numpy(zero_copy_only=False)
    lengths = np.array([len(above) for above in up], np.int64)[which]
    flat = np.array([number for above in up for number in above], np.int64)
    starts = np.cumsum([0, *(len(above) for above in up)])[which]
    places = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    rows = np.repeat(matched.column("row").to_numpy().astype(np.int64), lengths)
    codes = flat[np.repeat(starts, lengths) + places]
    return rows, codes, np.ones(len(rows), np.int64)


def _sites(documents: pa.RecordBatch) -> npt.NDArray[np.int64]:
    """int64[n], cluster of the registered domain, or of the source where there is none."""
    domain = domains.of_hosts(regions.hosts(documents.column("url")))
    # With a line feed, which no domain holds, so that a source is not taken for the site of that name.
    source = pc.binary_join_element_wise(documents.column("source").fill_null(""), "", "\n")
    return _hashed(pc.coalesce(domain, source))


def _hashed(names: pa.StringArray) -> npt.NDArray[np.int64]:
    found = names.dictionary_encode()
    numbers = [xxhash.xxh3_64_intdigest(name.encode()) % BUCKETS for name in found.dictionary.to_pylist()]
    return np.asarray(np.array(numbers, np.int64)[found.indices.to_numpy(zero_copy_only=False)])


def _sides(
    kind: str, names: Sequence[str], codes: npt.NDArray[np.int64], kept: npt.NDArray[np.bool_]
) -> pa.Table:
    """Rows of one kind, of `codes` into `names`."""
    blank = [""] * len(names)
    before = np.bincount(codes, minlength=len(names))
    after = np.bincount(codes[kept], minlength=len(names))
    return pa.concat_tables(
        [
            _rows(kind, names, blank, "before", before[: len(names)]),
            _rows(kind, names, blank, "after", after[: len(names)]),
        ]
    )


def _cells(
    kind: str,
    keys: Sequence[str],
    key: npt.NDArray[np.int64],
    details: Sequence[str],
    detail: npt.NDArray[np.int64],
    measure: str,
    count: npt.NDArray[np.int64],
) -> pa.Table:
    """Rows of the cells (key, detail) that are not 0."""
    cells, place = np.unique(key * len(details) + detail, return_inverse=True)
    sums = np.zeros(len(cells), np.int64)
    np.add.at(sums, place, count)
    cells, sums = cells[sums > 0], sums[sums > 0]
    keys_of = pa.array(keys, pa.string()).take(pa.array(cells // max(1, len(details))))
    details_of = pa.array(details, pa.string()).take(pa.array(cells % max(1, len(details))))
    return _rows(kind, keys_of, details_of, measure, sums)


def _rows(
    kind: str,
    key: Sequence[str] | pa.Array,
    detail: Sequence[str] | pa.Array,
    measure: str,
    count: Sequence[int] | npt.NDArray[np.int64],
) -> pa.Table:
    rows = len(count)
    columns = [pa.repeat(kind, rows), key, detail, pa.repeat(measure, rows), count]
    arrays = [pa.array(column, field.type) for column, field in zip(columns, tally.COUNTS, strict=True)]
    return pa.table(arrays, schema=tally.COUNTS)

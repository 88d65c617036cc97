"""Sketches, candidates, verification, components: plain twins, real text with known answers, laws."""

import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xxhash
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from filters import near_dedup, words
from schemas.parameters import NearDedup
from tests import naive
from tests.deduplicate import deduplicate, jaccard

NO_PARENT = 1 << 62
# Every branch of the kernel: cases, white space, breaks between scripts, letters that grow in lower case.
ALPHABET = "aB3_ \t\n\x1c\x85\u00a0\u3000.\x00ςΣİȺßЖ漢あーกA\u0301🙂"
texts = st.one_of(st.text(max_size=80), st.text(ALPHABET, max_size=200), st.text("ab \n", max_size=300))


def sketch(texts_: list[str | None], **parameters: Any) -> near_dedup.Sketch:
    return near_dedup.sketch(pa.array(texts_, pa.string()), NearDedup(**parameters))


def shingles_of(found: near_dedup.Sketch, row: int) -> list[int]:
    start, stop = found.shingle_offsets[row : row + 2]
    return [int(x) for x in found.shingles[start:stop]]


def exact_of(text: str) -> tuple[int, int]:
    number = xxhash.xxh3_128_intdigest(naive.normal(text).encode())
    return number >> 64, number & naive.MASK


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Hello,  World\n", "hello, world"),
        ("  lead and trail\t\r\n", "lead and trail"),
        ("ΟΔΟΣ", "οδος"),
        ("İstanbul", "i̇stanbul"),
        ("a\u3000\u2028b", "A B"),
        ("one two three four five six seven 8", "ONE\ntwo  three four\x0bfive six seven 8"),
    ],
)
def test_texts_that_differ_in_case_and_white_space_are_equal(a: str, b: str) -> None:
    found = sketch([a, b])
    assert (found.exact[0] == found.exact[1]).all()
    assert found.set_hash[0] == found.set_hash[1]
    assert (found.bands[0] == found.bands[1]).all()


def test_texts_that_differ_otherwise_are_not_equal() -> None:
    found = sketch(["a b", "ab", "a.b", "a b.", "b a", ""])
    assert len({tuple(row) for row in found.exact.tolist()}) == 6


@pytest.mark.parametrize(
    ("text", "shingles"),
    [
        ("", 0),
        (" \n\t", 0),
        ("?! ... \x00", 0),
        ("one", 1),
        ("one two three four", 1),
        ("one two three four five", 1),
        ("one two three four five six", 2),
        ("a a a a a a a a a", 1),
        ("東京タワー", 1),
        ("東京タワーへ", 2),
        ("x" * 100_000, 1),
    ],
)
def test_number_of_shingles(text: str, shingles: int) -> None:
    found = sketch([text])
    assert len(found.shingles) == shingles
    assert (found.set_hash[0] == 0) == (shingles == 0)
    assert found.bands.any() == (shingles > 0)


def test_null_has_no_sketch_and_empty_has_an_exact_hash() -> None:
    found = sketch([None, "", "x", None])
    assert found.exact.any(axis=1).tolist() == [False, True, True, False]
    assert found.set_hash.astype(bool).tolist() == [False, False, True, False]


@given(
    st.lists(st.one_of(st.none(), texts), max_size=6), st.integers(1, 8), st.integers(1, 5), st.integers(1, 4)
)
def test_sketch_equals_its_plain_twin(rows: list[str | None], ngram: int, bands: int, band_rows: int) -> None:
    found = sketch(rows, ngram=ngram, bands=bands, rows=band_rows)
    for i, text in enumerate(rows):
        expected = naive.shingles(text or "", ngram)
        assert shingles_of(found, i) == expected
        assert found.set_hash[i] == naive.set_hash(expected)
        assert found.bands[i].tolist() == naive.band_keys(expected, bands, band_rows)
        assert tuple(found.exact[i].tolist()) == (exact_of(text) if text is not None else (0, 0))


@pytest.mark.parametrize("length", [7, 8, 9, 63, 64, 65, 4095, 4096, 4097, 8193, 20_000])
@pytest.mark.parametrize("unit", ["a", "ab ", "漢", "é x", " ", "Aß\n"])
def test_lengths_around_the_kernels_blocks(length: int, unit: str) -> None:
    text = (unit * length)[:length]
    found = sketch([text, "between", text + "z"])
    for row, known in ((0, text), (2, text + "z")):
        assert shingles_of(found, row) == naive.shingles(known, 5)
        assert tuple(found.exact[row].tolist()) == exact_of(known)


@given(st.lists(texts, max_size=5), st.lists(texts, max_size=5))
def test_sketch_of_a_and_b_is_sketch_of_a_then_of_b(a: list[str], b: list[str]) -> None:
    both, first, second = sketch(a + b), sketch(a), sketch(b)
    assert (both.exact == np.concatenate([first.exact, second.exact])).all()
    assert (both.set_hash == np.concatenate([first.set_hash, second.set_hash])).all()
    assert (both.bands == np.concatenate([first.bands, second.bands])).all()
    assert (both.shingles == np.concatenate([first.shingles, second.shingles])).all()
    lengths = [*np.diff(first.shingle_offsets), *np.diff(second.shingle_offsets)]
    assert np.diff(both.shingle_offsets).tolist() == lengths


def test_a_slice_of_an_array_is_sketched_as_its_rows() -> None:
    rows = pa.array(["skipped text here", "kept one two three four five six", None, "last"])
    part = near_dedup.sketch(rows[1:3], NearDedup())
    whole = near_dedup.sketch(rows, NearDedup())
    assert (part.exact == whole.exact[1:3]).all()
    assert (part.bands == whole.bands[1:3]).all()


def test_a_document_of_50_mb_is_sketched() -> None:
    unit = "Lorem ipsum dolor sit amet, 漢字 consectetur "
    found = sketch([unit * 1_100_000])
    assert len(unit.encode()) * 1_100_000 > 50_000_000
    assert shingles_of(found, 0) == naive.shingles(unit * 3, 5)


def test_more_shingles_than_the_sort_has_buckets() -> None:
    text = " ".join(map(str, range(100_000)))
    assert shingles_of(sketch([text]), 0) == naive.shingles(text, 5)


@pytest.mark.parametrize("similarity", [0.3, 0.5, 0.7, 0.9])
def test_minhash_estimates_jaccard_without_bias(similarity: float) -> None:
    rng = np.random.default_rng(7)
    common = int(similarity * 300)
    agree = []
    for _ in range(60):
        vocabulary = rng.integers(0, 1 << 40, 600 - common).astype(str)
        a, b = vocabulary[:300], vocabulary[300 - common :]
        # One word a shingle, one permutation a band: keys agree as often as the sets overlap.
        found = sketch([" ".join(a), " ".join(b)], ngram=1, bands=112, rows=1)
        agree.append((found.bands[0] == found.bands[1]).mean())
    true = common / (600 - common)
    assert np.mean(agree) == pytest.approx(true, abs=4 * np.sqrt(true * (1 - true) / 300 / 60) + 0.015)


# Few distinct values, so that keys, sets and documents repeat.
rows_of_a_band = st.lists(st.tuples(st.sampled_from([0, 1, 2, 1 << 63]), st.integers(1, 6)), max_size=40).map(
    lambda rows: [(key, set_, i) for i, (key, set_) in enumerate(rows)]
)


def matched(rows: list[tuple[int, int, int]], max_bucket: int, first_old: int) -> Any:
    key, sets, document = zip(*rows, strict=True) if rows else ((), (), ())
    found = near_dedup.match(
        np.array(key, np.uint64),
        np.array(sets, np.uint64),
        np.array(document, np.int64),
        max_bucket,
        first_old,
    )
    return [tuple(s) for s in found.stars.tolist()], [tuple(p) for p in found.pairs.tolist()], *found[2:]


@given(rows_of_a_band, st.integers(2, 6), st.integers(0, 40), st.randoms(use_true_random=False))
def test_match_equals_its_plain_twin_in_any_order(
    rows: Any, max_bucket: int, first_old: int, random: Any
) -> None:
    expected = naive.match(rows, max_bucket, first_old)
    assert matched(rows, max_bucket, first_old) == expected
    random.shuffle(rows)
    assert matched(rows, max_bucket, first_old) == expected


@pytest.mark.parametrize(
    ("heads", "max_bucket", "guarded", "compared"),
    [(4, 5, 0, 6), (5, 5, 0, 10), (6, 5, 1, 9), (10, 5, 1, 17)],  # linear: 2 * heads - 3
)
def test_the_guard_counts_what_it_skips(heads: int, max_bucket: int, guarded: int, compared: int) -> None:
    rows = [(7, set_, set_) for set_ in range(heads)] + [(7, 0, 100), (7, 0, 101), (8, 1, 102)]
    stars, pairs, buckets, documents, skipped = matched(rows, max_bucket, NO_PARENT)
    assert (buckets, documents) == (guarded, guarded * (heads + 2))
    assert len(pairs) == compared
    assert skipped == heads * (heads - 1) // 2 - compared
    assert stars == [(0, 100), (0, 101)]


def test_a_bucket_of_old_documents_is_left_alone() -> None:
    assert matched([(1, set_, set_) for set_ in range(9)], 3, 0) == ([], [], 0, 0, 0)


@given(st.lists(st.frozensets(st.integers(0, 30)), min_size=1, max_size=8))
def test_jaccard_is_that_of_the_sets(sets: list[frozenset[int]]) -> None:
    flat = np.array([x for s in sets for x in sorted(s)], np.uint64)
    offsets = np.cumsum([0, *map(len, sets)])
    bounds = np.stack([offsets[:-1], offsets[1:]], axis=1)
    pairs = np.array(list(itertools.product(range(len(sets)), repeat=2)))
    found = near_dedup.jaccard(flat, bounds[pairs[:, 0]], flat, bounds[pairs[:, 1]])
    for (a, b), similarity in zip(pairs.tolist(), found.tolist(), strict=True):
        union = len(sets[a] | sets[b])
        assert similarity == (len(sets[a] & sets[b]) / union if union else 0.0)


def test_jaccard_reads_memory_mapped_shingles(tmp_path: Path) -> None:
    np.save(tmp_path / "shingles.npy", np.array([1, 2, 3, 2, 3, 4], np.uint64))
    mapped = np.load(tmp_path / "shingles.npy", mmap_mode="r")
    assert near_dedup.jaccard(mapped, np.array([[0, 3]]), mapped, np.array([[3, 6]])).tolist() == [0.5]


@pytest.mark.parametrize("bounds", [[[0, 4]], [[-1, 2]], [[2, 1]]])
def test_jaccard_refuses_bounds_outside_of_its_shingles(bounds: list[list[int]]) -> None:
    three = np.arange(3, dtype=np.uint64)
    with pytest.raises(ValueError, match="bounds of pair 0 lie outside the shingles"):
        near_dedup.jaccard(three, np.array(bounds), three, np.array([[0, 1]]))


edge_lists = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), max_size=30)


@given(edge_lists, st.randoms(use_true_random=False))
def test_components_equal_their_plain_twin_in_any_order(edges: list[tuple[int, int]], random: Any) -> None:
    for _ in range(2):
        nodes, label = near_dedup.components(np.array(edges, np.int64).reshape(-1, 2))
        assert dict(zip(nodes.tolist(), label.tolist(), strict=True)) == naive.components(edges)
        assert nodes.tolist() == sorted(nodes.tolist())
        random.shuffle(edges)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 2), st.text("ab", max_size=2)), max_size=20))
def test_keepers_are_the_first_of_their_component(rows: list[tuple[int, int, str]]) -> None:
    rows = [(label, rank, f"{name}{i}") for i, (label, rank, name) in enumerate(rows)]
    label, rank, name = (
        (np.array(column) for column in zip(*rows, strict=True)) if rows else [np.empty(0, int)] * 3
    )
    found = near_dedup.keepers(label, (rank, name))
    for i, row in enumerate(rows):
        first = min((r for r in rows if r[0] == row[0]), key=lambda r: r[1:])
        assert rows[found[i]] == first


def test_fire_follows_the_flag_not_the_similarity() -> None:
    signals = pa.record_batch(
        {"near_duplicate": [True, True, False, None], "near_similarity": [0.9, 0.4, None, None]}
    )
    (firing,) = near_dedup.fire(signals, NearDedup(threshold=0.7))
    assert (firing.reason, firing.threshold) == ("near_duplicate", 0.7)
    assert firing.removes.tolist() == [True, True, False, False]
    assert firing.measured.tolist() == [True, True, True, False]
    np.testing.assert_array_equal(firing.score, [0.9, 0.4, np.nan, np.nan])


# Documents that often lie near the threshold: a common stem, of which each replaces or drops a few words.
stem = [f"w{i}" for i in range(24)]
variants = st.lists(st.tuples(st.integers(0, 23), st.sampled_from(["", "x", "y", "z z"])), max_size=3).map(
    lambda changes: " ".join(dict(changes).get(i, word) for i, word in enumerate(stem)).replace("  ", " ")
)
corpora = st.lists(st.one_of(variants, st.text("ab ", max_size=12)), max_size=12)


def ids(count: int, first: int = 0) -> list[str]:
    return [f"{(i + first) * 7919 % 1000:03}" for i in range(count)]


@given(corpora, st.randoms(use_true_random=False))
def test_dedup_does_not_depend_on_the_order_of_documents(corpus: list[str], random: Any) -> None:
    names = ids(len(corpus))
    kept = {names[i] for i in deduplicate(corpus, names).kept}
    together = list(zip(corpus, names, strict=True))
    random.shuffle(together)
    shuffled = [text for text, _ in together], [name for _, name in together]
    assert {shuffled[1][i] for i in deduplicate(*shuffled).kept} == kept


@given(corpora)
def test_dedup_of_what_was_kept_removes_nothing(corpus: list[str]) -> None:
    kept = deduplicate(corpus, ids(len(corpus))).kept
    again = deduplicate([corpus[i] for i in kept], [ids(len(corpus))[i] for i in kept])
    assert len(again.kept) == len(kept)


@given(corpora, corpora)
def test_incremental_law(a: list[str], b: list[str]) -> None:
    names_a, names_b = ids(len(a)), ids(len(b), len(a))
    after = deduplicate(b + a, names_b + names_a, old=len(a))
    kept_after = {i for i in after.kept if i < len(b)}
    together = deduplicate(b + a, names_b + names_a, source_order=[1] * len(b) + [0] * len(a))
    assert kept_after == {i for i in together.kept if i < len(b)}
    alone = deduplicate(a, names_a)
    assert {i - len(b) for i in after.kept if i >= len(b)} == set(alone.kept)  # the parent's verdicts stand


@given(corpora)
def test_pairs_that_are_kept_apart_are_unlike(corpus: list[str]) -> None:
    result = deduplicate(
        corpus, ids(len(corpus)), NearDedup(bands=64, rows=1)
    )  # bands that miss next to nothing
    sets = [set(naive.shingles(text, 5)) for text in corpus]
    for a, b in itertools.combinations(result.kept.tolist(), 2):
        if sets[a] and sets[b]:
            assert len(sets[a] & sets[b]) / len(sets[a] | sets[b]) < 0.7
            assert naive.normal(corpus[a]) != naive.normal(corpus[b])


@pytest.mark.parametrize(("template", "topic"), [(30, 60), (90, 45)])
def test_ten_thousand_documents_of_one_template_do_not_collapse(template: int, topic: int) -> None:
    rng = np.random.default_rng(11)
    frame = [f"frame{i}" for i in range(template)]
    topics = rng.integers(0, 5_000, (10_000, topic))
    corpus = [" ".join([*frame[:20], *(f"t{w}" for w in words_), *frame[20:]]) for words_ in topics]
    twins = [text.replace("frame3 ", "other ") for text in corpus[:50]]
    result = deduplicate(corpus + twins, [f"{i:05}" for i in range(10_050)])
    assert set(range(50, 10_000)) <= set(result.kept.tolist())
    assert len(result.kept) == 10_000  # of each twin pair one
    assert (result.guarded_buckets > 0) == (result.skipped_pairs > 0)


@pytest.fixture(scope="module")
def planted(shared_data: Path) -> dict[str, str]:
    """Text by id of planted_s30."""
    rows = {}
    for path in sorted((shared_data / "corpus/planted_s30/jsonl").glob("*.zst")):
        with zstandard.open(path, "rt", encoding="utf8") as lines:
            for line in lines:
                row = json.loads(line)
                rows[row["id"]] = row["text"]
    return rows


@pytest.fixture(scope="module")
def truth(shared_data: Path) -> list[tuple[str, str, float]]:
    columns = pq.read_table(shared_data / "corpus/planted_s30/truth_allpairs.parquet").to_pydict()
    return list(zip(columns["a"], columns["b"], columns["jaccard"], strict=True))


def spaceless(text: str) -> bool:
    points = np.unique(np.frombuffer(text.encode("utf-32-le"), np.uint32))
    return bool((words.table()[points[points < words.TABLE_SIZE]] >> 24 == words.ALONE).any())


def test_similarities_of_real_text_are_the_known_ones(
    planted: dict[str, str], truth: list[tuple[str, str, float]]
) -> None:
    number = {name: i for i, name in enumerate(planted)}
    found = sketch(list(planted.values()))
    pairs = np.array([(number[a], number[b]) for a, b, _ in truth])
    difference = np.abs(jaccard(found, pairs) - np.array([similarity for *_, similarity in truth]))
    # The known answers take runs of Han and Kana as one word each; the contract takes every character.
    differing = [(a, b) for (a, b, _), d in zip(truth, difference, strict=True) if d > 1e-6]
    assert all(spaceless(planted[a]) or spaceless(planted[b]) for a, b in differing)
    assert len(differing) < 60  # of 1,708 pairs


def test_planted_duplicates_are_found(
    shared_data: Path, planted: dict[str, str], truth: list[tuple[str, str, float]]
) -> None:
    names = list(planted)
    result = deduplicate(list(planted.values()), names)
    removed = set(names) - {names[i] for i in result.kept}
    label = naive.components([(a, b) for a, b, similarity in truth if similarity >= 0.7 - 1e-6])
    due = len(label) - len(set(label.values()))
    members: dict[Any, list[str]] = {}
    for name, component in label.items():
        members.setdefault(component, []).append(name)
    hits = sum(min(len(removed & set(group)), len(group) - 1) for group in members.values())
    wrong = len(removed) - hits
    assert 2 * hits / (2 * hits + wrong + due - hits) >= 0.99
    folder = shared_data / "corpus/planted_s30"
    for line in (folder / "truth_planted.jsonl").read_text().splitlines():
        plant = json.loads(line)
        if plant["kind"] in {"exact", "exact_multi", "exact_short", "ws_case"}:
            assert plant["seed_id"] in removed or plant["variant_id"] in removed
    for line in (folder / "truth_negatives.jsonl").read_text().splitlines():
        pair = json.loads(line)
        assert not {pair["a"], pair["b"]} & (removed - set(label))
    assert result.guarded_buckets == 0

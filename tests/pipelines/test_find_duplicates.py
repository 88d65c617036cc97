"""Stages 2 to 4 on documents with given ids: against a plain twin, in any order, in any parts."""

import random
import tempfile
from collections import defaultdict
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.ipc
import pytest
import xxhash
from hypothesis import given, settings
from hypothesis import strategies as st

from filters import near_dedup
from pipelines import find_duplicates as stages
from pipelines import sketches
from pipelines.find_duplicates import Layout, Link, Match, Verify
from pipelines.local_pool import grouped
from pipelines.sketches import Part
from pipelines.tasks import Task
from schemas.parameters import NearDedup
from tests.pipelines import corpora
from tests.pipelines.test_laws import texts

Document = tuple[str, str, int]  # doc_id, text, order of its source
PARAMETERS = NearDedup(bands=28)

documents = st.lists(st.tuples(texts, st.integers(0, 1)), max_size=14).map(
    lambda found: [
        (xxhash.xxh3_128_hexdigest(b"%d" % i), text, order) for i, (text, order) in enumerate(found)
    ]
)


def find(
    folder: Path,
    parts: list[list[Document]],
    *,
    parameters: NearDedup = PARAMETERS,
    slices: int = 1,
    crowd: int = 0,
) -> tuple[dict[str, str], dict[str, int]]:
    """({doc_id of a duplicate: doc_id of the member kept}, what was counted).

    Bands are put together as for a corpus of `crowd` documents.
    """
    laid, first = [], 0
    for i, part in enumerate(parts):
        path = str(folder / f"part-{i}.sketch.arrow")
        text = pa.array([text for _, text, _ in part], pa.string())
        chars = np.array([len(text) for _, text, _ in part], np.int64)
        orders = np.array([order for *_, order in part], np.int32)
        sketch = near_dedup.sketch(text, parameters)
        batch = sketches.record_batch([doc_id for doc_id, *_ in part], chars, orders, sketch)
        with pa.OSFile(path, "wb") as stream, pa.ipc.new_file(stream, batch.schema) as writer:
            for start in range(0, len(part), 3):
                writer.write_batch(batch.slice(start, 3))
        laid.append(Part(path, first, len(part)))
        first += len(part)
    layout = str(folder / "layout")
    Layout(tuple(laid), first).save(layout)
    counted: dict[str, int] = defaultdict(int)

    def run(work: Any, job: Any, name: str) -> str:
        prefix = str(folder / name)
        for what, count in work(job, prefix).items():
            counted[what] += count
        return prefix

    def match(bands: tuple[int, ...]) -> list[str]:
        jobs = [Match(layout, bands, i, slices, parameters.max_bucket) for i in range(slices)]
        return [run(stages.match, job, f"match-{bands}-{job.slice}") for job in jobs]

    exact = tuple(match(()))
    near = tuple(prefix for bands in stages.together(parameters.bands, crowd) for prefix in match(bands))
    edges = tuple(
        run(stages.verify, Verify(layout, i, near, parameters.threshold), f"verify-{i}")
        for i in range(len(laid))
    )
    links = run(stages.link, Link(layout, exact, near[:slices], edges), "link")
    with pa.OSFile(f"{links}.links.arrow") as file:
        table = pa.ipc.open_file(file).read_all()
    ids = [doc_id for part in parts for doc_id, *_ in part]
    pairs = zip(table["document"].to_pylist(), table["kept"].to_pylist(), strict=True)
    return {ids[document]: ids[kept] for document, kept in pairs}, counted


def twin(found: list[Document]) -> dict[str, str]:
    """The same by comparing all with all."""
    label = {doc_id: doc_id for doc_id, *_ in found}

    def root(doc_id: str) -> str:
        while label[doc_id] != doc_id:
            doc_id = label[doc_id]
        return doc_id

    for (one, left, _), (two, right, _) in combinations(found, 2):
        if _alike(left, right):
            label[root(two)] = root(one)
    members: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    for doc_id, text, order in found:
        members[root(doc_id)].append((order, -len(text), doc_id))
    kept = {member[2]: min(group)[2] for group in members.values() for member in group}
    return {doc_id: first for doc_id, first in kept.items() if doc_id != first}


def _alike(left: str, right: str) -> bool:
    if " ".join(left.lower().split()) == " ".join(right.lower().split()):
        return True
    one, two = _shingles(left), _shingles(right)
    return bool(one and two) and len(one & two) / len(one | two) >= PARAMETERS.threshold


def _shingles(text: str) -> set[tuple[str, ...]]:
    words = "".join(c if c.isalnum() else " " for c in text.lower()).split()
    n = PARAMETERS.ngram
    return {tuple(words[i : i + n]) for i in range(max(1, len(words) - n + 1))} - {()}


@given(documents)
@settings(max_examples=30)
def test_it_finds_what_comparing_all_with_all_finds(found: list[Document]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        assert find(Path(folder), [found])[0] == twin(found)


@given(
    documents,
    st.randoms(use_true_random=False),
    st.integers(0, 14),
    st.integers(1, 3),
    st.sampled_from([0, 3_000_000, 30_000_000]),
)
@settings(max_examples=30)
def test_order_parts_slices_and_bands_of_a_task_change_nothing(
    found: list[Document], draw: random.Random, cut: int, slices: int, crowd: int
) -> None:
    shuffled = draw.sample(found, len(found))
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        parts = [part for part in (shuffled[:cut], shuffled[cut:]) if part]
        assert find(Path(one), [found])[0] == find(Path(two), parts, slices=slices, crowd=crowd)[0]


@given(st.integers(1, 64), st.integers(0, 100_000_000))
def test_tasks_hold_every_band_once_and_no_more_keys_than_memory(bands: int, documents: int) -> None:
    together = stages.together(bands, documents)
    assert [band for task in together for band in task] == list(range(bands))
    for task in together:
        keys = len(task) * stages.KEY_BYTES * documents / stages.slices(documents)
        assert keys <= stages.MATCH_BYTES
        assert len(task) <= stages.MOST_BANDS


def test_no_documents_have_no_duplicates(tmp_path: Path) -> None:
    assert find(tmp_path, [])[0] == {}


@pytest.mark.parametrize(("max_bucket", "guarded"), [(1000, False), (10, True)])
def test_a_guarded_bucket_is_counted(tmp_path: Path, max_bucket: int, guarded: bool) -> None:
    """Thirty documents of one template share most bands; the guard compares fewer of them, and says so."""
    base = corpora.words(60, seed=3)
    found = [
        (xxhash.xxh3_128_hexdigest(b"%d" % i), " ".join([*base, *corpora.words(30, seed=100 + i)]), 0)
        for i in range(30)
    ]
    removed, counted = find(tmp_path, [found], parameters=NearDedup(max_bucket=max_bucket))
    assert (counted["guarded_buckets"] > 0, counted["skipped_pairs"] > 0) == (guarded, guarded)
    assert counted["guarded_documents"] >= counted["guarded_buckets"] * max_bucket
    assert removed == {}, "46 shared shingles of 97 are no duplicates, whatever bucket they share"


# The schedule

sizes = st.lists(st.integers(0, 80 << 20), min_size=0, max_size=60)


@given(sizes, st.integers(1, 8))
def test_groups_hold_every_task_once_and_are_about_equal(found: list[int], workers: int) -> None:
    tasks = [Task("folder", str(i), size, len, None) for i, size in enumerate(found)]
    groups = grouped(tasks, workers)
    assert sorted(task.key for group in groups for task in group.tasks) == sorted(task.key for task in tasks)
    assert all(group.tasks for group in groups)
    group_sizes = [group.size for group in groups]
    assert group_sizes == sorted(group_sizes, reverse=True), "largest first"
    if groups:
        assert group_sizes[0] <= sum(found) / len(groups) + max(found)


@pytest.mark.parametrize(
    ("size", "count", "workers", "groups"),
    [(1 << 10, 40, 4, 4), (1 << 10, 3, 4, 3), (8 << 20, 40, 4, 8), (8 << 20, 40, 1, 4), (64 << 20, 9, 2, 6)],
    ids=["soon done", "few", "long", "alone", "very long"],
)
def test_workers_get_few_groups_and_all_get_some(size: int, count: int, workers: int, groups: int) -> None:
    tasks = [Task("folder", str(i), size, len, None) for i in range(count)]
    assert len(grouped(tasks, workers)) == groups

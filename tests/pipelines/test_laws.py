"""The contract's laws, on whole curations of small corpora in which duplicates form chains."""

import random
import tempfile
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filters.catalogue import COSTLY
from filters.replay import UNKNOWN, Policy, replay
from pipelines.curate import Outcome
from schemas.errors import UserError
from tests.pipelines import corpora
from tests.pipelines.running import DEDUP, config, curate_directly, rows, table

# Documents are windows on a tape of words. At 40 words and word 5-grams, windows 5 words apart have a Jaccard
# similarity of 31/41 = .76 and those 10 apart one of 26/46 = .57: so neighbours are duplicates, others are
# not, and a document in the middle joins them into a chain.
TAPES = [corpora.words(120, seed) for seed in (11, 12)]
# Dedup and another rule: 40 words are enough, 39 are not.
SHORT = [
    "filters=[exact_dedup, near_dedup, gopher_quality]",
    "gopher_quality.min_doc_words=40",
    *(f"gopher_quality.{bound}=null" for bound in ("min_stop_words", "min_alpha_words_ratio")),
    "audit.enabled=false",
]
COLUMNS = ["verdict", "rule", "reason", "score", "threshold", "fired"]
few = settings(max_examples=15)


def window(tape: int, step: int, length: int, form: str) -> str:
    """A document: `length` words of a tape from `5 * step` on."""
    text = " ".join(TAPES[tape][5 * step : 5 * step + length])
    return {"plain": text, "upper": text.upper(), "spaced": text.replace(" ", " \n ")}[form]


windows = st.builds(
    window,
    st.integers(0, 1),
    st.integers(0, 7),
    st.sampled_from([39, 40, 41]),
    st.sampled_from(["plain", "plain", "upper", "spaced"]),
)
texts = st.one_of(
    windows, windows, windows, st.sampled_from(["", " ", "!?!", "!?! ", "two words", "Two  words"])
)
corpus = st.lists(texts, min_size=0, max_size=14)


def write(folder: Path, name: str, contents: Sequence[str]) -> Path:
    """A corpus of one file in a folder of its own."""
    corpora.write_jsonl(folder / name / "part.jsonl", [{"text": text} for text in contents])
    return folder / name


def run(
    folder: Path, out: str, named: Mapping[str, Path], *sets: str, parent: Outcome | None = None
) -> Outcome:
    """A curation of declared sources."""
    declared = ", ".join(f"{{name: {name}, paths: ['{path}']}}" for name, path in named.items())
    given_config = config([], [f"sources=[{declared}]", "input.max_error_rate=1", *sets])
    return curate_directly(given_config, folder / out, parent=parent and parent.path)


def kept(outcome: Outcome, source: str) -> set[str]:
    """doc_ids that are kept of a source."""
    return {r["doc_id"] for r in rows(outcome.path) if r["verdict"] == "keep" and r["source"] == source}


def test_neighbouring_windows_are_duplicates_and_others_are_not(tmp_path: Path) -> None:
    contents = [window(0, step, 40, "plain") for step in (0, 1, 2)]
    ledger = rows(run(tmp_path, "out", {"a": write(tmp_path, "a", contents)}, *DEDUP).path)
    assert [row["verdict"] for row in ledger].count("keep") == 1
    pair = [contents[0], contents[2]]
    ledger = rows(run(tmp_path, "pair", {"a": write(tmp_path, "b", pair)}, *DEDUP).path)
    assert [row["verdict"] for row in ledger] == ["keep", "keep"]


# Conservation, edits


@given(corpus, corpus)
@few
def test_every_record_read_has_one_verdict_in_total_and_by_source(one: list[str], two: list[str]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sources = {"a": write(folder, "a", one), "b": write(folder, "b", two)}
        with (sources["b"] / "part.jsonl").open("a") as file:
            file.write('{"text": 3}\nnot json\n\n')
        band = "gopher_quality.review={min_doc_words: 60}"
        outcome = run(folder, "out", sources, "gopher_quality.min_doc_words=40", band)
        counts, ledger = outcome.manifest["counts"], rows(outcome.path)
        assert counts["read"] == len(ledger) == len(one) + len(two) + 2
        for source, count in counts["by_source"].items():
            mine = [row for row in ledger if row["source"] == source]
            assert count == {"read": len(mine), **_verdicts(mine)}
        assert {name: counts[name] for name in _verdicts([])} == _verdicts(ledger)
        assert counts["keep"] == table(outcome.path, "data").num_rows
        totals = outcome.manifest["statistics"]
        for kind in ("source", "language", "year"):
            assert sum(size["read"]["documents"] for size in totals[kind].values()) == len(one) + len(two)
            assert sum(size["kept"]["characters"] for size in totals[kind].values()) == sum(
                len(row["text"]) for row in rows(outcome.path, "data")
            )
        decided = Counter(row["rule"] for row in ledger if row["rule"])
        assert decided == {rule: n for rule, n in counts["by_rule"].items() if n}


def _verdicts(ledger: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    found = Counter(row["verdict"] for row in ledger)
    return {name: found[name] for name in ("keep", "drop", "review", "error")}


LINES = st.lists(
    st.sampled_from(
        [
            "Short.",
            "A line of some words [1] that ends well.",
            "Use javascript here, they said.",
            "[edit]",
            "naïve 日本語 [12]",
        ]
    ),
    max_size=8,
)


@given(st.lists(LINES.map("\n".join), max_size=8))
@few
def test_input_with_its_edits_applied_is_the_output(contents: list[str]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lenient = ["filters=[c4_quality]", "c4_quality.min_sentences=null"]
        outcome = run(folder, "out", {"a": write(folder, "a", contents)}, *lenient)
        output = {row["doc_id"]: row["text"] for row in rows(outcome.path, "data")}
        ledger = rows(outcome.path)
        assert len(ledger) == len(contents)
        for row, text in zip(ledger, contents, strict=True):
            assert row["chars"] == len(text)
            for edit in reversed(row["edits"]):
                text = text[: edit["start"]] + edit["replacement"] + text[edit["end"] :]
            if row["verdict"] == "keep":
                assert output.pop(row["doc_id"]) == text
        assert not output


# Dedup


@given(corpus)
@few
def test_dedup_of_what_dedup_kept_removes_nothing(contents: list[str]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        first = run(folder, "out", {"a": write(folder, "a", contents)}, *DEDUP)
        again = [row["text"] for row in rows(first.path, "data")]
        second = run(folder, "again", {"a": write(folder, "b", again)}, *DEDUP)
        assert second.manifest["counts"]["drop"] == 0


@given(corpus, corpus)
@few
def test_removed_documents_name_a_kept_one_that_stands_before_them(one: list[str], two: list[str]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        outcome = run(folder, "out", {"b": write(folder, "b", one), "a": write(folder, "a", two)}, *DEDUP)
        ledger = {row["doc_id"]: row for row in rows(outcome.path)}
        for row in ledger.values():
            if row["verdict"] == "drop":
                first = ledger[row["duplicate_of"]]
                assert first["verdict"] == "keep"
                assert _order(first, ["b", "a"]) < _order(row, ["b", "a"])
                assert 0 < row["similarity"] <= 1


def _order(row: Mapping[str, Any], sources: list[str]) -> tuple[int, int, str]:
    return sources.index(row["source"]), -row["chars"], row["doc_id"]


# Incremental


@given(corpus, corpus, corpus)
@few
def test_what_a_child_and_a_grandchild_keep_is_what_one_joint_run_keeps_of_them(
    one: list[str], two: list[str], three: list[str]
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = {key: write(folder, key, text) for key, text in (("a", one), ("b", two), ("c", three))}
        first = run(folder, "first", {"a": paths["a"]}, *DEDUP)
        second = run(folder, "second", {"b": paths["b"]}, *DEDUP, parent=first)
        third = run(folder, "third", {"c": paths["c"]}, *DEDUP, parent=second)
        assert kept(second, "b") == kept(run(folder, "ab", {key: paths[key] for key in "ab"}, *DEDUP), "b")
        assert kept(third, "c") == kept(run(folder, "abc", paths, *DEDUP), "c")
        _check_names([first, second, third])


def _check_names(generations: Sequence[Outcome], *, only_parents: bool = False) -> None:
    """`duplicate_of` names a document that the generation it points to has kept.

    `only_parents`: where other rules are on, the first of a component may fall to one of them in its own run.
    """
    data = {o.manifest["id"]: {row["doc_id"] for row in rows(o.path, "data")} for o in generations}
    for outcome in generations:
        for row in rows(outcome.path):
            if row["duplicate_of"]:
                snapshot, _, doc_id = row["duplicate_of"].rpartition(":")
                assert snapshot != outcome.manifest["id"]
                if snapshot or not only_parents:
                    assert doc_id in data[snapshot or outcome.manifest["id"]]


def test_a_chain_through_removed_documents_of_grandparents_reaches_the_kept_one(tmp_path: Path) -> None:
    steps = {"a": [0, 1], "b": [2], "c": [3], "d": [4]}
    paths = {
        key: write(tmp_path, key, [window(0, i, 40, "plain") for i in value]) for key, value in steps.items()
    }
    done: list[Outcome] = []
    for key, path in paths.items():
        done.append(run(tmp_path, f"out-{key}", {key: path}, *DEDUP, parent=done[-1] if done else None))
    (only,) = kept(done[0], "a")
    for outcome in done[1:]:
        (row,) = rows(outcome.path)
        assert row["verdict"] == "drop"
        assert row["duplicate_of"] == f"{done[0].manifest['id']}:{only}"
    assert rows(done[3].path)[0]["similarity"] < 0.7


@given(corpus, corpus, st.sets(st.integers(0, 13)))
@settings(max_examples=25)
def test_a_component_blocks_only_where_the_parent_kept_a_member(
    one: list[str], two: list[str], short: set[int]
) -> None:
    """In `curate` with other rules on: 40 words are enough, 39 are not, so some leaders are not kept."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        one = [text.rsplit(" ", 1)[0] if i in short else text for i, text in enumerate(one)]
        paths = {"a": write(folder, "a", one), "b": write(folder, "b", two)}
        first = run(folder, "first", {"a": paths["a"]}, *SHORT)
        second = run(folder, "second", {"b": paths["b"]}, *SHORT, parent=first)
        joint = rows(run(folder, "joint", paths, *DEDUP).path)
        component = {row["doc_id"]: row["duplicate_of"] or row["doc_id"] for row in joint}
        blocked = {component[doc_id] for doc_id in kept(first, "a")}
        _check_blocked(second, "b", component, blocked)
        _check_names([first, second], only_parents=True)


@pytest.mark.parametrize(
    ("old", "keeper"),
    [([(1, 39)], "second"), ([(1, 39), (3, 40)], "first")],
    ids=["one that was not kept", "that and one that was kept"],
)
def test_what_a_child_joined_of_its_parent_is_joined_for_a_grandchild(
    old: list[tuple[int, int]], keeper: str, tmp_path: Path
) -> None:
    """The parent's windows of 39 words are too short; the grandchild's is a duplicate of such a one alone."""
    contents = {"first": old, "second": [(2, 40)], "third": [(0, 40)]}
    done: dict[str, Outcome] = {}
    for name, steps in contents.items():
        path = write(tmp_path, name, [window(0, step, length, "plain") for step, length in steps])
        parent = list(done.values())[-1] if done else None
        done[name] = run(tmp_path, f"out-{name}", {name: path}, *SHORT, parent=parent)
    (second,) = rows(done["second"].path)
    assert second["verdict"] == ("keep" if keeper == "second" else "drop")
    (third,) = rows(done["third"].path)
    assert third["rule"] == "near_dedup/1"
    assert third["duplicate_of"].startswith(f"{done[keeper].manifest['id']}:")


@given(st.lists(st.tuples(st.integers(0, 2), st.sampled_from([39, 40])), min_size=6, max_size=6))
@settings(max_examples=25)
def test_a_component_blocks_where_any_ancestor_kept_a_member(links: list[tuple[int, int]]) -> None:
    """A chain of windows that came in three generations, in any order; some are too short to be kept."""
    generations = [
        [window(0, step, length, "plain") for step, (when, length) in enumerate(links) if when == generation]
        for generation in range(3)
    ]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = {key: write(folder, key, texts) for key, texts in zip("abc", generations, strict=True)}
        done: list[Outcome] = []
        for key, path in paths.items():
            parent = done[-1] if done else None
            done.append(run(folder, f"out-{key}", {key: path}, *SHORT, parent=parent))
        joint = rows(run(folder, "joint", paths, *DEDUP, "audit.enabled=false").path)
        component = {row["doc_id"]: row["duplicate_of"] or row["doc_id"] for row in joint}
        blocked = {component[doc_id] for i, key in enumerate("ab") for doc_id in kept(done[i], key)}
        _check_blocked(done[-1], "c", component, blocked)
        _check_names(done, only_parents=True)


def _check_blocked(
    outcome: Outcome, source: str, component: Mapping[str, str], blocked: Collection[str]
) -> None:
    """Dedup fires on every document but the first of each component that is not blocked."""
    ours: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows(outcome.path):
        ours[component[row["doc_id"]]].append(row)
    for name, members in ours.items():
        members.sort(key=lambda row: _order(row, [source]))
        fired = [any("dedup" in f["rule"] for f in row["fired"]) for row in members]
        assert fired == [name in blocked, *[True] * (len(members) - 1)]


CASES = [
    (["near_dedup.ngram=4"], "near_dedup.ngram"),
    (["near_dedup.threshold=0.8"], "near_dedup.threshold"),
    (["near_dedup.bands=20"], "near_dedup.bands"),
]


@pytest.mark.parametrize(("sets", "key"), CASES, ids=[key for _, key in CASES])
def test_a_parent_of_other_parameters_is_refused_by_key(tmp_path: Path, sets: list[str], key: str) -> None:
    path = write(tmp_path, "a", ["some words"])
    first = run(tmp_path, "first", {"a": path}, *DEDUP, *sets)
    with pytest.raises(UserError, match=key) as refused:
        run(tmp_path, "second", {"b": path}, *DEDUP, parent=first)
    assert refused.value.exit_code == 2
    assert refused.value.hint


def test_a_parent_without_near_dedup_or_that_is_no_snapshot_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "a", ["some words"])
    first = run(tmp_path, "first", {"a": path}, "filters=[exact_dedup]")
    with pytest.raises(UserError, match="near_dedup"):
        run(tmp_path, "second", {"b": path}, *DEDUP, parent=first)
    with pytest.raises(UserError, match="no snapshot"):
        curate_directly(config([path]), tmp_path / "third", parent=str(tmp_path / "nothing"))


# Replay

POLICIES = [
    ["gopher_quality.min_doc_words=40", "gopher_quality.min_stop_words=1"],
    ["gopher_quality.min_doc_words=10", "gopher_quality.review={min_doc_words: 45}"],
    ["filters=[gopher_quality, near_dedup, exact_dedup, language]"],
    [
        "filters=[c4_quality, fineweb_quality]",
        "c4_quality.min_sentences=1",
        "fineweb_quality.line_punct_thr=null",
    ],
    ["language.keep=[en, de]", "language.min_score=0.4"],
    ["language.min_score=0.3", "language.review={min_score: 0.6}", "filters=[language, gopher_repetition]"],
    ["filters=[exact_dedup]"],
]
sentences = st.integers(0, 10**6).map(lambda seed: corpora.document(random.Random(seed)))


@given(st.lists(st.one_of(texts, sentences), max_size=14), st.sampled_from(POLICIES))
@settings(max_examples=25)
def test_a_replay_gives_what_a_re_run_with_that_policy_gives(contents: list[str], policy: list[str]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = {"a": write(folder, "a", contents)}
        (path["a"] / "bad.jsonl").write_text("not json\n")
        before = run(folder, "before", path)
        after = table(run(folder, "after", path, *policy).path, "ledger").select(COLUMNS)
        old, new = config([], ()), config([], policy)
        (ledger,) = table(before.path, "ledger").combine_chunks().to_batches()
        policies = [Policy(one.filters, one.parameters()) for one in (old, new)]
        replayed = pa.Table.from_batches([replay(ledger, *policies)]).select(COLUMNS).to_pylist()
        for was, now, again in zip(ledger.to_pylist(), replayed, after.to_pylist(), strict=True):
            if now["verdict"] == UNKNOWN:  # a costly filter was not measured on what was dropped
                assert was["verdict"] == "drop"
                assert set(new.filters) & set(COSTLY)
            else:
                assert now == again

"""Balance in whole runs: what the weights in `data` come to, sampling, and replay."""

import json
import random
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

import evenhand
from evenhand.cli import main
from filters.decide import DECISION
from schemas.populations import populations
from tests.pipelines import corpora, running

WORDS = {
    "religion": {
        "christianity": "Christian",
        "islam": "Muslim",
        "hinduism": "Hindu",
        "buddhism": "Buddhist",
        "judaism": "Jewish",
    },
    "gender": {"women": "woman", "men": "man"},
    "age": {"children": "children", "older_adults": "pensioners"},
}
CHANCES = {"religion": (60, 20, 12, 6, 2), "gender": (25, 75), "age": (50, 50)}
TARGETS: dict[str, Any] = {
    "religion": "world_religions",
    "gender": "uniform",
    "age": {"children": 0.65, "older_adults": 0.35},
}
DOCUMENTS, BLIND, DEAF = 900, 8, 150
FILTERS = "filters=[exact_dedup, gopher_quality, balance]"


def write(path: Path) -> Path:
    """Documents that mention none to all of the axes, some two groups of one; then those of disability."""
    draw = random.Random(5)
    rows = []
    for _ in range(DOCUMENTS):
        said = [
            words[group]
            for axis, words in WORDS.items()
            for group in set(draw.choices(list(words), CHANCES[axis], k=draw.choice((0, 1, 1, 2))))
        ]
        rows.append(
            corpora.document(draw, draw.choice((3, 6, 8))) + "".join(f"\nThe {word} met." for word in said)
        )
    rows += [
        f"{corpora.document(draw, 6)}\nThe {'deaf' if i < DEAF else 'blind'} people met."
        for i in range(DEAF + BLIND)
    ]
    rows += rows[:40]  # copies
    return corpora.write_jsonl(path, [{"id": str(i), "text": text} for i, text in enumerate(rows)])


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The corpus on disk."""
    return write(tmp_path_factory.mktemp("mentions") / "mentions.jsonl")


def settings(targets: Mapping[str, Any] = TARGETS, **more: object) -> list[str]:
    return [
        FILTERS,
        "output.shard_bytes=65536",
        "audit.enabled=false",
        f"balance.targets={json.dumps(targets)}",
        *(f"{key.replace('__', '.')}={json.dumps(value)}" for key, value in more.items()),
    ]


@pytest.fixture(scope="module")
def curated(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """The corpus curated with some settings, each once."""
    made: dict[str, Path] = {}

    def curated(*given: str) -> Path:
        name = json.dumps(given)
        if name not in made:
            made[name] = tmp_path_factory.mktemp("balanced") / "out"
            running.curate_directly(running.config([corpus], list(given)), made[name])
        return made[name]

    return curated


def shares(snapshot: Path, axis: str, names: list[str]) -> dict[str, float]:
    """Of the weighted mentions in the data shards."""
    rows = running.table(snapshot, "data").select(["groups", "weight"]).to_pylist()
    sums = {name: sum(row["weight"] for row in rows if f"{axis}/{name}" in row["groups"]) for name in names}
    return {name: weight / sum(sums.values()) for name, weight in sums.items()}


def wanted(axis: str, names: list[str]) -> dict[str, float]:
    target = TARGETS[axis]
    if isinstance(target, dict):
        return target
    given = populations()[target].shares if target != "uniform" else dict.fromkeys(names, 1 / len(names))
    return {name: given[name] / sum(given.values()) for name in names}


def report(snapshot: Path) -> dict[str, Any]:
    """The statistics of balance; groups without the name of their axis."""
    found = json.loads((snapshot / "snapshot.json").read_text("utf-8"))["statistics"]["balance"]
    for row in found["groups"]:
        assert row["group"].startswith(f"{row['axis']}/")
        row["group"] = row["group"].partition("/")[2]
    return found


def test_every_feasible_axis_is_within_a_percentage_point_of_its_target(curated: Callable[..., Path]) -> None:
    snapshot = curated(*settings())
    plain = curated(*settings({}))
    rows = report(snapshot)
    assert {row["axis"]: row["feasible"] for row in rows["axes"]} == dict.fromkeys(sorted(TARGETS), True)
    for axis in TARGETS:
        names = list(WORDS[axis])
        found, before, goal = shares(snapshot, axis, names), shares(plain, axis, names), wanted(axis, names)
        assert found == pytest.approx(goal, abs=0.01), axis
        assert before != pytest.approx(goal, abs=0.05), f"{axis} needed no balancing"
        told = {row["group"]: row for row in rows["groups"] if row["axis"] == axis}
        assert {name: told[name]["balanced"] for name in names} == pytest.approx(found, abs=1e-5)
        assert {name: told[name]["share"] for name in names} == pytest.approx(before, abs=1e-5)
    weight = running.table(snapshot, "data")["weight"].to_numpy()
    assert weight.min() >= np.float32(0.2)
    assert weight.max() <= np.float32(5)
    assert rows["effective_size"] == pytest.approx(weight.sum() ** 2 / (weight**2).sum(), rel=1e-4)
    assert rows["documents"] == len(weight)
    free = [row for row in running.rows(snapshot, "data") if not row["groups"]]
    assert free
    assert {row["weight"] for row in free} == {1.0}


def test_what_is_out_of_reach_is_said_with_the_nearest_share(curated: Callable[..., Path]) -> None:
    targets = TARGETS | {"disability": {"blind_people": 0.9, "deaf_people": 0.1}}
    snapshot = curated(*settings(targets))
    rows = report(snapshot)
    assert {row["axis"]: row["feasible"] for row in rows["axes"]} == {
        **dict.fromkeys(TARGETS, True),
        "disability": False,
    }
    # Those documents mention nothing else, so the nearest is the caps themselves: 5 against .2.
    nearest = 5 * BLIND / (5 * BLIND + 0.2 * DEAF)
    told = {row["group"]: row for row in rows["groups"] if row["axis"] == "disability"}
    assert told["blind_people"]["reachable"] == pytest.approx(nearest, abs=1e-5)
    assert told["deaf_people"]["reachable"] == pytest.approx(1 - nearest, abs=1e-5)
    found = shares(snapshot, "disability", ["blind_people", "deaf_people"])
    assert found["blind_people"] == pytest.approx(nearest, abs=0.01)
    (axis,) = [row for row in rows["axes"] if row["axis"] == "disability"]
    assert axis["gap"] == pytest.approx(0.9 - nearest, abs=1e-5)
    for name in TARGETS:
        names = list(WORDS[name])
        assert shares(snapshot, name, names) == pytest.approx(wanted(name, names), abs=0.01)


@pytest.mark.parametrize("sampling", ["down", pytest.param("whole", marks=pytest.mark.slow)])
def test_sampling_takes_the_same_documents_with_any_number_of_workers(
    sampling: str, corpus: Path, tmp_path: Path, curated: Callable[..., Path]
) -> None:
    given = settings(balance__sampling=sampling)
    direct = curated(*given)
    for workers in (1, 2, 4) if sampling == "whole" else (2,):
        arguments = [word for setting in given for word in ("--set", setting)]
        out = running.curated(corpus, tmp_path / str(workers), *arguments, "--workers", str(workers))
        assert running.differing(direct, out) == []
    weight = running.table(direct, "data")["weight"].to_numpy()
    ledger = running.table(direct, "ledger").to_pylist()
    dropped = [row for row in ledger if row["rule"] == "balance/1"]
    assert dropped
    assert {row["reason"] for row in dropped} == {"down_sampled"}
    assert all(row["signals"]["balance_draw"] >= row["score"] for row in dropped)
    assert weight.min() == 1
    if sampling == "whole":
        assert (weight == np.floor(weight)).all()
        assert weight.max() > 1
    # Chance alone is left: a fifth to a half of the documents of an axis are drawn.
    for axis in TARGETS:
        names = list(WORDS[axis])
        assert shares(direct, axis, names) == pytest.approx(wanted(axis, names), abs=0.05)


def replayed(snapshot: Path, policy: str, folder: Path) -> list[dict[str, Any]] | int:
    """What `evenhand replay` writes, or its exit code."""
    path, out = folder / "policy.yaml", folder / "verdicts.parquet"
    path.write_text(policy)
    out.unlink(missing_ok=True)
    code = main(["replay", str(snapshot), "--policy", str(path), "--output", str(out)])
    return pq.read_table(out).to_pylist() if code == 0 else code


def verdicts(rows: list[dict[str, Any]]) -> dict[str, tuple[str, ...]]:
    return {row["doc_id"]: tuple(repr(row[name]) for name in DECISION.names) for row in rows}


@pytest.mark.parametrize(
    ("sampling", "policy", "again"),
    [
        ("none", "gopher_quality: {min_doc_words: 70}", {"gopher_quality__min_doc_words": 70}),
        ("down", "gopher_quality: {min_doc_words: 50}", {}),
        ("down", "balance: {sampling: whole}", {"balance__sampling": "whole"}),
        ("whole", "balance: {sampling: none}", {"balance__sampling": "none"}),
        ("down", "filters: [exact_dedup, gopher_quality]", {"filters": ["exact_dedup", "gopher_quality"]}),
        (
            "down",
            "filters: [exact_dedup]\nbalance: {sampling: none}",
            {"filters": ["exact_dedup"], "balance__sampling": "none"},
        ),
        ("off", "filters: [exact_dedup, gopher_quality, balance]", {"balance__sampling": "none"}),
    ],
)
def test_a_replay_is_the_re_run(
    sampling: str, policy: str, again: dict[str, object], curated: Callable[..., Path], tmp_path: Path
) -> None:
    off = {"filters": ["exact_dedup", "gopher_quality"]}
    base: dict[str, object] = off if sampling == "off" else {"balance__sampling": sampling}
    snapshot, re_run = curated(*settings(**base)), curated(*settings(**base | again))
    if sampling == "off":
        re_run = curated(*settings(**again))
    rows = replayed(snapshot, policy, tmp_path)
    assert isinstance(rows, list)
    assert verdicts(rows) == verdicts(evenhand.Snapshot(re_run).ledger().to_pylist())


@pytest.mark.parametrize(
    ("sampling", "policy", "key"),
    [
        ("down", "gopher_quality: {min_doc_words: 70}", "balance.sampling"),
        ("whole", "filters: [exact_dedup, balance]", "balance.sampling"),
        ("none", "balance: {sampling: down}", "balance.sampling"),
        ("none", "balance: {max_weight: 4}", "balance.max_weight"),
        ("none", "balance: {targets: {gender: {women: .4, men: .6}}}", "balance.targets"),
        ("down", "balance: {seed: 1}", "balance.seed"),
        ("down", "groups: {enabled: false}", "groups.enabled"),
        (
            "off",
            "filters: [exact_dedup, gopher_quality, balance]\nbalance: {sampling: down}",
            "balance.sampling",
        ),
    ],
)
def test_a_replay_that_would_need_new_weights_is_refused(
    sampling: str,
    policy: str,
    key: str,
    curated: Callable[..., Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    off = {"filters": ["exact_dedup", "gopher_quality"]}
    snapshot = curated(*settings(**off if sampling == "off" else {"balance__sampling": sampling}))
    assert replayed(snapshot, policy, tmp_path) == 2
    assert f"`{key}`" in capsys.readouterr().err

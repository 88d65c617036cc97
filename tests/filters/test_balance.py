"""Cells, targets, weights of documents, sampling: by hand, then as laws."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from filters import balance
from schemas.errors import UserError
from schemas.parameters import Balance
from schemas.populations import populations

LISTS = pa.list_(pa.string())
GROUPS = [
    "age/children",
    "gender/men",
    "gender/nonbinary",
    "gender/women",
    "geography/africa",
    "geography/nigeria",
    "religion/buddhism",
    "religion/christianity",
    "religion/islam",
]
POLICY: dict[str, Any] = {"targets": {"gender": ["men", "women"], "religion": "world_religions"}}


def lists(rows: list[list[str]]) -> pa.ListArray:
    return pa.array(rows, LISTS)


def solve(rows: list[list[str]], parameters: Balance) -> tuple[np.ndarray, dict[str, Any]]:
    targets = balance.resolve(parameters)
    weights, report = balance.solve(balance.count(lists(rows), targets), targets, parameters)
    return balance.apply(lists(rows), weights, targets), report


def shares(rows: list[list[str]], weights: np.ndarray, groups: list[str]) -> dict[str, float]:
    """Weighted mentions over those of all groups: from the documents, not from cells."""
    mass = {g: sum(float(w) for row, w in zip(rows, weights, strict=True) if g in row) for g in groups}
    whole = sum(mass.values())
    return {g: mass[g] / whole if whole else 0.0 for g in groups}


def test_a_cell_is_the_set_of_groups_that_have_targets() -> None:
    targets = balance.resolve(Balance(**POLICY))
    rows = [
        ["age/children", "gender/men", "geography/africa"],
        [],
        ["gender/men", "gender/women", "religion/islam"],
        ["gender/nonbinary"],
        ["gender/men"],
    ]
    assert balance.cells_of(lists(rows), targets).to_pylist() == [
        "gender/men", "", "gender/men gender/women religion/islam", "", "gender/men"
    ]  # fmt: skip
    assert balance.cells_of(lists(rows).slice(2, 2), targets).to_pylist() == [
        "gender/men gender/women religion/islam", ""
    ]  # fmt: skip
    assert balance.count(lists(rows), targets).to_pydict() == {
        "cell": ["", "gender/men", "gender/men gender/women religion/islam"],
        "documents": [2, 2, 1],
    }


def test_targets_of_each_kind() -> None:
    parameters = Balance(
        targets={
            "religion": "world_religions",
            "gender": "uniform",
            "age": {"children": 0.25, "older_adults": 0.75},
            "geography": ["nigeria", "africa"],
        }
    )
    found = {target.axis: target for target in balance.resolve(parameters)}
    assert list(found) == ["age", "gender", "geography", "religion"]
    assert found["age"] == ("age", "custom", ("age/children", "age/older_adults"), (0.25, 0.75))
    assert found["gender"].shares is None
    assert "gender/nonbinary" in found["gender"].groups
    assert found["geography"].shares == (0.5, 0.5)
    assert found["religion"].kind == "world_religions"
    assert sum(found["religion"].shares or ()) == pytest.approx(1)


def test_uniform_names_no_group_inside_another() -> None:
    (target,) = balance.resolve(Balance(targets={"religion": "uniform"}))
    assert "religion/christianity" in target.groups
    assert "religion/catholicism" not in target.groups


@pytest.mark.parametrize(
    ("targets", "message", "hint"),
    [
        ({"gendre": "uniform"}, "`balance.targets.gendre`: unknown axis", "did you mean `gender`?"),
        (
            {"gender": ["men", "womn"]},
            "`balance.targets.gender`: unknown group `womn`",
            "did you mean `women`?",
        ),
        ({"age": {"x": 1.0}}, "`balance.targets.age`: unknown group `x`", None),
    ],
)
def test_unknown_names_are_told(targets: Any, message: str, hint: str | None) -> None:
    with pytest.raises(UserError) as told:
        balance.resolve(Balance(targets=targets))
    assert told.value.message == message
    assert hint is None or told.value.hint == hint


@pytest.mark.parametrize("name", sorted(populations()))
def test_populations_speak_of_groups_that_we_know_and_say_their_source(name: str) -> None:
    table = populations()[name]
    (target,) = balance.resolve(Balance(targets={table.axis: name}))
    assert sum(target.shares or ()) == pytest.approx(1)
    assert table.source
    assert 2000 < table.year < 2030


def test_known_shares_of_populations() -> None:
    assert populations()["world_religions"].shares["islam"] == pytest.approx(25.6 / 73.6)
    continents = populations()[
        "world_continents"
    ].shares  # UN: Asia 59 %, Africa 18 to 19 %, Oceania under 1 %
    assert 0.58 < continents["asia"] < 0.60
    assert 0.18 < continents["africa"] < 0.20
    assert continents["oceania"] < 0.01


def test_two_to_one_becomes_one_to_one() -> None:
    rows = [["gender/men"]] * 60 + [["gender/women"]] * 30 + [["gender/men", "gender/women"]] * 10 + [[]] * 5
    weights, report = solve(rows, Balance(targets={"gender": ["men", "women"]}))
    assert shares(rows, weights, ["gender/men", "gender/women"])["gender/men"] == pytest.approx(0.5, abs=1e-5)
    assert weights[:60] == pytest.approx(np.full(60, 0.5**0.5), abs=1e-5)  # as near to 1 on either side
    assert weights[60:90] == pytest.approx(np.full(30, 2**0.5), abs=1e-5)
    assert weights[90:].tolist() == [1.0] * 15  # both: not in the way; none: free
    assert report["axes"] == [
        {"axis": "gender", "target": "uniform", "feasible": True, "feasible_alone": True, "gap": 0.0}
    ]
    assert report["groups"][0] == {
        "axis": "gender", "group": "gender/men", "documents": 70, "share": 0.636364, "wanted": 0.5,
        "reachable": 0.5, "balanced": 0.5,
    }  # fmt: skip
    whole, squares = weights.sum(), (weights**2).sum()
    assert report["effective_size"] == pytest.approx(whole**2 / squares, abs=1e-3)


def test_what_is_not_feasible_is_told_with_the_nearest_share() -> None:
    rows = [["gender/men"]] * 99 + [["gender/women"]]
    weights, report = solve(rows, Balance(targets={"gender": ["men", "women"]}, min_weight=0.5, max_weight=2))
    assert report["axes"][0]["feasible"] is False
    women = report["groups"][1]
    assert women["reachable"] == pytest.approx(2 / (2 + 99 / 2), abs=1e-6)
    assert women["balanced"] == pytest.approx(women["reachable"], abs=2e-4)
    found = shares(rows, weights, ["gender/men", "gender/women"])
    assert found["gender/women"] == pytest.approx(women["balanced"], abs=1e-6)


def test_uniform_is_over_the_groups_that_are_mentioned() -> None:
    rows = [["gender/men"]] * 20 + [["gender/women"]] * 10 + [["gender/nonbinary"]] * 10
    weights, report = solve(rows, Balance(targets={"gender": "uniform"}))
    found = shares(rows, weights, ["gender/men", "gender/women", "gender/nonbinary"])
    assert list(found.values()) == pytest.approx([1 / 3] * 3, abs=1e-5)
    assert {row["group"]: row["wanted"] for row in report["groups"]}["gender/transgender"] == 0


@pytest.mark.parametrize("rows", [[], [[]], [["age/children"]] * 3])
def test_nothing_to_balance_is_weight_one(rows: list[list[str]]) -> None:
    weights, report = solve(rows, Balance(**POLICY))
    assert weights.tolist() == [1.0] * len(rows)
    assert [axis["feasible"] for axis in report["axes"]] == [False, False]


def test_cells_beyond_the_limit_keep_weight_one_and_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(balance, "MAX_CELLS", 3)
    rows = (
        [["gender/men"]] * 50
        + [["gender/women"]] * 20
        + [["gender/men", "religion/islam"]] * 9
        + [["gender/men", "religion/buddhism"]] * 5
        + [["religion/islam"]] * 4
    )
    weights, report = solve(rows, Balance(targets={"gender": ["men", "women"]}))
    assert (report["cells"], report["held_cells"]) == (3, 0)  # religion has no target here
    parameters = Balance(targets={"gender": ["men", "women"], "religion": ["islam", "buddhism"]})
    weights, report = solve(rows, parameters)
    assert (report["cells"], report["held_cells"], report["held_documents"]) == (5, 2, 9)
    assert weights[79:].tolist() == [1.0] * 9
    assert shares(rows, weights, ["gender/men", "gender/women"])["gender/men"] == pytest.approx(0.5, abs=1e-4)


IDS = pa.array([f"{i:032x}" for i in range(4000)])


def sampled(rows: list[list[str]], **options: Any) -> tuple[pa.RecordBatch, Balance]:
    parameters = Balance(targets={"gender": ["men", "women"]}, **options)
    targets = balance.resolve(parameters)
    weights, _ = balance.solve(balance.count(lists(rows), targets), targets, parameters)
    kept = np.ones(len(rows), bool)
    return balance.measure(IDS.slice(0, len(rows)), lists(rows), kept, weights, parameters), parameters


ROWS = [["gender/men"]] * 3000 + [["gender/women"]] * 1000


def test_without_sampling_nothing_fires_and_weights_are_as_raked() -> None:
    signals, parameters = sampled(ROWS)
    assert balance.fire(signals, parameters) == []
    assert signals.column("balance_draw").null_count == len(ROWS)
    weight = balance.final(signals, parameters)
    assert weight.dtype == np.float32
    assert weight[:3000].sum() == pytest.approx(weight[3000:].sum(), rel=1e-4)


@pytest.mark.parametrize("sampling", ["down", "whole"])
def test_sampling_keeps_the_expected_weight(sampling: str) -> None:
    signals, parameters = sampled(ROWS, sampling=sampling, seed=7)
    (firing,) = balance.fire(signals, parameters)
    assert firing.reason == "down_sampled"
    weight = np.where(firing.removes, 0, balance.final(signals, parameters))
    raked = signals.column("balance_weight").to_numpy()
    for part in (slice(0, 3000), slice(3000, 4000)):
        spread = weight[part].std() / np.sqrt(weight[part].size) + 1e-6
        assert abs(weight[part].mean() - raked[part].mean()) < 5 * spread
    assert firing.removes[:3000].any()
    assert not firing.removes[3000:].any()
    if sampling == "whole":
        assert (weight == np.round(weight)).all()


def test_draws_depend_on_seed_and_id_alone() -> None:
    first, _ = sampled(ROWS, sampling="down")
    again, _ = sampled(ROWS[:500] + ROWS[3000:], sampling="down")
    other, _ = sampled(ROWS, sampling="down", seed=1)
    draw = first.column("balance_draw")
    assert draw.slice(0, 500) == again.column("balance_draw").slice(0, 500)
    assert draw != other.column("balance_draw")
    assert 0 <= min(draw.to_pylist()) < 0.01
    assert 0.99 < max(draw.to_pylist()) < 1


def test_documents_that_another_rule_removes_are_not_measured() -> None:
    parameters = Balance(targets={"gender": ["men", "women"]}, sampling="down")
    kept = np.array([True, False])
    signals = balance.measure(
        IDS.slice(0, 2),
        lists([["gender/men"], ["gender/men"]]),
        kept,
        balance.WEIGHTS.empty_table(),
        parameters,
    )
    assert signals.schema == balance.SIGNALS
    assert signals.column("balance_weight").to_pylist() == [1.0, None]
    assert signals.column("balance_draw").is_valid().to_pylist() == [True, False]
    (firing,) = balance.fire(signals, parameters)
    assert firing.measured.tolist() == [True, False]


documents = st.lists(st.lists(st.sampled_from(GROUPS), max_size=4, unique=True).map(sorted), max_size=60)


@given(documents, st.sampled_from([0.05, 0.5, 1.0]), st.sampled_from([1.0, 2.0, 20.0]))
def test_every_feasible_axis_comes_within_a_point_of_its_target(
    rows: list[list[str]], low: float, high: float
) -> None:
    parameters = Balance(
        min_weight=low, max_weight=high, targets=POLICY["targets"] | {"geography": "uniform"}
    )
    weights, report = solve(rows, parameters)
    assert ((weights >= low) & (weights <= high)).all()
    for axis in report["axes"]:
        of_axis = [row for row in report["groups"] if row["axis"] == axis["axis"]]
        found = shares(rows, weights, [row["group"] for row in of_axis])
        for row in of_axis:
            assert found[row["group"]] == pytest.approx(row["balanced"], abs=1e-5)
            assert row["balanced"] == pytest.approx(row["reachable"], abs=1e-3)
            if axis["feasible"]:
                assert abs(found[row["group"]] - row["wanted"]) < 0.01


@given(documents, st.integers(1, 5), st.randoms(use_true_random=False))
def test_cells_add_up_however_the_documents_are_divided(
    rows: list[list[str]], parts: int, random: Any
) -> None:
    targets = balance.resolve(Balance(**POLICY))
    whole = balance.count(lists(rows), targets)
    shuffled = random.sample(rows, len(rows))
    tables = [balance.count(lists(shuffled[i::parts]), targets) for i in range(parts)]
    nested = balance.merge([balance.merge(tables[1:]), tables[0]])
    assert balance.merge(tables).equals(whole)
    assert nested.equals(whole)


def test_the_same_cells_give_the_same_weights_to_the_bit() -> None:
    parameters = Balance(**POLICY)
    targets = balance.resolve(parameters)
    rows = [GROUPS[i % 7 : i % 7 + i % 3] for i in range(500)]
    cells = balance.count(lists(rows), targets)
    weights, report = balance.solve(cells, targets, parameters)
    again = balance.solve(balance.merge([cells.slice(3), cells.slice(0, 3)]), targets, parameters)
    assert again[0].equals(weights)
    assert again[1] == report


@pytest.mark.parametrize(
    ("targets", "message"),
    [
        ({"gender": "world_religions"}, "must be `uniform`, a list of groups, or shares by group"),
        ({"religion": "world"}, "must be `uniform`, `world_religions`, a list"),
        ({"gender": {"men": 0.5, "women": 0.4}}, "the shares of `balance.targets.gender` sum to 0.9"),
        ({"gender": {"men": 1.5, "women": -0.5}}, "`balance.targets.gender`.men is 1.5, must lie in 0..1"),
        ({"gender": {"men": float("nan")}}, "must lie in 0..1"),
        ({"gender": ["men"]}, "must list two or more groups"),
        ({"gender": ["men", "men"]}, "must list two or more groups"),
    ],
)
def test_targets_that_make_no_sense_are_told(targets: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message.replace("`.", "`\\.")):
        Balance(targets=targets)

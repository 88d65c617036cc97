"""Gates as they are written: which keys go together, what is said of those that do not."""

from typing import Any

import pytest

from schemas.errors import UserError
from schemas.gates import Gate
from schemas.load import check


def gate(**keys: Any) -> Gate:
    return Gate.model_validate(keys)


@pytest.mark.parametrize(
    ("keys", "name"),
    [
        (
            {"measure": "removal_ratio", "at_most": 1.25, "min_documents": 200, "p_adjusted_below": 0.05},
            "removal ratio of any rule for any group at most 1.25"
            " (200 documents or more, adjusted p below 0.05)",
        ),
        ({"measure": "language_share", "key": "und", "at_most": 0.1}, "language share (und) at most 0.1"),
        (
            {"measure": "axis_share", "group": "geography/nigeria", "at_least": 0.01, "side": "before"},
            "axis share for geography/nigeria before curation at least 0.01",
        ),
        (
            {"measure": "mh_ratio", "rule": "pii", "reason": "*", "axis": "gender", "at_most": 2},
            "stratified removal ratio of pii for each reason for any group of gender at most 2",
        ),
        ({"measure": "error_rate", "at_most": 0}, "error rate at most 0"),
        (
            {"measure": "flip_rate", "key": "swap_gender", "at_most": 0.01},
            "flip rate (swap_gender) at most 0.01",
        ),
        (
            {"measure": "distance", "axis": "age", "key": "tv_uniform", "at_most": 0.5},
            "distance for age (tv_uniform) at most 0.5",
        ),
    ],
)
def test_a_gate_names_itself(keys: dict[str, Any], name: str) -> None:
    assert gate(**keys).name == name


def test_a_bound_of_zero_is_a_bound() -> None:
    assert (
        gate(measure="error_rate", at_most=0).operator,
        gate(measure="error_rate", at_most=0).threshold,
    ) == ("at_most", 0.0)
    assert gate(measure="kept_share", at_least=0).operator == "at_least"


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"measure": "removal_ratio"}, "needs one of `at_most` and `at_least`, neither is given"),
        ({"measure": "removal_ratio", "at_most": 2, "at_least": 1}, "both is given"),
        ({"measure": "error_rate", "at_most": 1, "rule": "pii"}, "`rule` says nothing of `error_rate`"),
        (
            {"measure": "axis_share", "at_most": 1, "p_adjusted_below": 0.1},
            "`p_adjusted_below` says nothing of `axis_share`",
        ),
        (
            {"measure": "removal_ratio", "at_most": 2, "group": "nigeria"},
            "`group` is `nigeria`, must be `axis/group`",
        ),
        (
            {"measure": "removal_ratio", "at_most": 2, "group": "age/children", "axis": "gender"},
            "`axis` is `gender`, but `group` is `age/children`",
        ),
        ({"measure": "removal_ratio", "at_most": 2, "reason": "empty"}, "but no `rule` is named"),
    ],
)
def test_keys_that_do_not_go_together_are_faults(keys: dict[str, Any], said: str) -> None:
    with pytest.raises(UserError) as caught:
        check({"gates": [keys]})
    assert said in str(caught.value)


def test_an_unknown_measure_is_told_with_the_nearest() -> None:
    with pytest.raises(UserError) as caught:
        check({"gates": [{"measure": "removal_rati", "at_most": 1}]})
    assert "did you mean `removal_ratio`?" in str(caught.value)


def test_an_unknown_key_is_told_with_the_nearest() -> None:
    with pytest.raises(UserError) as caught:
        check({"gates": [{"measure": "removal_ratio", "atmost": 1}]})
    assert "gates[0].at_most" in str(caught.value)


def test_gates_change_the_policy_and_nothing_that_is_measured() -> None:
    plain, gated = check({}), check({"gates": [{"measure": "error_rate", "at_most": 0.1}]})
    assert plain.policy_hash != gated.policy_hash
    assert plain.measured() == gated.measured()

"""Rates of flips from what was counted."""

import pytest

from audits.counterfactual import NONE_ALTERED, NOT_MEASURED, rows


def test_flips_of_both_directions_over_altered_documents() -> None:
    verdict, rule = rows(
        {"counts": [["swap_gender", None, 200, 6, 4], ["swap_gender", "toxicity/1", 150, 6, 0]]}
    )
    assert (verdict["rule"], verdict["flips"], verdict["rate"]) == (None, 10, 0.05)
    assert (verdict["low"], verdict["high"]) == pytest.approx((0.0274, 0.0896), abs=1e-4)  # Wilson, 10 of 200
    assert (rule["documents"], rule["to_removed"], rule["to_kept"], rule["note"]) == (150, 6, 0, None)


def test_nothing_altered_and_nothing_measured_are_told_apart() -> None:
    found = rows({"counts": [["spelling", None, 0, 0, 0], ["spelling", "pii/1", 0, 0, 0]]})
    assert [row["note"] for row in found] == [NONE_ALTERED, NONE_ALTERED]
    (_, rule) = rows({"counts": [["spelling", None, 5, 0, 0], ["spelling", "pii/1", 0, 0, 0]]})
    assert (rule["note"], rule["rate"], rule["low"]) == (NOT_MEASURED, None, None)

"""The contract of `report.json`, held against reports that are made, and against what breaks it."""

import json
from pathlib import Path
from typing import Any

import pytest

from schemas import report
from tests.audits.page import reports


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    return reports.report()


def test_a_whole_report_keeps_the_contract(told: dict[str, Any]) -> None:
    assert report.check(told) == []
    assert report.check(json.loads(json.dumps(told))) == []
    assert report.check(reports.empty()) == []
    assert report.check(reports.compared(told)) == []


@pytest.mark.parametrize(
    ("section", "key", "value", "fault"),
    [
        ("impact", "removed", -1, "impact.0.removed: Input should be greater than or equal to 0"),
        ("impact", "flagged", "yes", "impact.0.flagged: Input should be a valid boolean"),
        ("impact", "new", 1, "impact.0.new: Extra inputs are not permitted"),
        (
            "gates",
            "verdict",
            "maybe",
            "gates.0.verdict: Input should be 'passed', 'failed' or 'not_measured'",
        ),
        ("representation", "side", None, "representation.0.side: Input should be 'before' or 'after'"),
        ("findings", "id", "xyz", "findings.0.id: String should match pattern '^[0-9a-f]{16}$'"),
        (
            "counts",
            "by",
            "planet",
            "counts.0.by: Input should be 'total', 'source', 'language', 'year' or 'domain'",
        ),
    ],
)
def test_what_breaks_the_contract_is_named(
    told: dict[str, Any], section: str, key: str, value: object, fault: str
) -> None:
    first, *rest = told[section]
    assert report.check(told | {section: [first | {key: value}, *rest]}) == [fault]


@pytest.mark.parametrize("section", ["impact", "representation", "associations", "gates", "findings"])
def test_no_key_of_a_row_may_be_left_out(told: dict[str, Any], section: str) -> None:
    first, *rest = told[section]
    for key in first:
        less = {name: value for name, value in first.items() if name != key}
        if key.startswith("mh_") or key == "strata":  # only of whole rules
            assert report.check(told | {section: [less, *rest]}) == []
            continue
        assert report.check(told | {section: [less, *rest]}) == [f"{section}.0.{key}: Field required"]


def test_a_section_may_be_added_and_none_left_out(told: dict[str, Any]) -> None:
    assert report.check(told | {"tomorrow": []}) == []
    assert report.check({key: value for key, value in told.items() if key != "gates"}) == [
        "gates: Field required"
    ]


def test_the_published_schema_names_every_section(root: Path, told: dict[str, Any]) -> None:
    published = json.loads((root / "docs" / "report.schema.json").read_text("utf-8"))
    assert published == report.json_schema()
    assert set(published["required"]) == set(told)
    for name, model in published["$defs"].items():
        assert model["additionalProperties"] is False, name

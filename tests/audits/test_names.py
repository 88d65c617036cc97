"""Every rule, reason, axis and group has a plain name."""

import pyarrow as pa
import pytest

from audits import names, swaps
from audits.gate_faults import groups
from filters.catalogue import FILTERS, SIGNALS
from schemas.config import Config


def test_every_reason_that_a_filter_can_give_has_a_name_and_no_other() -> None:
    nothing = pa.RecordBatch.from_pylist([], pa.schema([*SIGNALS, pa.field("language", pa.string())]))
    for filter_ in FILTERS:
        parameters = Config().parameters()[filter_.name]
        bounds = {
            name: 0
            for name, field in type(parameters).model_fields.items()
            if getattr(parameters, name) is None and "null: no check" in (field.description or "")
        }
        if filter_.name == "language":
            bounds = {"keep": ("en",)}
        if filter_.name == "balance":
            bounds = {"sampling": "down"}
        fired = filter_.fire(nothing, parameters.model_copy(update=bounds))
        assert {firing.reason for firing in fired} == set(names.REASONS[filter_.name]), filter_.name


def test_every_filter_axis_and_change_has_a_name() -> None:
    assert {filter_.name for filter_ in FILTERS} <= set(names.RULES)
    axes = {group.partition("/")[0] for group in groups()}
    assert axes == set(names.AXES) == set(names._OTHERS) == set(names._ANY)
    assert set(names.CHANGES) == set(swaps.CHANGES)


@pytest.mark.parametrize(
    ("group", "said"),
    [
        ("geography/nigeria", "documents that mention Nigeria"),
        ("geography/united_states", "documents that mention the United States"),
        ("geography/cook_islands", "documents that mention the Cook Islands"),
        ("geography/cote_d_ivoire", "documents that mention Côte d’Ivoire"),
        ("religion/islam", "documents that mention Islam"),
        ("race_ethnicity/black", "documents that mention Black people"),
        ("gender/women", "documents that mention women"),
        ("gender/women*geography/nigeria", "documents that mention both women and Nigeria"),
        ("dialect/african_american", "documents that have words that go with African American English"),
        (
            "dialect/white*gender/men",
            "documents that mention men and have words that go with White American English",
        ),
    ],
)
def test_documents_mention_groups(group: str, said: str) -> None:
    assert names.mention(group) == said


def test_no_group_is_called_by_its_code() -> None:
    for group in groups():
        assert not {"_", "/"} & set(names.group(group)), group

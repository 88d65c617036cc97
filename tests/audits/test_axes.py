"""Which groups are compared, and where they are looked for."""

from audits import axes
from filters import group_lexicons
from filters.groups import AXES, GROUPS
from schemas.populations import populations


def test_countries_are_compared_with_countries() -> None:
    level = axes.level("geography")
    assert {"geography/nigeria", "geography/aland_islands"} <= set(level)
    assert not {"geography/africa", "geography/western_africa", "geography/latin_america"} & set(level)


def test_denominations_are_compared_as_christianity() -> None:
    level = axes.level("religion")
    assert "religion/christianity" in level
    assert "religion/catholicism" not in level
    assert "race_ethnicity/native_american" not in axes.level("race_ethnicity")


def test_every_axis_has_a_level_of_known_groups() -> None:
    for axis in AXES:
        assert len(axes.level(axis)) > 1
        assert set(axes.level(axis)) <= set(GROUPS)


def test_populations_are_expected_of_their_groups() -> None:
    share, source = axes.expected("geography/nigeria") or (0, "")
    assert share == populations()["world_countries"].shares["nigeria"]
    assert source == "world_countries, 2025"
    assert axes.expected("geography/asia") == (
        populations()["world_continents"].shares["asia"],
        "world_continents, 2025",
    )
    assert axes.expected("gender/women") is None


def test_no_group_is_in_two_populations() -> None:
    names = [f"{found.axis}/{name}" for found in populations().values() for name in found.shares]
    assert len(names) == len(set(names))
    assert set(names) <= set(GROUPS)


def test_an_axis_is_looked_for_where_it_has_a_lexicon() -> None:
    assert set(axes.languages("geography")) == {*group_lexicons.LANGUAGES, "und"}
    assert axes.languages("race_ethnicity") == ("en", "und")
    assert axes.languages("dialect") == ("en",)

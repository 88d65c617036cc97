"""Which groups of an axis are compared with each other, and in which languages an axis is looked for.

Groups contain groups: a document about Kenya mentions eastern Africa and Africa too. Shares of all of them
together would count it three times, so distances compare groups of one level.
"""

import functools

from filters import group_lexicons, groups
from schemas.populations import Population, populations

BY_COUNTRY = "geography"
BY_MODEL = {"dialect": ("en",)}  # axes that a model of words finds, and the languages it reads


@functools.cache
def level(axis: str) -> tuple[str, ...]:
    """The groups of an axis, `axis/group`, that are compared by default.

    Of geography, countries and territories; of the other axes, the groups that no other contains
    (catholicism counts as christianity).
    """
    if axis == BY_COUNTRY:
        return tuple(sorted(f"{axis}/{name}" for name in group_lexicons.territories().values()))
    contains = group_lexicons.groups()
    own = (name for name in groups.GROUPS if name.startswith(f"{axis}/"))
    return tuple(name for name in own if len(contains[name]) == 1)


@functools.cache
def of_axis(axis: str) -> dict[str, Population]:
    """The named populations of an axis."""
    return {name: found for name, found in sorted(populations().items()) if found.axis == axis}


@functools.cache
def expected(group: str) -> tuple[float, str] | None:
    """(share of a group, `axis/group`, in the named population that has it; its name and year)."""
    axis, _, name = group.partition("/")
    for title, population in of_axis(axis).items():
        if name in population.shares:
            return population.shares[name], f"{title}, {population.year}"
    return None


@functools.cache
def languages(axis: str) -> tuple[str, ...]:
    """Codes of the languages in which the axis is looked for."""
    if axis in BY_MODEL:
        return BY_MODEL[axis]
    found = group_lexicons.languages(axis)
    return (*found, groups.UNKNOWN) if "en" in found else found

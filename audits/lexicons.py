"""Which words the groups are found by: how many terms, for how many groups, by language and axis.

An axis without terms in a language was not looked for in it; the report says so.
"""

import functools
from collections import defaultdict
from typing import Any

from filters import groups
from filters.group_lexicons import HIDES, LANGUAGES, terms


@functools.cache
def _counted() -> tuple[tuple[str, str, int, int], ...]:
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    number: dict[tuple[str, str], int] = defaultdict(int)
    for language in LANGUAGES:
        for term in terms(language):
            axis, _, name = term.group.partition("/")
            if name != HIDES:
                found[language, axis].add(term.group)
                number[language, axis] += 1
    return tuple((*place, len(named), number[place]) for place, named in sorted(found.items()))


def rows() -> list[dict[str, Any]]:
    """A row a language and axis: `language`, `axis`, `groups`, `terms`, and the lexicons' `version`."""
    return [
        {"language": language, "axis": axis, "groups": named, "terms": number, "version": groups.VERSION}
        for language, axis, named, number in _counted()
    ]

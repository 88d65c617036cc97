"""Names of groups: `axis/group`, as in `geography/kenya`; a pair of two axes has `*` between its groups."""

import functools

PAIR = "*"


@functools.cache  # there are some hundred groups, and tens of thousands of rows
def axis_of(group: str) -> str:
    """The axis of a group; of a pair, both: `gender*geography`."""
    return PAIR.join(name.partition("/")[0] for name in group.split(PAIR))

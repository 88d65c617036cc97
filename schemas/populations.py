"""Named populations: how many people, or which share, belong to each group of an axis, with source and year.

They are yardsticks, not norms: a share of mentions that equals a population's is no proof of fairness.
"""

import functools
import json
from importlib import resources
from typing import NamedTuple


class Population(NamedTuple):
    """One table.

    Attributes:
        axis: of the groups.
        year: of the figures.
        source: who published them.
        note: what they count, and what they leave out.
        shares: by group, without the axis; they sum to 1.
    """

    axis: str
    year: int
    source: str
    note: str
    shares: dict[str, float]


@functools.cache
def populations() -> dict[str, Population]:
    """All tables, by name."""
    tables = json.loads(resources.files("schemas").joinpath("populations.json").read_text("utf-8"))
    found = {}
    for name, table in tables.items():
        total = sum(table["shares"].values())
        shares = {group: people / total for group, people in table["shares"].items()}
        found[name] = Population(**table | {"shares": shares})
    return found

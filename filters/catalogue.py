"""Every filter, in one tuple, in the default running order."""

from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa

from filters import (
    balance,
    c4_quality,
    decontamination,
    exact_dedup,
    fineweb_quality,
    gopher_quality,
    gopher_repetition,
    language,
    near_dedup,
    pii,
    toxicity,
)
from filters.checks import Firing
from schemas.parameters import Parameters


@dataclass(frozen=True)
class Filter:
    """What the pipeline and `decide` need to know of a filter.

    Attributes:
        name: the name in the config.
        version: grows when the same text could get another score.
        signals: the scores it looks at, as columns.
        fire: (signals, parameters) -> one Firing a check.
    """

    name: str
    version: int
    signals: pa.Schema
    fire: Callable[[pa.RecordBatch, Parameters], list[Firing]]

    @property
    def rule(self) -> str:
        """The name in the ledger."""
        return f"{self.name}/{self.version}"


MODULES = (
    exact_dedup,
    near_dedup,
    language,
    gopher_repetition,
    gopher_quality,
    c4_quality,
    fineweb_quality,
    pii,
    toxicity,
    decontamination,
    balance,
)
# Measured only on documents that no other filter drops.
COSTLY = ("pii", "toxicity", "decontamination")
FILTERS = tuple(
    Filter(module.__name__.rpartition(".")[2], module.VERSION, module.SIGNALS, module.fire)
    for module in MODULES
)
BY_NAME = {filter_.name: filter_ for filter_ in FILTERS}
SIGNALS = pa.schema([field for filter_ in FILTERS for field in filter_.signals])

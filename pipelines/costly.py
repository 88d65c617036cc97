"""The costly filters: measured only on the documents that no cheap rule drops, in any order of `filters`."""

from collections.abc import Mapping, Sequence
from typing import cast

import pyarrow as pa

from filters import decontamination, pii, pii_context, toxicity
from filters.catalogue import COSTLY
from pipelines import evaluation_sets
from schemas.parameters import Parameters, Pii, Toxicity

# Made up: makes recognisers and the tables of phone numbers load.
FIRST = "Passport 123456789, SSN 078-05-1120, phone 202 555 0143 or +44 20 7946 0958; 10.1.2.3, a@example.com"


def names(filters: Sequence[str]) -> list[str]:
    """Those of `filters` that are costly."""
    return [name for name in filters if name in COSTLY]


def measure(
    text: pa.StringArray, filters: Sequence[str], parameters: Mapping[str, Parameters], evaluation: str | None
) -> tuple[dict[str, pa.Array], pa.ListArray | None]:
    """Signals of the costly filters that are on, and the edits of those that change text.

    Args:
        text: n texts.
        filters: names of those that are on.
        parameters: by filter name.
        evaluation: path of the evaluation sets' index; None where decontamination is off.
    """
    found: list[pa.RecordBatch] = []
    edits = None
    if "pii" in filters:
        signals, edits = pii.measure(text, cast("Pii", parameters["pii"]))
        found.append(signals)
    if "toxicity" in filters:
        found.append(toxicity.measure(text, cast("Toxicity", parameters["toxicity"])))
    if evaluation is not None:
        found.append(decontamination.measure(text, evaluation_sets.load(evaluation)))
    columns = {
        name: column
        for batch in found
        for name, column in zip(batch.schema.names, batch.columns, strict=True)
    }
    return columns, edits


def prepare(filters: Sequence[str], parameters: Mapping[str, Parameters]) -> None:
    """Loads what takes seconds, before workers are forked, so that each stage's inherit it.

    A model of names is left to the workers: it may start threads, and those do not survive a fork.
    """
    if "pii" in filters and (given := cast("Pii", parameters["pii"])).names_model is None:
        pii.measure(pa.array([FIRST]), given)
        pii_context.prepare()


def scrub(
    values: pa.StringArray, filters: Sequence[str], parameters: Mapping[str, Parameters]
) -> pa.StringArray:
    """Values without personal data, where that filter is on."""
    return pii.scrub(values, cast("Pii", parameters["pii"])) if "pii" in filters else values

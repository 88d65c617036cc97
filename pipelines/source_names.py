"""Names of sources without personal data, where the filter `pii` is on.

A record may name a person as its source (`"source": "jane@example.org"`), and so may the folder that a file
lies in. Such a name would stand in counts, report and dataset card, so it is replaced where it enters, and
all that counts by source agrees (docs/decisions/pii.md). Names that the config declares stay as they are:
whoever writes the config publishes them.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

import pyarrow as pa
import pyarrow.compute as pc

from pipelines import costly
from schemas.parameters import Parameters, Pii

KEYS = ("entities", "min_score", "phone_regions")  # of the filter's parameters, those that names depend on
# What a name must have to hold contact data: an at sign, seven digits, or an IP address. Loading the
# recognisers takes seconds, and few names need them; the digits of file names (part-00000-of-00010) do not.
SUSPECT, AT = r"@|(?:\d\D*){7}|(?:\d+\.){3}\d|[0-9a-fA-F]*:[0-9a-fA-F]*:", "@"


def scrubbed(
    source: pa.StringArray, path: str, filters: Sequence[str], parameters: Mapping[str, Parameters]
) -> pa.StringArray:
    """The names with placeholders in place of personal data, whatever the action on text is.

    Args:
        source: a name a record.
        path: the name that those have whose record gives none: first part of the URI.
        filters: names of those that are on.
        parameters: by filter name.
    """
    if "pii" not in filters:
        return source
    named = source.dictionary_encode()
    suspect = pc.if_else(
        pc.equal(named.dictionary, path),
        pc.match_substring(named.dictionary, AT),
        pc.match_substring_regex(named.dictionary, SUSPECT),
    )
    if not pc.any(suspect).as_py():
        return source
    found = _plain(named.dictionary.filter(suspect), parameters)
    return pc.replace_with_mask(named.dictionary, suspect, found).take(named.indices)


def without_addresses(
    rows: Iterable[dict[str, Any]], filters: Sequence[str], parameters: Mapping[str, Parameters]
) -> list[dict[str, Any]]:
    """Rows of a report, with a `source_id` that holds no e-mail address: a record's own id may be one."""
    rows = list(rows)
    found = [row for row in rows if AT in (row["source_id"] or "")] if "pii" in filters else []
    if found:
        names = _plain(pa.array([row["source_id"] for row in found], pa.string()), parameters).to_pylist()
        for row, name in zip(found, names, strict=True):
            row["source_id"] = name
    return rows


def _plain(names: pa.StringArray, parameters: Mapping[str, Parameters]) -> pa.StringArray:
    given = cast("Pii", parameters["pii"])
    return costly.scrub(names, ("pii",), {"pii": Pii(**{key: getattr(given, key) for key in KEYS})})


def identity(filters: Sequence[str], parameters: Mapping[str, Parameters]) -> dict[str, Any] | None:
    """What the names depend on; None where they stay as they are."""
    return parameters["pii"].model_dump(mode="json", include=set(KEYS)) if "pii" in filters else None

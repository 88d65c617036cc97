"""Names of sources without personal data, where the filter `pii` is on.

A record may name a person as its source (`"source": "jane@example.org"`), and so may the folder that a file
lies in. Such a name would stand in counts, report and dataset card, so it is replaced where it enters, and
all that counts by source agrees (docs/decisions/pii.md). Names that the config declares stay as they are:
whoever writes the config publishes them.
"""

from collections.abc import Mapping, Sequence
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
    given = cast("Pii", parameters["pii"])
    plain = Pii(**{name: getattr(given, name) for name in KEYS})
    found = costly.scrub(named.dictionary.filter(suspect), filters, {"pii": plain})
    return pc.replace_with_mask(named.dictionary, suspect, found).take(named.indices)


def identity(filters: Sequence[str], parameters: Mapping[str, Parameters]) -> dict[str, Any] | None:
    """What the names depend on; None where they stay as they are."""
    return parameters["pii"].model_dump(mode="json", include=set(KEYS)) if "pii" in filters else None

"""All finished parts together: the stage between `finish` and everything that needs to see the whole.

    all KEY.tally.arrow, KEY.candidates.arrow -> KEY.tally.arrow   COUNTS of the run
                                                 KEY.chosen.arrow  doc_ids of the samples

Memory: the tallies, which grow with sources, languages and domains; names of some candidates.
"""

from typing import Any

from audits import statistics, tally
from pipelines import samples, storage


def sum_up(finished: tuple[str, ...], prefix: str) -> dict[str, Any]:
    """Sums and chooses.

    Args:
        finished: path prefix of each part's results, in order.
        prefix: of the results.

    Returns:
        For the marker: `samples`, and documents read by `source` and `language`.
    """
    table = tally.merge([storage.open_arrow(f"{path}.tally.arrow").read_all() for path in finished])
    storage.write_arrow(f"{prefix}.tally.arrow", table)
    found = statistics.statistics(table)
    read = {
        by: {name: volume["read"]["documents"] for name, volume in found[by].items()}
        for by in ("source", "language")
    }
    return {**samples.choose(finished, prefix), **read}

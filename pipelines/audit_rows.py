"""From merged counts to the report's sections: what `publish` and `evenhand audit` have in common."""

from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa

from audits import impact_rows, representation, what_if
from audits.examples import examples
from pipelines.audit import Counted
from schemas.config import Config

NO_GROUPS = "mentions of groups were not looked for (`groups.enabled: false`)"


def sections(
    counted: Counted, config: Config, statistics: Mapping[str, Any], samples: Iterable[pa.RecordBatch]
) -> dict[str, Any]:
    """The audit's sections of a report (audits/report.py), and its `not_measured`.

    Args:
        counted: what the tasks of the audit left.
        config: of the audit.
        statistics: of the snapshot.
        samples: removed documents, for examples.
    """
    impact_counts = counted.table("impact")
    limits = config.impact.model_dump()
    impact = impact_rows.rows(impact_counts, **limits)
    who = representation.merge([counted.table("ledger_representation"), counted.table("data_representation")])
    not_measured = representation.not_measured(who, statistics)
    if not config.groups.enabled:
        not_measured.insert(0, {"what": "groups", "why": NO_GROUPS})
    return {
        "representation": representation.rows(who, statistics),
        "impact": impact,
        "impact_pairs": impact_rows.pair_rows(impact_counts, **limits),
        "what_if": what_if.rows(counted.table("what_if"), impact, config.filters, config.parameters()),
        "examples": examples(impact, samples),
        "not_measured": not_measured,
    }

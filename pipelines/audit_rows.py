"""From merged counts to the report's sections: what `publish` and `evenhand audit` have in common."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from audits import duplicates, impact_rows, personal_data, representation, what_if
from audits.associations import rows as associations
from audits.examples import examples
from pipelines import clusters, source_names
from pipelines.audit import Counted
from schemas.config import Config

NO_TEXTS = "verdicts under changed text are measured by `curate`, which has the removed texts"
NO_VECTORS = "no word vectors were given (`audit.embeddings`)"
NO_GROUPS = "mentions of groups were not looked for (`groups.enabled: false`)"


def sections(
    counted: Counted,
    config: Config,
    statistics: Mapping[str, Any],
    samples: Callable[[], Iterable[pa.RecordBatch]],
    flips: Sequence[Mapping[str, Any]],
    vectors: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The audit's sections of a report (audits/report.py), and its `not_measured`.

    Args:
        counted: what the tasks of the audit left.
        config: of the audit.
        statistics: of the snapshot.
        samples: gives removed documents, for examples.
        flips: rows of `counterfactual`.
        vectors: marker of the task of `audit_vectors`; None where it did not run.
    """
    impact_counts = counted.table("impact")
    limits = config.impact.model_dump()
    impact = impact_rows.rows(impact_counts, **limits)
    who = representation.merge([counted.table("ledger_representation"), counted.table("data_representation")])
    said, toxicity = counted.table("associations"), counted.table("toxicity")
    not_measured = representation.not_measured(who, statistics) + associations.not_measured(said, toxicity)
    if not config.groups.enabled:
        not_measured.insert(0, {"what": "groups", "why": NO_GROUPS})
    not_measured += (
        vectors["not_measured"] if vectors else [{"what": "tests on word vectors", "why": NO_VECTORS}]
    )
    found: dict[str, list[dict[str, Any]]] = {"personal_data": [], "duplicates": []}
    if "pii" in config.filters:
        found["personal_data"] = personal_data.rows(counted.table("personal_data"), config.pii)
    else:
        not_measured.append({"what": "personal_data", "why": personal_data.OFF})
    if {"exact_dedup", "near_dedup"} & set(config.filters):
        found["duplicates"] = source_names.without_addresses(
            clusters.largest(counted, samples), config.filters, config.parameters()
        )
    else:
        not_measured.append({"what": "duplicates", "why": duplicates.OFF})
    if not flips:
        not_measured.append({"what": "counterfactual", "why": _why_no_flips(config)})
    drawn = source_names.without_addresses(examples(impact, samples()), config.filters, config.parameters())
    return {
        "representation": representation.rows(who, statistics),
        "associations": associations.rows(said, toxicity) + (vectors["rows"] if vectors else []),
        "impact": impact,
        "impact_pairs": impact_rows.pair_rows(impact_counts, **limits),
        "what_if": what_if.rows(counted.table("what_if"), impact, config.filters, config.parameters()),
        "counterfactual": list(flips),
        "examples": drawn,
        **found,
        "not_measured": not_measured,
    }


def _why_no_flips(config: Config) -> str:
    if not config.filters:
        return "no filter ran, so there are no verdicts to flip"
    if not config.groups.enabled:
        return NO_GROUPS
    if not config.audit.counterfactual_documents:
        return "verdicts under changed text were switched off (`audit.counterfactual_documents: 0`)"
    return NO_TEXTS

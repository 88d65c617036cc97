"""Rows of `representation`: what the counts of `audits/representation_counts.py` say, with intervals.

Formulas and what they cannot say: docs/audit/representation.md.
"""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from audits import axes
from audits import representation_gender as gender
from audits import representation_groups as groups
from audits.clusters import Clusters
from audits.regions import UNKNOWN
from audits.representation_row import SIDES, Row, of_kind, proportions

MOST = 200  # rows of a breakdown; the rest is one row
SIZE_SIDES = {"before": "read", "after": "kept"}  # in the statistics of a snapshot


def rows(table: pa.Table, statistics: Mapping[str, Any], *, mentions: bool = True) -> list[Row]:
    """Flat rows of KEYS; null where a key does not apply.

    Args:
        table: merged counts.
        statistics: of the snapshot; its `year` and, where there is one, `region` are told.
        mentions: whether groups were looked for; without, there are no rows of groups.
    """
    counts = _counts(table)
    clusters = Clusters.of(table)
    found: list[Row] = []
    if mentions:
        looked_for = groups.axes_of(counts)
        found += [row for axis in looked_for for row in groups.mentions(counts, axis)]
        found += [row for axis in looked_for for row in groups.distances(counts, axis)]
        found += groups.token_rates(clusters)
    found += [*gender.documents(counts), *gender.gap(clusters, mentions=mentions)]
    for kind in ("language", "source"):
        sides = {side: of_kind(counts, f"who_{kind}", side) for side in SIDES}
        found += _shares(f"{kind}_share", sides)
    for kind in ("region", "year"):
        volumes = statistics.get(kind, {})
        sides = {
            side: {key: volume[name]["documents"] for key, volume in volumes.items()}
            for side, name in SIZE_SIDES.items()
        }
        found += _shares(f"{kind}_share", sides)
    return found


def not_measured(
    table: pa.Table, statistics: Mapping[str, Any], *, mentions: bool = True
) -> list[dict[str, str]]:
    """What representation does not tell of this corpus, and why: rows {what, why}."""
    counts = _counts(table)
    read = counts.get(("who_documents", "", "before"), 0)
    told = []
    if not mentions:
        told.append(("representation of groups", "`groups.enabled` is false: no mentions were looked for"))
    for axis in groups.axes_of(counts) if mentions else ():
        left = read - groups.measured(counts, axis, "before")
        if left:
            why = f"{left:,} of {read:,} documents are in languages without a lexicon of it"
            told.append((f"representation of `{axis}`", why))
    english, other = (counts.get(("who_pronoun", key, "documents"), 0) for key in ("", "other"))
    if other:
        why = (
            f"{other:,} of {english + other:,} documents kept are not in English, whose pronouns are counted"
        )
        told.append(("pronouns", why))
    if not statistics.get("region"):
        told.append(("regions by web address", "no document has a URL, or the snapshot did not count them"))
    if set(statistics.get("year", {})) <= {UNKNOWN}:
        told.append(("years", "no document has a timestamp"))
    return [{"what": what, "why": why} for what, why in told]


def _counts(table: pa.Table) -> dict[tuple[str, str, str], int]:
    """Count by (kind, key, measure), but for those of clusters."""
    flat = table.filter(pc.and_(pc.starts_with(table["kind"], "who_"), pc.equal(table["detail"], "")))
    columns = [flat[name].to_pylist() for name in ("kind", "key", "measure", "count")]
    return {(kind, key, measure): n for kind, key, measure, n in zip(*columns, strict=True)}


def _shares(measure: str, sides: Mapping[str, Mapping[str, int]]) -> list[Row]:
    """Shares of documents, the largest before curation first (years in order); beyond MOST is one row."""
    before = sides["before"]
    names = sorted({*before, *sides["after"]}, key=lambda name: (-before.get(name, 0), name))
    shown = sorted(names[:MOST]) if measure == "year_share" else names[:MOST]
    wanted = []
    for name in [*shown, None] if len(names) > MOST else shown:
        group = f"{axes.BY_COUNTRY}/{name}" if measure == "region_share" and name != UNKNOWN else None
        population = axes.expected(group) if group else None
        for side, counts in sides.items():
            count = sum(counts.get(rest, 0) for rest in names[MOST:]) if name is None else counts.get(name, 0)
            keys: Row = {"key": name, "side": side, "count": count, "of": sum(counts.values())}
            if name is None:
                keys["note"] = f"{len(names) - MOST:,} more"
            if group:
                keys |= {"axis": axes.BY_COUNTRY, "group": group}
            if population:
                keys |= {"expected": population[0], "note": f"expected: {population[1]}"}
            wanted.append(keys)
    return proportions(measure, wanted)

"""Counts of a curation, in one long table of integers: the combiner behind `snapshot.json.statistics`.

COUNTS has one row a counted thing: (kind, key, detail, measure) -> count. `merge` adds equal rows and sorts,
so it is associative and commutative to the bit, and any grouping of batches, parts or workers gives the same
table.

kind      key                  detail    measures
records   source               verdict   records
rule      rule                 reason    fired, decided, only, not_measured ("" = any reason of the rule)
total     ""                   ""        {read,kept}_{documents,characters,bytes}
source    source               ""        the same
language  ISO 639 code         ""        the same
year      "2024", "unknown"    ""        the same
domain    registered domain    ""        the same (documents with a URL)
region    country, "unknown"   ""        the same, by country-code domain (audits/regions.py)
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from audits import domains, regions
from schemas.ledger import INPUT_RULE

KEYS = ["kind", "key", "detail", "measure"]
COUNTS = pa.schema([*[pa.field(name, pa.string(), nullable=False) for name in KEYS], ("count", pa.int64())])
SIZES = ("documents", "characters", "bytes")


def empty() -> pa.Table:
    """No counts."""
    return COUNTS.empty_table()


def merge(tables: Sequence[pa.Table]) -> pa.Table:
    """The sum of some tables, sorted by key."""
    table = pa.concat_tables([empty(), *tables])
    summed = table.group_by(KEYS, use_threads=False).aggregate([("count", "sum")])
    return (
        summed.rename_columns([*KEYS, "count"])
        .select(COUNTS.names)
        .cast(COUNTS)
        .sort_by([(k, "ascending") for k in KEYS])
    )


def records(source: pa.StringArray, verdict: pa.StringArray) -> pa.Table:
    """Records by source and verdict."""
    grouped = pa.table({"key": source, "detail": verdict}).group_by(["key", "detail"], use_threads=False)
    counts = grouped.aggregate([([], "count_all")])
    return _rows("records", counts["key"], counts["detail"], "records", counts["count_all"])


def sizes(documents: pa.Table) -> pa.Table:
    """Documents, characters and bytes by source, language, year, domain and region, read and kept.

    Args:
        documents: columns source, language, timestamp, url, characters and bytes as read, kept (bool), and
            kept_characters and kept_bytes of the text that is kept, null where none is.
    """
    rows = documents.num_rows
    host = regions.hosts(documents.column("url"))
    keys = {
        "total": pa.repeat("", rows),
        "source": documents.column("source"),
        "language": documents.column("language"),
        "year": pc.year(documents.column("timestamp")).cast(pa.string()).fill_null("unknown"),
        "domain": domains.of_hosts(host),
        "region": regions.of_hosts(host),
    }
    numbers = {
        "read_documents": pa.array(np.ones(rows, np.int64)),
        "kept_documents": documents.column("kept").cast(pa.int64()),
        **{f"read_{name}": documents.column(name) for name in SIZES[1:]},
        **{f"kept_{name}": documents.column(f"kept_{name}").fill_null(0) for name in SIZES[1:]},
    }
    tables = []
    for kind, key in keys.items():
        grouped = pa.table({"key": key, **numbers}).group_by("key", use_threads=False)
        sums = grouped.aggregate([(name, "sum") for name in numbers])
        sums = sums.filter(pc.is_valid(sums["key"]))
        kept = sums.filter(pc.greater(sums["kept_documents_sum"], 0))
        for name in numbers:
            side = kept if name.startswith("kept") else sums
            tables.append(_rows(kind, side["key"], pa.repeat("", len(side)), name, side[f"{name}_sum"]))
    return pa.concat_tables(tables)


def rules(
    names: Sequence[tuple[str, str]],
    fired: npt.NDArray[np.bool_],
    measured: npt.NDArray[np.bool_],
    decided: Sequence[pa.Array],
) -> pa.Table:
    """What each rule and reason fired on, decided, and fired on alone.

    Args:
        names: (rule, reason) of each check.
        fired: bool[n, checks]; would remove, or would send to review.
        measured: bool[n, checks]; False where the check does not apply.
        decided: (rule, reason) columns of the n documents.
    """
    whole = list(dict.fromkeys(rule for rule, _ in names))
    member = np.array([[rule == one for one in whole] for rule, _ in names], np.int64).reshape(-1, len(whole))
    any_fired, any_measured = (fired @ member > 0), (measured @ member > 0)
    keys = [*names, *((rule, "") for rule in whole)]
    deciders = pa.table({"rule": decided[0], "reason": decided[1]}).group_by(
        ["rule", "reason"], use_threads=False
    )
    chosen = dict.fromkeys(keys, 0)
    for row in deciders.aggregate([([], "count_all")]).to_pylist():
        if row["rule"] is not None:
            chosen[row["rule"], row["reason"]] += row["count_all"]
            chosen[row["rule"], ""] += row["count_all"]
    counts = {
        "fired": [*fired.sum(axis=0), *any_fired.sum(axis=0)],
        "decided": list(chosen.values()),
        "only": [*_only(fired), *_only(any_fired)],
        "not_measured": [*(~measured).sum(axis=0), *(~any_measured).sum(axis=0)],
    }
    key, detail = (pa.array(column, pa.string()) for column in zip(*keys, strict=True))
    return pa.concat_tables(
        _rows("rule", key, detail, measure, pa.array(np.array(count, np.int64)))
        for measure, count in counts.items()
    )


def _only(fired: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """int64[k], of bool[n, k]: how often each stands alone in its row."""
    return np.asarray(fired[fired.sum(axis=1) == 1].sum(axis=0), np.int64)


def errors(reason: pa.StringArray, size: pa.Int64Array) -> pa.Table:
    """Records that could not be read, by reason, and the bytes known to be unread."""
    grouped = pa.table({"reason": reason, "bytes": size.fill_null(0)}).group_by("reason", use_threads=False)
    counts = grouped.aggregate([([], "count_all"), ("bytes", "sum")])
    rule = pa.repeat(INPUT_RULE, counts.num_rows)
    return pa.concat_tables(
        [
            _rows("rule", rule, counts["reason"], "decided", counts["count_all"]),
            _rows("rule", rule, counts["reason"], "unread_bytes", counts["bytes_sum"]),
        ]
    )


def _rows(kind: str, key: pa.Array, detail: pa.Array, measure: str, count: pa.Array) -> pa.Table:
    rows = len(key)
    return pa.table(
        {
            "kind": pa.repeat(kind, rows),
            "key": key,
            "detail": detail,
            "measure": pa.repeat(measure, rows),
            "count": count,
        },
        schema=COUNTS,
    )

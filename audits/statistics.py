"""`snapshot.json.statistics`: the tally as nested JSON."""

from collections.abc import Iterable
from typing import Any

import pyarrow as pa

from audits.tally import SIZES
from schemas.ledger import INPUT_RULE

DOMAINS = 1000  # the manifest lists the largest; the rest is summed as one row


def counts(table: pa.Table) -> dict[str, Any]:
    """`counts` of the manifest: records by verdict, in total, by deciding rule and by source."""
    verdicts = dict.fromkeys(("keep", "drop", "review", "error"), 0)
    by_source: dict[str, dict[str, int]] = {}
    by_rule: dict[str, int] = {}
    for row in table.to_pylist():
        if row["kind"] == "records":
            source = by_source.setdefault(row["key"], {"read": 0, **dict.fromkeys(verdicts, 0)})
            source["read"] += row["count"]
            source[row["detail"]] += row["count"]
            verdicts[row["detail"]] += row["count"]
        elif row["measure"] == "decided" and (row["detail"] == "" or row["key"] == INPUT_RULE):
            by_rule[row["key"]] = by_rule.get(row["key"], 0) + row["count"]
    return {"read": sum(verdicts.values()), **verdicts, "by_rule": by_rule, "by_source": by_source}


def statistics(table: pa.Table) -> dict[str, Any]:
    """Sizes before and after by source, language, year, region, domain; rules; what is known to be unread."""
    rows = table.to_pylist()
    result: dict[str, Any] = {
        kind: _sizes(row for row in rows if row["kind"] == kind)
        for kind in ("total", "source", "language", "year", "region")
    }
    result["total"] = result["total"].get("", _nothing())
    domains = _sizes(row for row in rows if row["kind"] == "domain")
    largest = sorted(domains, key=lambda name: (-domains[name]["read"]["documents"], name))[:DOMAINS]
    result["domain"] = {name: domains[name] for name in sorted(largest)}
    result["domains"] = len(domains)
    result["domain_other"] = _sum(size for name, size in domains.items() if name not in result["domain"])
    by_rule: dict[tuple[str, str], dict[str, int]] = {}
    for row in rows:
        if row["kind"] == "rule":
            by_rule.setdefault((row["key"], row["detail"]), {})[row["measure"]] = row["count"]
    result["rules"] = [{"rule": rule, "reason": reason or None, **n} for (rule, reason), n in by_rule.items()]
    result["unread_bytes"] = sum(n.get("unread_bytes", 0) for n in by_rule.values())
    return result


def _nothing() -> dict[str, dict[str, int]]:
    return {side: dict.fromkeys(SIZES, 0) for side in ("read", "kept")}


def _sizes(rows: Iterable[dict[str, Any]]) -> dict[str, dict[str, dict[str, int]]]:
    sizes: dict[str, dict[str, dict[str, int]]] = {}
    for row in rows:
        side, _, name = row["measure"].partition("_")
        sizes.setdefault(row["key"], _nothing())[side][name] = row["count"]
    return sizes


def _sum(sizes: Iterable[dict[str, dict[str, int]]]) -> dict[str, dict[str, int]]:
    total = _nothing()
    for size in sizes:
        for side, numbers in size.items():
            for name, count in numbers.items():
                total[side][name] += count
    return total

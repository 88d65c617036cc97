"""`report.json`: what a curation did, as flat rows; `report.html` is drawn from it alone (audits/page.py)."""

import re
from collections.abc import Mapping
from typing import Any

from audits.page import render
from schemas.ledger import INPUT_RULE

__all__ = ["build", "render", "rules"]

SCHEMA_VERSION = 1
MOST = 200  # rows of a breakdown; the rest is one row, so the page stays small however large the corpus
SIZES = ("documents", "characters", "bytes")
OTHER = None  # the key of that row
NOT_MEASURED = (
    ("representation", "who is in the corpus: mentions are in the ledger, their audit is not built yet"),
    ("associations", "what is said about groups: the audit is not built yet"),
    ("impact", "whom each filter removed: mentions are in the ledger, their audit is not built yet"),
    ("gates", "no gates are set: there is no measure of groups to hold them against"),
    ("findings", "findings are drawn from the measures above"),
)


def build(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """The report of a snapshot.

    Args:
        manifest: `snapshot.json`.

    Returns:
        `representation`, `associations`, `impact`, `gates`, `findings`: empty, with a row of `not_measured`
        each; `records`: read, keep, drop, review, error; `rules`: a row a rule and reason; `counts`: a row a
        source, language, year and domain, before and after; `sources`: as declared. Shares are quantised to
        1e-6.
    """
    statistics = manifest["statistics"]
    total = statistics["total"]
    counts = [_row("total", "", total, total)]
    counts += _breakdown("source", statistics["source"], total)
    counts += _breakdown("language", statistics["language"], total)
    counts += _breakdown("year", statistics["year"], total, by_key=True)
    counts += _breakdown(
        "domain", statistics["domain"], total, statistics["domain_other"], statistics["domains"]
    )
    return {
        "schema_version": SCHEMA_VERSION,
        "snapshot": {key: manifest[key] for key in ("id", "parent", "policy_hash", "code_version")},
        "records": {key: manifest["counts"][key] for key in ("read", "keep", "drop", "review", "error")},
        "unread_bytes": statistics["unread_bytes"],
        "representation": [],
        "associations": [],
        "impact": [],
        "gates": [],
        "findings": [],
        "not_measured": [{"what": what, "why": why} for what, why in NOT_MEASURED],
        "rules": rules(manifest),
        "counts": counts,
        "records_by_source": _by_source(manifest["counts"]["by_source"]),
        "sources": list(manifest.get("sources") or ()),
        "filters": list(manifest["config"]["filters"]),
    }


def rules(manifest: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Rows of rules in running order, each rule as a whole before its reasons; `input/1` comes last.

    `fired`, `only`, `not_measured` are None for `input/1`, which does not fire on documents.
    """
    found = manifest["statistics"]["rules"]
    by_rule, read = manifest["counts"]["by_rule"], manifest["counts"]["read"]
    wholes = {rule["rule"] for rule in found if rule["reason"] is None}
    parts = sorted({rule["rule"] for rule in found} - wholes)
    found = [*found, *({"rule": name, "reason": None, "decided": by_rule[name]} for name in parts)]
    place = {name: i for i, name in enumerate(manifest["config"]["filters"])}
    rows = [
        {
            "rule": rule["rule"],
            "reason": rule["reason"],
            **{
                key: None if rule["rule"] == INPUT_RULE else rule[key]
                for key in ("fired", "only", "not_measured")
            },
            "decided": rule["decided"],
            "decided_share": share(rule["decided"], read),
        }
        for rule in found
    ]

    def order(row: Mapping[str, Any]) -> tuple[int, str, str]:
        numbered = re.sub(r"\d+", lambda n: n[0].zfill(9), row["reason"] or "")  # 5-grams before 10-grams
        return place.get(row["rule"].rpartition("/")[0], len(place)), row["rule"], numbered

    return sorted(rows, key=order)


def _by_source(by_source: Mapping[str, Mapping[str, int]]) -> list[dict[str, Any]]:
    """Records by verdict, the largest sources; the rest is one row."""
    names = sorted(by_source, key=lambda name: (-by_source[name]["read"], name))
    verdicts = ("read", "keep", "drop", "review", "error")
    rows: list[dict[str, Any]] = [
        {"source": n, **{v: by_source[n][v] for v in verdicts}} for n in names[:MOST]
    ]
    if rest := names[MOST:]:
        rows.append({"source": OTHER, **{v: sum(by_source[n][v] for n in rest) for v in verdicts}})
    return rows


def _breakdown(
    by: str,
    volumes: Mapping[str, Any],
    total: Mapping[str, Any],
    others: Mapping[str, Any] | None = None,
    keys: int | None = None,
    *,
    by_key: bool = False,
) -> list[dict[str, Any]]:
    """Rows of one breakdown, largest first (or by key), and one for all that is not shown."""
    names = sorted(volumes, key=lambda name: (-volumes[name]["read"]["documents"], name))
    shown, rest = names[:MOST], names[MOST:]
    rows = [_row(by, name, volumes[name], total) for name in (sorted(shown) if by_key else shown)]
    hidden = (len(volumes) if keys is None else keys) - len(shown)
    if hidden:
        parts = [volumes[name] for name in rest] + ([others] if others else [])
        summed = {side: {s: sum(p[side][s] for p in parts) for s in SIZES} for side in ("read", "kept")}
        rows.append(_row(by, OTHER, summed, total) | {"others": hidden})
    return rows


def _row(by: str, key: str | None, volume: Mapping[str, Any], total: Mapping[str, Any]) -> dict[str, Any]:
    before, after = volume["read"], volume["kept"]
    return {
        "by": by,
        "key": key,
        **{f"{name}_before": before[name] for name in SIZES},
        **{f"{name}_after": after[name] for name in SIZES},
        "kept_share": share(after["documents"], before["documents"]),
        "share_before": share(before["bytes"], total["read"]["bytes"]),
        "share_after": share(after["bytes"], total["kept"]["bytes"]),
    }


def share(part: int, whole: int) -> float | None:
    """Part / whole, quantised to 1e-6 in integers, so that it is the same everywhere; None of nothing."""
    return (2_000_000 * part + whole) // (2 * whole) / 1e6 if whole else None

"""`report.json`: what a curation did, as flat rows; `report.html` is drawn from it alone (audits/page).

Built in two steps, since gates look at every other row, and findings at the gates: `build`, then `judge`.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from audits import findings, gates, lexicons
from audits.compare import compare
from audits.page import render
from audits.reviews import Decision
from audits.tally import SIZES
from schemas.gates import Gate
from schemas.ledger import INPUT_RULE

__all__ = ["build", "judge", "render", "rules", "written"]

SCHEMA_VERSION = 1
MOST = 200  # rows of a breakdown; the rest is one row, so the page stays small however large the corpus
ENCODER = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"))
OTHER = None  # the key of that row
# What the audit measures, each a list of rows; absent where it was not measured.
SECTIONS = (
    "representation",
    "associations",
    "impact",
    "impact_pairs",
    "what_if",
    "counterfactual",
    "personal_data",
    "duplicates",
    "examples",
)
SWITCHED_OFF = "the audit was switched off (`audit.enabled: false`)"


def build(
    manifest: Mapping[str, Any],
    measured: Mapping[str, Any] | None = None,
    settings: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The report of a snapshot, without gates and findings.

    Args:
        manifest: `snapshot.json`.
        measured: SECTIONS, and `not_measured`, rows of {what, why}; None: the audit was off.
        settings: `audit` and `impact` of the config; None: as in the manifest.

    Returns:
        `records`: read, keep, drop, review, error; `rules`: a row a rule and reason; `counts`: a row a
        source, language, year and domain, before and after; `sources`: as declared; and what was measured.
        Shares are quantised to 1e-6.
    """
    statistics, config = manifest["statistics"], manifest["config"]
    total = statistics["total"]
    counts = [_row("total", "", total, total)]
    counts += _breakdown("source", statistics["source"], total)
    counts += _breakdown("language", statistics["language"], total)
    counts += _breakdown("year", statistics["year"], total, by_key=True)
    counts += _breakdown(
        "domain", statistics["domain"], total, statistics["domain_other"], statistics["domains"]
    )
    sections = measured or {"not_measured": [{"what": name, "why": SWITCHED_OFF} for name in SECTIONS[:-1]]}
    return {
        "schema_version": SCHEMA_VERSION,
        "snapshot": {key: manifest[key] for key in ("id", "parent", "policy_hash", "code_version")},
        "records": {key: manifest["counts"][key] for key in ("read", "keep", "drop", "review", "error")},
        "unread_bytes": statistics["unread_bytes"],
        "settings": {
            **{key: dict((settings or config).get(key) or {}) for key in ("audit", "impact")},
            "policy_hash": manifest["policy_hash"],
        },
        **{name: list(sections.get(name, ())) for name in SECTIONS},
        "gates": [],
        "findings": [],
        "comparison": [],
        "compared": None,
        "not_measured": list(sections["not_measured"]),
        "rules": rules(manifest),
        "counts": counts,
        "records_by_source": _by_source(manifest["counts"]["by_source"]),
        "sources": list(manifest.get("sources") or ()),
        "filters": list(config["filters"]),
        "balance": list((statistics.get("balance") or {}).get("groups") or ()),
        "dedup": dict(sorted((statistics.get("dedup") or {}).items())),
        "lexicons": lexicons.rows() if measured is not None else [],
        "reproduce": _reproduce(manifest),
    }


def judge(
    report: dict[str, Any],
    bounds: Sequence[Gate],
    decisions: Sequence[Decision] = (),
    earlier: Mapping[str, Any] | None = None,
) -> None:
    """Adds the gates, the comparison with another report, and the findings.

    Args:
        report: all its other sections.
        bounds: the gates.
        decisions: of reviewers, on an earlier report.
        earlier: the report to compare with; None: none.
    """
    report["gates"] = gates.judge(bounds, report)
    report["comparison"] = compare(earlier, report) if earlier is not None else []
    report["compared"] = earlier["snapshot"]["id"] if earlier is not None else None
    found = findings.findings(report, decisions)
    if not (report["lexicons"] and report["filters"]):  # nobody looked: that nothing was found says nothing
        found = [row for row in found if row["kind"] != "none"]
    report["findings"] = found


def written(report: Mapping[str, Any]) -> bytes:
    """`report.json`: keys in order, a line a row, so that two reports can be compared by line."""
    parts = []
    for key in sorted(report):
        value = report[key]
        if isinstance(value, list) and value:
            text = "[\n" + ",\n".join(map(_json, value)) + "\n]"
        else:
            text = _json(value)
        parts.append(f'"{key}": {text}')
    return ("{\n" + ",\n".join(parts) + "\n}\n").encode()


def _json(value: object) -> str:
    return ENCODER.encode(value)


def _reproduce(manifest: Mapping[str, Any]) -> list[dict[str, str]]:
    """How the run is done again: rows of {what, value}."""
    parent = " --parent PARENT" if manifest["parent"] else ""
    return [
        {"what": "command", "value": f"evenhand curate CONFIG.yaml INPUT --output OUT{parent}"},
        {"what": "config", "value": "`config` of snapshot.json, and the paths of the input"},
        {"what": "report alone", "value": "evenhand audit OUT --output DIR"},
        {"what": "policy hash", "value": manifest["policy_hash"]},
        {"what": "code version", "value": manifest["code_version"]},
    ]


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

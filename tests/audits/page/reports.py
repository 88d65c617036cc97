"""A report of the contract's shape, made by hand: whole of every section, any size, with a planted rule."""

import math
import random
from typing import Any

from audits import findings as key_findings

RULES = {
    "exact_dedup/1": ("exact_duplicate",),
    "near_dedup/1": ("near_duplicate",),
    "language/1": ("low_language_score",),
    "gopher_repetition/1": ("duplicate_lines", "top_2_gram", "duplicate_5_grams"),
    "gopher_quality/1": ("too_few_words", "too_few_stop_words", "too_many_hashes"),
    "c4_quality/1": ("too_few_sentences", "curly_bracket"),
    "fineweb_quality/1": ("too_many_short_lines", "duplicate_characters"),
    "toxicity/1": ("toxic_lines",),
}
AXES = {
    "gender": {"men": 2600, "women": 2300, "transgender": 140, "nonbinary": 35},
    "geography": {
        "nigeria": 2000,
        "france": 1900,
        "japan": 1500,
        "brazil": 900,
        "kenya": 420,
        "europe": 4000,
        "africa": 2600,
        "asia": 2300,
        "fiji": 60,
        "malta": 25,
        "tuvalu": 0,
    },
    "religion": {"christianity": 1800, "islam": 1200, "judaism": 500, "hinduism": 260, "jainism": 12},
    "sexual_orientation": {"gay": 320, "lesbian": 240, "lgbtq": 220, "asexual": 9},
}
PLANTED = ("gopher_repetition/1", "geography/nigeria", 2.0)
IMPACT = ("rule", "reason", "axis", "group", "documents", "removed", "decided", "reference_documents")
SIDES = ("before", "after")


def report(
    *,
    axes: dict[str, dict[str, int]] | None = None,
    rules: dict[str, tuple[str, ...]] | None = None,
    planted: tuple[str, str, float] | None = PLANTED,
    gates: bool = True,
    words: int = 12,
    examples: int = 4,
) -> dict[str, Any]:
    """The whole report; the same arguments, the same report.

    Args:
        axes: axis -> group -> documents that mention it.
        rules: rule -> its reasons.
        planted: (rule, group, ratio) that removes more.
        gates: whether the policy has any.
        words: words that lean, a group.
        examples: removed documents of each rule of the planted group.
    """
    axes, rules = AXES if axes is None else axes, RULES if rules is None else rules
    chance = random.Random(7)
    found = _impact(axes, rules, planted, chance)
    read, kept = 20_000, 13_000
    told: dict[str, Any] = {
        "schema_version": 1,
        "snapshot": {
            "id": "0123456789abcdef0123456789abcdef",
            "parent": None,
            "policy_hash": "ffee" * 16,
            "code_version": "0.1.0",
        },
        "records": {"read": read, "keep": kept, "drop": read - kept - 52, "review": 40, "error": 12},
        "unread_bytes": 5_600,
        "settings": {
            "audit": {"enabled": True, "sample_documents": 10_000},
            "impact": {"min_documents": 200, "max_ratio": 1.25},
            "policy_hash": "ffee" * 16,
        },
        "representation": _representation(axes, chance),
        "associations": _associations(axes, words, chance),
        "impact": found,
        "impact_pairs": _pairs(axes, rules, chance),
        "what_if": _what_if(found, planted),
        "counterfactual": _counterfactual(chance),
        "gates": _gates(found) if gates else [],
        "findings": [],
        "examples": _examples(planted, rules, examples),
        "not_measured": [{"what": "embeddings", "why": "`audit.embeddings` is null"}],
        "rules": _rules(rules, read, kept),
        "counts": _counts(read, kept),
        "records_by_source": [
            {"source": name, "read": n, "keep": k, "drop": n - k, "review": 0, "error": 0}
            for name, n, k in (("forum", 12_000, 8_000), ("news", 8_000, 5_000))
        ],
        "sources": [
            {
                "name": "forum",
                "origin": "user_data",
                "licence": "CC0-1.0",
                "collection_period": None,
                "link": "https://forum.example.org",
            }
        ],
        "filters": [rule.partition("/")[0] for rule in rules],
        "balance": [
            {
                "axis": "gender",
                "group": f"gender/{name}",
                "documents": n,
                "share": share,
                "wanted": 0.5,
                "reachable": 0.5,
                "balanced": 0.5,
            }
            for name, n, share in (("men", 1300, 0.6), ("women", 870, 0.4))
        ],
        "personal_data": _personal_data(),
        "duplicates": _duplicates(),
        "dedup": {"components": 36, "duplicates": 43, "lost_components": 2},
        "lexicons": [
            {"language": "en", "axis": axis, "groups": 4, "terms": 90, "version": 1} for axis in axes
        ],
        "comparison": [],
        "compared": None,
        "reproduce": [{"what": "command", "value": "evenhand curate CONFIG.yaml INPUT --output OUT"}],
    }
    told["findings"] = key_findings.findings(told)
    return told


def empty() -> dict[str, Any]:
    """A report of no records."""
    told = report(axes={}, rules={}, planted=None, gates=False)
    told["records"] = dict.fromkeys(("read", "keep", "drop", "review", "error"), 0)
    for name in (
        "balance",
        "counterfactual",
        "duplicates",
        "personal_data",
        "representation",
        "associations",
        "records_by_source",
        "examples",
        "rules",
    ):
        told[name] = []
    told["counts"] = [_count("total", "", 0, 0, 0, 0)]
    told["findings"] = key_findings.findings(told)
    return told


def large() -> dict[str, Any]:
    """328 groups, some 60 checks, names and texts as long as they come."""
    countries = {f"country_of_a_rather_long_name_{i:03}": 40_000 - 110 * i for i in range(250)}
    axes = {
        "geography": countries,
        "religion": {f"religion_{i}": 9_000 - 300 * i for i in range(28)},
        "gender": AXES["gender"],
        "occupation": {f"occupation_{i}": 4_000 - 80 * i for i in range(46)},
    }
    rules = {f"rule_{i}/1": tuple(f"reason_{i}_{j}" for j in range(5)) for i in range(10)}
    told = report(
        axes=axes, rules=rules, planted=("rule_3/1", f"geography/{next(iter(countries))}", 3.0), words=40
    )
    text = "A removed text that goes on and on. " * 30
    told["examples"] = [
        example(rule, reasons[0], f"geography/{group}", i, text)
        for rule, reasons in rules.items()
        for group in list(countries)[:100]
        for i in range(20)
    ]
    return told


def compared(told: dict[str, Any]) -> dict[str, Any]:
    """The same report beside an earlier one."""
    rows = []
    for i, group in enumerate(("geography/nigeria", "religion/islam", "gender/women")):
        rows.append(
            {
                "section": "impact", "measure": "removal_ratio", "rule": "gopher_repetition/1",
                "reason": None,
                "axis": group.partition("/")[0], "group": group, "key": None,
                "before": 1.05, "after": 1.05 + i, "difference": float(i), "low": i - 0.2, "high": i + 0.2,
                "p": 0.0001 if i else 0.9,
                "p_adjusted": 0.0003 if i else 0.9, "drifted": bool(i), "note": None,
            }
        )  # fmt: skip
    rows.append(rows[0] | dict.fromkeys(("before", "low", "high", "p", "p_adjusted")))
    rows[-1]["note"] = "only in this report"
    return told | {"comparison": rows, "compared": "5eed" * 8}


def _impact(
    axes: dict[str, dict[str, int]],
    rules: dict[str, tuple[str, ...]],
    planted: tuple[str, str, float] | None,
    chance: random.Random,
) -> list[dict[str, Any]]:
    rows = []
    for rule, reasons in rules.items():
        for reason in (None, *reasons):
            rate = 0.12 if reason is None else 0.12 / len(reasons)
            for axis, groups in axes.items():
                total = sum(groups.values())
                for name, documents in groups.items():
                    group = f"{axis}/{name}"
                    more = planted[2] if planted and planted[:2] == (rule, group) else 1.0
                    if rule == "exact_dedup/1":
                        more = 0.0
                    wanted = min(1.0, rate * more * math.exp(chance.gauss(0, 0.01)))
                    rows.append(_row(rule, reason, axis, group, documents, wanted, total - documents, rate))
    return rows


def _row(
    rule: str,
    reason: str | None,
    axis: str,
    group: str,
    documents: int,
    rate: float,
    others: int,
    reference_rate: float,
) -> dict[str, Any]:
    """A row of impact; the interval is Katz's, which will do for a picture."""
    removed = round(documents * rate)
    reference = round(others * reference_rate) if rule != "exact_dedup/1" else 0
    ratio = low = high = p = None
    if documents and others and reference:
        ratio = (removed / documents) / (reference / others)
        if removed:
            spread = math.sqrt(1 / removed - 1 / documents + 1 / reference - 1 / others)
            low, high = ratio * math.exp(-1.96 * spread), ratio * math.exp(1.96 * spread)
            p = math.erfc(abs(math.log(ratio)) / spread / math.sqrt(2)) if spread else 1.0
        else:
            low, high, p = 0.0, 3.7 / documents / (reference / others), 0.5
    flagged = documents >= 200 and (ratio or 0) > 1.25 and (p if p is not None else 1) < 1e-4
    note = None if ratio is not None else "removed nothing of the group or its reference"
    return {
        "rule": rule,
        "reason": reason,
        "axis": axis,
        "group": group,
        "documents": documents,
        "removed": removed,
        "decided": removed // 2,
        "reference_documents": others,
        "reference_removed": reference,
        "removal_ratio": _six(ratio),
        "retention_ratio": _six((1 - removed / documents) / (1 - reference_rate)) if documents else None,
        "low": _six(low),
        "high": _six(high),
        "p": _six(p),
        "p_adjusted": _six(min(1.0, 40 * p)) if p is not None else None,
        "p_exact_adjusted": _six(min(1.0, 40 * p)) if p is not None else None,
        "flagged": flagged,
        **(_within_strata(ratio, low, high, p) if reason is None else {}),
        "note": "too few to judge" if documents < 200 else note,
    }


def _within_strata(
    ratio: float | None, low: float | None, high: float | None, p: float | None
) -> dict[str, float | None]:
    return {
        "mh_ratio": _six(ratio * 0.98) if ratio else None,
        "mh_low": _six(low * 0.97) if low else None,
        "mh_high": _six(high * 1.02) if high else None,
        "mh_p": _six(p),
        "strata": 17,
    }


def _pairs(
    axes: dict[str, dict[str, int]], rules: dict[str, tuple[str, ...]], chance: random.Random
) -> list[dict[str, Any]]:
    if not {"gender", "geography"} <= axes.keys():
        return []
    rows = []
    for rule in list(rules)[3:6]:
        for name in list(axes["geography"])[:3]:
            group = f"gender/women*geography/{name}"
            row = _row(
                rule, None, "gender*geography", group, 400, 0.12 * math.exp(chance.gauss(0, 0.05)), 5000, 0.12
            )
            rows.append({key: row[key] for key in row if key[:3] != "mh_" and key != "strata"})
            rows[-1]["flagged"] = False
    return rows


def _what_if(found: list[dict[str, Any]], planted: tuple[str, str, float] | None) -> list[dict[str, Any]]:
    rows = []
    for row in found:
        if planted and (row["rule"], row["group"]) == planted[:2] and row["reason"] == "duplicate_lines":
            for i, threshold in enumerate((0.2, 0.25, 0.3, 0.35, 0.4)):
                kept = {key: row[key] for key in ("rule", "reason", "axis", "group", "documents")}
                ratio = max(1.0, 2.2 - 0.3 * i)
                rows.append(
                    kept
                    | {"threshold": threshold, "policy_threshold": 0.3, "removed": row["removed"] - 15 * i}
                    | {key: row[key] for key in ("reference_documents", "reference_removed")}
                    | {"removal_ratio": ratio, "low": ratio * 0.9, "high": ratio * 1.1}
                    | {"removed_in_all": 900 - 120 * i}
                )
    return rows


def _representation(axes: dict[str, dict[str, int]], chance: random.Random) -> list[dict[str, Any]]:
    rows = []

    def add(measure: str, side: str, count: float, of: int, **known: Any) -> None:
        share = count / of if of else None
        half = 1.96 * math.sqrt(share * (1 - share) / of) if share is not None and share <= 1 else 0.0
        keys = dict.fromkeys(("axis", "group", "key", "expected", "note")) | known
        value = keys.pop("value", share)
        ends = {
            "low": _six(None if value is None else value - half),
            "high": _six(None if value is None else value + half),
        }
        rows.append(
            {
                "measure": measure,
                "side": side,
                "count": int(count),
                "of": of,
                "value": _six(value),
                **ends,
                **keys,
            }
        )

    for axis, groups in axes.items():
        for side, part in zip(SIDES, (1.0, 0.65), strict=True):
            for name, documents in groups.items():
                count = int(documents * part * chance.uniform(0.97, 1.03))
                known = {"axis": axis, "group": f"{axis}/{name}"}
                add("document_rate", side, count, int(30_000 * part), **known)
                expected = {"nigeria": 0.029, "christianity": 0.31, "islam": 0.256}.get(name)
                note = "expected: world_countries, 2025" if expected else None
                add(
                    "axis_share",
                    side,
                    count,
                    int(1.1 * part * sum(groups.values())) + 1,
                    **known,
                    expected=expected,
                    note=note,
                )
                if side == "after":
                    add("token_rate", side, count, 1_000_000, **known, value=float(count))
            for key in ("entropy_ratio", "tv_uniform"):
                add("distance", side, 0, 1, axis=axis, key=key, value=chance.uniform(0.2, 0.9))
    for measure, keys in (("pronoun_share", ("she", "he", "unspecified")), ("pronoun_rate", ("she", "any"))):
        for key in keys:
            expected = {"she": 0.2845, "he": 0.5073, "unspecified": 0.8638}.get(key, 0.94)
            add(
                measure,
                "after",
                int(9_000 * expected * 0.9),
                9_000,
                axis="gender",
                key=key,
                expected=expected,
                note="of English documents",
            )
    add("gender_gap", "after", 6_000, 10_000, axis="gender", key="pronouns", value=0.2)
    for measure, keys in (
        ("language_share", ("en", "de", "fr")),
        ("source_share", ("forum", "news")),
        ("year_share", ("2019", "2020", "unknown")),
    ):
        for i, key in enumerate(keys):
            for side in SIDES:
                add(measure, side, 9_000 // (i + 1), 20_000, key=key)
    for side in SIDES:
        add(
            "region_share",
            side,
            900,
            5_000,
            key="nigeria",
            axis="geography",
            group="geography/nigeria",
            expected=0.029,
            note="expected: x",
        )
    return rows


def _associations(axes: dict[str, dict[str, int]], words: int, chance: random.Random) -> list[dict[str, Any]]:
    keys = (
        *("measure", "axis", "group", "other", "word", "count", "of", "value", "low", "high", "z", "p"),
        *("p_adjusted", "expected", "note"),
    )
    rows = []

    def add(measure: str, **known: Any) -> None:
        rows.append(dict.fromkeys(keys) | {"measure": measure} | known)

    for axis, groups in axes.items():
        for name in groups:
            group = f"{axis}/{name}"
            for i in range(words):
                z = chance.uniform(-9, 9)
                known = {"axis": axis, "group": group, "other": "rest of axis", "word": f"word{i}{name[:3]}"}
                add(
                    "log_odds",
                    **known,
                    count=40 + i,
                    of=90_000,
                    value=_six(z / 9),
                    low=_six(z / 9 - 0.1),
                    high=_six(z / 9 + 0.1),
                    z=_six(z),
                    p=0.01,
                    p_adjusted=0.04,
                )
            valence, share = chance.uniform(-0.1, 0.3), chance.uniform(0.05, 0.2)
            known = {"axis": axis, "group": group, "count": 300, "of": 900}
            add(
                "sentiment",
                **known,
                value=_six(valence),
                low=_six(valence - 0.03),
                high=_six(valence + 0.03),
            )
            add("sentiment_d", **known, value=_six(valence / 4))
            add("toxicity_rate", **known, value=_six(share), low=_six(share * 0.8), high=_six(share * 1.2))
            add(
                "toxicity_ratio",
                **known,
                value=_six(9 * share),
                low=_six(7 * share),
                high=_six(11 * share),
                p=0.2,
                p_adjusted=0.4,
            )
    for i, job in enumerate(
        ("nurse", "engineer", "teacher", "plumber", "librarian", "pilot", "chef", "clerk")
    ):
        add(
            "occupation_female_share",
            axis="gender",
            group="gender/women",
            word=job,
            count=30 + i,
            of=120,
            value=_six((30 + i) / 120),
            low=0.18,
            high=0.36,
            expected=_six(chance.random()),
        )
    add(
        "occupation_correlation", axis="gender", count=8, of=60, value=0.61, low=0.2, high=0.8, expected=0.672
    )
    add("weat", word="career, family", value=1.89, p=0.000078, expected=1.89)
    return rows


def _counterfactual(chance: random.Random) -> list[dict[str, Any]]:
    rows = []
    for change in ("swap_gender", "swap_nationality", "upper_case", "spelling"):
        for rule in (None, "gopher_quality/1", "toxicity/1"):
            flips = chance.randrange(4)
            rows.append(
                {
                    "change": change, "rule": rule, "documents": 200, "flips": flips, "rate": flips / 200,
                    "low": flips / 260, "high": flips / 200 + 0.02, "to_removed": flips, "to_kept": 0,
                    "note": None,
                }
            )  # fmt: skip
    return rows


def _gates(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    worst = max(
        (row for row in found if row["reason"] is None and row["documents"] >= 200 and row["removal_ratio"]),
        key=lambda row: row["removal_ratio"],
        default=None,
    )
    rows = []
    if worst:
        failed = worst["flagged"]
        rows.append(
            {
                "name": "removal_ratio at most 1.25", "measure": "removal_ratio", "rule": None, "group": None,
                "operator": "at_most", "threshold": 1.25, "value": worst["removal_ratio"],
                "verdict": "failed" if failed else "passed", "where": f"{worst['rule']}, {worst['group']}",
                "checked": len(found), "failed": int(failed), "note": None, "low": worst["low"],
                "high": worst["high"], "count": worst["removed"], "of": worst["documents"],
            }
        )  # fmt: skip
    for name, verdict, value, note in (
        ("language_share of und at most 0.1", "passed", 0.021, None),
        ("error_rate at most 0.01", "passed", 0.0006, None),
        ("weat at most 1", "not_measured", None, "the report has no such row"),
    ):
        rows.append(
            {
                "name": name, "measure": name.split()[0], "rule": None, "group": None,
                "operator": "at_most", "threshold": 0.1, "value": value, "verdict": verdict,
                "where": "all records" if value else None, "checked": int(value is not None), "failed": 0,
                "note": note, "low": None, "high": None, "count": None, "of": None,
            }
        )  # fmt: skip
    return rows


def _personal_data() -> list[dict[str, Any]]:
    return [
        {
            "by": by, "key": key, "entity": entity, "action": entity and "placeholder",
            "of_before": 14_000, "documents_before": 310, "spans_before": spans,
            "of_after": 13_000, "documents_after": 300, "spans_after": spans - 4,
            "note": None if entity else "300 spans lie in text that another filter takes out",
        }
        for by, key in (("total", None), ("language", "en"), ("source", "forum"))
        for entity, spans in ((None, 927), ("EMAIL_ADDRESS", 500), ("DE_TAX_ID", 127))
    ]  # fmt: skip


def _duplicates() -> list[dict[str, Any]]:
    lost = {"verdict": "drop", "rule": "c4_quality/1", "reason": "too_few_sentences", "text": None}
    kept = {"verdict": "keep", "rule": None, "reason": None, "text": "Sent again, to <PHONE_NUMBER>."}
    rows: list[dict[str, Any]] = []
    for place, (size, fate) in enumerate(((41, kept), (3, lost))):
        known: dict[str, Any] = {
            "kept": f"{place:032x}",
            "documents": size,
            "removed": size - 1,
            "source": "forum",
        }
        known |= {"source_id": f"forum/{place}", "language": "en", "chars": 900, "note": None}
        rows.append(known | fate)
    return rows


def _examples(
    planted: tuple[str, str, float] | None, rules: dict[str, tuple[str, ...]], most: int
) -> list[dict[str, Any]]:
    if planted is None:
        return []
    said = "The market in Lagos opened at six.\nThe market in Lagos opened at six. Call <PHONE>."
    return [
        example(rule, reasons[0], planted[1], i, said)
        for rule, reasons in rules.items()
        if rule in (planted[0], "toxicity/1")
        for i in range(most)
    ]


def example(rule: str, reason: str, group: str, i: int, text: str) -> dict[str, Any]:
    """A removed document."""
    return {
        "rule": rule, "reason": reason, "axis": group.partition("/")[0], "group": group,
        "doc_id": f"{i:032x}", "source_id": f"forum/{i}", "source": "forum", "language": "en",
        "score": 0.41, "threshold": 0.3, "text": text,
    }  # fmt: skip


def _rules(rules: dict[str, tuple[str, ...]], read: int, kept: int) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    left = read - kept - 52
    for i, (rule, reasons) in enumerate(rules.items()):
        taken = left if i == len(rules) - 1 else left // 3
        left -= taken
        counts = {"fired": taken + 100, "only": taken // 2, "not_measured": 3, "decided": taken}
        counts["decided_share"] = _six(taken / read)
        rows += [{"rule": rule, "reason": reason, **counts} for reason in (None, *reasons)]
    unread = {"rule": "input/1", "decided": 12, "decided_share": _six(12 / read)}
    unread |= dict.fromkeys(("fired", "only", "not_measured"))
    return [*rows, unread | {"reason": None}, unread | {"reason": "bad_json"}]


def _counts(read: int, kept: int) -> list[dict[str, Any]]:
    rows = [_count("total", "", read, kept, read, kept)]
    for by, keys in (
        ("source", ("forum", "news")),
        ("language", ("en", "de")),
        ("year", ("2019", "unknown")),
        ("domain", ("forum.example.org", "gazette.example.com", "pages.example.com")),
    ):
        for i, key in enumerate(keys):
            rows.append(
                _count(by, key, read // (2 + i), int(kept * (0.6 if i else 0.4)) // (2 + i), read, kept)
            )
    rows.append(_count("domain", None, 900, 300, read, kept) | {"others": 45})
    return rows


def _count(by: str, key: str | None, before: int, after: int, read: int, kept: int) -> dict[str, Any]:
    sizes = {
        f"{name}_{side}": n * factor
        for name, factor in (("documents", 1), ("characters", 900), ("bytes", 950))
        for side, n in (("before", before), ("after", after))
    }
    return {
        "by": by,
        "key": key,
        **sizes,
        "kept_share": _six(after / before) if before else None,
        "share_before": _six(before / read) if read else None,
        "share_after": _six(after / kept) if kept else None,
    }


def _six(value: float | None) -> float | None:
    return None if value is None else round(float(value), 6)

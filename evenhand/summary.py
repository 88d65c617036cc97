"""What `evenhand curate` says at the end: which rule did what, in figures that add up, and where to look."""

from collections.abc import Mapping
from typing import Any

from audits.report import rules
from evenhand.judgement import judgement
from evenhand.table import duration, size, table


def summary(manifest: Mapping[str, Any], report: Mapping[str, Any], path: str) -> str:
    """The table of rules, the line that adds up, gates and findings, and the paths to look at."""
    counts, statistics = manifest["counts"], manifest["statistics"]
    rows = [
        [rule["rule"] if rule["reason"] is None else f"  {rule['reason']}"]
        + [rule[key] for key in ("fired", "decided", "only", "not_measured")]
        for rule in rules(manifest)
        if rule["reason"] is None or rule["fired"] or rule["decided"]
    ]
    text = (
        table(["rule and reason", "fired", "decided", "only it fired", "not measured"], rows) + "\n"
        if rows
        else ""
    )
    text += adds_up(counts) + "\n"
    if unread := statistics["unread_bytes"]:
        text += f"unread: {unread:,} bytes at least could not be read\n"
    if counts["error"]:
        text += f"errors: {path}/quarantine/ (file, position, reason, size)\n"
    text += guarded(manifest)
    text += judgement(report)
    return text + f"report: {path}/report/report.html\nnext: `evenhand sample {path} --rule RULE`\n"


def guarded(manifest: Mapping[str, Any]) -> str:
    """The line on buckets of documents that near dedup did not compare whole; nothing where it did."""
    counted = manifest["statistics"].get("dedup") or {}
    if not counted.get("guarded_buckets"):
        return ""
    return (
        f"guard: {counted['guarded_buckets']:,} buckets held more than"
        f" {manifest['config']['near_dedup']['max_bucket']:,} alike documents (`near_dedup.max_bucket`);"
        f" {counted['skipped_pairs']:,} pairs in them were not compared, so that duplicates may be left\n"
    )


def adds_up(counts: Mapping[str, int]) -> str:
    """`kept 51,209  dropped 13,106  review 504  errors 3  = read 64,822`."""
    return (
        f"kept {counts['keep']:,}  dropped {counts['drop']:,}  review {counts['review']:,}"
        f"  errors {counts['error']:,}  = read {counts['read']:,}"
    )


def plan(estimate: Mapping[str, Any]) -> str:
    """What a dry run found."""
    return table(
        ["would run", ""],
        [
            ["filters", ", ".join(estimate["filters"]) or "none"],
            ["files", f"{estimate['files']:,}"],
            ["size", size(estimate["bytes"])],
            ["units of work", f"{estimate['units']:,}"],
            ["time, about", duration(estimate["seconds"])],
            ["memory, about", size(estimate["memory_bytes"])],
            ["disk, about", size(estimate["disk_bytes"])],
        ],
    )

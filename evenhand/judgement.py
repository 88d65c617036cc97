"""What a report's gates and findings come to, at the end of `curate` and of `audit`."""

from collections.abc import Mapping
from typing import Any, TextIO

from audits.gates import breaches, lines

MOST = 7  # findings told; the page has all


def judgement(report: Mapping[str, Any]) -> str:
    """A line a gate, and the worst findings."""
    text = "".join(f"{line}\n" for line in lines(report["gates"]))
    found = report["findings"]
    text += "".join(f"finding: {finding['sentence']}\n" for finding in found[:MOST])
    if len(found) > MOST:
        text += f"and {len(found) - MOST:,} more findings in the report\n"
    return text


def failed(report: Mapping[str, Any], stream: TextIO) -> int:
    """The exit code: 1 where a gate failed, each told on `stream` with value and bound; else 0."""
    broken = breaches(report["gates"])
    stream.writelines(f"{line}\n" for line in broken)
    return 1 if broken else 0

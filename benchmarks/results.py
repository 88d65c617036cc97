"""Writes what was measured: results.json, and RESULTS.md from it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.contest import Row, Scenario
from benchmarks.measure import Spread

CAVEATS = """\
- Real text, but of one corpus (forum posts, mail, manuals, novels in four languages); other text is faster or
  slower. Larger inputs are copies of it with other words (`benchmarks/corpus.py`): the same work per byte.
- MB are 1e6 bytes of UTF-8 text, core-seconds user and system time of all processes. Start-up is taken off
  by the line through a smaller and a larger run, and given beside it; a short job feels it.
- Peers run with their defaults, one worker; none was tuned, and each does a somewhat different job: see the
  notes. Where a result is wrong there is no time.
- One machine. Where the load before the runs is not near 0, something else ran beside them: wall times then
  mean little, and core-seconds are too high for everyone."""


def write(folder: Path, scenarios: Sequence[Scenario], facts: Mapping[str, str]) -> None:
    """Both files, into `folder`."""
    content = {"facts": dict(facts), "scenarios": [asdict(scenario) for scenario in scenarios]}
    (folder / "results.json").write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")
    (folder / "RESULTS.md").write_text(page(scenarios, facts))


def page(scenarios: Sequence[Scenario], facts: Mapping[str, str]) -> str:
    """RESULTS.md."""
    parts = [
        "# Measurements\n\nWritten by `make bench`; do not edit. Figures are medians (least to greatest).",
        "## Read this first\n\n" + CAVEATS,
        "\n".join(f"- {name}: {value}" for name, value in facts.items()),
    ]
    return "\n\n".join([*parts, *map(section, scenarios)]) + "\n"


def section(scenario: Scenario) -> str:
    """One scenario."""
    parts = [f"## {scenario.title}\n\n{scenario.what}"]
    if scenario.target:
        parts[0] += f" Target: {scenario.target:g} MB per core-second; {_verdict(scenario)}."
    if scenario.rows:
        checked = any(row.accuracy is not None for row in scenario.rows)
        head = [
            "tool",
            "MB per core-second",
            "ratio",
            *(["F1"] if checked else []),
            "start-up, core-s",
            "wall, s",
        ]
        best = scenario.rows[0].speed
        lines = [_cells(row, best, checked) for row in scenario.rows]
        parts.append(_table([*head, "inputs"], lines))
        parts.append("`ratio`: how many times as fast the first line is.")
    if scenario.figures:
        lines = [
            [name, f"{_spread(spread)} {unit}".strip(), target, {None: "", True: "met", False: "MISSED"}[met]]
            for name, spread, unit, target, met in scenario.figures
        ]
        parts.append(_table(["figure", "measured", "target", ""], lines))
    if scenario.notes:
        parts.append("\n".join(f"- {note}" for note in scenario.notes))
    return "\n\n".join(parts)


def _verdict(scenario: Scenario) -> str:
    first = scenario.rows[0].speed if scenario.rows else None
    return "not measured" if first is None else "met" if first.median >= (scenario.target or 0) else "MISSED"


def _cells(row: Row, best: Spread | None, checked: bool) -> list[str]:
    accuracy = [] if not checked else ["" if row.accuracy is None else f"{row.accuracy:.3f}"]
    name = f"{row.tool} {row.version}".strip()
    if row.speed is None or row.start is None or row.wall is None:
        return [name, row.fault, "", *accuracy, "", "", row.sizes]
    ratio = _short(best.median / row.speed.median) if best else ""
    return [name, _spread(row.speed), ratio, *accuracy, _spread(row.start), _spread(row.wall), row.sizes]


def _spread(spread: Spread) -> str:
    middle = _short(spread.median)
    return middle if spread.count == 1 else f"{middle} ({_short(spread.low)} to {_short(spread.high)})"


def _short(value: float) -> str:
    """Three digits; no exponents."""
    return f"{value:.3g}" if abs(value) < 100 else f"{value:,.0f}"


def _table(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell).replace("|", "/") for cell in line) + " |" for line in lines)

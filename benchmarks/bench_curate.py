"""The whole of `curate`: two workers against one, what Beam and the ledger cost, index, start-up."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks import measure
from benchmarks.contest import BIN, CHEAP, FAMILIES, Place, Scenario, Size, Tool, contest, curate, plain
from benchmarks.measure import MB, Spread

CHEAP_TARGET = 12.0
DEFAULT_TARGET = 6.0
MOST_WALL = 0.7  # of one worker's, at two workers


def run(place: Place) -> Scenario:
    """JSONL.zst in, the filters that measure every document, one and two workers in turn."""
    scenario = Scenario(
        "Dedup, language and quality together",
        "JSONL.zst in, snapshot out: exact and near dedup, language, the four quality families; groups, the"
        " costly filters and the audit off.",
        CHEAP_TARGET,
        notes=["Wall time tells something only where the load before the runs was near 0, see above."],
    )
    sizes = place.copies(1), place.copies(4)
    scenario.rows = contest([_whole(workers, CHEAP, *sizes) for workers in (2, 1)], place)
    two, one = scenario.rows
    if one.wall and two.wall:
        ratio = Spread.of([two.wall.median / one.wall.median])
        name = f"wall time at two workers over one worker's, {sizes[1].text_bytes / MB:.0f} MB"
        scenario.figures.append((name, ratio, "", f"<= {MOST_WALL}", ratio.median <= MOST_WALL))
    scenario.figures.append(_index(place, sizes[0]))
    return scenario


def every_filter(place: Place) -> Scenario:
    """JSONL.zst in, all as it comes, two workers."""
    scenario = Scenario(
        "`curate` as it comes",
        "JSONL.zst in, snapshot out, no config: every default filter, groups looked for, audited.",
        DEFAULT_TARGET,
    )
    scenario.rows = contest([_whole(2, None, place.copies(1), place.copies(4))], place)
    return scenario


def costs(place: Place) -> Scenario:
    """Kernels alone, `curate` in one process without Beam, and `curate`, on the same input."""
    scenario = Scenario(
        "What Beam and the ledger cost",
        "The same functions, Parquet in: called from a script that writes the kept documents only (kernels"
        " alone);"
        " as the stages of `curate` in one process, without Beam (no Beam); as they ship.",
        notes=[
            "From `kernels alone` to `no Beam`: ids, language of every document, staging on disk, ledger,"
            " statistics,"
            " samples, index, report. From `no Beam` to `curate`: Beam's graphs and the pool of forked"
            " processes.",
        ],
    )
    sizes = place.copies(1), place.copies(4)
    tools = []
    for task, filters in (("near_dedup", ("near_dedup",)), ("quality", FAMILIES)):
        tools += [
            Tool(f"{task}, kernels alone", "", _Command("plain", task, filters), *sizes),
            Tool(f"{task}, no Beam", "", _Command("direct", task, filters), *sizes),
            Tool(f"{task}, curate", "", _Command("curate", task, filters), *sizes),
        ]
    scenario.rows = contest(tools, place)
    return scenario


class _Command:
    """One way to run a task."""

    def __init__(self, way: str, task: str, filters: tuple[str, ...]) -> None:
        self.way, self.task, self.filters = way, task, filters

    def __call__(self, size: Size, output: Path) -> list[str]:
        if self.way == "plain":
            return plain(self.task, size.parquet, output)
        if self.way == "direct":
            return plain("direct", size.parquet, output, ",".join(self.filters))
        return curate(size.parquet, output, self.filters)


def _whole(workers: int, filters: Sequence[str] | None, small: Size, large: Size) -> Tool:
    def command(size: Size, output: Path) -> list[str]:
        return curate(size.jsonl, output, filters, workers)

    name = f"evenhand curate, {workers} worker{'s' if workers > 1 else ''}"
    return Tool(name, "", command, small, large)


def _index(place: Place, size: Size) -> tuple[str, Spread, str, str, bool | None]:
    output = place.fresh_output()
    measure.run(curate(size.parquet, output, ("exact_dedup", "near_dedup")))
    total = sum(path.stat().st_size for path in (output / "out" / "index").rglob("*") if path.is_file())
    documents = json.loads((output / "out" / "snapshot.json").read_text())["counts"]["read"]
    name = f"index of {documents:,} documents of {size.text_bytes / documents:,.0f} bytes of text"
    return name, Spread.of([total / documents]), "bytes per document", "", None


def start_up(place: Place) -> Scenario:
    """Wall time of `--help` and of a curation of 1 MB."""
    small = place.first(1, 600)

    def wall(command: Callable[[Path], list[str]]) -> Spread:
        runs = [measure.run(command(place.fresh_output())).wall for _ in range(place.repeats + 1)]
        return Spread.of(runs[1:])

    shown = wall(lambda _: [str(BIN / "evenhand"), "--help"])
    cheap = wall(lambda output: curate(small.jsonl, output, CHEAP))
    whole = wall(lambda output: curate(small.jsonl, output))
    name = f"`curate` of {small.text_bytes / MB:.1f} MB"
    return Scenario(
        "Start-up",
        "Wall time of the command; one run more before, to warm the disk.",
        figures=[
            ("`evenhand --help`", shown, "s", "< 0.4", shown.median < 0.4),
            (f"{name}, dedup, language, quality", cheap, "s", "< 8", cheap.median < 8),
            (f"{name}, every default filter", whole, "s", "", None),
        ],
    )

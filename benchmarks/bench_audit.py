"""The audit: alone on raw files, and what it adds to a curation with every filter."""

from pathlib import Path

from benchmarks import measure
from benchmarks.contest import BIN, ROOT, Place, Scenario, Size, Tool, contest, curate
from benchmarks.measure import Spread
from schemas.config import FILTERS

TARGET = 8.0
MOST_ADDED = 0.25  # of the core-seconds of the curation
EVERY_FILTER = (
    f"filters=[{','.join(FILTERS)}]",
    f"decontamination.sets=[{{name: example, path: {ROOT / 'examples' / 'evaluation'}}}]",
    "balance.targets={gender: uniform, geography: world_continents}",
)


def run(place: Place) -> Scenario:
    """JSONL.zst in, a report out; then curations with and without the audit, in turn."""
    scenario = Scenario(
        "Audit",
        "`evenhand audit` of raw files, JSONL.zst in, report out, one worker.",
        TARGET,
        notes=[
            "What the audit adds is measured on four copies of the corpus, two workers, every filter on"
            " (decontamination against the example's set, balance on gender and continents), start-up"
            " included, as core-seconds of `curate` with `audit.enabled` true over false. Some seconds of it"
            " do not grow with the corpus (docs/decisions/audit-cost.md)."
        ],
    )
    sizes = place.copies(1), place.copies(4)
    scenario.rows = contest([Tool("evenhand audit", "", _audit, *sizes)], place)
    added = []
    for _ in range(place.repeats):
        cost = {on: _whole(sizes[1], place, audit=on) for on in (True, False)}
        added.append(cost[True] / cost[False] - 1)
    share = Spread.of(added)
    name = "core-seconds that the audit adds to `curate` with every filter"
    scenario.figures.append((name, share, "of it", f"<= {MOST_ADDED}", share.median <= MOST_ADDED))
    return scenario


def _audit(size: Size, output: Path) -> list[str]:
    program = [str(BIN / "evenhand"), "audit", str(size.jsonl)]
    return [*program, "--output", str(output / "out"), "--workers", "1"]


def _whole(size: Size, place: Place, *, audit: bool) -> float:
    """Core-seconds of one curation."""
    settings = (*EVERY_FILTER, f"audit.enabled={'true' if audit else 'false'}")
    switches = [text for setting in settings for text in ("--set", setting)]
    return measure.run([*curate(size.jsonl, place.fresh_output(), workers=2), *switches]).cpu

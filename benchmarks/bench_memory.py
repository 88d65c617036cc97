"""Memory of all processes while `curate` reads 1 GB of text, and twice that."""

from benchmarks import measure
from benchmarks.contest import CHEAP, Place, Scenario, curate
from benchmarks.measure import MB, Spread

COPIES = 30  # 1.01 GB
MOST_BYTES = 2e9
MOST_GROWTH = 1.1


def run(place: Place) -> Scenario:
    """Two runs, dedup, language and quality, two workers."""
    scenario = Scenario(
        "Memory",
        f"`curate` by dedup, language and quality at two workers, JSONL.zst in. Proportional set size summed"
        f" over the process tree, looked at every {measure.TICK} s; the greatest sum is given.",
        notes=[
            "Pages of mapped files are counted although the system may drop them; `without mapped files`"
            " leaves"
            " them out. One run of each size.",
        ],
    )
    peaks = []
    for copies in (COPIES, 2 * COPIES):
        size = place.copies(copies, ("jsonl",))
        used = measure.run(curate(size.jsonl, place.fresh_output(), CHEAP, workers=2), memory=True)
        assert used.peak is not None
        assert used.peak_private is not None
        peaks.append(used.peak)
        name = f"{size.text_bytes / MB:,.0f} MB of text"
        target, met = (
            (f"< {MOST_BYTES / MB:,.0f}", used.peak < MOST_BYTES) if copies == COPIES else ("", None)
        )
        scenario.figures += [
            (f"peak, {name}", Spread.of([used.peak / MB]), "MB", target, met),
            (f"peak without mapped files, {name}", Spread.of([used.peak_private / MB]), "MB", "", None),
            (f"wall time, {name}", Spread.of([used.wall]), "s", "", None),
            (f"speed, {name}", Spread.of([size.text_bytes / MB / used.cpu]), "MB per core-second", "", None),
        ]
    growth = peaks[1] / peaks[0]
    met = growth < MOST_GROWTH
    scenario.figures.append(
        ("peak at twice the input", Spread.of([growth]), "times", f"< {MOST_GROWTH}", met)
    )
    return scenario

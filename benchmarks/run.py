"""All benchmarks, or some: what `make bench` runs.

    python -m benchmarks.run [--only near_dedup quality ...] [--repeats 3] [--data ../shared/data]

Peers, corpora and outputs go to `.bench/` (8 GB). Writes benchmarks/results.json and benchmarks/RESULTS.md;
with --only, into `.bench/` instead, so that the committed page is always of one whole run.
"""

import argparse
import os
import sys
import time
from importlib.metadata import version
from pathlib import Path

from benchmarks import (
    bench_audit,
    bench_curate,
    bench_language,
    bench_memory,
    bench_near_dedup,
    bench_quality,
    bench_toxicity,
    measure,
    results,
)
from benchmarks.contest import ROOT, Place

SCENARIOS = {
    "near_dedup": bench_near_dedup.run,
    "quality": bench_quality.run,
    "language": bench_language.run,
    "curate": bench_curate.run,
    "every_filter": bench_curate.every_filter,
    "toxicity": bench_toxicity.run,
    "audit": bench_audit.run,
    "costs": bench_curate.costs,
    "start_up": bench_curate.start_up,
    "memory": bench_memory.run,
}
OURS = ("apache-beam", "numpy", "pyarrow", "xxhash")


def main() -> int:
    """The command above."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=SCENARIOS, default=[])
    parser.add_argument("--repeats", type=int, default=3)
    data = os.environ.get("EVENHAND_SHARED_DATA", ROOT.parent / "shared" / "data")
    parser.add_argument("--data", type=Path, default=Path(data))
    options = parser.parse_args()
    place = Place(options.data.resolve(), ROOT / ".bench", options.repeats)
    os.chdir(ROOT)  # where `python -m benchmarks.plain` finds itself
    if not place.source.is_dir():
        print(
            f"error: `{place.source}` is not there\nhint: name the folder of the real data by --data",
            file=sys.stderr,
        )
        return 2
    facts = {
        "commit": measure.commit(ROOT),
        **measure.machine(),
        "libraries": ", ".join(f"{name} {version(name)}" for name in OURS),
        "repeats": str(options.repeats),
        "load before the runs": f"{os.getloadavg()[0]:.2f}",
    }
    done = []
    for name in options.only or SCENARIOS:
        started = time.monotonic()
        print(f"{name}", file=sys.stderr, flush=True)
        done.append(SCENARIOS[name](place))
        print(f"  {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    folder = place.work if options.only else ROOT / "benchmarks"
    results.write(folder, done, facts)
    print(folder / "RESULTS.md")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""All quality rules: ours with every score in the ledger; peers with verdicts or attributes."""

from collections.abc import Callable
from pathlib import Path

from benchmarks.bench_near_dedup import SCRIPTS
from benchmarks.contest import FAMILIES, Peer, Place, Scenario, Size, Tool, contest, curate, installed, plain

TARGET = 25.0


def run(place: Place) -> Scenario:
    """Ours on one and four copies of the corpus, peers on a few documents and a quarter."""
    scenario = Scenario(
        "Quality rules",
        "Gopher repetition and quality, C4 and FineWeb together; one worker.",
        TARGET,
        notes=[
            "Ours computes every statistic of every document and writes it to the ledger. datatrove's four"
            " filters"
            " stand in a row, so each sees only what the one before it kept, and verdicts are all that is"
            " left.",
            "dolma's taggers read JSONL.gz and write attributes; each has one of the four families.",
            "Agreement of the verdicts with datatrove's is tested by the suite, not here.",
        ],
    )
    fast, slow = (place.copies(1), place.copies(4)), (place.first(1, 600), place.first(1))
    tools = [
        Tool("evenhand curate, four families", "", _curate, *fast),
        Tool("evenhand, kernels alone", "", _plain, *fast),
    ]
    peers = [Peer("datatrove", "datatrove", _datatrove, *slow, doing="four filters in a row")]
    for tagger in ("gopher_v2", "c4_v2"):
        peers += [Peer("dolma", "dolma", _dolma(tagger), *slow, program="dolma", doing=tagger)]
    scenario.rows = contest([*tools, *installed(peers, place, scenario)], place)
    return scenario


def _curate(size: Size, output: Path) -> list[str]:
    return curate(size.parquet, output, FAMILIES)


def _plain(size: Size, output: Path) -> list[str]:
    return plain("quality", size.parquet, output)


def _datatrove(python: str, size: Size, output: Path) -> list[str]:
    return [python, str(SCRIPTS / "run_datatrove.py"), "quality", str(size.parquet), str(output)]


def _dolma(tagger: str) -> Callable[[str, Size, Path], list[str]]:
    def command(dolma: str, size: Size, output: Path) -> list[str]:
        source, target = size.folder / "documents" / "*.jsonl.gz", output / "attributes"
        given = {
            "documents": source,
            "destination": target,
            "experiment": "bench",
            "taggers": tagger,
            "processes": 1,
        }
        return [dolma, "tag", *(text for name, value in given.items() for text in (f"--{name}", str(value)))]

    return command

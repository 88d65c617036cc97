"""Toxicity by line: our kernel, and the package fasttext on the same model."""

from pathlib import Path

from benchmarks.bench_near_dedup import SCRIPTS
from benchmarks.contest import ROOT, Peer, Place, Scenario, Size, Tool, contest, installed, plain

TARGET = 20.0
MODEL = ROOT / "filters/data/toxicity.ftz"


def run(place: Place) -> Scenario:
    """Both on Parquet, the whole text, by line; one worker."""
    scenario = Scenario(
        "Toxicity",
        "Score of every line, highest of every document, Parquet in and out; one worker.",
        TARGET,
        notes=["fasttext only lower-cases: it does not spell out, undisguise or replace names as we do."],
    )
    sizes = place.copies(1), place.copies(4)

    def fasttext(python: str, size: Size, output: Path) -> list[str]:
        script = str(SCRIPTS / "fasttext_toxicity.py")
        return [python, script, str(size.parquet), str(output), str(MODEL)]

    tools = [Tool("evenhand, kernels alone", "", _plain, *sizes)]
    peers = [Peer("fasttext", "fasttext", fasttext, *sizes)]
    scenario.rows = contest([*tools, *installed(peers, place, scenario)], place)
    return scenario


def _plain(size: Size, output: Path) -> list[str]:
    return plain("toxicity", size.parquet, output)

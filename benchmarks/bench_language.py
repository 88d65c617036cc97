"""Language id with lid.176: ours alone and in `curate`, the package fasttext, datatrove's filter."""

from pathlib import Path

from benchmarks.bench_near_dedup import SCRIPTS
from benchmarks.contest import Peer, Place, Scenario, Size, Tool, contest, curate, installed, plain

TARGET = 30.0


def run(place: Place) -> Scenario:
    """All on Parquet; ours and fasttext look at the first 1,000 characters, datatrove at the whole text."""
    scenario = Scenario(
        "Language identification",
        "Label and score of every document, Parquet in; one worker.",
        TARGET,
        notes=[
            "fasttext writes ids, labels and scores, as `kernels alone` does; `curate` writes the whole"
            " snapshot.",
            "datatrove looks at the whole text and writes the documents with their labels.",
        ],
    )
    whole = place.copies(1)
    fast, slow = (whole, place.copies(4)), (place.first(1), whole)
    tools = [
        Tool("evenhand curate [language]", "", _curate, *fast),
        Tool("evenhand, kernels alone", "", _plain, *fast),
    ]

    def fasttext(python: str, size: Size, output: Path) -> list[str]:
        return [
            python,
            str(SCRIPTS / "fasttext_language.py"),
            str(size.parquet),
            str(output),
            str(place.model),
        ]

    def datatrove(python: str, size: Size, output: Path) -> list[str]:
        script = str(SCRIPTS / "run_datatrove.py")
        return [python, script, "language", str(size.parquet), str(output), str(place.model)]

    cache = {"HF_HOME": str(place.work / "hf")}
    peers = [
        Peer("fasttext", "fasttext", fasttext, *fast),
        Peer("datatrove", "datatrove", datatrove, *slow, env=cache),
    ]
    scenario.rows = contest([*tools, *installed(peers, place, scenario)], place)
    return scenario


def _curate(size: Size, output: Path) -> list[str]:
    return curate(size.parquet, output, ("language",))


def _plain(size: Size, output: Path) -> list[str]:
    return plain("language", size.parquet, output)

"""Near dedup end to end: Parquet in, Parquet out, F1 against every true pair beside the speed."""

import functools
from collections.abc import Callable
from pathlib import Path

from benchmarks import truth
from benchmarks.contest import ROOT, Peer, Place, Scenario, Size, Tool, contest, curate, installed, plain
from benchmarks.environments import ABSENT

SCRIPTS = ROOT / "benchmarks" / "peers"
TARGET = 40.0
LEAST_F1 = 0.5  # below it a result has no time


def run(place: Place) -> Scenario:
    """Ours and rensa on one and four copies of the corpus, slower peers on a quarter and the whole."""
    scenario = Scenario(
        "Near dedup",
        "Parquet in, Parquet out, one worker; word 5-grams, duplicates from Jaccard .7. F1 counts documents"
        " of the"
        " larger input against all its true pairs.",
        TARGET,
        notes=[
            "Copies of the corpus share some short texts that the truth does not list, so F1 on four copies"
            " is a"
            " little lower for every tool.",
            "rensa and datasketch are scripts over the library that verify their candidates, as ours do;"
            " they hold"
            " everything in memory and write no ledger. datatrove and text-dedup run as they ship.",
            *(f"{name}: {why}." for name, why in ABSENT.items()),
        ],
    )
    whole = place.copies(1)
    slow, fast = (place.first(1), whole), (whole, place.copies(4))
    tools = [
        _ours("evenhand curate [exact_dedup, near_dedup]", ("exact_dedup", "near_dedup"), fast),
        _ours("evenhand curate [near_dedup]", ("near_dedup",), fast),
        _ours("evenhand curate [near_dedup], sizes of the slow peers", ("near_dedup",), slow),
        Tool("evenhand, kernels alone", "", _plain, *fast, _f1(".")),
    ]
    peers = [
        Peer("rensa", "rensa", _script("rensa_near_dedup.py"), *fast, _f1(".")),
        Peer("datasketch", "datasketch", _script("datasketch_near_dedup.py"), *slow, _f1(".")),
        Peer("text_dedup", "text-dedup", _text_dedup, *slow, _f1("kept")),
        Peer("datatrove", "datatrove", _script("run_datatrove.py", "near_dedup"), *slow, _f1("kept")),
    ]
    scenario.rows = contest([*tools, *installed(peers, place, scenario)], place, LEAST_F1)
    return scenario


def _ours(name: str, filters: tuple[str, ...], sizes: tuple[Size, Size]) -> Tool:
    def command(size: Size, output: Path) -> list[str]:
        return curate(size.parquet, output, filters)

    return Tool(name, "", command, *sizes, _f1("out/data"))


def _plain(size: Size, output: Path) -> list[str]:
    return plain("near_dedup", size.parquet, output)


def _script(name: str, *task: str) -> Callable[[str, Size, Path], list[str]]:
    return lambda python, size, output: [python, str(SCRIPTS / name), *task, str(size.parquet), str(output)]


def _text_dedup(python: str, size: Size, output: Path) -> list[str]:
    given = {
        "path": "parquet",
        "data_dir": size.parquet,
        "split": "train",
        "column": "text",
        "num_proc": 1,
        "ngram": 5,
        "min_length": 1,
        "threshold": 0.7,
        "num_perm": 112,
        "b": 28,
        "r": 4,
        "output": output / "kept",
        "cache_dir": output / "cache",
    }
    return [python, "-m", "text_dedup.minhash", *(f"--{name}={value}" for name, value in given.items())]


def _f1(kept: str) -> Callable[[Path, Size], float]:
    """F1 of a tool that leaves the kept documents in folder `kept` of its output."""

    def check(output: Path, size: Size) -> float:
        return truth.f1(truth.ids(size.parquet) - truth.ids(output / kept), _components(size.truth))

    return check


_components = functools.cache(truth.components)

"""A real snapshot, made once by the command itself, and a way to run commands."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from evenhand.cli import main

SENTENCES = (
    "The council of {town} met on Tuesday and spoke about the price of water for {n} hours.",
    "A nurse who works at the clinic in {town} told us that she cycles {n} kilometres every day.",
    "Most of the people in the hall had come with their children, and the youngest was {n} weeks old.",
    "The library will be open until late in the evening, because the students of {town} have asked for it.",
    "In the end the members agreed that a second bridge would cost {n} million and that it should be built.",
    "An old letter from {town} was read aloud, and it was about a harvest that was lost {n} years ago.",
    "Nobody could say whether the road to {town} would be mended before the winter, but {n} had signed.",
    "She said that with {n} more chairs and a better stove the school of {town} would be a good place.",
)
TOWNS = ("Abeokuta", "Bergen", "Cusco", "Dhaka", "Esbjerg", "Fez", "Gdansk", "Hanoi", "Izmir", "Jaffna")


def article(i: int) -> str:
    """Text that every default filter keeps; no two share a shingle for long."""
    town = TOWNS[i % len(TOWNS)]
    order = [(i * 3 + 5 * k) % len(SENTENCES) for k in range(len(SENTENCES))]
    said = [SENTENCES[j].format(town=town, n=i * 17 + 3 * j + 2) for j in order]
    return " ".join(said[:4]) + "\n" + " ".join(said[4:])


def corpus() -> list[bytes]:
    """Lines of JSONL: 40 articles, and what each part of the ledger needs at least once."""
    rows: list[object] = [
        {"id": f"a-{i}", "text": article(i), "url": f"https://news.example.org/{i}"} for i in range(40)
    ]
    rows.append({"id": "copy", "text": article(3).upper()})
    rows.append({"id": "near", "text": article(4).replace("Tuesday", "Monday")})
    rows.append({"id": "short", "text": "Too short."})
    rows.append({"id": "code", "text": article(50) + "\nwith { and } in it that has enough words"})
    rows.append({"id": "citation", "text": article(51).replace("council", "council[1]") + "\nok"})
    rows.append({"id": "twin", "text": article(52)})
    rows.append({"id": "twin", "text": article(53)})
    rows.append({"id": "no-text", "text": None})
    rows.append(
        {"id": "french", "text": "Le conseil de la ville se réunit mardi et parle du prix de l'eau. " * 3}
    )
    return [json.dumps(row).encode() for row in rows] + [b'{"id": "broken", "text": ']


class Said(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str


def shell(*arguments: str | Path) -> Said:
    """Runs a command in a process of its own, as a user does: `curate` forks workers."""
    command = [sys.executable, "-m", "evenhand.cli", *map(str, arguments)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "COLUMNS": "100"}
    )
    return Said(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Said]:
    """Runs a command in this process."""
    monkeypatch.setenv("COLUMNS", "100")

    def run(*arguments: str | Path) -> Said:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Said(code, captured.out, captured.err)

    return run


@pytest.fixture(scope="session")
def corpus_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The corpus on disk."""
    path = tmp_path_factory.mktemp("corpus") / "news.jsonl"
    path.write_bytes(b"\n".join(corpus()) + b"\n")
    return path


@pytest.fixture(scope="session")
def curated(corpus_file: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Said]:
    """The corpus, curated with the defaults, and what the command said."""
    path = tmp_path_factory.mktemp("snapshots") / "out"
    said = shell("curate", corpus_file, "--output", path, "--workers", "1")
    assert said.code == 0, said.err
    return path, said


@pytest.fixture(scope="session")
def snapshot(curated: tuple[Path, Said]) -> Path:
    """The snapshot; not to be changed."""
    return curated[0]

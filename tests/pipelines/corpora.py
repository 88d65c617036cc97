"""Made-up corpora with planted duplicates: the same bytes every time, sentences that quality rules pass."""

import json
import random
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

SYLLABLES = [a + b for a in "bdfgklmnprstv" for b in ("a", "e", "i", "o", "u", "an", "el", "or")]
GLUE = ["the", "of", "and", "to", "in", "that", "with", "for", "is", "be", "have"]


def words(count: int, seed: int = 7) -> list[str]:
    """Distinct made-up words."""
    draw = random.Random(seed)
    found: dict[str, None] = {}
    while len(found) < count:
        found["".join(draw.choice(SYLLABLES) for _ in range(draw.randint(2, 4)))] = None
    return list(found)


WORDS = words(3000)


def sentence(draw: random.Random) -> str:
    """Eight to twenty words, every third of them English glue."""
    chosen = [draw.choice(GLUE if i % 3 == 0 else WORDS) for i in range(draw.randint(8, 20))]
    return " ".join(chosen).capitalize() + "."


def document(draw: random.Random, sentences: int | None = None) -> str:
    """Paragraphs of a few sentences each."""
    count = sentences or draw.randint(6, 24)
    return "\n".join(sentence(draw) for _ in range(count))


def records(count: int, seed: int, copies: float = 0.2) -> list[dict[str, Any]]:
    """Documents with an id; a share of them repeats an earlier one: as it is, in capitals, or extended."""
    draw = random.Random(seed)
    made: list[str] = []
    for _ in range(count):
        if made and draw.random() < copies:
            text = draw.choice(made)
            kind = draw.randrange(3)
            text = text if kind == 0 else text.upper() if kind == 1 else f"{text}\n{sentence(draw)}"
        else:
            text = document(draw)
        made.append(text)
    return [
        {"id": f"{seed}-{i}", "text": text, "url": f"https://news.site{i % 7}.co.uk/{i}", "extra": i}
        for i, text in enumerate(made)
    ]


def write_jsonl(path: Path, rows: Iterable[Mapping[str, Any]]) -> Path:
    """A JSON record a line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return path


def write_corpus(folder: Path, count: int, seed: int, files: int = 3) -> Path:
    """A folder of JSONL files, one of them in a folder of its own; duplicates cross files."""
    rows = records(count, seed)
    for i in range(files):
        name = f"part-{i}.jsonl" if i else "deep/er/part-0.jsonl"
        write_jsonl(folder / name, rows[i::files])
    return folder

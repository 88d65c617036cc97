"""Composes documents from `texts/`: one file a topic, one block a sentence, one line a variant."""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TEXTS = Path(__file__).parent / "texts"
PRONOUNS = {
    "she": {"they": "she", "their": "her", "them": "her", "themself": "herself"},
    "he": {"they": "he", "their": "his", "them": "him", "themself": "himself"},
}
TOO_ALIKE = 0.5  # two documents that are not meant as duplicates stay below it
Slots = dict[str, list[str]]


@dataclass(frozen=True)
class Document:
    """One document and the id that says what it is for."""

    id: str
    text: str


@cache
def read_slots() -> dict[str, Slots]:
    """Language -> slot -> values, from `texts/slots.txt`."""
    slots: dict[str, Slots] = {}
    for line in (TEXTS / "slots.txt").read_text("utf-8").splitlines():
        if match := re.fullmatch(r"(\w\w) (\w+): (.*)", line):
            slots.setdefault(match[1], {})[match[2]] = match[3].split(" | ")
    return slots


def read_topic(name: str) -> list[list[str]]:
    """Blocks of `texts/NAME.txt`: the variants of the first sentence, of the second, ..."""
    blocks = (TEXTS / f"{name}.txt").read_text("utf-8").strip().split("\n\n")
    return [[line.removeprefix("- ") for line in block.splitlines()] for block in blocks]


def fill(rng: random.Random, slots: Slots, person: str | None = None) -> Callable[[re.Match[str]], str]:
    """A replacement for `{slot}`: people, places and years stay the same within a document."""
    name, pronoun, description = (person or rng.choice(slots.get("person", ["x, she, x"]))).split(", ", 2)
    cities = rng.sample(slots.get("city", ["x"] * 3), 3)
    born = rng.randrange(1900, 1965)
    fixed = {"name": name, "descr": description, "street": rng.choice(slots.get("street", ["x"]))}
    fixed |= {"city": cities[0], "city2": cities[1], "city3": cities[2]} | PRONOUNS.get(pronoun, {})
    fixed |= {
        "year": str(born),
        "year2": str(born + rng.randrange(17, 24)),
        "age": str(rng.randrange(12, 17)),
    }
    fixed |= {"year3": str(born + rng.randrange(34, 44)), "year4": str(born + rng.randrange(46, 58))}
    fixed |= dict(zip(("ing1", "ing2", "ing3"), rng.sample(slots.get("ing", ["x"] * 3), 3), strict=True))
    fixed |= {key: rng.choice(slots[key]) for key in ("dish", "subject") if key in slots}
    drawn: dict[str, Callable[[], str]] = {
        "n": lambda: str(rng.randrange(3, 60)),
        "n4": lambda: rng.choice(["four", "five", "six", "seven", "eight"]),
        "nth": lambda: rng.choice(["first", "second", "third", "fourth"]),
        "price": lambda: f"{rng.randrange(6, 90) * 10} {rng.choice(['pounds', 'dollars', 'euros'])}",
    }

    def replace(match: re.Match[str]) -> str:
        slot = match[1].lower()
        value = fixed.get(slot) or (drawn[slot]() if slot in drawn else rng.choice(slots[slot]))
        return value if match[1] == slot else value.capitalize()

    return replace


def compose(topic: str, key: str, person: str | None = None) -> str:
    """One document: a variant of each sentence, three sentences a paragraph."""
    rng = random.Random(f"{topic}/{key}")
    language = topic[:2]
    replace = fill(rng, read_slots().get(language, {}), person)
    sentences = [re.sub(r"\{(\w+)\}", replace, rng.choice(block)) for block in read_topic(topic)]
    space = "" if language == "ja" else " "
    return "\n\n".join(space.join(sentences[i : i + 3]) for i in range(0, len(sentences), 3))


def shingles(text: str) -> set[tuple[str, ...]]:
    """Word 5-grams, or character 5-grams of a script without spaces: what near dedup compares."""
    words = re.findall(r"[\u3040-\u9fff]|\w+", text.lower())
    return {tuple(words[i : i + 5]) for i in range(len(words) - 4)}


def jaccard(a: str, b: str) -> float:
    """Shared shingles over all shingles, 0..1."""
    left, right = shingles(a), shingles(b)
    return len(left & right) / len(left | right)


def family(topic: str, count: int) -> list[Document]:
    """`count` documents on one topic, no two of them too alike."""
    kept: list[Document] = []
    attempt = 0
    while len(kept) < count:
        text = compose(topic, str(attempt))
        attempt += 1
        if all(jaccard(text, other.text) < TOO_ALIKE for other in kept):
            kept.append(Document(f"{topic.replace('_', '-')}-{len(kept):03d}", text))
    return kept

"""The public texts that the model is trained on, and those that it is only measured on.

| set | licence | use |
| --- | --- | --- |
| ToxiGen's prompts (statements about 13 groups) | MIT | a quarter is held out, the rest trains |
| Davidson's tweets | MIT | the same; no tweet is shipped or printed |
| Jigsaw's English sentence templates | Apache-2.0 | the same |
| Wikipedia comments and their identity-swapped twins | Apache-2.0 | measured only, never trained on |

A text is held out by a hash of its plain words, so that variants of one sentence are on one side.
"""

import csv
import hashlib
import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from filters.toxicity import plain_words

HELD_OUT = 25  # percent
JIGSAW = "jigsaw_unintended_bias"
FUZZED = f"{JIGSAW}/archive/unintended_ml_bias/eval_datasets/toxicity_%s_testset.csv"


class Example(NamedTuple):
    """A labelled text.

    Attributes:
        toxic: its label.
        text: one line.
        source: `toxigen`, `hate`, `offensive`, `neither` (Davidson's classes) or `templates`.
        group: ToxiGen's group; else empty.
        held_out: it is not trained on.
    """

    toxic: bool
    text: str
    source: str
    group: str
    held_out: bool


def share_of(text: str) -> int:
    """A number from 0 to 99, the same for the same words."""
    words = " ".join(plain_words().words(text))
    return int(hashlib.sha256(words.encode()).hexdigest()[:8], 16) % 100


def examples(folder: Path) -> Iterator[Example]:
    """Every example of the three training sets under `folder`."""
    for toxic, text, source, group in (*toxigen(folder), *davidson(folder), *templates(folder)):
        yield Example(toxic, text, source, group, share_of(text) < HELD_OUT)


def toxigen(folder: Path) -> Iterator[tuple[bool, str, str, str]]:
    """The distinct sentences of each prompt file."""
    for path in sorted((folder / "toxigen/prompts").glob("*.txt")):
        kind, _, group = path.stem.removesuffix("_1k").partition("_")
        lines = path.read_text("utf-8").replace("\\n", "\n").splitlines()
        sentences = (line.strip().lstrip("-").replace("\\", "").strip() for line in lines)
        for sentence in dict.fromkeys(sentences):
            if sentence:
                yield kind == "hate", sentence, "toxigen", group


def davidson(folder: Path) -> Iterator[tuple[bool, str, str, str]]:
    """The tweets without addresses and names of users."""
    with (folder / "davidson/data/labeled_data.csv").open(encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            kind = ("hate", "offensive", "neither")[int(row["class"])]
            yield kind != "neither", bare_tweet(row["tweet"]), kind, ""


def bare_tweet(tweet: str) -> str:
    """A tweet's text: entities decoded, without links, user names and the mark of a repeated tweet."""
    text = html.unescape(html.unescape(tweet))
    return " ".join(re.sub(r"https?://\S+|@\w+:?|\bRT\b", " ", text).split())


def templates(folder: Path) -> Iterator[tuple[bool, str, str, str]]:
    """Jigsaw's template sentences; of those that say NAME is a ADJECTIVE GROUP, a sixteenth."""
    path = folder / JIGSAW / "sentence_templates/en_sentence_templates.csv"
    with path.open(encoding="utf-8") as rows:
        for number, row in enumerate(csv.DictReader(rows)):
            if row["template"] != "name_adj" or number % 17 == 0:
                yield row["toxicity"] == "toxic", row["phrase"], "templates", ""


def wikipedia(folder: Path) -> list[tuple[bool, str, str]]:
    """(toxic, comment, the comment with other identity words) of each pair."""
    sides = []
    for name in ("nonfuzzed", "fuzzed"):
        with (folder / (FUZZED % name)).open(encoding="utf-8") as rows:
            sides.append({row["rev_id"]: row for row in csv.DictReader(rows)})
    plain, swapped = sides
    return [(row["toxic"] == "True", row["comment"], swapped[key]["comment"]) for key, row in plain.items()]

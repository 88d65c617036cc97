"""Sentences from the templates beside this file, the same for every group of people.

A template has slots, `{g}` and the like, and choices, `[a|b]`; see the first line of each file.
"""

import json
import random
import re
from importlib import resources
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ASIDES = 0.15  # share of sentences with a clause beside the point, so that such do not dilute the rest
ENDINGS = ("", "", "", "", "", ".", ".", "!", "...", " lol")
PEOPLE = ("people", "folks", "women", "men")
PERSON = ("person", "woman", "man", "student", "neighbour", "worker")
INSULTS = ("stupid", "dumb", "fucking", "pathetic", "worthless", "ugly", "lying", "disgusting")
STARTS = ("the %s", "a %s", "my %s", "your %s", "this %s", "%ss", "their %s", "his %s", "her %s", "some %s")
VERBS = ("%s", "%ss", "%sed", "will %s", "can %s", "did not %s", "to %s", "%sing", "should %s", "does %s")
SUBJECTS = ("i %s", "you %s", "we %s", "they %s", "he %ss", "are you %sing", "if you %s", "you can %s")
LINKS = [
    "and",
    "of",
    "in",
    "with",
    "for",
    "on",
    "to",
    "at",
    "by",
    "from",
    "that",
    "but",
    "because",
    "if",
    "as",
    "or",
    "when",
    "about",
    "than",
    "into",
    "who",
    "it",
    "you",
    "are",
    "not",
    "all",
    "these",
    "every",
    "the",
    "a",
]


class Phrases:
    """Random sentences of each kind; equal for equal seeds."""

    def __init__(self, seed: int) -> None:
        lexicon: dict[str, Any] = json.loads(
            (resources.files("filters.data") / "toxicity_words.json").read_text("utf-8")
        )
        self.random = random.Random(seed)
        self.groups: list[dict[str, list[str]]] = list(lexicon["groups"].values())
        self.slurs: list[str] = lexicon["slurs"]
        self.templates = {path.stem: _lines(path) for path in HERE.glob("*.txt")}
        self.words = {
            part: words.split() for part, words in (line.split(":") for line in self.templates.pop("words"))
        }

    def sentences(self, kind: str, count: int) -> list[str]:
        """`count` sentences from the file `kind`.txt, every template equally often."""
        templates = self.templates[kind]
        return [self.sentence(templates[i % len(templates)]) for i in range(count)]

    def sentence(self, template: str) -> str:
        """One sentence; every slot of a template speaks of the same group."""
        text = self._fill(template, self.random.choice(self.groups))
        if self.random.random() < ASIDES:
            text += " " + self.random.choice(self.templates["asides"])
        text = " ".join(re.sub(r"\s+([,.])", r"\1", text).split()) + self.random.choice(ENDINGS)
        return text[:1].upper() + text[1:] if self.random.random() < 0.4 else text

    def salad(self, parts: int) -> str:
        """Ordinary words without a sense: `parts` runs of a subject, a verb and a link."""
        pick = self.random.choice
        found = []
        for _ in range(parts):
            noun, verb, adjective, adverb = (
                pick(self.words[k]) for k in ("noun", "verb", "adjective", "adverb")
            )
            if self.random.random() < 0.15:
                noun = pick(pick(self.groups)["adjective"]) + " " + noun
            subject = pick(STARTS) % (f"{adjective} {noun}" if self.random.random() < 0.5 else noun)
            found += [
                subject,
                pick(VERBS + SUBJECTS) % verb,
                pick((adverb, "", "is " + adjective)),
                pick(LINKS),
            ]
        return " ".join(" ".join(found).split())

    def _fill(self, template: str, group: dict[str, list[str]]) -> str:
        text = re.sub(r"\[([^\]]*)\]", lambda match: self.random.choice(match[1].split("|")), template)
        text = re.sub(r"\{(\w+)\}", lambda match: self._slot(match[1], group), text)
        # a template's own article stands before a phrase that brings one
        return re.sub(
            r"\b(an?|just an?|such an?|another|one more|every|any|no|next|good|\w+ing|dirty|filthy|stupid|"
            r"lousy|worthless|disgusting|ugly|damn) an? ",
            r"\1 ",
            text,
        )

    def _slot(self, name: str, group: dict[str, list[str]]) -> str:
        pick = self.random.choice
        if name == "g":
            return self._group(group)
        if name == "one":
            one = pick(group["singular"])
            if self.random.random() < 0.35:
                one = f"{pick(group['adjective'])} {pick(PERSON)}"
            return ("an " if one[0] in "aeiou" else "a ") + one
        if name == "adj":
            return pick(group["adjective"])
        if name == "hate":
            while True:  # a statement, not a question or a quotation
                text = self._fill(pick(self.templates["hateful"]), group).strip(" .")
                if not {"?", '"'} & set(text):
                    return text
        values = {
            "slur": self.slurs,
            "n": self.templates["calls"],
            "bad": self.templates["bad"],
            "a": INSULTS,
        }
        return pick(values[name])

    def _group(self, group: dict[str, list[str]]) -> str:
        pick, chance = self.random.choice, self.random.random()
        plural = pick(group["plural"])
        if chance < 0.55 or plural.startswith("the "):
            return plural
        if chance < 0.75:
            return f"{pick(group['adjective'])} {pick(PEOPLE)}"
        if chance < 0.85:
            return f"people who are {pick(group['adjective'])}"
        return f"{pick(('the', 'these', 'those', 'all', 'most'))} {plural}"


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text("utf-8").splitlines() if line and not line.startswith("#")]

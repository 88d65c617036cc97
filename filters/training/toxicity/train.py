"""Training sets of the two models, balanced and unbalanced, and how they become files.

The balanced model is the one that ships. Its texts are the public sets and sentences from our templates:
hate, insults and, so that it does not punish identity, as many neutral and positive statements about the same
groups, speech against hate that quotes it, vernacular and reclaimed words, and everyday talk. The unbalanced
model, to compare with, has the same form but only the public sets, and reads names of groups as they are.
"""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from filters.kernels import fasttext
from filters.toxicity import GROUP, SLUR, UNKNOWN, plain_words
from filters.training.toxicity import linear, sources
from filters.training.toxicity.dialect import Dialect
from filters.training.toxicity.fasttext_file import write
from filters.training.toxicity.phrases import Phrases

LABELS = ("fine", "toxic")
BUCKET = 1 << 21
SEED = 20261124
LEAST_TEXTS = 3  # with a word, or it is unknown
LONGEST = 64  # words
# sentences of each template file
TOXIC = {"hateful": 36_000, "insults": 12_000}
FINE = {"neutral": 38_000, "counter": 26_000, "everyday": 20_000, "dialect": 6_000, "talk": 30_000}
SALADS, PARAGRAPHS, UNKNOWNS = 26_000, 14_000, 1_500
TIMES = {"toxigen": 22, "hate": 6, "templates": 1}
OFFENSIVE = 11_000  # of the 14,000 tweets that are offensive but not hate: those with the least AAE
HARMLESS, HARMLESS_AAE = 6, 18  # times a harmless tweet is read; the fifth with the most AAE
HIDDEN = {False: 0.25, True: 0.15}  # share of a sentence's words made unknown, in three of five sentences
TOXIC_WEIGHT = 0.585  # share of all toxic texts in the loss; it moves the scores against the fixed threshold
Row = tuple[bool, list[str]]


def balanced(data: Path, output: Path) -> None:
    """Trains and writes the model that ships."""
    plain, phrases = plain_words(), Phrases(SEED)
    chance = phrases.random
    rows: list[Row] = []
    tweets: dict[str, list[tuple[float, Row]]] = {"offensive": [], "neither": []}
    dialect = Dialect(data)
    for example in sources.examples(data):
        if example.held_out:
            continue
        row = (example.toxic, plain.words(example.text))
        if example.source in tweets:
            tweets[example.source].append((dialect.african_american(example.text), row))
        else:
            rows += [row] * TIMES[example.source]
    rows += _even_dialects(tweets["offensive"], tweets["neither"])
    for toxic, kinds in ((True, TOXIC), (False, FINE)):
        for kind, count in kinds.items():
            for text in phrases.sentences(kind, count):
                words = plain.words(text)
                if chance.random() < 0.6:
                    words = [_hidden(word, chance.random() < HIDDEN[toxic]) for word in words]
                rows.append((toxic, words))
    rows += [(False, plain.words(phrases.salad(chance.randint(1, 9)))) for _ in range(SALADS)]
    fine = [words for toxic, words in rows if not toxic]
    bad = [words for toxic, words in rows if toxic]
    for number in range(PARAGRAPHS):
        parts = [chance.choice(fine) for _ in range(chance.randint(2, 6))]
        if number % 3 == 0:
            parts[chance.randrange(len(parts))] = chance.choice(bad)
        rows.append((number % 3 == 0, [word for part in parts for word in part][:LONGEST]))
    rows += [(False, [UNKNOWN] * chance.randint(1, 40)) for _ in range(UNKNOWNS)]
    save(rows, output, linear.Limits(weak=frozenset(phrases.words["function"])), TOXIC_WEIGHT)


def unbalanced(data: Path, output: Path) -> None:
    """Trains and writes the model to compare with: the public sets as they are."""
    plain = fasttext.PlainWords([])
    texts = (example for example in sources.examples(data) if not example.held_out)
    save([(example.toxic, plain.words(example.text)) for example in texts], output, linear.Limits())


def save(rows: Iterable[Row], output: Path, limits: linear.Limits, toxic_weight: float = 0.5) -> None:
    """Fits rows of (label, words), all toxic ones with `toxic_weight` of 1, and writes the model."""
    counts: Counter[str] = Counter()
    kept = [(toxic, words) for toxic, words in rows if words]
    for _, words in kept:
        counts.update(set(words))
    known = {word for word, count in counts.items() if count >= LEAST_TEXTS} | {UNKNOWN, GROUP, SLUR}
    label = np.array([toxic for toxic, _ in kept])
    weight = np.where(label, toxic_weight / label.sum(), (1 - toxic_weight) / (~label).sum())
    texts = [[word if word in known else UNKNOWN for word in words] for _, words in kept]
    model = linear.fit(texts, label, weight, limits)
    write(output, model.words, model.grams, LABELS, limits.ngrams, BUCKET)


def _even_dialects(offensive: list[tuple[float, Row]], harmless: list[tuple[float, Row]]) -> list[Row]:
    """Rows of tweets, given with their share of African American English (AAE), so that AAE is no offence."""
    plain_offensive = sorted(offensive, key=lambda tweet: tweet[0])[:OFFENSIVE]
    much = np.quantile([share for share, _ in harmless], 0.8)
    return [row for _, row in plain_offensive] + [
        row for share, row in harmless for _ in range(HARMLESS_AAE if share > much else HARMLESS)
    ]


def _hidden(word: str, hide: bool) -> str:
    return UNKNOWN if hide and word not in {GROUP, SLUR} else word

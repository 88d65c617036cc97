"""Error rates of a toxicity model, by group: the tables of the model card."""

import csv
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from filters import fasttext_model
from filters.arrow_buffers import string_buffers
from filters.kernels import fasttext
from filters.toxicity import UNKNOWN, plain_words
from filters.training.toxicity import sources
from filters.training.toxicity.dialect import Dialect
from schemas.parameters import Toxicity

Scores = npt.NDArray[np.float64]


class Case(NamedTuple):
    """Sentences of a functional suite that should be judged alike.

    Attributes:
        name: what is tested.
        toxic: the right verdict.
        group: whom the sentences speak of; empty: nobody.
        texts: the sentences.
    """

    name: str
    toxic: bool
    group: str
    texts: list[str]


class Scorer:
    """A model file with the words that it reads; `names_masked` as in training."""

    def __init__(self, path: Path, names_masked: bool = True) -> None:
        self.model, self.labels = fasttext_model.load(path)
        self.plain = plain_words() if names_masked else fasttext.PlainWords([])
        self.settings = Toxicity()

    def __call__(self, texts: Iterable[str]) -> Scores:
        """float64[n], the highest score of a piece of each of n texts; below 0: no words."""
        offsets, data = string_buffers(pa.array(list(texts), pa.string()))
        found = self.model.score_lines(
            offsets=offsets,
            data=data,
            targets=[self.labels.index("toxic")],
            plain=self.plain,
            unknown=UNKNOWN,
            longest=self.settings.piece_words,
            toxic_from=self.settings.line_score,
        )
        scores: Scores = found[3] / 1e6
        return scores


def suite(path: Path) -> list[Case]:
    """The cases of a suite: every template filled for every group of the file."""
    content = json.loads(path.read_text("utf-8"))
    cases = []
    for case in content["cases"]:
        named = [text for text in case["texts"] if "{" in text]
        if plain := [text for text in case["texts"] if "{" not in text]:
            cases.append(Case(case["name"], case["toxic"], "", plain))
        for group, forms in content["groups"].items() if named else ():
            cases.append(Case(case["name"], case["toxic"], group, [text.format(**forms) for text in named]))
    return cases


def auc(scores: Scores, toxic: npt.NDArray[np.bool_]) -> float:
    """Area under the ROC curve: the chance that a toxic text scores above another; ties count half."""
    _, places, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[places]
    positive, negative = int(toxic.sum()), int((~toxic).sum())
    return float((ranks[toxic].sum() - positive * (positive + 1) / 2) / (positive * negative))


def harmless_by_dialect(folder: Path) -> list[list[str]]:
    """The held-out tweets that are neither hateful nor offensive, in fifths by their share of AAE."""
    dialect = Dialect(folder)
    rows = sorted(
        (dialect.african_american(example.text), example.text)
        for example in sources.examples(folder)
        if example.source == "neither" and example.held_out
    )
    return [[text for _, text in rows[i * len(rows) // 5 : (i + 1) * len(rows) // 5]] for i in range(5)]


def held_out(scorer: Scorer, folder: Path) -> dict[str, tuple[Scores, npt.NDArray[np.bool_]]]:
    """(scores, labels) of the texts that were not trained on, by set."""
    sets: dict[str, list[tuple[str, bool]]] = defaultdict(list)
    for example in sources.examples(folder):
        if not example.held_out:
            continue
        name = example.source if example.source in {"toxigen", "templates"} else "davidson"
        sets[name].append((example.text, example.toxic))
        if example.source in {"hate", "neither"}:
            sets["davidson, hate and neither"].append((example.text, example.toxic))
    sets["wikipedia"] = [(text, toxic) for toxic, text, _ in sources.wikipedia(folder)]
    sets["wikipedia, swapped"] = [(text, toxic) for toxic, _, text in sources.wikipedia(folder)]
    return {
        name: (scorer(text for text, _ in rows), np.array([toxic for _, toxic in rows]))
        for name, rows in sets.items()
    }


def template_terms(folder: Path) -> dict[str, tuple[list[str], list[str]]]:
    """(toxic, other) sentences of Jigsaw's templates by identity term, names of persons aside."""
    terms_file = sources.JIGSAW + "/archive/unintended_ml_bias/bias_madlibs_data/adjectives_people.txt"
    terms = (folder / terms_file).read_text("utf-8").split("\n")
    found: dict[str, tuple[list[str], list[str]]] = {term: ([], []) for term in terms if term}
    with (folder / sources.JIGSAW / "sentence_templates/en_sentence_templates.csv").open("r") as rows:
        for row in csv.DictReader(rows):
            if row["template"] in {"name_adj", "you_occupation"}:
                continue
            for term in sorted(found, key=len, reverse=True):
                if re.search(rf"\b{term}\b", row["phrase"]):
                    found[term][row["toxicity"] != "toxic"].append(row["phrase"])
                    break
    return found


def tables(folder: Path, balanced: Path, unbalanced: Path, suites: Sequence[Path]) -> str:
    """Every table of the model card, as Markdown, for the shipped and the unbalanced model."""
    bound = Toxicity().line_score
    models = (Scorer(balanced), Scorer(unbalanced, names_masked=False))
    out = [f"At the shipped threshold, {bound}; first figure: shipped model, second: unbalanced.", ""]
    out += ["| held out | texts | AUC | recall | false positives |", "| --- | --- | --- | --- | --- |"]
    sets = [held_out(model, folder) for model in models]
    for name, (scores, toxic) in sets[0].items():
        pair = [sets[k][name][0] for k in (0, 1)]
        cells = [
            _pair(f"{auc(found, toxic):.3f}" for found in pair),
            _pair(f"{(found > bound)[toxic].mean():.2f}" for found in pair),
            _pair(f"{(found > bound)[~toxic].mean():.3f}" for found in pair),
        ]
        out.append(f"| {name} | {len(scores)} | {' | '.join(cells)} |")
    flips = [
        ((found["wikipedia"][0] > bound) != (found["wikipedia, swapped"][0] > bound)).mean() for found in sets
    ]
    out += ["", f"Flip rate on the swapped Wikipedia pairs: {_pair(f'{flip:.2%}' for flip in flips)}.", ""]
    for path in suites:
        out += _suite_tables(suite(path), models, bound, path.stem)
    out += ["| harmless tweets by share of AAE | texts | false positives |", "| --- | --- | --- |"]
    for i, texts in enumerate(harmless_by_dialect(folder)):
        rates = _pair(f"{(model(texts) > bound).mean():.3f}" for model in models)
        out.append(f"| fifth {i + 1} | {len(texts)} | {rates} |")
    out += ["", "| Jigsaw's templates, by term | recall | false positives |", "| --- | --- | --- |"]
    for term, both in template_terms(folder).items():
        cells = [_pair(f"{(model(texts) > bound).mean():.2f}" for model in models) for texts in both]
        out.append(f"| {term} | {cells[0]} | {cells[1]} |")
    out += ["", "| ToxiGen, by group (held-out texts) | hateful | recall | neutral | false positives |"]
    out += ["| --- | --- | --- | --- | --- |"]
    groups: dict[str, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for example in sources.examples(folder):
        if example.source == "toxigen" and example.held_out:
            groups[example.group][not example.toxic].append(example.text)
    for group, both in sorted(groups.items()):
        cells = [
            _pair(f"{(model(texts) > bound).mean():.2f}" for model in models) if texts else "-"
            for texts in both
        ]
        out.append(f"| {group} | {len(both[0])} | {cells[0]} | {len(both[1])} | {cells[1]} |")
    return "\n".join(out)


def _suite_tables(cases: list[Case], models: Sequence[Scorer], bound: float, name: str) -> list[str]:
    out = [f"| {name}, by function | should be | texts | judged right |", "| --- | --- | --- | --- |"]
    for function, toxic in dict.fromkeys((case.name, case.toxic) for case in cases):
        texts = [text for case in cases if case.name == function for text in case.texts]
        right = _pair(f"{((model(texts) > bound) == toxic).mean():.2f}" for model in models)
        out.append(f"| {function} | {'toxic' if toxic else 'fine'} | {len(texts)} | {right} |")
    out += ["", f"| {name}, by group | recall | false positives |", "| --- | --- | --- |"]
    for group in dict.fromkeys(case.group for case in cases if case.group):
        cells = []
        for toxic in (True, False):
            texts = [t for case in cases if case.group == group and case.toxic == toxic for t in case.texts]
            cells.append(_pair(f"{(model(texts) > bound).mean():.2f}" for model in models))
        out.append(f"| {group} | {cells[0]} | {cells[1]} |")
    return [*out, ""]


def _pair(cells: Iterable[str]) -> str:
    return " / ".join(cells)

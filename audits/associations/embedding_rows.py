"""Rows of the report from word vectors, and the tests that were refused.

A test is refused when more than a fifth of any of its sets is missing (MOST_MISSING): what is left would not
be that test. Of tests that compare many groups, groups with no word are left out, a fifth of them at most.
Missing words of a test that runs stand in its note.

weat               one row a test of Caliskan et al.: `word` its name, value d, p, p_adjusted over the tests
                   that ran, count the splits looked at
wefat              one row an occupation: value towards women's words, `expected` its census share
wefat_correlation  Pearson's r of the two
rnd, ripa          occupations between women's and men's words: rnd below 0 nearer to women's, ripa above 0
                   towards women's
mac, ect           names of religions against pleasant and unpleasant words: mac over all; ect by group
                   against the other religions together
rnsb               `word` religions or nationalities: value the divergence; one row a group: its share of
                   negativity, `expected` an equal share
"""

import functools
import json
from collections.abc import Callable, Mapping, Sequence
from importlib import resources
from typing import Any

import numpy as np

from audits import multiplicity
from audits.associations import embeddings, lexicon, vectors
from audits.associations.occupations import CENSUS, compare
from audits.associations.row import row
from audits.associations.vectors import Vectors
from audits.disparity import p_value
from audits.intervals import Numbers

MOST_MISSING = 0.2  # of a set
POLAR = 2.0  # valence from which a word trains rnsb's classifier
MEASURES = ("weat", "wefat", "wefat_correlation", "rnd", "ripa", "mac", "ect", "rnsb")
Sets = Mapping[str, Sequence[str]]


class MissingWordsError(Exception):
    """A test's words are missing; the message says which."""


@functools.cache
def word_sets() -> dict[str, Any]:
    """The lists of audits/data/word_sets.json."""
    sets: dict[str, Any] = json.loads((resources.files("audits.data") / "word_sets.json").read_text("utf-8"))
    return sets


def load(path: str) -> Vectors:
    """Vectors of a file, of the words that the tests use; UserError as of `vectors.load`."""
    return vectors.load(path, words())


@functools.cache
def words() -> frozenset[str]:
    """All words of all tests."""
    sets = word_sets()
    found = {
        word
        for test in sets["weat"]
        for side in ("targets", "attributes")
        for s in test[side].values()
        for word in s
    }
    found |= {word for pair in sets["pairs"] for word in pair}
    found |= {word for kind in ("religions", "nationalities") for s in sets[kind].values() for word in s}
    found |= {occupation.name for occupation in lexicon.occupations()}
    return frozenset(found | {word for side in _polar() for word in side})


def rows(found: Vectors) -> list[dict[str, Any]]:
    """All rows of the tests whose words are there."""
    return _run(found)[0]


def not_measured(found: Vectors) -> list[dict[str, str]]:
    """Members of `not_measured`: the tests that were refused, with the words they lack."""
    return _run(found)[1]


def names() -> tuple[str, ...]:
    """Of all tests, as `not_measured` calls them."""
    return tuple(_tests())


def _tests() -> dict[str, Callable[[Vectors], list[dict[str, Any]]]]:
    """The tests by name, in the order of their rows."""
    return {
        **{
            f"{test['name']}: {test['title']}": functools.partial(_weat, test=test)
            for test in word_sets()["weat"]
        },
        "wefat, rnd and ripa of occupations": _occupations,
        "mac and ect of religions": _religions,
        **{f"rnsb of {kind}": functools.partial(_rnsb, kind=kind) for kind in ("religions", "nationalities")},
    }


def _run(found: Vectors) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    result: list[dict[str, Any]] = []
    refused = []
    for name, test in _tests().items():
        try:
            result += test(found)
        except MissingWordsError as reason:
            refused.append({"what": name, "why": str(reason)})
    ran = [line for line in result if line["measure"] == "weat"]
    for line, adjusted in zip(ran, multiplicity.adjusted([line["p"] for line in ran]), strict=True):
        line["p_adjusted"] = p_value(adjusted)
    return result, refused


def _weat(found: Vectors, test: Mapping[str, Any]) -> list[dict[str, Any]]:
    (x, y, a, b), missing = _sets(found, {**test["targets"], **test["attributes"]})
    result = embeddings.weat(x, y, a, b)
    name = f"{test['name']}: {test['title']}"
    return [row("weat", None, word=name, value=result.d, p=result.p, count=result.splits, note=missing)]


def _occupations(found: Vectors) -> list[dict[str, Any]]:
    pairs = [pair for pair in word_sets()["pairs"] if not found.found(pair)[1]]
    known = [o for o in lexicon.occupations() if not found.found([o.name])[1]]
    absent = [pair for pair in word_sets()["pairs"] if pair not in pairs]
    if len(pairs) < len(word_sets()["pairs"]) * (1 - MOST_MISSING):
        message = f"missing: {', '.join('/'.join(pair) for pair in absent)}"
        raise MissingWordsError(message)
    (occupations,), missing = _sets(found, {"occupations": [o.name for o in lexicon.occupations()]})
    women, men = (found.matrix[found.found(side)[0]] for side in zip(*pairs, strict=True))
    effect = embeddings.wefat(occupations, women, men)
    lines = [
        row("wefat", None, word=o.name, value=value, expected=o.share_of_women, other=CENSUS)
        for o, value in zip(known, effect, strict=True)
    ]
    r = compare(effect.tolist(), [o.share_of_women for o in known])
    counted = {"count": len(known), "of": len(lexicon.occupations()), "note": missing}
    lines.append(row("wefat_correlation", None, value=r.r, low=r.low, high=r.high, other=CENSUS, **counted))
    lines.append(
        row("rnd", None, word="occupations", value=embeddings.rnd(occupations, women, men), **counted)
    )
    lines.append(
        row("ripa", None, word="occupations", value=embeddings.ripa(occupations, women, men), **counted)
    )
    return lines


def _religions(found: Vectors) -> list[dict[str, Any]]:
    names, groups, missing = _groups(found, "religions")
    attributes, _ = _sets(found, word_sets()["weat"][0]["attributes"])
    value = embeddings.mac(np.concatenate(groups), attributes)
    lines = [row("mac", None, word="religions, pleasant and unpleasant words", value=value, note=missing)]
    for i, name in enumerate(names):
        others = np.concatenate([group for k, group in enumerate(groups) if k != i])
        value = embeddings.ect(np.concatenate(attributes), groups[i], others)
        lines.append(
            row("ect", name, other="other religions", word="pleasant and unpleasant words", value=value)
        )
    return lines


def _rnsb(found: Vectors, kind: str) -> list[dict[str, Any]]:
    names, groups, missing = _groups(found, kind)
    positive, negative = (found.matrix[found.found(side)[0]] for side in _polar())
    if min(len(positive), len(negative)) < 50:
        message = (
            f"{len(positive)} positive and {len(negative)} negative words are there; 50 of each are needed"
        )
        raise MissingWordsError(message)
    value, shares = embeddings.rnsb(np.stack([group.mean(axis=0) for group in groups]), positive, negative)
    lines = [row("rnsb", None, word=kind, value=value, count=len(names), note=missing)]
    for name, share in zip(names, shares, strict=True):
        lines.append(row("rnsb", name, word=kind, value=share, expected=1 / len(names)))
    return lines


def _groups(found: Vectors, kind: str) -> tuple[list[str], list[Numbers], str | None]:
    """(groups that have a word, the vectors of each, "missing: ..." or None).

    Raises:
        MissingWordsError: more than a fifth of the groups have none.
    """
    sets: Sets = word_sets()[kind]
    rows = {name: found.found(members)[0] for name, members in sets.items()}
    absent = [name for name, there in rows.items() if not there]
    note = f"missing: {', '.join(absent)}" if absent else None
    if len(absent) > MOST_MISSING * len(sets):
        message = f"no word of {len(absent)} of {len(sets)} groups ({', '.join(absent)})"
        raise MissingWordsError(message)
    names = [name for name, there in rows.items() if there]
    return names, [found.matrix[rows[name]] for name in names], note


def _sets(found: Vectors, sets: Sets) -> tuple[list[Numbers], str | None]:
    """(vectors of each set, "missing: ..." or None).

    Raises:
        MissingWordsError: too much of a set is missing.
    """
    matrices, missing, bad = [], [], []
    for name, members in sets.items():
        rows, absent = found.found(members)
        missing += absent
        matrices.append(found.matrix[rows])
        if len(absent) > MOST_MISSING * len(members):
            bad.append(f"{name} lacks {len(absent)} of {len(members)} words ({', '.join(absent)})")
    if bad:
        message = "; ".join(bad)
        raise MissingWordsError(message)
    return matrices, f"missing: {', '.join(missing)}" if missing else None


@functools.cache
def _polar() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Clearly positive and clearly negative words."""
    valences = sorted(lexicon.valences().items())
    return (
        tuple(word for word, valence in valences if valence >= POLAR),
        tuple(word for word, valence in valences if valence <= -POLAR),
    )

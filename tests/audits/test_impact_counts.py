"""Counts of impact against a twin that looks at one document after the other."""

import time
from collections import Counter
from itertools import product
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits import impact_counts
from audits.impact_counts import COUNTS, Strata
from filters.checks import Firing
from schemas.ledger import Verdict
from tests.audits import simulated

ABOVE = {"geography/nigeria": ["geography/africa"], "religion/catholicism": ["religion/christianity"]}
GROUPS = [
    *("gender/men", "gender/women", "geography/africa", "geography/france", "geography/nigeria"),
    *("religion/catholicism", "religion/christianity"),
]
CHECKS = [("a/1", "one"), ("a/1", "two"), ("b/2", "three")]
STRATA = Strata(("web", "news"), ("en",), (100, 1000))
DOCUMENTS = st.fixed_dictionaries(
    {
        "verdict": st.sampled_from([Verdict.KEEP, Verdict.DROP, Verdict.ERROR]),
        "source": st.sampled_from(["web", "news", "forum", "mail"]),
        "language": st.sampled_from(["en", "fr", None]),
        "chars": st.sampled_from([0, 99, 100, 999, 1000, 5000]),
        "groups": st.sets(st.sampled_from(GROUPS)).map(
            lambda groups: sorted(groups.union(*(ABOVE.get(group, []) for group in groups)))
        ),
        # of each check: not measured, measured, would review, would remove
        "state": st.tuples(*[st.integers(0, 3)] * len(CHECKS)),
    }
)


def batch_of(documents: list[dict[str, Any]]) -> tuple[pa.RecordBatch, list[tuple[str, Firing]]]:
    names = ("groups", "verdict", "source", "language", "chars")
    rows = simulated.ledger(*([document[name] for document in documents] for name in names))
    states = np.array([document["state"] for document in documents]).reshape(-1, len(CHECKS))
    firings = []
    for (rule, reason), state in zip(CHECKS, states.T, strict=True):
        score = np.where(state == 0, np.nan, state)
        firings.append((rule, Firing(reason, state == 3, state == 2, score, 2.5, 1.5)))
    return rows, firings


def count(documents: list[dict[str, Any]]) -> pa.Table:
    return impact_counts.count(*batch_of(documents), STRATA)


def twin(documents: list[dict[str, Any]]) -> Counter[tuple[str, ...]]:
    """The same counts, document by document."""
    counts: Counter[tuple[str, ...]] = Counter()
    for document in documents:
        if document["verdict"] == Verdict.ERROR:
            continue
        groups = document["groups"]
        axes = sorted({group.split("/")[0] for group in groups})
        pairs = [
            f"{first}*{second}"
            for names in (groups, axes)
            for first, second in product(names, names)
            if first.split("/")[0] < second.split("/")[0]
        ]
        bucket = ("0-99", "100-999", "1000-")[sum(document["chars"] >= bound for bound in STRATA.lengths)]
        source = document["source"] if document["source"] in STRATA.sources else "other"
        language = document["language"] if document["language"] in STRATA.languages else "other"
        stratum = f"{source}\t{language}\t{bucket}"
        singles = [*groups, *axes]
        places = [("", ""), *((single, "") for single in singles)]
        places_of_rules = [*places, *((pair, "") for pair in pairs), *((s, stratum) for s in singles)]
        for place in places_of_rules:
            counts["", "", *place, "documents"] += 1
        state = dict(zip(CHECKS, document["state"], strict=True))
        decider = next(
            (check for wanted in (3, 2) for check in CHECKS if state[check] == wanted), (None, None)
        )
        for check in CHECKS:
            for place in places:
                counts[*check, *place, "unmeasured"] += state[check] == 0
                counts[*check, *place, "fired"] += state[check] >= 2
                counts[*check, *place, "decided"] += check == decider
        for rule in ("a/1", "b/2"):
            of_rule = [state[check] for check in CHECKS if check[0] == rule]
            for place in places_of_rules:
                counts[rule, "", *place, "unmeasured"] += max(of_rule) == 0
                counts[rule, "", *place, "fired"] += max(of_rule) >= 2
                counts[rule, "", *place, "decided"] += rule == decider[0]
    return +counts


@given(st.lists(DOCUMENTS, max_size=30))
def test_counts_equal_those_of_a_plain_loop(documents: list[dict[str, Any]]) -> None:
    rows = count(documents).to_pylist()
    found = {tuple(row[name] for name in COUNTS.names[:-1]): row["count"] for row in rows}
    on = {key for key, n in found.items() if n == 0}
    assert on <= {(*check, "", "", "fired") for check in [*CHECKS, ("a/1", ""), ("b/2", "")]}
    assert {key: n for key, n in found.items() if n} == twin(documents)


@given(st.lists(DOCUMENTS, min_size=1, max_size=30), st.data())
def test_any_split_in_any_order_gives_the_same_table(
    documents: list[dict[str, Any]], data: st.DataObject
) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(0, len(documents)), max_size=5)))
    parts = [documents[i:j] for i, j in zip([0, *cuts], [*cuts, len(documents)], strict=True)]
    tables = data.draw(st.permutations([count(part) for part in parts]))
    half = data.draw(st.integers(0, len(tables)))
    grouped = impact_counts.merge([impact_counts.merge(tables[:half]), impact_counts.merge(tables[half:])])
    assert grouped.equals(count(documents))
    assert impact_counts.merge(tables).equals(grouped)


def test_without_filters_mentions_are_counted_all_the_same() -> None:
    rows = simulated.ledger([["gender/men"], [], ["gender/men", "geography/france"]])
    found = impact_counts.count(rows, [], STRATA).to_pylist()
    assert {row["measure"] for row in found} == {"documents"}
    assert {row["group"]: row["count"] for row in found if row["stratum"] == ""} == {
        "": 3,
        "gender": 2,
        "gender/men": 2,
        "geography": 1,
        "geography/france": 1,
        "gender*geography": 1,
        "gender/men*geography/france": 1,
    }


def test_no_documents_and_no_checks_give_an_empty_table() -> None:
    nothing = impact_counts.count(simulated.ledger([]), [], STRATA)
    assert nothing.schema == COUNTS
    assert nothing.num_rows == 0
    assert impact_counts.merge([]).num_rows == 0


def test_the_largest_sources_and_languages_are_told_apart() -> None:
    strata = impact_counts.largest(
        {"a": 5, "b": 9, "c": 9}, {"en": 3, "fr": 4}, most_sources=2, most_languages=1
    )
    assert strata.sources == ("b", "c")
    assert strata.languages == ("fr",)


@pytest.mark.alone
def test_sixty_thousand_documents_and_sixty_checks_take_less_than_half_a_second() -> None:
    random = np.random.default_rng(0)
    names = np.array([f"axis_{i % 8}/group_{i}" for i in range(320)])
    chance = 1 / np.arange(1, 321) ** 1.2
    groups = [
        sorted(set(random.choice(names, size, p=chance / chance.sum()).tolist()))
        for size in random.poisson(1, 65_000)
    ]
    rows = simulated.ledger(
        groups,
        source=random.choice(["a", "b", "c", "d"], 65_000).tolist(),
        chars=random.lognormal(6, 2, 65_000).astype(int).tolist(),
    )
    firings = [
        (f"rule_{i // 6}/1", simulated.firing(f"reason_{i}", random.random(65_000) < 0.02)) for i in range(60)
    ]
    strata = Strata(("a", "b", "c"), ("en",))
    impact_counts.count(rows, firings, strata)
    began = time.process_time()
    impact_counts.count(rows, firings, strata)
    assert time.process_time() - began < 0.5

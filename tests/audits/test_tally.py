"""The combiner behind every count: associative, commutative, to the bit."""

import datetime as dt
from collections import Counter
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from audits import statistics, tally

names = st.sampled_from(["", "a", "b", "ab", "é", "日本", "z/1"])
rows = st.lists(st.tuples(names, names, names, names, st.integers(-(2**40), 2**40)), max_size=12)
tables = rows.map(
    lambda found: (
        pa.table(dict(zip(tally.COUNTS.names, zip(*found, strict=True), strict=True)), schema=tally.COUNTS)
        if found
        else tally.empty()
    )
)


def bits(table: pa.Table) -> bytes:
    """The table as one batch on a wire."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        for batch in table.combine_chunks().to_batches():
            writer.write_batch(batch)
    return sink.getvalue().to_pybytes()


@given(tables, tables)
def test_merge_is_commutative_to_the_bit(one: pa.Table, two: pa.Table) -> None:
    assert bits(tally.merge([one, two])) == bits(tally.merge([two, one]))


@given(tables, tables, tables)
def test_merge_is_associative_to_the_bit(one: pa.Table, two: pa.Table, three: pa.Table) -> None:
    left = tally.merge([tally.merge([one, two]), three])
    right = tally.merge([one, tally.merge([two, three])])
    assert bits(left) == bits(right) == bits(tally.merge([three, one, two]))


@given(tables)
def test_merge_has_an_identity_and_is_idempotent_on_one_table(table: pa.Table) -> None:
    once = tally.merge([table])
    assert bits(tally.merge([once])) == bits(once)
    assert bits(tally.merge([once, tally.empty()])) == bits(once)
    assert tally.merge([]).equals(tally.empty())


@given(tables, tables)
def test_merge_adds_what_has_one_key(one: pa.Table, two: pa.Table) -> None:
    expected: Counter[tuple[str, ...]] = Counter()
    for row in [*one.to_pylist(), *two.to_pylist()]:
        expected[tuple(row[key] for key in tally.KEYS)] += row["count"]
    merged = tally.merge([one, two]).to_pylist()
    found = {tuple(row[key] for key in tally.KEYS): row["count"] for row in merged}
    assert found == expected
    assert list(found) == sorted(found, key=lambda key: [part.encode() for part in key])


# What is counted. Any grouping of the documents gives the same counts.

documents = st.lists(
    st.fixed_dictionaries(
        {
            "source": st.sampled_from(["news", "web"]),
            "language": st.sampled_from(["en", "ja", "und"]),
            "timestamp": st.sampled_from(
                [
                    None,
                    dt.datetime(2019, 5, 1, tzinfo=dt.UTC),
                    dt.datetime(2024, 12, 31, 23, 59, tzinfo=dt.UTC),
                ]
            ),
            "url": st.sampled_from(
                [
                    None,
                    "https://a.example.co.uk/x",
                    "http://b.example.co.uk:8080",
                    "mailto:x@y.z",
                    "https://[::1]/",
                    "no url",
                ]
            ),
            "characters": st.integers(0, 10**9),
            "bytes": st.integers(0, 10**9),
            "kept": st.booleans(),
            "shorter": st.integers(0, 10),
        }
    ),
    max_size=10,
)
SIZED = pa.schema(
    [
        ("source", pa.string()),
        ("language", pa.string()),
        ("timestamp", pa.timestamp("ms", "UTC")),
        ("url", pa.string()),
        ("characters", pa.int64()),
        ("bytes", pa.int64()),
        ("kept", pa.bool_()),
        ("kept_characters", pa.int64()),
        ("kept_bytes", pa.int64()),
    ]
)


def sized(found: list[dict[str, Any]]) -> pa.Table:
    """Documents for `sizes`, in one chunk or none; what is kept lost some characters."""
    rows = [
        row
        | {
            f"kept_{name}": row[name] - row["shorter"] if row["kept"] else None
            for name in ("characters", "bytes")
        }
        for row in found
    ]
    return pa.Table.from_pylist(rows, SIZED)


@given(documents, st.integers(0, 10))
def test_sizes_of_the_parts_sum_to_those_of_the_whole(found: list[dict[str, Any]], cut: int) -> None:
    whole = tally.merge([tally.sizes(sized(found))])
    parts = tally.merge([tally.sizes(sized(found[:cut])), tally.sizes(sized(found[cut:]))])
    assert bits(whole) == bits(parts)


@given(documents)
def test_sizes_conserve_documents_characters_and_bytes(found: list[dict[str, Any]]) -> None:
    stats = statistics.statistics(tally.merge([tally.sizes(sized(found))]))
    for side, expected in (("read", found), ("kept", [row for row in found if row["kept"]])):
        total = stats["total"][side]
        assert total["documents"] == len(expected)
        for name in ("characters", "bytes"):
            lost = sum(row["shorter"] for row in expected) if side == "kept" else 0
            assert total[name] == sum(row[name] for row in expected) - lost
        for kind in ("source", "language", "year"):
            for name, size in total.items():
                assert sum(group[side][name] for group in stats[kind].values()) == size, (kind, name)
        with_host = [row for row in expected if (row["url"] or "").startswith("http")]
        assert sum(group[side]["documents"] for group in stats["region"].values()) == len(with_host)


def test_rules_count_fired_decided_alone_and_not_measured() -> None:
    checks = [("a/1", "x"), ("a/1", "y"), ("b/1", "z")]
    fired = np.array([[1, 1, 0], [0, 0, 1], [1, 0, 1], [0, 0, 0]], bool)
    measured = np.array([[1, 1, 1], [1, 0, 1], [1, 1, 1], [0, 0, 0]], bool)
    decided = [pa.array(["a/1", "b/1", "a/1", None]), pa.array(["x", "z", "x", None])]
    table = tally.merge([tally.rules(checks, fired, measured, decided)])
    found = {(row["rule"], row["reason"]): row for row in statistics.statistics(table)["rules"]}
    assert found == {
        (rule, reason): {
            "rule": rule,
            "reason": reason,
            "fired": f,
            "decided": d,
            "only": o,
            "not_measured": n,
        }
        for rule, reason, f, d, o, n in [
            ("a/1", None, 2, 2, 1, 1),  # only: no other rule fired, whichever of its own reasons
            ("a/1", "x", 2, 2, 0, 1),
            ("a/1", "y", 1, 0, 0, 2),
            ("b/1", None, 2, 1, 1, 1),
            ("b/1", "z", 2, 1, 1, 1),
        ]
    }


def test_counts_give_every_verdict_and_errors_by_rule() -> None:
    source = pa.array(["a", "a", "b", "b", "b"])
    verdict = pa.array(["keep", "error", "drop", "keep", "error"])
    errors = tally.errors(pa.array(["bad_json", "too_large"]), pa.array([None, 70], pa.int64()))
    table = tally.merge([tally.records(source, verdict), errors])
    found = statistics.counts(table)
    assert found == {
        "read": 5,
        "keep": 2,
        "drop": 1,
        "review": 0,
        "error": 2,
        "by_rule": {"input/1": 2},
        "by_source": {
            "a": {"read": 2, "keep": 1, "drop": 0, "review": 0, "error": 1},
            "b": {"read": 3, "keep": 1, "drop": 1, "review": 0, "error": 1},
        },
    }
    assert statistics.statistics(table)["unread_bytes"] == 70


def test_domains_beyond_the_largest_are_summed_as_one() -> None:
    found = [
        {
            "source": "w",
            "language": "en",
            "timestamp": None,
            "url": f"https://d{i}.com/",
            "characters": i,
            "bytes": i,
            "kept": True,
            "shorter": 0,
        }
        for i in range(1_003)
    ]
    found.append(found[7])
    stats = statistics.statistics(tally.merge([tally.sizes(sized(found))]))
    assert (len(stats["domain"]), stats["domains"]) == (1_000, 1_003)
    assert stats["domain"]["d7.com"]["read"]["documents"] == 2
    assert stats["domain_other"]["read"]["documents"] == 3
    assert list(stats["domain"]) == sorted(stats["domain"])

"""Who is in the corpus: by hand, against a plain count, and in any split."""

import itertools
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xxhash
from hypothesis import given, settings
from hypothesis import strategies as st

from audits import axes, domains, pronouns, regions, representation, representation_row, sampling
from audits.clusters import per_million
from audits.representation_counts import BUCKETS, lexicon_of
from filters import group_lexicons, groups
from schemas.populations import populations

LEDGER = pa.schema(
    [
        ("verdict", pa.string()),
        ("source", pa.string()),
        ("language", pa.string()),
        ("groups", pa.list_(pa.string())),
    ]
)
DOCUMENTS = pa.schema([(name, pa.string()) for name in ("doc_id", "text", "source", "url", "language")])
EVERY = sampling.threshold(1, 1)


def ledger(rows: Sequence[tuple[str, str, str | None, list[str]]]) -> pa.RecordBatch:
    columns = zip(*rows, strict=True) if rows else [[]] * len(LEDGER)
    return pa.RecordBatch.from_pydict(dict(zip(LEDGER.names, map(list, columns), strict=True)), schema=LEDGER)


def documents(rows: Sequence[tuple[str, str, str | None, str]]) -> pa.RecordBatch:
    """Of (text, source, url, language); doc_id is a hash of the place."""
    named = [(xxhash.xxh3_128_hexdigest(str(i).encode()), *row) for i, row in enumerate(rows)]
    return pa.RecordBatch.from_pylist(
        [dict(zip(DOCUMENTS.names, row, strict=True)) for row in named], schema=DOCUMENTS
    )


def told(rows: list[dict[str, Any]], **wanted: Any) -> dict[str, Any]:
    """The one row that has these values."""
    (found,) = [row for row in rows if all(row[key] == value for key, value in wanted.items())]
    return found


def rows_of(
    ledgers: pa.RecordBatch | None = None, texts: pa.RecordBatch | None = None, **statistics: Any
) -> list[dict[str, Any]]:
    tables = [representation.count_ledger(ledgers)] if ledgers else []
    tables += [representation.count_documents(texts, EVERY)] if texts else []
    return representation.rows(representation.merge(tables), statistics)


NIGERIA = [
    "geography/africa",
    "geography/nigeria",
    "geography/sub_saharan_africa",
    "geography/western_africa",
]
JAPAN = ["geography/asia", "geography/eastern_asia", "geography/japan"]
CORPUS = [
    ("keep", "news", "en", NIGERIA),
    ("keep", "news", "en", [*NIGERIA, *JAPAN]),
    ("keep", "web", "en", JAPAN),
    ("drop", "web", "en", NIGERIA),
    ("review", "web", "fr", ["gender/women"]),
    ("keep", "web", "fr", []),
    ("keep", "web", "ko", []),  # no lexicon
    ("error", "web", None, []),
]


def test_shares_by_the_convention_of_llama_2() -> None:
    # Touvron et al. 2023, table 9b: an axis' figure is the share of documents that mention any of its groups,
    # a group's the share of these that mention it; shares of one axis need not sum to 1.
    rows = rows_of(ledger(CORPUS))
    for side, count, mentioning in (("before", 3, 4), ("after", 2, 3)):
        row = told(rows, measure="axis_share", group="geography/nigeria", side=side)
        assert (row["count"], row["of"], row["value"]) == (count, mentioning, round(count / mentioning, 6))
        assert row["low"] < row["value"] < row["high"]
        assert row["expected"] == round(populations()["world_countries"].shares["nigeria"], 6)
    row = told(rows, measure="axis_share", group="geography/japan", side="after")
    assert row["value"] == round(2 / 3, 6)


def test_document_rates_leave_out_languages_without_a_lexicon() -> None:
    rows = rows_of(ledger(CORPUS))
    row = told(rows, measure="document_rate", group="geography/nigeria", side="before")
    assert (row["count"], row["of"], row["value"]) == (3, 6, 0.5)  # not the Korean document, nor the error
    row = told(rows, measure="document_rate", group="race_ethnicity/black", side="before")
    assert (row["count"], row["of"], row["value"]) == (0, 4, 0.0)  # its lexicon is English
    row = told(rows, measure="document_rate", group="gender/women", side="after")
    assert (row["count"], row["of"]) == (0, 4)  # in review is not kept


def test_an_axis_without_a_lexicon_is_null_and_says_so() -> None:
    rows = rows_of(ledger([("keep", "s", "ko", [])]))
    for row in rows:
        if row["measure"] in ("document_rate", "axis_share"):
            assert row["value"] is row["low"] is row["high"] is None
            assert "lexicon" in row["note"]


def test_why_a_value_is_null_is_told() -> None:
    dropped = rows_of(ledger([("drop", "s", "en", ["gender/women"])]))
    for side, note in (("before", None), ("after", "no document")):
        assert told(dropped, measure="axis_share", group="gender/women", side=side)["note"] == note
    row = told(dropped, measure="axis_share", group="geography/nigeria", side="before")
    assert (row["value"], row["note"]) == (None, "no document mentions a group of this axis")
    assert {row["note"] for row in dropped if row["measure"] == "token_rate"} == {"no document"}


def test_distances_compare_one_level() -> None:
    rows = rows_of(ledger(CORPUS))
    row = told(rows, measure="distance", key="entropy_ratio", axis="geography", side="after")
    assert row["count"] == 4  # Nigeria twice and Japan twice; not their continents
    assert row["note"].startswith("242 groups, 4 mentions")
    world = populations()["world_countries"].shares
    row = told(rows, measure="distance", key="tv_world_countries", side="after")
    assert row["value"] == pytest.approx(1 - world["nigeria"] - world["japan"], abs=1e-6)
    assert 0.7 < row["expected"] < 0.8  # what four mentions drawn from the world would show
    row = told(rows, measure="distance", key="tv_world_continents", side="before")
    continents = populations()["world_continents"].shares
    assert row["value"] == pytest.approx(
        3 / 5 - continents["africa"] + max(0, 2 / 5 - continents["asia"]), abs=1e-6
    )
    assert told(rows, measure="distance", key="tv_uniform", axis="age", side="after")["value"] is None


def test_a_group_that_a_dialect_model_finds_is_of_english_documents() -> None:
    rows = rows_of(ledger([("keep", "s", "en", ["dialect/white"]), ("keep", "s", "de", [])]))
    row = told(rows, measure="document_rate", group="dialect/white", side="after")
    assert (row["count"], row["of"]) == (1, 1)
    assert not [row for row in rows if row["measure"] == "distance" and row["axis"] == "dialect"]


def test_pronouns_beside_those_of_llama_2() -> None:
    texts = ["She met him", "they came", "it rains", "Nothing here", "sie kam"]
    rows = rows_of(None, documents([(t, "s", None, "de" if t == "sie kam" else "en") for t in texts]))
    row = told(rows, measure="pronoun_rate", key="she")
    assert (row["count"], row["of"], row["value"], row["expected"]) == (1, 4, 0.25, round(0.2845 * 0.7523, 6))
    row = told(rows, measure="pronoun_share", key="she")
    assert (row["count"], row["of"], row["value"], row["expected"]) == (1, 2, 0.5, 0.2845)
    row = told(rows, measure="pronoun_rate", key="any_gendered")
    assert (row["count"], row["value"], row["expected"]) == (2, 0.5, 0.7523)
    row = told(rows, measure="pronoun_share", key="third")
    assert (row["count"], row["of"], row["expected"]) == (3, 3, 0.9307)
    row = told(rows, measure="pronoun_rate", key="not_applicable")
    assert (row["count"], row["of"]) == (1, 5)


# Gender-GAP's figures for FLORES devtest, English: matches of 23,211 words, in per cent.
@pytest.mark.parametrize(("matches", "per_cent"), [(15, 0.0646), (28, 0.1206), (88, 0.3791)])
def test_token_rates_are_those_of_gender_gap(matches: int, per_cent: float) -> None:
    assert per_million(matches, 23_211) == pytest.approx(1e4 * per_cent, abs=0.5)
    assert round((per_million(matches, 23_211) or 0) / 1e4, 4) == per_cent
    assert per_million(1, 0) is None


def test_token_rates_count_mentions_by_words_of_languages_with_a_lexicon() -> None:
    rows = rows_of(
        None,
        documents(
            [
                ("Nigerian women met a Nigerian man", "s", None, "en"),
                ("Die Frau kam", "s", None, "de"),
                ("여자 남자", "s", None, "ko"),
            ]
        ),
    )
    row = told(rows, measure="token_rate", group="geography/nigeria")
    assert (row["count"], row["of"], row["value"]) == (2, 9, round(2e6 / 9, 6))
    assert told(rows, measure="token_rate", group="geography/africa")["count"] == 2
    assert told(rows, measure="token_rate", group="race_ethnicity/black")["of"] == 6
    assert told(rows, measure="token_rate", group="gender/women")["count"] == 2
    assert row["low"] is None
    assert "too few" in row["note"]


def sites(number: int) -> pa.RecordBatch:
    """Documents of some sites, that say `he` and `she` and mention men and women, each in its own measure."""
    chance = random.Random(3)
    rows = []
    for site in range(number):
        for page in range(4):
            words = chance.choices(
                ["he", "she", "men", "women", "tree"], weights=[3, 2, 2, 1, site % 5 + 1], k=50
            )
            rows.append((" ".join(words), "web", f"https://www.site{site}.co.uk/{page}", "en"))
    return documents(rows)


def test_the_gender_gap_has_an_interval_by_sites() -> None:
    texts = sites(60)
    rows = rows_of(None, texts)
    words = Counter(word for text in texts.column("text").to_pylist() for word in text.split())
    row = told(rows, measure="gender_gap", key="pronouns")
    he, she = words["he"], words["she"]
    assert (row["count"], row["of"], row["value"]) == (he, he + she, round((he - she) / (he + she), 6))
    assert row["low"] < row["value"] < row["high"]
    assert "sample of 240 documents; 5" in row["note"]  # 60 sites, less those that share a cluster
    row = told(rows, measure="gender_ratio", key="nouns")
    assert row["value"] == round(words["men"] / words["women"], 6)
    assert row["low"] < row["value"] < row["high"]


def test_with_few_sites_documents_are_the_clusters() -> None:
    rows = rows_of(None, sites(3))
    row = told(rows, measure="gender_gap", key="pronouns")
    assert "3 sites or sources, so documents are drawn as if independent" in row["note"]
    assert row["low"] < row["value"] < row["high"]


def test_without_groups_only_the_rest_is_told() -> None:
    table = representation.merge(
        [representation.count_ledger(ledger(CORPUS)), representation.count_documents(sites(2), EVERY)]
    )
    rows = representation.rows(table, {}, mentions=False)
    assert {row["measure"] for row in rows} == {
        "pronoun_rate",
        "pronoun_share",
        "gender_gap",
        "gender_ratio",
        "language_share",
        "source_share",
    }
    assert {row["key"] for row in rows if row["measure"] == "gender_gap"} == {"pronouns"}
    (first, *_) = representation.not_measured(table, {}, mentions=False)
    assert "groups.enabled" in first["why"]


def test_languages_sources_years_and_regions() -> None:
    def volume(read: int, kept: int) -> dict[str, dict[str, int]]:
        return {"read": {"documents": read}, "kept": {"documents": kept}}

    rows = rows_of(
        ledger(CORPUS),
        year={"2024": volume(3, 1), "2019": volume(1, 0), "unknown": volume(4, 3)},
        region={"kenya": volume(1, 1), "unknown": volume(3, 0)},
    )
    assert told(rows, measure="language_share", key="en", side="before")["value"] == round(4 / 7, 6)
    assert told(rows, measure="source_share", key="news", side="after")["value"] == 0.4
    assert told(rows, measure="year_share", key="2019", side="before")["value"] == 0.125
    years = [row["key"] for row in rows if row["measure"] == "year_share" and row["side"] == "after"]
    assert years == ["2019", "2024", "unknown"]
    row = told(rows, measure="region_share", key="kenya", side="before")
    assert (row["group"], row["value"]) == ("geography/kenya", 0.25)
    assert row["expected"] == round(populations()["world_countries"].shares["kenya"], 6)
    assert told(rows, measure="region_share", key="unknown", side="after")["value"] == 0


def test_beyond_the_largest_sources_is_one_row() -> None:
    many = [("keep", f"s{i:03}", "en", []) for i in range(250)] + [("keep", "s249", "en", [])]
    rows = [row for row in rows_of(ledger(many)) if row["measure"] == "source_share"]
    assert len(rows) == 2 * 201
    assert rows[0]["key"] == "s249"
    assert (rows[-1]["key"], rows[-1]["count"], rows[-1]["note"]) == (None, 50, "50 more")
    assert sum(row["count"] for row in rows if row["side"] == "after") == 251


def test_what_was_not_measured_is_told_with_its_reason() -> None:
    table = representation.merge(
        [
            representation.count_ledger(ledger(CORPUS)),
            representation.count_documents(documents([("a", "s", None, "fr")]), EVERY),
        ]
    )
    found = {row["what"]: row["why"] for row in representation.not_measured(table, {})}
    assert found["representation of `geography`"].startswith("1 of 7 documents")
    assert found["representation of `disability`"].startswith("3 of 7 documents")
    assert found["pronouns"].startswith("1 of 1 documents")
    assert {"years", "regions by web address"} <= set(found)


def test_an_empty_corpus_has_rows_of_nothing() -> None:
    for rows in (rows_of(ledger([]), documents([])), representation.rows(representation.merge([]), {})):
        assert all(row["value"] is None for row in rows)
        assert all(list(row) == list(representation_row.KEYS) for row in rows)
        assert {"document_rate", "axis_share", "token_rate", "distance"} <= {row["measure"] for row in rows}


def test_empty_texts_and_nuls_are_counted() -> None:
    table = representation.count_documents(
        documents([("", "s", None, "und"), ("\x00\x00she\x00", "", "no url", "en"), ("she", "s", "", "en")]),
        EVERY,
    )
    row = told(representation.rows(table, {}), measure="pronoun_rate", key="she")
    assert (row["count"], row["of"]) == (2, 2)


# Against a plain count.

names = st.sampled_from(
    ["geography/nigeria", "geography/africa", "gender/men", "gender/women", "dialect/white"]
)
ledger_rows = st.lists(
    st.tuples(
        st.sampled_from(["keep", "drop", "review", "error"]),
        st.sampled_from(["news", "web", ""]),
        st.sampled_from(["en", "ko", "und", None]),
        st.lists(names, max_size=4, unique=True).map(sorted),
    ),
    max_size=12,
)


def plain_ledger(rows: list[tuple[str, str, str | None, list[str]]]) -> Counter[tuple[str, str, str, str]]:
    found: Counter[tuple[str, str, str, str]] = Counter()
    for verdict, source, language, mentioned in rows:
        if verdict == "error":
            continue
        for side in ("before", "after") if verdict == "keep" else ("before",):
            found["who_documents", "", "", side] += 1
            found["who_source", source, "", side] += 1
            found["who_language", language or "und", "", side] += 1
            for name in mentioned:
                found["who_group", name, "", side] += 1
            for axis in {name.partition("/")[0] for name in mentioned}:
                found["who_axis", axis, "", side] += 1
    return found


def as_counter(table: pa.Table) -> Counter[tuple[str, str, str, str]]:
    return +Counter(
        {(row["kind"], row["key"], row["detail"], row["measure"]): row["count"] for row in table.to_pylist()}
    )


@given(ledger_rows)
def test_the_ledger_is_counted_as_a_plain_loop_would(
    rows: list[tuple[str, str, str | None, list[str]]],
) -> None:
    assert as_counter(representation.count_ledger(ledger(rows))) == plain_ledger(rows)


texts = st.lists(
    st.sampled_from(["she", "He", "they", "Nigerian", "women", "a man", "Frauen", "tree", "\x00", "it's"]),
    max_size=6,
).map(" ".join)
document_rows = st.lists(
    st.tuples(
        texts,
        st.sampled_from(["news", "web"]),
        st.sampled_from([None, "https://a.example.com/x", "https://b.example.com", "http://x.org"]),
        st.sampled_from(["en", "de", "und", "ko"]),
    ),
    max_size=8,
)


def plain_documents(batch: pa.RecordBatch, threshold: str) -> Counter[tuple[str, str, str, str]]:
    found: Counter[tuple[str, str, str, str]] = Counter()
    for row in batch.to_pylist():
        text, language = pa.array([row["text"]]), pa.array([row["language"]])
        counted = pronouns.count(text, language)
        found["who_pronoun", "" if row["language"] == "en" else "other", "", "documents"] += 1
        for name in pronouns.CLASSES:
            found["who_pronoun", name, "", "documents"] += int(counted.has(name)[0])
        if row["doc_id"] >= threshold:
            continue
        found["who_sample", "", "", "documents"] += 1
        (domain,) = domains.of_hosts(regions.hosts(pa.array([row["url"]], pa.string()))).to_pylist()
        for kind, name in (("site", domain or row["source"] + "\n"), ("document", row["doc_id"])):
            cluster = f"{kind} {xxhash.xxh3_64_intdigest(name.encode()) % BUCKETS:03}"
            found["who_words", cluster, lexicon_of(row["language"]), "words"] += int(counted.words[0])
            for list_name in ("he", "she"):
                words = int(counted.counts[0, pronouns.WORDS.index(list_name)])
                found["who_pronouns", cluster, list_name, "words"] += words
            for group in groups.matches(text, language).column("group").to_pylist():
                for above in group_lexicons.groups()[group]:
                    found["who_mentions", cluster, above, "mentions"] += 1
    return +found


@given(document_rows, st.sampled_from([EVERY, "8" + "0" * 31, "0" * 32]))
def test_documents_are_counted_as_a_plain_loop_would(
    rows: list[tuple[str, str, str | None, str]], threshold: str
) -> None:
    batch = documents(rows)
    assert as_counter(representation.count_documents(batch, threshold)) == plain_documents(batch, threshold)


# Any split gives the same table, to the bit, and so the same rows.


def bits(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        for batch in table.combine_chunks().to_batches():
            writer.write_batch(batch)
    return sink.getvalue().to_pybytes()


@settings(max_examples=25)
@given(
    ledger_rows, document_rows, st.lists(st.integers(0, 12), max_size=3), st.randoms(use_true_random=False)
)
def test_any_split_gives_the_same_counts_and_rows(
    ledger_of: Any, documents_of: Any, cuts: list[int], chance: random.Random
) -> None:
    whole = [representation.count_ledger(ledger(ledger_of))]
    whole += [representation.count_documents(documents(documents_of), EVERY)]
    parts = []
    for batch, count in (
        (ledger(ledger_of), representation.count_ledger),
        (documents(documents_of), lambda part: representation.count_documents(part, EVERY)),
    ):
        ends = sorted({0, *(min(cut, len(batch)) for cut in cuts), len(batch)})
        parts += [count(batch.slice(a, b - a)) for a, b in itertools.pairwise(ends)]
    chance.shuffle(parts)
    half = len(parts) // 2
    joined = representation.merge([representation.merge(parts[:half]), representation.merge(parts[half:])])
    nonzero = joined.filter(pa.compute.greater(joined["count"], 0))
    expected = representation.merge(whole)
    assert bits(nonzero) == bits(expected.filter(pa.compute.greater(expected["count"], 0)))


def test_the_same_counts_in_another_order_give_the_same_rows() -> None:
    texts = sites(20)
    whole = [representation.count_ledger(ledger(CORPUS)), representation.count_documents(texts, EVERY)]
    parts = [representation.count_documents(texts.slice(i, 7), EVERY) for i in range(0, len(texts), 7)]
    rows = representation.rows(representation.merge([*reversed(parts), whole[0]]), {})
    assert rows == representation.rows(representation.merge(whole), {})


def test_real_text_is_counted(shared_data: Path) -> None:
    """17,740 real documents, as if all were kept: parts sum to the whole, and the report stays small."""
    folder = shared_data / "corpus" / "s30"
    (path,) = [p for p in sorted(folder.rglob("*.parquet")) if "text" in pq.read_schema(p).names][:1]
    table = pq.read_table(path).slice(0, 4_000)
    batch = pa.RecordBatch.from_pydict(
        {
            "doc_id": [xxhash.xxh3_128_hexdigest(name.encode()) for name in table["id"].to_pylist()],
            "text": table["text"].combine_chunks(),
            "source": table["source"].combine_chunks(),
            "url": table["url"].combine_chunks(),
            "language": pa.array(["en"] * len(table)),
        },
        schema=DOCUMENTS,
    )
    threshold = sampling.threshold(len(table), 2_000)
    parts = [representation.count_documents(batch.slice(i, 700), threshold) for i in range(0, 4_000, 700)]
    whole = representation.count_documents(batch, threshold)
    assert representation.merge(parts).equals(representation.merge([whole]))
    rows = representation.rows(whole, {})
    assert len(rows) < 2_500
    assert told(rows, measure="pronoun_rate", key="not_applicable")["count"] == 0
    row = told(rows, measure="gender_gap", key="pronouns")
    assert row["low"] <= row["value"] <= row["high"]


def test_every_group_has_its_rows_mentioned_or_not() -> None:
    rows = rows_of(ledger(CORPUS), sites(1))
    for measure, number in (("document_rate", 2), ("axis_share", 2), ("token_rate", 1)):
        found = Counter(row["group"] for row in rows if row["measure"] == measure)
        assert found == dict.fromkeys(groups.GROUPS, number)
    assert {row["axis"] for row in rows if row["measure"] == "distance"} == set(groups.AXES)
    assert axes.level("age")

"""Personal data counted from the ledger, against a twin that looks at one document after the other."""

from collections import Counter
from typing import Any

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from audits import personal_data
from schemas.ledger import EDITS, Verdict
from schemas.parameters import Pii

ENTITIES = ("EMAIL_ADDRESS", "PHONE_NUMBER", "C4_LINE")
DOCUMENTS = st.lists(
    st.fixed_dictionaries(
        {
            "verdict": st.sampled_from([Verdict.KEEP, Verdict.DROP]),
            "language": st.sampled_from(["en", "fr", None]),
            "source": st.sampled_from(["web", "mail"]),
            "edits": st.lists(st.sampled_from(ENTITIES), max_size=4),
            "hidden": st.integers(0, 2),
            "looked": st.booleans(),
        }
    ),
    max_size=12,
)


def spans(document: dict[str, Any]) -> int:
    """What the filter says it found: more than its edits where some lie in lines that are taken out."""
    return sum(entity != "C4_LINE" for entity in document["edits"]) + int(document["hidden"])


def ledger(documents: list[dict[str, Any]]) -> pa.RecordBatch:
    edits = [
        [{"entity": name, "start": i, "end": i + 1, "replacement": ""} for i, name in enumerate(one["edits"])]
        for one in documents
    ]
    signals = [{"pii_matches": spans(one) if one["looked"] else None} for one in documents]
    columns = {name: pa.array([one[name] for one in documents], pa.string()) for name in
               ("verdict", "language", "source")}  # fmt: skip
    columns["edits"] = pa.array(edits, EDITS)
    columns["signals"] = pa.array(signals, pa.struct([("pii_matches", pa.int32())]))
    return pa.RecordBatch.from_pydict(columns)


def twin(documents: list[dict[str, Any]]) -> Counter[tuple[str, ...]]:
    counts: Counter[tuple[str, ...]] = Counter()
    for one in documents:
        found: Counter[str] = Counter(name for name in one["edits"] if name != "C4_LINE")
        if not one["looked"]:
            continue
        if not spans(one):
            found.clear()
        for side in ("before", "after") if one["verdict"] == Verdict.KEEP else ("before",):
            for kind, key in (
                ("pii", ""),
                ("pii_language", one["language"] or "und"),
                ("pii_source", one["source"]),
            ):
                counts[kind, key, "", f"of_{side}"] += 1
                counts[kind, key, "", f"documents_{side}"] += bool(spans(one))
                counts[kind, key, "", f"spans_{side}"] += spans(one)
                for entity, number in found.items():
                    counts[kind, key, entity, f"documents_{side}"] += 1
                    counts[kind, key, entity, f"spans_{side}"] += number
    return +counts


def counted(table: pa.Table) -> Counter[tuple[str, ...]]:
    return +Counter({tuple(row.values())[:4]: row["count"] for row in table.to_pylist()})


@given(DOCUMENTS, st.integers(0, 12))
def test_counts_are_those_of_the_twin_however_the_ledger_is_cut(
    documents: list[dict[str, Any]], cut: int
) -> None:
    whole = personal_data.count(ledger(documents))
    assert counted(whole) == twin(documents)
    parts = [personal_data.count(ledger(part)) for part in (documents[cut:], documents[:cut])]
    assert personal_data.merge(parts).equals(personal_data.merge([whole]))


def test_rows_tell_spans_documents_what_replaces_them_and_what_has_no_entity() -> None:
    known = {"language": "en", "source": "web", "looked": True}
    documents = [
        known
        | {"verdict": Verdict.KEEP, "edits": ["EMAIL_ADDRESS", "EMAIL_ADDRESS", "C4_LINE"], "hidden": 3},
        known | {"verdict": Verdict.DROP, "edits": ["EMAIL_ADDRESS", "PHONE_NUMBER"], "hidden": 0},
        known | {"verdict": Verdict.KEEP, "edits": [], "hidden": 0, "source": "mail"},
        known | {"verdict": Verdict.DROP, "edits": ["PHONE_NUMBER"], "hidden": 0, "looked": False},
    ]
    settings = Pii(actions={"PHONE_NUMBER": "surrogate"}, key_fingerprint="00")
    found = personal_data.rows(personal_data.count(ledger(documents)), settings)
    whole, email, phone, *others = found
    assert whole == {
        "by": "total", "key": None, "entity": None, "action": None,
        "of_before": 3, "documents_before": 2, "spans_before": 7,
        "of_after": 2, "documents_after": 1, "spans_after": 5,
        "note": "3 spans lie in text that another filter takes out, and count for no entity",
    }  # fmt: skip
    assert (email["entity"], email["action"], email["spans_before"], email["spans_after"]) == (
        "EMAIL_ADDRESS", "placeholder", 3, 2,
    )  # fmt: skip
    assert (phone["entity"], phone["action"], phone["spans_before"], phone["documents_after"]) == (
        "PHONE_NUMBER", "surrogate", 1, 0,
    )  # fmt: skip
    sources = [
        (row["key"], row["spans_before"]) for row in others if row["by"] == "source" and not row["entity"]
    ]
    assert sources == [("web", 7), ("mail", 0)]


def test_languages_beyond_the_largest_stand_in_one_row_and_none_is_lost() -> None:
    documents = [
        {"verdict": Verdict.KEEP, "language": f"l{i:02}", "source": "web",
         "edits": ["EMAIL_ADDRESS"] * (40 - i), "hidden": 0, "looked": True}
        for i in range(personal_data.MOST + 3)
    ]  # fmt: skip
    found = personal_data.rows(personal_data.count(ledger(documents)), Pii())
    by_language = [row for row in found if row["by"] == "language" and row["entity"] is None]
    assert (by_language[-1]["key"], by_language[-1]["note"]) == (None, "3 others")
    assert sum(row["spans_before"] for row in by_language) == found[0]["spans_before"]


def test_where_nothing_was_looked_at_there_is_a_row_that_says_so() -> None:
    assert [row["of_before"] for row in personal_data.rows(personal_data.merge([]), Pii())] == [0]

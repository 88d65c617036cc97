"""CSV and TSV: quoting, row numbers, faults."""

import csv
import gzip
import io
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

Rows = Callable[..., list[dict[str, Any]]]


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("a.csv", b"id,text\n1,a\n2,b\n", [("1", "a"), ("2", "b")]),
        ("a.tsv", b'id\ttext\n1\t5" pipe\n2\tb, c\n', [("1", '5" pipe'), ("2", "b, c")]),
        ("a.csv", b'\xef\xbb\xbfid,text\r\n1,"a\r\nb"\r\n2,"c ""d"""', [("1", "a\nb"), ("2", 'c "d"')]),
        ("a.csv", b'id,text\n1,"a\n\n\nb"\n\n  \n2,\n', [("1", "a\n\n\nb"), ("2", "")]),
        ("a.csv", b"id,text\n1,a\0b\n", [("1", "a\0b")]),
        ("a.csv", b"id,body\n1,a\n", [("1", "a")]),
        ("a.csv", b"id,text\n", []),
    ],
)
def test_rows_are_numbered_without_the_header(
    rows_of: Rows, name: str, data: bytes, expected: list[tuple[str, str]]
) -> None:
    rows = rows_of(name, data)
    got = [(row["source_id"], row["text"].replace("\r\n", "\n")) for row in rows]
    assert got == expected
    assert [row["position"] for row in rows] == list(range(len(expected)))
    assert rows_of(f"{name}.gz", gzip.compress(data)) == rows


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (b"1", "bad_csv_row"),
        (b"1,a,extra", "bad_csv_row"),
        (b"1,\xff", "bad_utf8"),
        (b"1," + b"x" * 1_001, "too_large"),
        (b"1,a\rb", "bad_csv_row"),
        (b'1,"' + b"line\n" * 250 + b"line", "too_large"),
    ],
)
def test_a_bad_row_is_one_fault_and_reading_goes_on(rows_of: Rows, row: bytes, reason: str) -> None:
    rows = rows_of("a.csv", b"id,text\n0,before\n" + row + b"\n2,after\n", max_record_bytes=1_000)
    assert [item.get("text") for item in (rows[0], rows[-1])] == ["before", "after"]
    assert rows[1]["position"] == 1
    assert rows[1]["error"] == reason
    if row.count(b"\n") == 0:
        assert len(rows) == 3


def test_without_a_text_column_every_row_is_a_fault(rows_of: Rows) -> None:
    rows = rows_of("a.csv", b"a,b\n1,2\n3,4\n")
    assert [row["error"] for row in rows] == ["no_text"] * 2
    assert [row["error_detail"] for row in rows_of("a.csv", b"a,b\n1,2\n", text_field="c")] == [
        "no field `c`"
    ]


def test_other_columns_and_epochs(rows_of: Rows) -> None:
    (row,) = rows_of("a.csv", b"text,timestamp,n,url\na,1583298367,5,\n")
    assert row == {
        "position": 0,
        "text": "a",
        "timestamp": datetime(2020, 3, 4, 5, 6, 7, tzinfo=UTC),
        "metadata": '{"n":"5"}',
    }


def test_a_cut_file_loses_one_row(rows_of: Rows) -> None:
    packed = gzip.compress(b"id,text\n" + b"".join(b"%d,text %d\n" % (i, i * i) for i in range(1_000)))
    rows = rows_of("a.csv.gz", packed[: len(packed) // 2])
    assert [row["position"] for row in rows] == list(range(len(rows)))
    assert [row["error"] for row in rows if "error" in row] == ["truncated_file"]
    assert "error" in rows[-1]


@pytest.mark.parametrize(
    ("data", "texts", "errors"),
    [
        (b'1,a\n2,"open\n3,c\n4,"d ""e"""\n5,f', ["a", None, "f"], ["bad_csv_row"]),
        (b'1,a\n2,"open\n3,c\n4,d\n', ["a", None, "c", "d"], ["bad_csv_row"]),
        (b'1,a\n2,"open', ["a", None], ["bad_csv_row"]),
        (b'1,a\n2,"open\n\n3,""\n', ["a", None, ""], ["bad_csv_row"]),
        (b'1,"a" b\n2,"c" "d"\n3,e\n', ["a b", 'c "d"', "e"], []),
        (b'1,"a"b,"open\n3,c\n', [None, "c"], ["bad_csv_row"]),
        (b'1,"open\n2,"b"\n3,"c\nd"\n', [None, "c\nd"], ["bad_csv_row"]),
    ],
)
def test_an_open_quote_takes_no_other_row_into_its_text(
    rows_of: Rows, data: bytes, texts: list[str | None], errors: list[str]
) -> None:
    rows = rows_of("a.csv", b"id,text\n" + data)
    assert [row.get("text") for row in rows] == texts
    assert [row["error"] for row in rows if "error" in row] == errors
    assert [row["position"] for row in rows] == list(range(len(texts)))


def test_a_quoted_blank_is_a_record_and_a_blank_line_none(rows_of: Rows) -> None:
    rows = rows_of("a.csv", b'text\n"one"\n""\n"  "\n\n  \n"\n"\n"two"\n')
    assert [row["text"] for row in rows] == ["one", "", "  ", "\n", "two"]
    assert [row["position"] for row in rows] == [0, 1, 2, 3, 4]


def test_two_columns_of_one_name_are_no_text(rows_of: Rows) -> None:
    (row,) = rows_of("a.csv", b"text,n,text\na,1,b\n")
    assert (row["error"], row["error_detail"]) == ("no_text", "2 columns are named `text`")


@given(st.lists(st.tuples(st.integers(), st.text(st.characters(exclude_categories=["Cs"]), max_size=20))))
def test_what_csv_writes_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, cells: list[tuple[int, str]]
) -> None:
    from tests.pipelines.sources.reading import read_path

    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows([("id", "text"), *cells])
    path = tmp_path_factory.getbasetemp() / "round.csv"
    path.write_bytes(buffer.getvalue().encode())
    rows = read_path(path)
    assert [(row["source_id"], row["text"]) for row in rows] == [(str(i), text) for i, text in cells]

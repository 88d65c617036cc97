"""Parquet and Arrow: columns, row groups, faults, splits."""

import datetime as dt
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.sources.pieces import ReadSettings
from pipelines.sources.plan import Source, plan
from pipelines.sources.read import chosen_text_field
from pipelines.sources.records import parse_timestamp
from pipelines.sources.tables import records_of
from tests.pipelines.sources.reading import read_path

INVALID = pa.StringArray.from_buffers(2, pa.py_buffer(b"\0\0\0\0\1\0\0\0\2\0\0\0"), pa.py_buffer(b"a\xff"))
NOON = dt.datetime(2020, 3, 4, 12, tzinfo=dt.UTC)


def rows_of(columns: dict[str, Any], **settings: Any) -> list[dict[str, Any]]:
    """The rows that a batch of these columns gives, nulls left out."""
    batch = pa.record_batch(columns)
    field = settings.get("text_field", "text")
    batches = records_of(batch, 10, field, ReadSettings(**settings))
    return [{k: v for k, v in row.items() if v is not None} for b in batches for row in b.to_pylist()]


def write(path: Path, table: pa.Table, rows: int = 1_000) -> Path:
    pq.write_table(table, path, row_group_size=rows, write_page_checksum=True)
    return path


@pytest.fixture
def table() -> pa.Table:
    """10,000 short documents."""
    return pa.table({"id": range(10_000), "text": [f"text {i} " * 5 for i in range(10_000)]})


@pytest.mark.parametrize(
    "text",
    [
        pa.array(["a", "ü"]),
        pa.array(["a", "ü"], pa.large_string()),
        pa.array(["a", "ü"], pa.string_view()),
        pa.array(["a", "ü"]).dictionary_encode(),
        pa.array([b"a", "ü".encode()]),
        pa.array([b"a", "ü".encode()], pa.large_binary()),
    ],
    ids=lambda array: str(array.type),
)
def test_text_of_every_encoding_is_read(text: pa.Array) -> None:
    assert rows_of({"text": text}) == [{"position": 10, "text": "a"}, {"position": 11, "text": "ü"}]


@pytest.mark.parametrize(
    ("columns", "reason", "detail"),
    [
        ({"text": [1, 2]}, "wrong_type", "`text` is int64, not a string"),
        ({"text": [["a"], ["b"]]}, "wrong_type", "`text` is list<item: string>, not a string"),
        ({"text": pa.nulls(2)}, "no_text", "`text` is null"),
        ({"other": ["a", "b"]}, "no_text", "no field `text`"),
    ],
)
def test_a_column_that_is_no_text_is_a_fault_a_row(columns: dict[str, Any], reason: str, detail: str) -> None:
    assert rows_of(columns) == [
        {"position": position, "error": reason, "error_detail": detail} for position in (10, 11)
    ]


def test_a_bad_row_is_a_fault_between_its_neighbours() -> None:
    columns = {
        "text": pa.array(["a", None, "c" * 101, "", "e\0"]),
        "view": pa.array(["v"] * 5, pa.string_view()),
    }
    rows = rows_of(columns, max_record_bytes=100)
    assert [row.get("error") for row in rows] == [None, "no_text", "too_large", None, None]
    assert [row["position"] for row in rows] == [10, 11, 12, 13, 14]
    assert [row.get("text") for row in rows] == ["a", None, None, "", "e\0"]


@pytest.mark.parametrize(
    ("columns", "column"),
    [
        ({"text": INVALID, "other": ["x", "y"]}, "text"),
        ({"text": ["x", "y"], "other": INVALID}, "other"),
        ({"text": [b"a", b"\xff"]}, "text"),
    ],
)
def test_invalid_utf8_is_found_in_every_column(columns: dict[str, Any], column: str) -> None:
    good, bad = rows_of(columns)
    assert "error" not in good
    assert (bad["error"], bad["error_detail"]) == ("bad_utf8", f"invalid UTF-8 in `{column}`")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (pa.array([NOON], pa.timestamp("us", "UTC")), NOON),
        (pa.array([NOON], pa.timestamp("ns", "Asia/Tokyo")), NOON),
        (pa.array([NOON.replace(tzinfo=None)], pa.timestamp("s")), NOON),
        (pa.array([NOON.date()]), NOON.replace(hour=0)),
        (pa.array([int(NOON.timestamp())]), NOON),
        (pa.array([int(NOON.timestamp() * 1000)]), NOON),
        (pa.array(["2020-03-04T12:00:00Z"]), NOON),
        (pa.array([2**62], pa.timestamp("us")), None),
        (pa.array([None], pa.timestamp("us")), None),
    ],
)
def test_timestamps_of_every_type(values: pa.Array, expected: dt.datetime | None) -> None:
    (row,) = rows_of({"text": ["a"], "timestamp": values})
    assert row.get("timestamp") == expected


def test_ids_of_every_type() -> None:
    for values, expected in [([7, 8], ["7", "8"]), (["x", ""], ["x", None]), ([1.5, None], ["1.5", None])]:
        assert [row.get("source_id") for row in rows_of({"text": ["a", "b"], "id": values})] == expected
    (row,) = rows_of({"text": ["a"], "url": ["u"]}, id_field="url")
    assert (row["source_id"], row["url"]) == ("u", "u")


def test_other_columns_become_json() -> None:
    columns = {
        "text": ["a", "b"],
        'na"me': pa.array(["q", None], pa.string_view()),
        "number": [1, None],
        "float": [1.5, float("nan")],
        "bytes": [b"\x00\xff", None],
        "nested": [{"a": [1, None]}, None],
        "day": [dt.date(2020, 1, 1), None],
        "far": pa.array([2**62, None], pa.timestamp("us")),
        "decimal": [Decimal("1.10"), None],
        "category": pa.array(["x", "x"]).dictionary_encode(),
        "empty": pa.nulls(2),
        "timestamp": ["2004/2005", None],
    }
    first, second = (json.loads(row["metadata"]) for row in rows_of(columns))
    assert first == {
        'na"me': "q",
        "number": 1,
        "float": 1.5,
        "bytes": "AP8=",
        "nested": {"a": [1, None]},
        "day": "2020-01-01",
        "far": first["far"],
        "decimal": "1.10",
        "category": "x",
        "empty": None,
        "timestamp": "2004/2005",
    }
    assert {name for name, value in second.items() if value is not None} == {"category"}
    assert "timestamp" not in second


def test_jsonl_and_parquet_say_the_same(tmp_path: Path) -> None:
    records = [
        {
            "id": f"r{i}",
            "text": f"t{i}",
            "source": "s",
            "url": None,
            "timestamp": "2020-01-01",
            "n": i,
            "tags": ["ü", None],
        }
        for i in range(50)
    ]
    jsonl = tmp_path / "a.jsonl"
    jsonl.write_text("".join(json.dumps(record) + "\n" for record in records))
    parquet = write(tmp_path / "a.parquet", pa.Table.from_pylist(records))
    for a, b in zip(read_path(jsonl), read_path(parquet), strict=True):
        assert {**a, "position": 0} == {**b, "position": 0}


@given(split=st.integers(1, 30_000))
def test_splits_change_nothing(tmp_path_factory: pytest.TempPathFactory, split: int) -> None:
    path = tmp_path_factory.getbasetemp() / "splits.parquet"
    if not path.exists():
        write(path, pa.table({"text": [f"text {i} " * 5 for i in range(1_000)]}), 77)
    pieces, _ = plan([Source(None, (str(path),))], split)
    assert [piece.stop for piece in pieces[:-1]] == [piece.start for piece in pieces[1:]]
    assert read_path(path, split) == read_path(path)


def test_positions_are_row_numbers(tmp_path: Path, table: pa.Table) -> None:
    rows = read_path(write(tmp_path / "a.parquet", table), 1)
    assert [row["position"] for row in rows] == list(range(10_000))
    assert rows[7_777]["text"].startswith("text 7777 ")


@pytest.mark.parametrize("split", [1 << 30, 1])
def test_an_unreadable_row_group_is_one_fault(tmp_path: Path, table: pa.Table, split: int) -> None:
    path = write(tmp_path / "a.parquet", table)
    chunk = pq.read_metadata(path).row_group(3).column(1)
    data = bytearray(path.read_bytes())
    middle = (chunk.dictionary_page_offset or chunk.data_page_offset) + chunk.total_compressed_size // 2
    data[middle : middle + 20] = bytes(20)
    path.write_bytes(data)
    rows = read_path(path, split)
    bad = [row for row in rows if "error" in row]
    assert [row["error"] for row in bad] == ["unreadable_row_group"]
    assert bad[0]["position"] == 3_000
    assert bad[0]["error_bytes"] > 0
    assert len(rows) == 9_000 + 1


@pytest.mark.parametrize("split", [1 << 30, 1])
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda data: data[:-100], "truncated_file"),
        (lambda data: data[:1000], "truncated_file"),
        (lambda _: b"no parquet here", "unreadable_file"),
        (lambda _: b"", "unreadable_file"),
        (lambda data: data[:-900] + bytes(892) + data[-8:], "truncated_file"),
    ],
)
def test_a_file_without_a_footer_is_one_fault(
    tmp_path: Path, table: pa.Table, split: int, change: Callable[[bytes], bytes], reason: str
) -> None:
    path = write(tmp_path / "a.parquet", table)
    path.write_bytes(change(path.read_bytes()))
    rows = read_path(path, split)
    if path.stat().st_size == 0:
        assert rows == []  # an empty file has no records, whatever its name
    else:
        assert [(row["position"], row["error"]) for row in rows] == [(0, reason)]


def test_the_text_column_is_chosen_by_the_schema(tmp_path: Path) -> None:
    for columns, field in [
        ({"content": ["c"], "title": ["t"]}, "content"),
        ({"body": ["b"], "n": [1], "id": ["i"]}, "body"),
        ({"body": ["b"], "title": ["t"]}, None),
    ]:
        path = write(tmp_path / "a.parquet", pa.table(columns))
        (piece,), _ = plan([Source(None, (str(path),))], 1)
        assert chosen_text_field(piece, ReadSettings()) == field
        (row,) = read_path(path)
        assert row.get("text") == (columns[field][0] if field else None)


def test_large_documents_are_alone_in_their_batch(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", pa.table({"text": ["a" * 9_000_000] * 4 + ["b"] * 10_000}), 10_000)
    assert len(read_path(path)) == 10_004


@pytest.mark.parametrize("stream", [True, False])
def test_arrow_files_and_streams_are_read_up_to_the_damage(
    tmp_path: Path, table: pa.Table, stream: bool
) -> None:
    path = tmp_path / "a.arrow"
    new = pa.ipc.new_stream if stream else pa.ipc.new_file
    with new(str(path), table.schema) as writer:
        writer.write_table(table, 1_000)
    assert [row["position"] for row in read_path(path)] == list(range(10_000))
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    *good, bad = read_path(path)
    if stream:
        assert bad["error"] == "truncated_file"
        assert bad["position"] == len(good) >= 4_000
    else:
        assert (good, bad["error"]) == ([], "unreadable_file")  # a file's index is at its end
    path.write_bytes(b"no arrow here")
    assert [row["error"] for row in read_path(path)] == ["unreadable_file"]


STAMPS = st.one_of(
    st.none(),
    st.text("0123456789-T:. Z+\n", max_size=12),
    st.datetimes().map(dt.datetime.isoformat),
    st.datetimes(allow_imaginary=False).map(lambda moment: f"{moment:%Y-%m-%d %H:%M:%S}Z"),
    st.sampled_from(
        ["2014-02-30", "2014-05-03T24:00:00", "2014-05-03T23:59:60Z", "2014-05-03T12:00", "0004-01-01"]
    ),
)


@given(st.lists(STAMPS, min_size=1, max_size=8))
def test_a_column_of_timestamps_is_read_as_each_of_them_alone(stamps: list[str | None]) -> None:
    rows = rows_of({"text": ["a"] * len(stamps), "timestamp": pa.array(stamps, pa.string())})
    expected = [None if stamp is None else parse_timestamp(stamp) for stamp in stamps]
    to_ms = [moment and moment.replace(microsecond=moment.microsecond // 1000 * 1000) for moment in expected]
    assert [row.get("timestamp") for row in rows] == to_ms


def test_two_columns_of_one_name_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.Table.from_arrays([pa.array(["a"]), pa.array(["b"])], ["text", "text"]), path)
    (row,) = read_path(path)
    assert (row["error"], row["error_detail"]) == ("no_text", "2 columns are named `text`")

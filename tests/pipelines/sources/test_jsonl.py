"""JSONL: fields, positions, faults, splits."""

import bz2
import gzip
import json
import lzma
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st

from pipelines.sources.plan import Source, plan
from pipelines.sources.read import ReadSettings, chosen_text_field
from tests.pipelines.sources.reading import read_path

Rows = Callable[..., list[dict[str, Any]]]
COMPRESS = {
    "": bytes,
    ".gz": gzip.compress,
    ".zst": zstd.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
}
MOMENT = datetime(2020, 3, 4, 5, 6, 7, tzinfo=UTC)


def line(**record: Any) -> bytes:
    return json.dumps(record, ensure_ascii=False).encode() + b"\n"


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({"text": "a"}, {"text": "a"}),
        ({"text": ""}, {"text": ""}),
        ({"text": "a\0b"}, {"text": "a\0b"}),
        ({"text": "a", "id": "x"}, {"text": "a", "source_id": "x"}),
        ({"text": "a", "id": 7}, {"text": "a", "source_id": "7"}),
        ({"text": "a", "id": 1.5}, {"text": "a", "source_id": "1.5"}),
        ({"text": "a", "id": 2**64}, {"text": "a", "source_id": "18446744073709551616"}),
        ({"text": "a", "id": ""}, {"text": "a"}),
        ({"text": "a", "id": None}, {"text": "a"}),
        ({"text": "a", "id": True}, {"text": "a", "metadata": '{"id":true}'}),
        ({"text": "a", "id": ["x"]}, {"text": "a", "metadata": '{"id":["x"]}'}),
        ({"text": "a", "source": "s", "url": "u"}, {"text": "a", "source": "s", "url": "u"}),
        ({"text": "a", "url": 5}, {"text": "a", "metadata": '{"url":5}'}),
        ({"b": 2, "text": "x", "a": {"z": None}}, {"text": "x", "metadata": '{"b":2,"a":{"z":null}}'}),
        ({"text": "a", "n": [-(10**19)]}, {"text": "a", "metadata": '{"n":[-10000000000000000000]}'}),
        ({"text": "a", "n": 10**200, "x": 1e30}, {"text": "a", "metadata": f'{{"n":{10**200},"x":1e+30}}'}),
        ({"text": "a", "timestamp": 10**30}, {"text": "a", "metadata": f'{{"timestamp":{10**30}}}'}),
        ({"text": "a", "timestamp": "2020-03-04T05:06:07Z"}, {"text": "a", "timestamp": MOMENT}),
        ({"text": "a", "timestamp": "2020-03-04T07:06:07+02:00"}, {"text": "a", "timestamp": MOMENT}),
        ({"text": "a", "timestamp": "2020-03-04 05:06:07"}, {"text": "a", "timestamp": MOMENT}),
        ({"text": "a", "timestamp": int(MOMENT.timestamp())}, {"text": "a", "timestamp": MOMENT}),
        ({"text": "a", "timestamp": int(MOMENT.timestamp()) * 1000}, {"text": "a", "timestamp": MOMENT}),
        ({"text": "a", "timestamp": "2004/2005"}, {"text": "a", "metadata": '{"timestamp":"2004/2005"}'}),
        ({"text": "a", "timestamp": "1583298367"}, {"text": "a", "metadata": '{"timestamp":"1583298367"}'}),
        ({"text": "a", "timestamp": 10**17}, {"text": "a", "metadata": '{"timestamp":100000000000000000}'}),
        ({"text": "a", "timestamp": "0001-01-01T00:00:00+05:00"}, {"text": "a"}),
    ],
)
def test_a_record_becomes_a_row(rows_of: Rows, record: dict[str, Any], expected: dict[str, Any]) -> None:
    (row,) = rows_of("a.jsonl", line(**record))
    if record.get("timestamp") == "0001-01-01T00:00:00+05:00":
        expected = {**expected, "metadata": '{"timestamp":"0001-01-01T00:00:00+05:00"}'}
    assert row == {"position": 0, **expected}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"not json", "bad_json"),
        (b'{"text": "a"', "bad_json"),
        (b'{"text": NaN}', "bad_json"),
        (b'{"text": "a\xff"}', "bad_utf8"),
        (b'{"text": "\\ud800"}', "bad_json"),
        (b'{"other": 1, "more": 2}', "no_text"),
        (b'{"text": null}', "no_text"),
        (b"{}", "no_text"),
        (b'{"text": "a", "d": ' + b"[" * 300 + b"]" * 300 + b"}", "bad_json"),
        (b'{"text": "a", "d": ' + b"[" * 900 + b"1" * 30 + b"]" * 900 + b"}", "bad_json"),
        (b'{"text": 5}', "wrong_type"),
        (b'{"text": ["a"]}', "wrong_type"),
        (b'["text"]', "wrong_type"),
        (b'"text"', "wrong_type"),
        (b"null", "wrong_type"),
    ],
)
def test_a_bad_line_is_one_row_between_its_neighbours(rows_of: Rows, data: bytes, reason: str) -> None:
    before, after = line(text="before"), line(text="after")
    first, bad, last = rows_of("a.jsonl", before + data + b"\n" + after)
    assert (first["text"], last["text"]) == ("before", "after")
    assert bad["position"] == len(before)
    assert bad["error"] == reason
    assert bad["error_bytes"] == len(data)
    assert last["position"] == len(before) + len(data) + 1
    assert "before" not in bad["error_detail"]


def test_long_integers_stay_apart_and_nested_metadata_stays(rows_of: Rows) -> None:
    ids = [f"{i}23456789012345678901" for i in range(1, 10)]
    data = b"".join(b'{"id":%s,"text":"t"}\n' % i.encode() for i in ids)
    nested = b'{"d":%s1%s}' % (b"[" * 250, b"]" * 250)
    rows = rows_of("a.jsonl", data + nested.replace(b"{", b'{"text":"t",'))
    assert [row.get("source_id") for row in rows] == [*ids, None]
    assert rows[-1]["metadata"] == nested.decode()


def test_a_fault_never_quotes_the_record(rows_of: Rows) -> None:
    secret = "s3cr3t"
    bad = [
        f'{{"text": "{secret}',
        f"{secret}",
        f'{{"text": ["{secret}"]}}',
        f'{{"x": "{secret}", "y": "{secret}"}}',
    ]
    for row in rows_of("a.jsonl", "\n".join(bad).encode()):
        assert secret not in row["error_detail"]


@pytest.mark.parametrize(
    ("records", "field"),
    [
        ([{"content": "c", "text": "t"}], "text"),
        ([{"content": "c", "title": "t"}], "content"),
        ([{"body": "b", "n": 1}], "body"),
        ([{"body": "b", "id": "1", "url": "u", "source": "s", "timestamp": "2020"}], "body"),
        ([{"body": "b", "title": "t"}], None),
        ([{"n": 1}], None),
        ([{"id": "f0"}, {"text": "t"}], "text"),
        ([{"id": "a", "title": "t"}, {"id": "b", "title": "t", "text": "x"}], "text"),
        ([{"content": "c"}, {"text": "t"}], "text"),
        ([{"text": None, "content": "c"}], "content"),
        ([{"text": None, "title": "t"}], "text"),
        ([{"n": 1}, {"body": "b"}, {"body": "c", "n": 1}], "body"),
        ([{"body": "b"}, {"title": "t"}], None),
        ([{"n": 1}] * 98 + [{"text": "t"}], "text"),
        ([{"n": 1}] * 100 + [{"text": "t"}], None),
    ],
)
def test_the_text_field_is_chosen_by_the_first_objects(
    tmp_path: Path, records: list[dict[str, Any]], field: str | None
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"broken\n[]\n{}\n" + b"".join(line(**record) for record in records))
    for split in (1 << 20, 40):
        pieces, _ = plan([Source(None, (str(path),))], split)
        assert {chosen_text_field(piece, ReadSettings()) for piece in pieces} == {field}
        assert chosen_text_field(pieces[0], ReadSettings(text_field="given")) == "given"
        rows = read_path(path, split)[3:]
        assert [row.get("text") for row in rows] == [record.get(field or "") for record in records]


def test_fields_are_configurable(rows_of: Rows) -> None:
    data = line(body="b", key=3, url="u", id="other")
    (row,) = rows_of("a.jsonl", data, text_field="body", id_field="key")
    assert row == {"position": 0, "text": "b", "source_id": "3", "url": "u", "metadata": '{"id":"other"}'}
    (row,) = rows_of("a.jsonl", data, text_field="body", id_field="url")
    assert (row["source_id"], row["url"]) == ("u", "u")


@pytest.mark.parametrize("end", list(COMPRESS))
def test_compression_changes_nothing(rows_of: Rows, end: str) -> None:
    data = b"".join(line(text=f"text {i}", n=i) for i in range(5_000))
    assert rows_of(f"b.jsonl{end}", COMPRESS[end](data)) == rows_of("a.jsonl", data)


@pytest.mark.parametrize("end", [".gz", ".zst", ".bz2", ".xz"])
def test_members_and_frames_follow_each_other(rows_of: Rows, end: str) -> None:
    a, b = line(text="a"), line(text="b")
    data = COMPRESS[end](a + b[:5]) + COMPRESS[end](b"") + COMPRESS[end](b[5:])
    assert [row["position"] for row in rows_of(f"a.jsonl{end}", data)] == [0, len(a)]
    assert len(rows_of(f"a.jsonl{end}", data + bytes(512))) == 2  # padding


def test_blank_lines_are_no_records(rows_of: Rows) -> None:
    data = b"\n\n" + line(text="a") + b"  \r\n\n" + line(text="b") + b"\n"
    assert [row["position"] for row in rows_of("a.jsonl", data)] == [2, len(data) - 1 - len(line(text="b"))]


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "a.jsonl.zst", "a.txt", "a.csv"])
@pytest.mark.parametrize("data", [b"", b"\n \n"])
def test_an_empty_file_has_no_records(rows_of: Rows, name: str, data: bytes) -> None:
    packed = COMPRESS[Path(name).suffix](data) if Path(name).suffix in (".gz", ".zst") else data
    expected = [{"position": 0, "text": "\n \n"}] if name == "a.txt" and data else []
    assert rows_of(name, packed) == expected
    if not data:
        assert rows_of(name, b"") == []


def test_bom_and_crlf_are_tolerated(rows_of: Rows) -> None:
    a, b = line(text="a")[:-1] + b"\r\n", line(text="b")[:-1]
    rows = rows_of("a.jsonl", b"\xef\xbb\xbf" + a + b)
    assert rows == [{"position": 0, "text": "a"}, {"position": 3 + len(a), "text": "b"}]


@pytest.mark.parametrize("end", ["", ".gz", ".zst"])
def test_a_record_over_the_limit_is_refused_alone(rows_of: Rows, end: str) -> None:
    big, fits = line(text="x" * 3_000_000), line(text="y" * (2_000_000 - 13))
    data = line(text="a") + big + line(text="b") + fits + big[:-1]
    rows = rows_of(f"a.jsonl{end}", COMPRESS[end](data), max_record_bytes=2_000_000)
    assert [row.get("error") for row in rows] == [None, "too_large", None, None, "too_large"]
    assert rows[1]["position"] == len(line(text="a"))
    assert rows[1]["error_bytes"] == rows[4]["error_bytes"] == len(big) - 1


@pytest.mark.slow
def test_50_mb_are_processed_and_100_mb_refused(rows_of: Rows) -> None:
    data = line(text="a" * 50_000_000) + line(text="b" * 100_000_000) + line(text="c")
    rows = rows_of("a.jsonl", data)
    assert [len(row.get("text", "")) for row in rows] == [50_000_000, 0, 1]
    assert rows[1]["error"] == "too_large"
    assert rows_of("a.jsonl", data, 10_000_000) == rows


def test_batches_end_at_4096_rows_and_16_mb(rows_of: Rows) -> None:
    assert len(rows_of("a.jsonl", line(text="a") * 10_000)) == 10_000
    assert len(rows_of("a.jsonl", b"bad\n" * 10_000)) == 10_000
    assert len(rows_of("a.jsonl", line(text="a" * 5_000_000) * 8)) == 8


def test_limit_ends_a_piece(rows_of: Rows) -> None:
    data = line(text="a") * 5_000 + b"bad\n" * 10
    assert len(rows_of("a.jsonl", data, limit=4_500)) == 4_500
    assert len(rows_of("a.jsonl", data, limit=1)) == 1


@pytest.mark.parametrize(
    "head",
    [
        gzip.compress(b"{}", mtime=0),
        zstd.compress(b"{}"),
        lzma.compress(b"{}"),
        b"PAR1\x15\x04",
        b"PK\x03\x04",
        b"\xff\xfe{",
    ],
)
def test_a_file_that_is_not_text_is_refused_whole(rows_of: Rows, head: bytes) -> None:
    data = head + b"\n" + line(text="a") * 1_000
    for split in (1 << 20, 1_000):
        (row,) = rows_of("a.jsonl", data, split)
        assert (row["position"], row["error"], row["error_bytes"]) == (
            0,
            "unreadable_file",
            len(data) if split > 1_000 else row["error_bytes"],
        )


LINES = st.lists(
    st.one_of(
        st.builds(
            lambda text: line(text=text), st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
        ),
        st.sampled_from(
            [
                b"\n",
                b"\r\n",
                b"broken\n",
                b'{"text": 1}\n',
                b"\xff\xfe\n",
                b'{"n": 1}\n',
                b'{"content": "c"}\n',
            ]
        ),
        st.builds(lambda n: line(text="x" * n), st.integers(150, 400)),
    ),
    max_size=30,
)


@given(LINES, st.integers(1, 600), st.booleans(), st.booleans())
def test_splits_change_nothing(lines: list[bytes], split: int, bom: bool, cut: bool) -> None:
    data = (b"\xef\xbb\xbf" if bom else b"") + b"".join(lines)
    data = data[:-1] if cut else data
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.jsonl")
        path.write_bytes(data)
        whole = read_path(path, max_record_bytes=300)
        assert read_path(path, split, max_record_bytes=300) == whole
        for row in whole:  # a position is where the line begins
            assert row["position"] == 0 or data[row["position"] - 1] == ord("\n")
        packed = Path(folder, "a.jsonl.zst")
        packed.write_bytes(zstd.compress(data))
        assert read_path(packed, max_record_bytes=300) == whole

"""WARC and WET: real files, most of them odd, and records broken on purpose."""

import gzip
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipelines.sources.warc import extract
from tests.pipelines.sources.reading import read_path

Rows = Callable[..., list[dict[str, Any]]]
EXAMPLE = "This domain is established to be used for illustrative examples in documents."
PAGE = (
    "<!doctype html><html><head><title>T</title></head><body><article><h1>Heading</h1>"
    + "".join(
        f"<p>Paragraph {i} tells of the blåbær that grow in the northern woods in summer.</p>"
        for i in range(5)
    )
    + "</article></body></html>"
)


def record(block: bytes, kind: str = "conversion", uri: str = "http://a.example/", **headers: str) -> bytes:
    lines = {
        "WARC-Type": kind,
        "WARC-Record-ID": "<urn:uuid:1>",
        "WARC-Target-URI": uri,
        "WARC-Date": "2020-03-04T05:06:07Z",
        "Content-Length": str(len(block)),
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    head = "WARC/1.0\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return head.encode() + b"\r\n" + block + b"\r\n\r\n"


def page(body: bytes, status: str = "200 OK", kind: str = "text/html") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n\r\n" if kind else f"HTTP/1.1 {status}\r\n\r\n"
    return record(head.encode() + body, "response", Content_Type="application/http; msgtype=response")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("block-sized-records.warc.gz", []),  # records of type `unknown`
        ("clipped.warc.gz", [(0, "truncated_file")]),  # cut within its first record
        ("example-bad-non-chunked.warc.gz", [(1197, EXAMPLE)]),  # gzip body, no chunks
        ("example-digest.warc", []),  # requests
        ("example-iana.org-chunked.warc", [(405, "Domain Names\nManagement of the DNS Root Zone")]),
        ("example-resource.warc.gz", []),
        ("example-space-in-target-uri.warc.gz", []),
        ("example-trunc.warc", [(1197, "bad_record")]),  # a block shorter than its length
        ("example-wget-bad-target-uri.warc.gz", [(1062, EXAMPLE)]),
        ("example-wrong-chunks.warc.gz", [(0, EXAMPLE)]),
        ("example.warc.gz", [(1197, EXAMPLE)]),
        ("post-test.warc.gz", []),  # JSON
        ("whirlwind.warc.gz", [(1551, "Escopete\n")]),
        ("whirlwind.warc.wet.gz", [(693, "Escopete - Biquipedia, a enciclopedia libre\n")]),
    ],
)
def test_real_files(shared_data: Path, name: str, expected: list[tuple[int, str]]) -> None:
    rows = read_path(shared_data / "warc" / name)
    assert len(rows) == len(expected)
    for row, (position, start) in zip(rows, expected, strict=True):
        assert row["position"] == position
        assert row.get("text", row.get("error")).startswith(start)
        if "text" in row:
            assert row["url"].startswith("http")
            assert row["source_id"].startswith("<urn:uuid:")
            assert row["timestamp"].year in (2017, 2018, 2024)
            assert "warc-" in row["metadata"]


def test_every_real_file_is_expected(shared_data: Path) -> None:
    names = {path.name for path in (shared_data / "warc").iterdir()}
    assert names == {mark.args[1][i][0] for mark in test_real_files.pytestmark for i in range(len(names))}


def test_a_record_becomes_a_row(rows_of: Rows) -> None:
    first = record(b"x", "warcinfo")
    (row,) = rows_of("a.wet.gz", gzip.compress(first) + gzip.compress(record("ä\0\n".encode(), X_More="1")))
    assert row == {
        "position": len(first),
        "text": "ä\0\n",
        "source_id": "<urn:uuid:1>",
        "url": "http://a.example/",
        "timestamp": datetime(2020, 3, 4, 5, 6, 7, tzinfo=UTC),
        "metadata": '{"x-more":"1"}',
    }


LENGTH = b"Content-Length: %d" % (len(PAGE.encode()) + 44)  # with the header of the response
LENGTH_OF_LF = b"Content-Length: %d" % (len(PAGE.encode()) + 41)


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (page(PAGE.encode()), "text"),
        (page(PAGE.encode(), kind=""), "text"),
        (page(PAGE.encode(), kind="application/xhtml+xml"), "text"),
        (page(b"<html><body></body></html>"), "no_text"),
        (page(b""), "no_text"),
        (page(PAGE.encode(), "404 Not Found"), None),
        (page(PAGE.encode(), "301 Moved Permanently"), None),
        (page(b"{}", kind="application/json"), None),
        (page(b"\x89PNG", kind=""), None),
        (record(PAGE.encode(), "request"), None),
        (record(PAGE.encode(), "metadata"), None),
        (record(b""), "text"),
        (record(b"a\xff"), "bad_utf8"),
        (record(b"no http at all", "response"), "bad_record"),
        (record(b"no http at all", "response", Content_Type="application/http"), "bad_record"),
        (record(b"HTTP/1.1 what\r\n\r\n" + PAGE.encode(), "response"), "bad_record"),
        (record(b"HTTP/1.1 200 OK\r\nContent-Ty", "response"), "bad_record"),
        (record(b"20200304\n1.2.3.4\n", "response", Content_Type="text/dns"), None),
        (page(PAGE.encode()).replace(b"Content-Type: application/http; msgtype=response\r\n", b""), "text"),
        (page(PAGE.encode()).replace(b"\r\n", b"\n").replace(LENGTH, LENGTH_OF_LF), "text"),
        (page(b"Plain words.\n", kind="text/plain"), "text"),
        (page(b" \n", kind="text/plain"), "no_text"),
        (page(b"\xff\xfe\x00", kind="text/plain"), "no_text"),
    ],
)
def test_what_is_a_document(rows_of: Rows, data: bytes, found: str | None) -> None:
    rows = rows_of("a.warc", data)
    assert [row.get("error", "text") for row in rows] == ([found] if found else [])


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "utf-16"])
@pytest.mark.parametrize("declared", ["by the server", "in the page"])
def test_the_charset_is_found(encoding: str, declared: str) -> None:
    html = PAGE
    if declared == "in the page":
        html = PAGE.replace("<title>", f'<meta charset="{encoding}"><title>')
        if encoding == "utf-16":
            pytest.skip("a page in UTF-16 cannot say so in ASCII")
    text = extract(html.encode(encoding), encoding if declared == "by the server" else None)
    assert text is not None
    assert "blåbær" in text


BAD = {
    "length too long": record(b"x" * 50, Content_Length="70"),
    "length too short": record(b"x" * 50, Content_Length="20"),
    "no length": record(b"x" * 50, Content_Length="none"),
    "negative length": record(b"x" * 50, Content_Length="-5"),
    "garbage": b"garbage\r\n" * 3,
    "long garbage": b"garbage\r\n" * 20_000,
    "no end of header": b"WARC/1.0\r\nContent-Length: 3\r\n" + b"X: y\r\n" * 20_000,
}


@pytest.mark.parametrize("bad", list(BAD))
def test_a_broken_record_is_one_fault_between_its_neighbours(rows_of: Rows, bad: str) -> None:
    before, after = record(b"before"), record(b"after")
    rows = rows_of("a.warc", before + BAD[bad] + after)
    assert [row.get("text", row.get("error")) for row in rows] == ["before", "bad_record", "after"]
    assert rows[1]["position"] == len(before)
    assert rows[1]["error_bytes"] == len(BAD[bad])
    assert rows[2]["position"] == len(before) + len(BAD[bad])


def test_a_large_record_is_passed_over(rows_of: Rows) -> None:
    big = record(b"x" * 3_000_000)
    data = record(b"a") + big + record(b"x" * 3_000_000, "metadata") + record(b"b")
    rows = rows_of("a.warc", data, max_record_bytes=1_000_000)
    assert [row.get("text", row.get("error")) for row in rows] == ["a", "too_large", "b"]
    assert rows[1]["error_bytes"] == 3_000_000


def test_a_file_cut_anywhere_gives_its_complete_records_and_one_fault(rows_of: Rows) -> None:
    records = [record(b"one"), record(b"two"), record(b"three")]
    data = b"".join(records)
    for cut in range(1, len(data), 5):
        rows = rows_of("a.warc", data[:cut])
        errors = [row["error"] for row in rows if "error" in row]
        assert errors in ([], ["truncated_file"])
        assert [row["text"] for row in rows if "text" in row] == ["one", "two", "three"][
            : len(rows) - len(errors)
        ]
    packed = b"".join(map(gzip.compress, records))
    for cut in range(1, len(packed), 5):
        rows = rows_of("a.warc.gz", packed[:cut])
        assert [row["error"] for row in rows if "error" in row] in ([], ["truncated_file"])


@pytest.mark.parametrize("data", [b"<html>no archive</html>", b"\0" * 100, b"WARC"])
def test_what_is_not_warc_is_one_fault(rows_of: Rows, data: bytes) -> None:
    (row,) = rows_of("a.warc", data)
    assert row["position"] == 0
    assert row["error"] == ("truncated_file" if data == b"WARC" else "unreadable_file")

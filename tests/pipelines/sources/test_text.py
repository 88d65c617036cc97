"""Plain text: a file is a document."""

import bz2
import gzip
from collections.abc import Callable
from typing import Any

import pytest

Rows = Callable[..., list[dict[str, Any]]]


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("a.txt", "ä\r\nb\n\0".encode(), {"text": "ä\r\nb\n\0"}),
        ("a.md", b"\xef\xbb\xbf# a", {"text": "# a"}),
        ("a.txt.gz", gzip.compress(b"a", mtime=0), {"text": "a"}),
        ("a.txt", b"a\xff", {"error": "bad_utf8", "error_bytes": 2}),
        ("a.txt", b"a" * 101, {"error": "too_large", "error_bytes": 101}),
        ("a.txt.gz", gzip.compress(b"a" * 101, mtime=0), {"error": "too_large", "error_bytes": 101}),
        ("a.txt.gz", gzip.compress(b"abc" * 30, mtime=0)[:-3], {"error": "truncated_file"}),
        ("a.txt", gzip.compress(b"a", mtime=0), {"error": "unreadable_file"}),
        ("a.txt.gz", b"abc", {"error": "unreadable_file"}),
        ("a.txt", b"BZh is how bzip2 begins", {"text": "BZh is how bzip2 begins"}),
        ("a.txt", bz2.compress(b"a"), {"error": "unreadable_file"}),
        ("a.txt", bz2.compress(b""), {"error": "unreadable_file"}),
    ],
)
def test_a_file_is_one_row(rows_of: Rows, name: str, data: bytes, expected: dict[str, Any]) -> None:
    (row,) = rows_of(name, data, max_record_bytes=100)
    assert row["position"] == 0
    assert row.items() >= expected.items()


def test_a_byte_order_mark_alone_is_an_empty_file(rows_of: Rows) -> None:
    assert rows_of("a.txt", b"\xef\xbb\xbf") == []

"""Planning: which files, by which names, in which ranges."""

import gzip
import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from backports import zstd

from pipelines.sources.listing import Own
from pipelines.sources.plan import Piece, Source, plan
from pipelines.sources.read import ReadSettings, read
from schemas.errors import UserError

LINE = b'{"text": "a"}\n'


def fill(folder: Path, *names: str, data: bytes = LINE) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def planned(
    *paths: Path | str, name: str | None = None, split: int = 1 << 30, kind: str | None = None
) -> list[Piece]:
    return plan([Source(name, tuple(map(str, paths)), kind)], split)[0]


def test_a_folder_is_searched_for_known_names(tmp_path: Path) -> None:
    known = "b.jsonl a/z.JSONL.gz a/y.parquet c.txt d.md e.csv f.tsv.gz g.warc.gz h.wet i.ndjson.zst"
    more = "j.json k.arrow l.json.lines.bz2 m.txt.xz x.exe Makefile y.parquet.gz"
    hidden = ".hidden.jsonl _metadata.parquet .git/a.jsonl _temporary/a.jsonl"
    fill(tmp_path, *known.split(), *more.split(), *hidden.split())
    pieces, skipped = plan([Source(None, (str(tmp_path),))], 1 << 30)
    assert [(piece.uri, piece.format) for piece in pieces] == [
        ("a/y.parquet", "parquet"),
        ("a/z.JSONL.gz", "jsonl.gz"),
        ("b.jsonl", "jsonl"),
        ("c.txt", "text"),
        ("d.md", "text"),
        ("e.csv", "csv"),
        ("f.tsv.gz", "tsv.gz"),
        ("g.warc.gz", "warc.gz"),
        ("h.wet", "warc"),
        ("i.ndjson.zst", "jsonl.zst"),
        ("j.json", "jsonl"),
        ("k.arrow", "arrow"),
        ("l.json.lines.bz2", "jsonl.bz2"),
        ("m.txt.xz", "text.xz"),
    ]
    assert skipped == [str(tmp_path / name) for name in ("Makefile", "x.exe", "y.parquet.gz")]


def test_uris_do_not_depend_on_where_the_input_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path, "in/2020/a.jsonl", "in/2021/a.jsonl")
    monkeypatch.chdir(tmp_path)
    both = ["2020/a.jsonl", "2021/a.jsonl"]
    for entry in (tmp_path / "in", "in", "./in/", "in/*/a.jsonl", "in/**.jsonl", f"{tmp_path}/in/202[01]/*"):
        assert [piece.uri for piece in planned(entry)] == both
    assert [piece.uri for piece in planned("in", name="web")] == [f"web/{uri}" for uri in both]
    assert [piece.uri for piece in planned("in/2020/a.jsonl")] == ["a.jsonl"]
    assert [piece.uri for piece in planned("in/2020")] == ["a.jsonl"]
    monkeypatch.chdir(tmp_path / "in" / "2020")
    (piece,) = planned("*.jsonl")
    assert (piece.uri, piece.path) == ("a.jsonl", str(tmp_path / "in" / "2020" / "a.jsonl"))


def test_two_stars_stand_for_no_folder_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path, "in/a.jsonl", "in/b/c.jsonl", "in/b/d/e.jsonl", "in/b/d/f.txt")
    monkeypatch.chdir(tmp_path)
    every = ["a.jsonl", "b/c.jsonl", "b/d/e.jsonl"]
    for entry in ("in/**/*.jsonl", "in/**/**/*.jsonl*", f"{tmp_path}/in/**/*.jsonl"):
        assert [piece.uri for piece in planned(entry)] == every
    assert [piece.uri for piece in planned("in/b/**/d/*.jsonl")] == ["d/e.jsonl"]
    monkeypatch.chdir(tmp_path / "in")
    assert [piece.uri for piece in planned("**/*.jsonl")] == every


def test_what_the_run_itself_writes_is_no_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path, "a.jsonl", "out/snapshot.json", "out/ledger/part.parquet", "out.partial/stages/b.jsonl")
    fill(tmp_path, "out/data/part.jsonl", "outside/c.jsonl", "sub/out/d.jsonl")
    monkeypatch.chdir(tmp_path)
    rest = ["a.jsonl", "outside/c.jsonl", "sub/out/d.jsonl"]
    for entry in (".", str(tmp_path), "**.jsonl", "**/*.jsonl"):
        own = Own(("out/", "out.partial"))
        pieces, _ = plan([Source(None, (entry,))], 1 << 30, own)
        assert [piece.uri for piece in pieces] == rest, entry
        assert own.met == {"out/", "out.partial"}
    for entry in ("out/data", "out/data/*.jsonl", "out/data/part.jsonl"):  # named: wanted
        own = Own(("out",))
        assert [piece.uri for piece in plan([Source(None, (entry,))], 1 << 30, own)[0]] == ["part.jsonl"]


def test_declared_sources_come_first_in_their_order(tmp_path: Path) -> None:
    fill(tmp_path, "a/1.jsonl", "b/1.jsonl", "c/1.jsonl")
    sources = [
        Source(None, (str(tmp_path / "c"),)),
        Source("second", (str(tmp_path / "a"),)),
        Source("first", (str(tmp_path / "b"),)),
    ]
    pieces, _ = plan(sources, 1 << 30)
    assert [(p.uri, p.source, p.order) for p in pieces] == [
        ("1.jsonl", None, 2),
        ("first/1.jsonl", "first", 1),
        ("second/1.jsonl", "second", 0),
    ]


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        (["none"], "none`: no such file or folder"),
        (["none/*.jsonl"], "none/\\*.jsonl`: no file matches"),
        (["empty"], "empty`: no file in it"),
        (["odd"], "odd`: no file with a known extension, such as `.*odd/a.bin`"),
        (["a", "b"], "`.*a/x.jsonl` and `.*b/x.jsonl` would both be named `x.jsonl`"),
        (["a/x.jsonl", "b/x.jsonl"], "would both be named `x.jsonl`"),
        (["a", "a"], "a/x.jsonl` is given twice"),
        (["out"], "out` is a snapshot"),
    ],
)
def test_what_cannot_be_planned_is_said(tmp_path: Path, entries: list[str], message: str) -> None:
    fill(tmp_path, "a/x.jsonl", "b/x.jsonl", "odd/a.bin", "out/snapshot.json", "out/ledger/part.parquet")
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match=message):
        planned(*(tmp_path / entry for entry in entries))


def test_an_unknown_file_system_or_format_is_said() -> None:
    with pytest.raises(UserError, match="no file system for `ftp://`"):
        planned("ftp://host/a")
    with pytest.raises(UserError, match="unknown format `jsn`"):
        planned("a", kind="jsn")


def test_a_named_file_is_known_by_its_first_bytes(tmp_path: Path) -> None:
    buffer = pa.BufferOutputStream()
    pq.write_table(pa.table({"text": ["a"]}), buffer)
    stream = pa.BufferOutputStream()
    with pa.ipc.new_stream(stream, pa.schema({"text": pa.string()})) as writer:
        writer.write_table(pa.table({"text": ["a"]}))
    for data, kind in [
        (LINE, "jsonl"),
        (b"\xef\xbb\xbf \n" + LINE, "jsonl"),
        (gzip.compress(LINE, mtime=0), "jsonl.gz"),
        (zstd.compress(b"plain"), "text.zst"),
        (b"plain", "text"),
        (b"", "text"),
        (b"WARC/1.0\r\n", "warc"),
        (gzip.compress(b"WARC/1.0\r\n", mtime=0), "warc.gz"),
        (buffer.getvalue().to_pybytes(), "parquet"),
        (stream.getvalue().to_pybytes(), "arrow"),
    ]:
        path = fill(tmp_path, "data.bin", data=data) / "data.bin"
        (piece,) = planned(path)
        assert piece.format == kind
        if kind in ("parquet", "arrow", "jsonl"):
            (batch,) = read(piece, ReadSettings())
            assert batch.column("text").to_pylist() == ["a"]
    (piece,) = planned(tmp_path, kind="jsonl")
    assert piece.format == "jsonl"


def test_large_plain_files_are_split_and_cover_every_byte(tmp_path: Path) -> None:
    fill(tmp_path, "a.jsonl", "a.jsonl.gz", "a.txt", "a.csv", data=LINE * 1_000)
    pieces = planned(tmp_path, split=3_000)
    ranges = [(piece.start, piece.stop) for piece in pieces if piece.uri == "a.jsonl"]
    assert ranges == [(0, 2800), (2800, 5600), (5600, 8400), (8400, 11200), (11200, 14000)]
    assert sum(piece.size for piece in pieces if piece.uri == "a.jsonl") == 14_000
    assert [piece.stop for piece in pieces if piece.uri != "a.jsonl"] == [None] * 3
    assert pieces == sorted(pieces, key=lambda piece: (piece.uri, piece.start))


def test_the_stamp_changes_with_the_file(tmp_path: Path) -> None:
    path = fill(tmp_path, "a.jsonl") / "a.jsonl"
    before = planned(path)[0].stamp
    assert planned(path)[0].stamp == before
    os.utime(path, ns=(1, path.stat().st_mtime_ns + 1))
    assert planned(path)[0].stamp != before


def test_links_brackets_and_odd_names_are_fine(tmp_path: Path) -> None:
    fill(tmp_path, "real/a.jsonl")
    odd = fill(tmp_path, "in [1]/a*b.jsonl", "in [1]/ü.jsonl") / "in [1]"
    (odd / "link").symlink_to(tmp_path / "real")
    (odd / "broken.jsonl").symlink_to(tmp_path / "nowhere")
    Path(os.fsdecode(os.fsencode(odd) + b"/\xff.jsonl")).write_bytes(LINE)
    pieces = planned(odd)
    assert [piece.uri for piece in pieces] == [
        "\\xff.jsonl",
        "a*b.jsonl",
        "broken.jsonl",
        "link/a.jsonl",
        "ü.jsonl",
    ]
    reasons = [batch.column("error")[0].as_py() for piece in pieces for batch in read(piece, ReadSettings())]
    assert reasons == [None, None, "unreadable_file", None, None]
    (piece,) = planned(odd / "a*b.jsonl")
    assert piece.uri == "a*b.jsonl"


def test_ten_thousand_files_are_planned_without_opening_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path, *(f"{i % 100}/{i}.txt" for i in range(10_000)))
    monkeypatch.setattr("apache_beam.io.filesystems.FileSystems.open", None)
    assert len(planned(tmp_path)) == 10_000

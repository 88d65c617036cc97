"""S3, against a server on this machine; planning and reading go the same way as for local files."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from backports import zstd

from pipelines.sources.file_systems import file_systems
from pipelines.sources.plan import Source, plan
from schemas.errors import UserError
from tests.pipelines.sources.reading import read_path

boto3 = pytest.importorskip("boto3")
server = pytest.importorskip("moto.server")

LINES = b"".join(b'{"text": "text %d", "id": %d}\n' % (i, i) for i in range(2_000))


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """A server that holds nothing."""
    running = server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    yield f"http://{host}:{port}"
    running.stop()


@pytest.fixture(params=["pipeline options", "environment"])
def bucket(
    request: pytest.FixtureRequest, endpoint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """A bucket with a corpus, the same as in `tmp_path`; the endpoint is given in one of two ways."""
    from apache_beam.options.pipeline_options import PipelineOptions

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    (tmp_path / "jsonl").mkdir()
    (tmp_path / "jsonl" / "a.jsonl.zst").write_bytes(zstd.compress(LINES))
    (tmp_path / "b.jsonl").write_bytes(LINES)
    (tmp_path / "cut.jsonl.zst").write_bytes(zstd.compress(LINES)[:-100])
    table = pa.table({"text": [f"row {i}" for i in range(2_000)]})
    pq.write_table(table, tmp_path / "c [1].parquet", row_group_size=500)
    client = boto3.client("s3", endpoint_url=endpoint)
    client.create_bucket(Bucket="corpus")
    for path in tmp_path.rglob("*.*"):
        client.upload_file(str(path), "corpus", f"in/{path.relative_to(tmp_path)}")
    client.put_object(Bucket="corpus", Key="in/_SUCCESS.jsonl", Body=b"")
    client.put_object(Bucket="corpus", Key="in/", Body=b"")
    beam = file_systems()
    before = beam._pipeline_options
    if request.param == "environment":
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
        beam.set_options(None)
    else:
        beam.set_options(PipelineOptions(["--s3_endpoint_url", endpoint]))
    yield "s3://corpus"
    beam.set_options(before)


def test_a_bucket_is_read_like_a_folder(bucket: str, tmp_path: Path) -> None:
    remote, _ = plan([Source("s", (f"{bucket}/in",))], 20_000)
    local, _ = plan([Source("s", (str(tmp_path),))], 20_000)
    shown = [[(p.uri, p.format, p.start, p.stop, p.size) for p in pieces] for pieces in (remote, local)]
    assert shown[0] == shown[1]
    assert len(remote) > 5
    assert all(piece.stamp.startswith(f"{piece.size}-") for piece in remote if piece.stop is None)
    rows = read_path(f"{bucket}/in/", 20_000)
    assert rows == read_path(tmp_path, 20_000)
    assert {row.get("error") for row in rows} == {None, "truncated_file"}


def test_files_and_globs_of_a_bucket(bucket: str) -> None:
    for entry, uris in [
        ("in/b.jsonl", ["b.jsonl"]),
        ("in/jsonl/*.zst", ["a.jsonl.zst"]),
        ("in/**.zst", ["cut.jsonl.zst", "jsonl/a.jsonl.zst"]),
        ("in/*.parquet", ["c [1].parquet"]),
    ]:
        pieces, _ = plan([Source(None, (f"{bucket}/{entry}",))], 1 << 30)
        assert [piece.uri for piece in pieces] == uris
    with pytest.raises(UserError, match="s3://corpus/none`: no such file, folder or match"):
        plan([Source(None, (f"{bucket}/none",))], 1)
    with pytest.raises(UserError, match="cannot be listed"):
        plan([Source(None, ("s3:///x",))], 1)

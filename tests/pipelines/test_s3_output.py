"""`curate` from a bucket into a bucket, against a server on this machine, with the command and its pool."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from pipelines import audit_snapshot, hold, storage
from pipelines.output import Output, open_output
from schemas.errors import RunError, UserError
from tests.pipelines import corpora
from tests.pipelines.running import (
    Running,
    audit_directly,
    curated,
    curating,
    differing,
    evenhand,
)

boto3 = pytest.importorskip("boto3")
server = pytest.importorskip("moto.server")

pytestmark = pytest.mark.slow
# Few tasks: Beam makes a client for every request, which takes a fifteenth of a second.
FEW = ["--set", "near_dedup.bands=2", "--set", "filters=[exact_dedup, near_dedup, gopher_quality]"]


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A client of a server that holds an empty bucket; commands find it through the environment."""
    running = server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
    made = boto3.client("s3", endpoint_url=f"http://{host}:{port}")
    made.create_bucket(Bucket="corpora")
    yield made
    urllib.request.urlopen(urllib.request.Request(f"http://{host}:{port}/moto-api/reset", method="POST"))
    running.stop()


@pytest.fixture(scope="module")
def few_texts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One shard."""
    return corpora.write_corpus(tmp_path_factory.mktemp("few") / "corpus", 14, seed=2)


@pytest.fixture(scope="module")
def local(few_texts: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its snapshot on this disk."""
    return curated(few_texts, tmp_path_factory.mktemp("local") / "out", *FEW)


def upload(client: Any, folder: Path, key: str) -> None:
    for path in (path for path in folder.rglob("*") if path.is_file()):
        client.upload_file(str(path), "corpora", f"{key}/{path.relative_to(folder).as_posix()}")


def names(client: Any, prefix: str) -> list[str]:
    pages = client.get_paginator("list_objects_v2").paginate(Bucket="corpora", Prefix=prefix)
    return [item["Key"] for page in pages for item in page.get("Contents", ())]


def download(client: Any, prefix: str, folder: Path) -> Path:
    for name in names(client, f"{prefix}/"):
        path = folder / name.removeprefix(f"{prefix}/")
        path.parent.mkdir(parents=True, exist_ok=True)
        client.download_file("corpora", name, str(path))
    return folder


def test_a_bucket_to_a_bucket_gives_the_bytes_of_a_local_run(
    client: Any, few_texts: Path, local: Path, tmp_path: Path
) -> None:
    upload(client, few_texts, "raw/texts")
    remote = curating("s3://corpora/raw/texts", "s3://corpora/out/clean", *FEW)
    done = evenhand(*remote)
    assert done.returncode == 0, done.stderr
    assert differing(download(client, "out/clean", tmp_path / "remote"), local) == []
    assert names(client, "out/clean.partial") == []
    again = evenhand(*remote)
    assert (again.returncode, "nothing to do" in again.stderr) == (0, True), again.stderr


def test_a_killed_run_into_a_bucket_continues(
    client: Any, few_texts: Path, local: Path, tmp_path: Path
) -> None:
    remote = curating(few_texts, "s3://corpora/out/clean", *FEW)
    stage = "out/clean.partial/stages/match"
    with Running(*remote) as run:
        run.wait_for(lambda: any(name.endswith(".done") for name in names(client, stage)), "a task of match")
        os.kill(run.process.pid, signal.SIGKILL)
    assert names(client, "out/clean/") == []
    done = evenhand(*remote)
    assert done.returncode == 0, done.stderr
    copy = download(client, "out/clean", tmp_path / "remote")
    assert differing(copy, local) == []
    assert json.loads((copy / "run.json").read_text())["resumed_shards"] >= 2


def put(client: Any, **objects: bytes) -> None:
    for name, content in objects.items():
        client.put_object(Bucket="corpora", Key=name, Body=content)


def publish(output: Output, *names: str) -> None:
    """Closes an output of such files."""
    for name in names:
        storage.write(storage.join(output.assembly, *name.split("/")), b"new")
    output.close({})


def test_overwriting_in_a_bucket_leaves_nothing_of_what_was_there(client: Any) -> None:
    old = (
        "snapshot.json",
        "run.json",
        "data/part-00000-of-00002.parquet",
        "data/part-00001-of-00002.parquet",
    )
    put(client, **{f"out/clean/{name}": b"{}" for name in old}, **{"out/cleaner/note.txt": b"mine"})
    with (
        pytest.raises(UserError, match="holds a different snapshot"),
        open_output("s3://corpora/out/clean", {"config": 1}, overwrite=False, say=print),
    ):
        pass
    with open_output("s3://corpora/out/clean", {"config": 1}, overwrite=True, say=print) as output:
        publish(output, "data/part-00000-of-00001.parquet", "snapshot.json")
    assert names(client, "out/") == [
        *(f"out/clean/{name}" for name in ("data/part-00000-of-00001.parquet", "run.json", "snapshot.json")),
        "out/cleaner/note.txt",
    ]


def test_what_lies_in_a_bucket_and_is_no_snapshot_is_left_alone(client: Any) -> None:
    put(client, **{"mine/note.txt": b"mine"})
    with (
        pytest.raises(UserError, match="`s3://corpora/mine` is there and is no snapshot"),
        open_output("s3://corpora/mine", {"config": 1}, overwrite=True, say=print),
    ):
        pass
    assert names(client, "") == ["mine/note.txt"]


def test_a_run_that_was_ended_while_it_published_into_a_bucket_ends_whole(client: Any) -> None:
    identity = {"config": 1}
    with open_output("s3://corpora/out", identity, overwrite=False, say=print) as output:
        storage.write(storage.join(output.path, "data", "part-00000-of-00002.parquet"), b"unfinished")
    with open_output("s3://corpora/out", identity, overwrite=False, say=print) as output:
        publish(output, "data/part-00000-of-00001.parquet", "snapshot.json")
    left = ["data/part-00000-of-00001.parquet", "run.json", "snapshot.json"]
    assert names(client, "") == [f"out/{name}" for name in left]


def holding(client: Any, path: str = "out.partial/held.json") -> dict[str, Any]:
    """What the marker says."""
    found: dict[str, Any] = json.loads(client.get_object(Bucket="corpora", Key=path)["Body"].read())
    return found


def mark(client: Any, **owner: object) -> None:
    found = {"machine": "elsewhere", "process": 7, "run": "another", "time": time.time()} | owner
    put(client, **{"out.partial/held.json": json.dumps(found).encode()})


def open_bucket() -> AbstractContextManager[Output]:
    return open_output("s3://corpora/out", {"config": 1}, overwrite=False, say=print)


def test_a_second_run_into_a_bucket_is_refused_by_name_and_an_ended_one_leaves_it(client: Any) -> None:
    with open_bucket():
        assert holding(client)["process"] == os.getpid()
        with (
            pytest.raises(RunError, match=rf"another run is writing .*: process {os.getpid()} of "),
            open_bucket(),
        ):
            pass
    assert names(client, "") == ["out.partial/identity.json"]


@pytest.mark.parametrize("owner", ["killed here", "long silent elsewhere"])
def test_what_a_dead_run_held_is_taken_over(client: Any, owner: str) -> None:
    if owner == "killed here":
        ended = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True)
        mark(client, machine=socket.gethostname(), process=int(ended.stdout))
    else:
        mark(client, time=time.time() - hold.STALE - 1)
    with open_bucket():
        assert holding(client)["process"] == os.getpid()


def test_two_runs_that_began_at_once_are_noticed_at_the_next_stage(client: Any) -> None:
    with open_bucket() as output:
        output.sign()
        mark(client)
        with pytest.raises(RunError, match=r"another run has begun to write .*: process 7 of elsewhere"):
            publish(output, "snapshot.json")
    assert holding(client)["run"] == "another"
    assert names(client, "out/") == []
    with pytest.raises(RunError, match="process 7 of elsewhere, last heard of 20"), open_bucket():
        pass


def test_a_parent_in_a_bucket_blocks_its_documents_here(client: Any, few_texts: Path, tmp_path: Path) -> None:
    done = evenhand(*curating(few_texts, "s3://corpora/parent", *FEW))
    assert done.returncode == 0, done.stderr
    child = curated(few_texts, tmp_path / "child", "--parent", "s3://corpora/parent", *FEW)
    counts = json.loads((child / "snapshot.json").read_text())["counts"]
    parent = json.loads(client.get_object(Bucket="corpora", Key="parent/snapshot.json")["Body"].read())
    assert parent["counts"]["keep"] > 5
    assert counts["keep"] == 0
    assert (child / "index" / parent["id"]).is_dir()


def test_a_snapshot_in_a_bucket_is_audited_to_the_bytes_of_its_own_report(
    client: Any, local: Path, tmp_path: Path
) -> None:
    upload(client, local, "clean")
    remote = ("audit", "s3://corpora/clean", "--output", "s3://corpora/audits/clean", "--workers", "2")
    done = evenhand(*remote)
    assert done.returncode == 0, done.stderr
    assert names(client, "audits/clean.partial") == []
    again = evenhand(*remote)
    assert (again.returncode, "nothing to do" in again.stderr) == (0, True), again.stderr
    copy = download(client, "audits/clean", tmp_path / "copy")
    audit_directly("s3://corpora/clean", tmp_path / "here")
    for audited in (copy, tmp_path / "here"):
        assert differing(audited, local / "report") == []


def test_a_damaged_shard_in_a_bucket_is_named(client: Any, local: Path, tmp_path: Path) -> None:
    upload(client, local, "clean")
    (name,) = names(client, "clean/ledger/")
    known = audit_snapshot.manifest("s3://corpora/clean")
    assert audit_snapshot.ledger_schema("s3://corpora/clean", known) is not None
    client.put_object(Bucket="corpora", Key=name, Body=b"PAR1")
    assert audit_snapshot.ledger_schema("s3://corpora/clean", known) is None
    with pytest.raises(RunError, match=f"`s3://corpora/{name}` is damaged: its SHA-256 differs"):
        audit_directly("s3://corpora/clean", tmp_path / "here")
    client.delete_object(Bucket="corpora", Key=name)
    assert audit_snapshot.ledger_schema("s3://corpora/clean", known) is None
    with pytest.raises(RunError, match=f"`s3://corpora/{name}` is missing"):
        audit_directly("s3://corpora/clean", tmp_path / "here")

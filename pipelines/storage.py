"""Files of a run, local or on an object store, through Beam's `FileSystems`."""

import contextlib
import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import pyarrow as pa
import pyarrow.parquet as pq
import xxhash
from apache_beam.io.filesystem import CompressionTypes

from pipelines.sources.file_systems import file_systems

OBJECT_STORES = {"s3", "gs"}  # a file is there when its last byte is: no need to write it under another name
COPY_BYTES = 8 << 20
RAW = CompressionTypes.UNCOMPRESSED  # AUTO would compress a `.zst` again


def is_local(path: str) -> bool:
    """Whether `path` lies on this machine."""
    return file_systems().get_scheme(path) is None


def join(*parts: str) -> str:
    """Path of a file below a folder, by the folder's own rules."""
    return str(file_systems().join(*parts))


def absolute(path: str) -> str:
    """The path from the root, where it is local."""
    return str(Path(path).absolute()) if is_local(path) else path


def exists(path: str) -> bool:
    """Whether a file or folder is there."""
    return bool(file_systems().exists(path))


def make_folder(path: str, *, private: bool = False) -> None:
    """Creates a folder with its parents; `private`: for the owner alone. Nothing to do on object stores."""
    if is_local(path):
        Path(path).mkdir(parents=True, exist_ok=True)
        if private:
            Path(path).chmod(0o700)


@contextlib.contextmanager
def replacing(path: str) -> Iterator[BinaryIO]:
    """A file that appears under `path` whole, at the end, or not at all.

    On object stores a failure may leave a file of the bytes so far; markers say which files count.
    """
    if file_systems().get_scheme(path) in OBJECT_STORES:
        with file_systems().create(path, compression_type=RAW) as stream:
            yield stream
        return
    unfinished = f"{path}.{uuid.uuid4().hex[:12]}.tmp"
    try:
        with file_systems().create(unfinished, compression_type=RAW) as stream:
            yield stream
        if is_local(path):
            os.replace(unfinished, path)  # noqa: PTH105 - the atomic one
        else:
            file_systems().rename([unfinished], [path])
    except BaseException:
        with contextlib.suppress(Exception):
            file_systems().delete([unfinished])
        raise


class Digest(Protocol):
    """A checksum that is being taken, as of hashlib and xxhash."""

    def update(self, content: bytes, /) -> None:
        """Takes more."""

    def hexdigest(self) -> str:
        """The checksum so far."""


class Hashed:
    """A stream to write to, with the size and a checksum of what was written."""

    closed = False

    def __init__(self, stream: BinaryIO, digest: Digest) -> None:
        self.stream = stream
        self.digest = digest
        self.size = 0

    def write(self, content: bytes) -> int:
        """Writes, and counts and hashes."""
        self.digest.update(content)
        self.size += len(content)
        self.stream.write(content)
        return len(content)

    def tell(self) -> int:
        """Bytes so far."""
        return self.size

    def flush(self) -> None:
        """Nothing to do: `replacing` closes the stream."""

    def close(self) -> None:
        """Nothing to do: `replacing` closes the stream."""


def read(path: str) -> bytes:
    """A whole file."""
    with file_systems().open(path, compression_type=RAW) as stream:
        return bytes(stream.read())


def write(path: str, content: bytes) -> None:
    """Writes a whole file, atomically."""
    with replacing(path) as stream:
        stream.write(content)


def read_json(path: str) -> Any:  # noqa: ANN401 - JSON
    """A JSON file."""
    return json.loads(read(path))


def write_json(path: str, value: object) -> None:
    """A JSON file with sorted keys, the same bytes for the same value."""
    write(path, json.dumps(value, sort_keys=True, indent=1, ensure_ascii=False).encode() + b"\n")


def write_arrow(path: str, table: pa.Table) -> None:
    """An Arrow IPC file of one table."""
    with replacing(path) as stream, pa.ipc.new_file(stream, table.schema) as writer:
        writer.write_table(table)


def open_arrow(path: str, columns: Sequence[str] | None = None) -> pa.ipc.RecordBatchFileReader:
    """An Arrow IPC file: memory-mapped where it is local, so that only what is looked at is read.

    Of a remote file only `columns` are read, by ranges; Arrow would copy them out of a local one.
    """
    if is_local(path):
        return pa.ipc.open_file(pa.memory_map(path))
    source = file_systems().open(path, compression_type=RAW)
    if columns is None:
        return pa.ipc.open_file(source)
    with pa.ipc.open_file(source) as reader:
        names = reader.schema.names
    source.seek(0)
    options = pa.ipc.IpcReadOptions(included_fields=[names.index(name) for name in columns])
    return pa.ipc.open_file(source, options=options)


@contextlib.contextmanager
def open_parquet(path: str) -> Iterator[pq.ParquetFile]:
    """A Parquet file: memory-mapped where it is local, else read by ranges."""
    if is_local(path):
        with pq.ParquetFile(path, memory_map=True) as file:
            yield file
    else:
        with file_systems().open(path, compression_type=RAW) as stream, pq.ParquetFile(stream) as file:
            yield file


def sha256(path: str) -> str:
    """Checksum of a file, hex."""
    return _checksum(path, hashlib.sha256())


def xxh3_128(path: str) -> str:
    """Fast checksum of a file, hex: against damage, not against forgery."""
    return _checksum(path, xxhash.xxh3_128())


def _checksum(path: str, digest: Digest) -> str:
    with file_systems().open(path, compression_type=RAW) as stream:
        while block := stream.read(COPY_BYTES):
            digest.update(block)
    return digest.hexdigest()


def batches(path: str) -> Iterator[pa.RecordBatch]:
    """The batches of an Arrow IPC file, one at a time."""
    reader = open_arrow(path)
    for i in range(reader.num_record_batches):
        yield reader.get_batch(i)


def replace_tree(source: str, target: str, last: str) -> None:
    """Copies a folder's files to an object store, and removes what else lies there.

    The file named `last`, which says that all is there, goes first and comes last: a reader sees a whole
    folder or none.
    """
    before = files(target)
    if last in before:
        remove(join(target, last))
    names = files(source)
    for name in sorted(names, key=lambda name: (name == last, name)):
        file_systems().copy([join(source, name)], [join(target, name)])
    if strangers := sorted(set(before) - set(names)):
        file_systems().delete([join(target, name) for name in strangers])


def files(folder: str) -> list[str]:
    """Names of all files in a folder and below it."""
    (match,) = file_systems().match([join(folder, "**")])
    return [metadata.path[len(folder) :].lstrip("/") for metadata in match.metadata_list]


def size(path: str) -> int:
    """Bytes of a file."""
    return int(file_systems().get_filesystem(path).size(path))


def link(source: str, target: str) -> None:
    """Puts a finished file under a second name: a hard link where the disk can, else a copy."""
    if is_local(source) and is_local(target):
        try:
            os.link(source, target)
        except OSError:
            shutil.copyfile(source, target)
    elif is_local(source) or is_local(target):
        with (
            file_systems().open(source, compression_type=RAW) as stream,
            file_systems().create(target, compression_type=RAW) as copy,
        ):
            shutil.copyfileobj(stream, copy, COPY_BYTES)
    else:
        file_systems().copy([source], [target])


def remove(path: str) -> None:
    """Removes a file or a folder with all that it holds, if it is there."""
    if is_local(path):
        shutil.rmtree(path) if Path(path).is_dir() else Path(path).unlink(missing_ok=True)
    elif exists(path):
        file_systems().delete([path])
    else:  # object stores have no folders, only names that begin alike
        (match,) = file_systems().match([join(path, "**")])
        if match.metadata_list:
            file_systems().delete([metadata.path for metadata in match.metadata_list])


def children(folder: str, pattern: str = "*") -> list[str]:
    """Paths of the files directly in `folder` that match a glob, sorted."""
    (match,) = file_systems().match([join(folder, pattern)])
    return sorted(metadata.path for metadata in match.metadata_list)

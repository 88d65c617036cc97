"""Which files an input path stands for: one file, a folder, or a glob, on any file system that Beam knows."""

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipelines.sources.file_systems import file_systems
from schemas.errors import UserError

REMOTE = re.compile(r"[a-zA-Z][-a-zA-Z0-9+.]*://")
GLOB = re.compile(r"[*?\[]")
EXTRAS = {"s3": "boto3", "gs": "apache-beam[gcp]", "hdfs": "apache-beam[hadoop]"}


@dataclass(frozen=True)
class File:
    """A file found.

    Attributes:
        relative: path below its input entry (a file entry: its name), with `/`.
        path: what to open; absolute where it is local.
        size: bytes.
        stamp: size and time of the last change.
        named: whether the entry is this file, so that its name need not tell the format.
        saved: whether it is a folder written by `datasets`' `save_to_disk`.
    """

    relative: str
    path: str
    size: int
    stamp: str
    named: bool = False
    saved: bool = False


class Own:
    """The folders that a run writes: where they lie in a folder or glob that it reads, they are no input.

    Attributes:
        met: those that were left out.
    """

    def __init__(self, folders: Iterable[str] = ()) -> None:
        self._folders = {place: folder for folder in folders for place in _places(folder)}
        self._names = {place.rsplit("/", 1)[-1] for place in self._folders}
        self.met: set[str] = set()

    def hold(self, path: str) -> bool:
        """Whether the file or folder `path`, absolute where it is local, is one of them or lies in one."""
        for place, folder in self._folders.items():
            if path == place or path.startswith(f"{place}/"):
                self.met.add(folder)
                return True
        return False

    def are(self, folder: str) -> bool:
        """Whether a local folder is one of them."""
        return os.path.basename(folder) in self._names and self.hold(os.path.realpath(folder))  # noqa: PTH119


def _places(folder: str) -> set[str]:
    """Where a folder lies: absolute where it is local, links followed and not."""
    if REMOTE.match(folder):
        return {folder.rstrip("/")}
    return {os.path.abspath(folder), os.path.realpath(folder)}  # noqa: PTH100


def list_files(entry: str, *, saved: bool, own: Own | None = None) -> Iterator[File]:
    """Files of an input entry; hidden ones and those beginning with `_` are left out of folders and globs.

    Args:
        entry: a path.
        saved: whether a folder written by `save_to_disk` counts as one file.
        own: folders to leave out of folders and globs around them.

    Raises:
        UserError: there is nothing, or the place cannot be listed.
    """
    own = own or Own()
    if REMOTE.match(entry):
        yield from _remote(entry, own)
        return
    path = Path(entry)
    if path.is_dir():
        yield from _folder(path, own, saved=saved)
    elif path.exists():
        yield _local(path.name, entry, named=True)
    elif GLOB.search(entry):
        yield from _glob(entry if "/" in GLOB.split(entry)[0] else f"./{entry}", own)
    else:
        hint = "paths are relative to the current folder" if not path.is_absolute() else None
        msg = f"`{entry}`: no such file or folder"
        raise UserError(msg, hint)


def _local(relative: str, path: str | Path, *, named: bool = False) -> File:
    path = os.path.abspath(path)  # noqa: PTH100 (a symbolic link keeps its own name)
    try:
        status = os.stat(path)  # noqa: PTH116 (10,000 files: no object for each)
        size, stamp = status.st_size, f"{status.st_size}-{status.st_mtime_ns}"
    except OSError:  # reading quarantines it
        size, stamp = 0, "unreadable"
    # A file name need not be UTF-8, a URI has to be.
    relative = os.fsencode(relative).decode("utf-8", "backslashreplace")
    return File(relative, path, size, stamp, named)


def _folder(root: Path, own: Own, *, saved: bool) -> Iterator[File]:
    def refuse(error: OSError) -> None:
        msg = f"`{error.filename}`: cannot be listed: {error.strerror}"
        raise UserError(msg) from error

    for folder, folders, names in os.walk(root, onerror=refuse, followlinks=True):
        if "snapshot.json" in names and "ledger" in folders:
            message = f"`{folder}` is a snapshot, with removed records beside the kept documents"
            raise UserError(message, f"give `{folder}/data`")
        if saved and {"state.json", "dataset_info.json"} <= set(names):
            folders.clear()
            yield _saved(Path(folder), root)
            continue
        if saved and "dataset_dict.json" in names:
            names = []
        folders[:] = sorted(
            name
            for name in folders
            if not _hidden(name) and not own.are(os.path.join(folder, name))  # noqa: PTH118
        )
        for name in sorted(names):
            if not _hidden(name):
                path = os.path.join(folder, name)  # noqa: PTH118
                yield _local(os.path.relpath(path, root).replace(os.sep, "/"), path)


def _saved(folder: Path, root: Path) -> File:
    """A `save_to_disk` folder; where it is the entry itself it goes by its own name."""
    relative = folder.relative_to(root).as_posix() if folder != root else root.resolve().name
    states = [path.stat() for path in sorted(folder.iterdir()) if path.is_file()]
    size = sum(state.st_size for state in states)
    stamp = f"{size}-{max(state.st_mtime_ns for state in states)}"
    return File(relative, str(folder.resolve()), size, stamp, saved=True)


def _hidden(relative: str) -> bool:
    return any(part.startswith((".", "_")) for part in relative.split("/"))


def _fixed(pattern: str) -> str:
    """The folder before a pattern's first wildcard, with its slash."""
    start = GLOB.search(pattern)
    return pattern[: pattern.rindex("/", 0, start.start() if start else None) + 1]


def _around(base: str, own: Own) -> Own:
    """`own`; nothing where the user names a place within it."""
    place = base if REMOTE.match(base) else f"{os.path.abspath(base)}/"  # noqa: PTH100
    return Own() if own.hold(place) else own


def _glob(pattern: str, own: Own) -> Iterator[File]:
    found = _match(pattern)
    if not found:
        msg = f"`{pattern}`: no file matches"
        raise UserError(msg, "`*` stays within a folder, `**` crosses folders")
    base = _fixed(pattern)
    own = _around(base, own)
    for path, _, _ in found:
        relative = path[len(base) :]
        if not _hidden(relative) and not own.hold(os.path.abspath(path)):  # noqa: PTH100
            yield _local(relative, path)


def _remote(entry: str, own: Own) -> Iterator[File]:
    if GLOB.search(entry):
        base, found = _fixed(entry), _match(entry)
    else:
        base = entry.rstrip("/") + "/"
        found = _match(re.sub(r"([*?\[])", r"[\1]", base) + "**")
        if not found and (alone := _match(entry)):
            path, size, stamp = alone[0]
            yield File(path.rsplit("/", 1)[-1], path, size, stamp, named=True)
            return
    if not found:
        msg = f"`{entry}`: no such file, folder or match"
        raise UserError(msg)
    own = _around(base, own)
    for path, size, stamp in found:
        relative = path[len(base) :]
        if relative and not path.endswith("/") and not _hidden(relative) and not own.hold(path):
            yield File(relative, path, size, stamp)


def _without_folders(pattern: str) -> list[str]:
    """The pattern as Beam's, for which `/**/` stands for one folder at least, and here for none, too."""
    head, crossing, tail = re.sub(r"(/\*\*)+/", "/**/", pattern).partition("/**/")
    if not crossing:
        return [pattern]
    return [f"{head}{middle}{rest}" for middle in ("/", crossing) for rest in _without_folders(tail)]


def _match(pattern: str) -> list[tuple[str, int, str]]:
    """(path, bytes, stamp) of the files that match, sorted."""
    from apache_beam.io.filesystem import BeamIOError

    try:
        matches = file_systems().match(_without_folders(pattern))
    except ValueError as error:  # no such file system, or its client is not installed
        scheme = pattern.partition("://")[0]
        hint = (
            f"install `{EXTRAS[scheme]}`" if scheme in EXTRAS else "use s3://, gs://, hdfs:// or a local path"
        )
        msg = f"`{pattern}`: no file system for `{scheme}://`"
        raise UserError(msg, hint) from error
    except BeamIOError as error:
        causes = "; ".join(str(cause) for cause in (error.exception_details or {}).values())
        msg = f"`{pattern}`: cannot be listed: {causes or error}"
        raise UserError(msg) from error
    found = {file.path: file for match in matches for file in match.metadata_list}
    return [
        (path, file.size_in_bytes, f"{file.size_in_bytes}-{file.last_updated_in_seconds}")
        for path, file in sorted(found.items())
    ]

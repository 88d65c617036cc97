"""Fingerprints of files that a config names: a snapshot records these and never the paths."""

import hashlib
from pathlib import Path


def of_files(path: str) -> str:
    """16 hex digits that tell models apart: hash of a file, or of all files of a folder and their names.

    Raises:
        ValueError: it cannot be read, or is a folder without files.
    """
    top = Path(path)
    digest = hashlib.sha256(b"evenhand model\0")
    try:
        files = sorted(file for file in top.rglob("*") if file.is_file()) if top.is_dir() else [top]
        for file in files:
            name = file.relative_to(top).as_posix().encode("utf-8", "surrogateescape")
            with file.open("rb") as stream:
                digest.update(name + b"\0" + hashlib.file_digest(stream, "sha256").digest())
    except OSError as error:
        raise ValueError(f"`{path}` cannot be read: {error.strerror}") from error
    if not files:
        raise ValueError(f"`{path}` is a folder without files")
    return digest.hexdigest()[:16]

"""The index of an earlier snapshot and of its ancestors, put before the input of this run."""

import unicodedata
from dataclasses import dataclass

from pipelines import storage
from schemas.config import Config
from schemas.errors import UserError


@dataclass(frozen=True)
class Parent:
    """An earlier snapshot.

    Attributes:
        snapshot: its id.
        parts: (sketch file, documents, snapshot id, checksum or ""), oldest ancestor first, in the order of
            the index's numbers.
    """

    snapshot: str
    parts: tuple[tuple[str, int, str, str], ...]


def open_parent(path: str, config: Config) -> Parent:
    """Reads a snapshot's index.

    Raises:
        UserError: it is no snapshot, or its index was made in a way that does not fit this run.
    """
    manifest = storage.join(path, "snapshot.json")
    if not storage.exists(manifest):
        raise UserError(f"parent `{path}` is no snapshot: `snapshot.json` is missing")
    told = storage.read_json(manifest)
    snapshot, checksums = told["id"], told["statistics"].get("files", {})
    folder = storage.join(storage.absolute(path), "index")
    index = storage.read_json(storage.join(folder, "index.json"))
    ours = unicodedata.unidata_version
    if index["unicode"] != ours:  # what counts as a word would differ
        raise UserError(
            f"parent `{path}` was hashed with Unicode {index['unicode']}, this Python has {ours}",
            "use the Python that made the parent, or drop `--parent`",
        )
    for name in ("exact_dedup", "near_dedup"):
        if name in config.filters and name not in index["filters"]:
            raise UserError(
                f"parent `{path}` was made without `{name}`, this run uses it",
                f"curate the parent again with `{name}`, or drop `--parent`",
            )
    if "near_dedup" in config.filters:
        for name, theirs in index["near_dedup"].items():
            if (mine := getattr(config.near_dedup, name)) != theirs:
                raise UserError(
                    f"parent `{path}` has `near_dedup.{name}` {theirs}, this run {mine}",
                    f"set `near_dedup.{name}: {theirs}`, or drop `--parent`",
                )
    found = [
        (f"{generation['snapshot']}/{part['name']}.sketch.arrow", part["rows"], generation["snapshot"])
        for generation in index["parents"]
        for part in generation["parts"]
    ]
    found += [(f"{part['name']}.sketch.arrow", part["rows"], snapshot) for part in index["parts"]]
    parts = [
        (storage.join(folder, *name.split("/")), rows, owner, checksums.get(f"index/{name}", ""))
        for name, rows, owner in found
    ]
    return Parent(snapshot, tuple(parts))

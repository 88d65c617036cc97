"""The folder of a snapshot while it is made: `OUT.partial` with the stages, then `OUT`, whole."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pipelines import storage
from pipelines.hold import Sign, held, nothing
from schemas.errors import RunError, UserError
from schemas.snapshot import MANIFEST, REPLACED

# What a run's identity is made of, in the words of the line that says what changed.
PARTS = {
    "code": "the program",
    "measured": "what is measured",
    "policy": "the policy",
    "config": "the config",
    "input": "the input",
    "parent": "the parent",
    "audit": "the audit",
    "reviews": "the reviews",
    "compared": "the report that it is compared with",
}
NOUNS = {MANIFEST: "snapshot", "report.json": "report"}


@dataclass(frozen=True)
class Output:
    """Where a run writes.

    Attributes:
        path: of the snapshot.
        complete: it is there already, made by an equal run.
        last: the file that says that the output is whole.
        sign: called as a stage begins, so that two runs at once are noticed.
    """

    path: str
    complete: bool
    last: str = MANIFEST
    sign: Sign = nothing

    @property
    def partial(self) -> str:
        """Folder of the unfinished run."""
        return self.path.rstrip("/") + ".partial"

    @property
    def assembly(self) -> str:
        """Folder in which the snapshot is assembled."""
        return storage.join(storage.absolute(self.partial), "snapshot")

    def stage(self, name: str) -> str:
        """Folder of a stage; absolute, since a runner's workers may have another working directory."""
        folder = storage.join(storage.absolute(self.partial), "stages", name)
        storage.make_folder(folder)
        return folder

    def close(self, run: dict[str, Any]) -> None:
        """Publishes what was assembled, and removes the stages and what was at `path` before."""
        self.sign()
        storage.write_json(storage.join(self.assembly, "run.json"), run)
        if storage.is_local(self.path):
            place = Path(self.path)
            if place.exists():
                place.rename(Path(self.partial, REPLACED))  # killed here: `_restore` brings it back
            Path(self.assembly).rename(place)
        else:
            storage.replace_tree(self.assembly, self.path, last=self.last)
        storage.remove(self.partial)


@contextlib.contextmanager
def open_output(
    path: str,
    identity: dict[str, Any],
    *,
    overwrite: bool,
    say: Callable[[str], None],
    last: str = MANIFEST,
) -> Iterator[Output]:
    """Checks what is at `path`, and holds `OUT.partial` for one run at a time.

    Args:
        path: of the output.
        identity: what its content depends on, by PARTS.
        overwrite: replace a different one.
        say: told lines for people.
        last: the file that says that the output is whole.

    Raises:
        UserError: another snapshot or anything else is there.
        RunError: another run writes there now.
    """
    path = path.rstrip("/") or path
    manifest, run = (storage.join(path, name) for name in (last, "run.json"))
    _restore(Output(path, complete=False, last=last), say)
    there = storage.exists(manifest)
    if there:
        equal = storage.exists(run) and storage.read_json(run).get("identity") == identity
        if equal:
            output = Output(path, complete=True, last=last)
            _clear(output, identity)
            yield output
            return
        if not overwrite:
            changed = (
                _changed(storage.read_json(run).get("identity", {}), identity) if storage.exists(run) else []
            )
            because = f" ({', '.join(changed)} changed)" if changed else ""
            message = f"`{path}` holds a different {NOUNS[last]}{because}"
            raise UserError(message, "choose another `--output`, or `--overwrite` it")
    elif _occupied(path):
        raise UserError(f"`{path}` is there and is no {NOUNS[last]}", "choose another `--output`")
    output = Output(path, complete=False, last=last)
    storage.make_folder(output.partial, private=True)
    with held(output.partial) as sign:
        if storage.exists(manifest) != there:
            raise RunError(
                f"another run has just written `{path}`", "give the command again to see what it did"
            )
        _resume(output, identity, say)
        yield replace(output, sign=sign)


def _occupied(path: str) -> bool:
    """Whether something lies at `path` that an unfinished run did not leave."""
    if storage.is_local(path):
        return Path(path).exists() and (not Path(path).is_dir() or any(Path(path).iterdir()))
    # A run that was killed while it copied its files to a store leaves some, and its stages.
    return not storage.exists(storage.join(f"{path}.partial", "identity.json")) and bool(storage.files(path))


def _restore(output: Output, say: Callable[[str], None]) -> None:
    """Brings back what was at `output.path` where a run was killed that had moved it, not yet replaced it."""
    moved = Path(output.partial, REPLACED)
    if not storage.is_local(output.path) or not moved.exists():
        return
    with held(output.partial):
        if Path(output.path).exists():
            storage.remove(str(moved))
        elif moved.exists():
            moved.rename(output.path)
            say(f"restored `{output.path}`: a run was ended while it replaced it")


def _clear(output: Output, identity: dict[str, Any]) -> None:
    """Removes what is left of the run that made `output`, where it was killed at its very end."""
    path = storage.join(output.partial, "identity.json")
    if not storage.exists(output.partial) or (storage.exists(path) and storage.read_json(path) != identity):
        return
    with held(output.partial):
        storage.remove(output.partial)


def _resume(output: Output, identity: dict[str, Any], say: Callable[[str], None]) -> None:
    """Says what an earlier run left, and notes this one's identity."""
    path = storage.join(output.partial, "identity.json")
    if storage.exists(path):
        changed = _changed(storage.read_json(path), identity)
        if changed:
            say(f"resuming `{output.partial}`: {', '.join(changed)} changed, what depends on it is redone")
        else:
            say(f"resuming `{output.partial}`: finished shards are kept")
    storage.write_json(path, identity)


def _changed(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    return [words for name, words in PARTS.items() if before.get(name) != now.get(name)]

"""`evenhand.curate`: the command of that name, for Python."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evenhand.snapshot import Snapshot
from schemas.config import Config
from schemas.load import load

if TYPE_CHECKING:
    from pipelines.progress import Progress

Source = str | Path | Sequence[str | Path] | Config


def curate(
    source: Source,
    output: str | Path,
    *,
    settings: Mapping[str, Any] | None = None,
    workers: int | None = None,
    runner: str | None = None,
    runner_options: Sequence[str] = (),
    parent: str | Path | None = None,
    limit: int | None = None,
    overwrite: bool = False,
    progress: Callable[["Progress"], None] | None = None,
    say: Callable[[str], None] | None = None,
) -> Snapshot:
    """Curates a corpus and opens the snapshot.

    Args:
        source: a `.yaml` config, or one or more files, folders, globs or `datasets` names, or a Config.
        output: the snapshot's folder.
        settings: keys of the config by dotted name, such as `{"near_dedup.threshold": 0.8}`.
        workers: processes; None: one a core.
        runner: a Beam runner; None: a pool of local processes.
        runner_options: Beam pipeline options, for `runner`.
        parent: a snapshot whose documents count as seen.
        limit: records to read at most, in the order of the input.
        overwrite: replace a different snapshot in `output`.
        progress: called now and then while a stage runs.
        say: called with lines for people, such as which field is taken as the text.

    Raises:
        UserError: bad use or bad config.
        RunError: the run failed; the same call continues it.
    """
    from pipelines.curate import curate as run

    outcome = run(
        _config(source, settings or {}),
        str(output),
        workers=workers,
        runner=runner,
        runner_options=tuple(runner_options),
        parent=None if parent is None else str(parent),
        limit=limit,
        overwrite=overwrite,
        progress=progress or _silent,
        say=say or _silent,
    )
    return Snapshot(outcome.path)


def _config(source: Source, settings: Mapping[str, Any]) -> Config:
    overrides = [f"{key}={json.dumps(value)}" for key, value in settings.items()]
    if isinstance(source, Config):
        if not settings:
            return source
        whole = [f"{key}={json.dumps(value)}" for key, value in source.model_dump(mode="json").items()]
        return load(None, (), [*whole, *overrides])
    if isinstance(source, str | Path):
        source = [source]
    paths = [str(path) for path in source]
    if paths and paths[0].lower().endswith((".yaml", ".yml")):
        return load(paths[0], paths[1:], overrides)
    return load(None, paths, overrides)


def _silent(_: object) -> None:
    """Says nothing."""

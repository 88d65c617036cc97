"""`evenhand.curate` and `evenhand.audit`: the commands of these names, for Python."""

import contextlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evenhand.configs import given, unknown
from evenhand.snapshot import Snapshot
from schemas.config import Config
from schemas.faults import ConfigError
from schemas.load import OVERRIDE, load

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


def audit(
    source: Source | Snapshot,
    output: str | Path,
    *,
    settings: Mapping[str, Any] | None = None,
    policy: str | Path | None = None,
    compare: str | Path | None = None,
    workers: int | None = None,
    runner: str | None = None,
    runner_options: Sequence[str] = (),
    overwrite: bool = False,
    progress: Callable[["Progress"], None] | None = None,
    say: Callable[[str], None] | None = None,
) -> dict[str, Any]:
    """Audits a snapshot, or files as they are.

    Args:
        source: a snapshot; or what `curate` takes, whose filters do not run.
        output: the report's folder.
        settings: keys of the config by dotted name; for a snapshot of `audit`, `impact` and `gates`.
        policy: a YAML policy: what the rules would have removed with it, by replay; for a snapshot.
        compare: another snapshot, folder of an audit or report.json, to be set beside this one.
        workers: processes; None: one a core.
        runner: a Beam runner; None: a pool of local processes.
        runner_options: Beam pipeline options, for `runner`.
        overwrite: replace a different report in `output`.
        progress: called now and then while a stage runs.
        say: called with lines for people.

    Returns:
        `report.json`.

    Raises:
        UserError: bad use or bad config.
        RunError: the run failed, or a shard is missing or damaged; the same call continues it.
    """
    from evenhand.auditing import run_audit

    paths = source.path if isinstance(source, Snapshot) else source
    config = paths if isinstance(paths, Config) else None
    inputs = [] if config else [str(path) for path in ([paths] if isinstance(paths, str | Path) else paths)]
    overrides = [f"{key}={json.dumps(value)}" for key, value in (settings or {}).items()]
    with _settings():
        return run_audit(
            inputs,
            str(output),
            config=_config(config, settings or {}) if config else None,
            overrides=overrides,
            policy=None if policy is None else str(policy),
            compare=None if compare is None else str(compare),
            workers=workers,
            runner=runner,
            runner_options=tuple(runner_options),
            overwrite=overwrite,
            progress=progress or _silent,
            say=say or _silent,
        ).report


@contextlib.contextmanager
def _settings() -> Iterator[None]:
    """Faults of `settings` under that name: what the command line calls `--set`."""
    try:
        yield
    except ConfigError as error:
        faults = [one._replace(place="settings") if one.place == OVERRIDE else one for one in error.faults]
        raise ConfigError(faults) from None


def _config(source: Source, settings: Mapping[str, Any]) -> Config:
    overrides = [f"{key}={json.dumps(value)}" for key, value in settings.items()]
    with _settings():
        if isinstance(source, Config):
            if not settings:
                return source
            whole = [f"{key}={json.dumps(value)}" for key, value in source.model_dump(mode="json").items()]
            return load(None, (), [*whole, *overrides], names=unknown)
        paths = [source] if isinstance(source, str | Path) else source
        return given([str(path) for path in paths], overrides, "curate")


def _silent(_: object) -> None:
    """Says nothing."""

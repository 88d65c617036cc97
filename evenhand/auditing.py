"""What `evenhand audit` is given, in words of the pipeline: a snapshot or files, a policy, another report."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from evenhand.configs import given, recorded
from evenhand.policies import over
from schemas.config import Config
from schemas.errors import UserError
from schemas.snapshot import MANIFEST

if TYPE_CHECKING:
    from pipelines.audit_snapshot import Audited
    from pipelines.progress import Progress

NO_INPUT = "there is nothing to audit: no SNAPSHOT and no INPUT was given"
SEALS = ("run.json", "report/report.json")  # what a snapshot has beside its shards
SHARDS = "part-*-of-*.parquet"


def run_audit(
    inputs: Sequence[str],
    output: str,
    *,
    config: Config | None = None,
    overrides: Sequence[str] = (),
    policy: str | None = None,
    compare: str | None = None,
    workers: int | None = None,
    runner: str | None = None,
    runner_options: Sequence[str] = (),
    overwrite: bool = False,
    progress: Callable[["Progress"], None],
    say: Callable[[str], None],
) -> "Audited":
    """Audits what `inputs` name.

    Args:
        inputs: one snapshot; or files, folders and so on, after a YAML config where there is one.
        output: folder of the report.
        config: in place of `inputs`.
        overrides: `key=value`.
        policy: YAML file, for a snapshot.
        compare: another report.
        workers: as of `curate`, like what follows.
        runner: name of a Beam runner.
        runner_options: Beam pipeline options.
        overwrite: replace a different report.
        progress: told of the progress.
        say: told lines for people.

    Raises:
        UserError: bad use or bad config.
        RunError: a failure while running.
    """
    from evenhand.replaying import check_signals, check_versions
    from pipelines import audit_snapshot

    place: dict[str, Any] = {
        "compare": compare,
        "workers": workers,
        "runner": runner,
        "runner_options": runner_options,
        "overwrite": overwrite,
        "progress": progress,
        "say": say,
    }
    if config is None and len(inputs) == 1 and audit_snapshot.is_snapshot(inputs[0]):
        known = audit_snapshot.manifest(inputs[0])
        document = known["config"]
        if policy is not None:
            _, replayed = over(document, policy)
            document = replayed.document()
        config = recorded(document, overrides)
        check_versions(known, config)
        if (ledger := audit_snapshot.ledger_schema(inputs[0], known)) is not None:
            check_signals(ledger)
        return audit_snapshot.audit_snapshot(inputs[0], config, output, **place)
    if policy is not None:
        raise UserError(
            "`--policy` needs a snapshot: it is held against its ledger", "curate the files first"
        )
    config = config or given(inputs, overrides, "audit")
    if not config.input.paths and not any(source.paths for source in config.sources):
        raise UserError(NO_INPUT, "such as `evenhand audit out --output audited`")
    for path in (*config.input.paths, *(path for source in config.sources for path in source.paths)):
        _refuse(path)
    return audit_snapshot.audit_files(config, output, **place)


def _refuse(path: str) -> None:
    """Refuses a snapshot among files, whole or not: its ledger would be read as a corpus.

    Raises:
        UserError: it is one.
    """
    from pipelines import audit_snapshot, storage

    if audit_snapshot.is_snapshot(path):
        raise UserError(
            f"`{path}` is a snapshot: it is audited alone",
            f"`evenhand audit {path} --output DIR`, or `--compare` it",
        )
    shards = {f"{part}/": storage.children(storage.join(path, part), SHARDS) for part in ("ledger", "data")}
    files = {name: storage.exists(storage.join(path, *name.split("/"))) for name in SEALS}
    if len(found := [name for name, there in {**shards, **files}.items() if there]) > 1:
        listed = ", ".join(f"`{name}`" for name in found)
        raise UserError(
            f"`{path}` is a snapshot that is not whole: it has {listed}, but no `{MANIFEST}`",
            f"restore `{MANIFEST}` from a copy, or curate again; `{path}/data` alone can be audited as files",
        )

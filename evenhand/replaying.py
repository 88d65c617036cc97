"""A whole ledger under another policy: how the verdicts change, counted, and each of them on disk."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from evenhand.snapshot import Snapshot
from filters.catalogue import BY_NAME, SIGNALS
from filters.decide import DECISION
from filters.replay import Policy, replay
from schemas.config import Config
from schemas.errors import UserError

COLUMNS = ["doc_id", *DECISION.names, "language", "signals"]
OUTPUT = pa.schema([pa.field("doc_id", pa.string(), nullable=False), *DECISION])


class Replayed(NamedTuple):
    """How the verdicts change."""

    verdicts: dict[tuple[str, str], int]
    """Records by (before, after)."""
    rules: dict[str, tuple[int, int]]
    """Records by deciding rule, (before, after)."""
    changed: int
    """Records with another verdict or deciding rule."""


def replay_snapshot(snapshot: Snapshot, old: Config, new: Config, output: str | Path | None) -> Replayed:
    """Replays, batch by batch; memory does not grow with the ledger.

    Args:
        snapshot: whose ledger.
        old: its config.
        new: the same with the new policy.
        output: a new Parquet file for OUTPUT, one row per record; None: count only.

    Raises:
        UserError: other versions of the filters wrote the ledger, or the output cannot be written.
    """
    check_versions(snapshot.manifest, new)
    for path in snapshot.files("ledger")[:1]:
        check_signals(pq.read_schema(path))
    verdicts: Counter[tuple[str, str]] = Counter()
    before: Counter[str] = Counter()
    after: Counter[str] = Counter()
    changed = 0
    was_policy, new_policy = (Policy(config.filters, config.parameters()) for config in (old, new))
    writer = _writer(output) if output else None
    try:
        for batch in snapshot.batches("ledger", COLUMNS):
            decided = replay(batch, was_policy, new_policy)
            was = list(zip(batch["verdict"].to_pylist(), batch["rule"].to_pylist(), strict=True))
            now = list(zip(decided["verdict"].to_pylist(), decided["rule"].to_pylist(), strict=True))
            verdicts.update(
                zip((verdict for verdict, _ in was), (verdict for verdict, _ in now), strict=True)
            )
            before.update(rule for _, rule in was if rule)
            after.update(rule for _, rule in now if rule)
            changed += sum(one != other for one, other in zip(was, now, strict=True))
            if writer:
                writer.write_batch(
                    pa.RecordBatch.from_arrays([batch["doc_id"], *decided.columns], schema=OUTPUT)
                )
    finally:
        if writer:
            writer.close()
    rules = {rule: (before[rule], after[rule]) for rule in sorted({*before, *after})}
    return Replayed(dict(sorted(verdicts.items())), rules, changed)


def as_json(result: Replayed, changes: list[tuple[str, Any, Any]]) -> dict[str, Any]:
    """The result as flat rows."""
    return {
        "policy": [{"key": key, "before": was, "after": now} for key, was, now in changes],
        "verdicts": [
            {"before": was, "after": now, "documents": n} for (was, now), n in result.verdicts.items()
        ],
        "rules": [
            {"rule": rule, "decided_before": b, "decided_after": a} for rule, (b, a) in result.rules.items()
        ],
        "changed": result.changed,
    }


def check_versions(manifest: Mapping[str, Any], new: Config) -> None:
    """Refuses a ledger that other versions of the filters wrote.

    Raises:
        UserError: it is such a one.
    """
    written = {rule["rule"] for rule in manifest["statistics"]["rules"]}
    for name in new.filters:
        others = [rule for rule in written if rule.startswith(f"{name}/") and rule != BY_NAME[name].rule]
        if others:
            message = f"`{others[0]}` wrote this ledger, here is `{BY_NAME[name].rule}`: needs a re-run"
            raise UserError(message, "use the Evenhand that made the snapshot, or curate again")


def check_signals(ledger: pa.Schema) -> None:
    """Refuses a ledger without the signals that the filters read now.

    Raises:
        UserError: it is such a one.
    """
    fields = {field.name for field in ledger.field("signals").type}
    if missing := set(SIGNALS.names) - fields:
        message = f"this ledger has no signal `{min(missing)}`: another version wrote it; needs a re-run"
        raise UserError(message, "use the Evenhand that made the snapshot, or curate again")


def _writer(output: str | Path) -> pq.ParquetWriter:
    try:
        return pq.ParquetWriter(output, OUTPUT, compression="zstd")
    except OSError as error:
        message = f"`{output}` cannot be written: {error.strerror or error}"
        raise UserError(message) from None

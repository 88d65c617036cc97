"""What `evenhand verify` checks of the manifest itself, and of the files beside the shards.

`id` and `policy_hash` are computed again, statistics held against what the rows gave, and files beside the
shards against their checksums.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import xxhash

from evenhand.integrity_rows import Sizes
from schemas import snapshot as schema
from schemas.config import digest
from schemas.errors import UserError
from schemas.load import check

COMPANIONS = (
    "README.md",
    "report/report.html",
    "report/report.json",
    "run.json",
    "samples/removed.parquet",
    "index/index.json",
)
BLOCK = 8 << 20


def manifest(told: schema.Manifest) -> Iterator[str]:
    """Sums, `id` and `policy_hash`."""
    counts = told.counts
    if not schema.adds_up(counts.model_dump()):
        yield (
            f"snapshot.json: read {counts.read} is not keep {counts.keep} + drop {counts.drop}"
            f" + review {counts.review} + error {counts.error}"
        )
    for source, numbers in counts.by_source.items():
        if not schema.adds_up(numbers):
            yield f"snapshot.json: counts of source `{source}` do not add up: {numbers}"
    if digest([told.config, told.parent, [shard.sha256 for shard in told.shards]])[:32] != told.id:
        yield "snapshot.json: `id` is not the hash of config, parent and shards"
    if list(told.sources) != told.config.get("sources"):
        yield "snapshot.json: `sources` differ from those of its config"
    try:
        config = check(told.config)
    except UserError as error:
        yield f"snapshot.json: its config is not valid: {error}"
        return
    # Where this program knows other keys than the one that wrote the config, its hash says nothing.
    if config.document() == told.config and config.policy_hash != told.policy_hash:
        yield "snapshot.json: `policy_hash` is not the hash of the policy in its config"


def files(root: Path, told: schema.Manifest) -> Iterator[str]:
    """What else a snapshot has; the quarantine holds a line for each record that could not be read."""
    extra = told.statistics.model_extra or {}
    sums: dict[str, str] = extra.get("files") or {}
    missing = {name for name in {*COMPANIONS, *sums} if not (root / name).is_file()}
    for name in sorted(missing):
        yield f"{name}: missing"
    lines = sum(path.read_bytes().count(b"\n") for path in (root / "quarantine").glob("*.jsonl"))
    if lines != told.counts.error:
        yield f"quarantine: {lines} lines, snapshot.json says {told.counts.error} errors"
    report = root / "report" / "report.json"
    if "report_sha256" in extra and report.is_file():
        if hashlib.sha256(report.read_bytes()).hexdigest() != extra["report_sha256"]:
            yield "report/report.json: sha256 differs from snapshot.json"
        sums = {name: checksum for name, checksum in sums.items() if name != "report/report.json"}
    for name in sorted(sums.keys() - missing):
        if _checksum(root / name) != sums[name]:
            yield f"{name}: checksum differs from snapshot.json"
    if not missing:
        yield from _samples(root)
        yield from _index(root, told)


def _checksum(path: Path) -> str:
    checksum = xxhash.xxh3_128()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            checksum.update(block)
    return str(checksum.hexdigest())


def _samples(root: Path) -> Iterator[str]:
    try:
        pq.read_metadata(root / "samples" / "removed.parquet")
    except (pa.ArrowException, OSError) as error:
        yield f"samples/removed.parquet: cannot be read: {type(error).__name__}"


def _index(root: Path, told: schema.Manifest) -> Iterator[str]:
    """A sketch and a fate for each record that was read, and those of all earlier generations."""
    folder = root / "index"
    try:
        index = json.loads((folder / "index.json").read_bytes())
        own = index["parts"]
        parents = [
            {**part, "name": f"{one['snapshot']}/{part['name']}"}
            for one in index["parents"]
            for part in one["parts"]
        ]
        rows = sum(part["rows"] for part in own)
    except (ValueError, KeyError, TypeError):
        yield "index/index.json: cannot be read"
        return
    if rows != told.counts.read:
        yield f"index/index.json: {rows} records, snapshot.json says {told.counts.read}"
    for part in chain(parents, own):
        for kind in ("sketch", "fate"):
            name = f"{part['name']}.{kind}.arrow"
            try:
                with pa.memory_map(str(folder / name)) as source, pa.ipc.open_file(source) as reader:
                    seen = sum(reader.get_batch(i).num_rows for i in range(reader.num_record_batches))
            except FileNotFoundError:
                yield f"index/{name}: missing"
            except (pa.ArrowException, OSError) as error:
                yield f"index/{name}: cannot be read: {type(error).__name__}"
            else:
                if seen != part["rows"]:
                    yield f"index/{name}: {seen} records, its index.json says {part['rows']}"


def statistics(told: schema.Manifest, sizes: Sizes, decided: Counter[Any]) -> Iterator[str]:
    """What the rows can tell: volumes in total, by source and by language, and what each reason decided.

    Args:
        told: the manifest.
        sizes: of ledger and data.
        decided: records by rule and reason, by the ledger.
    """
    whole = told.statistics.model_dump()
    said: Sizes = Counter()
    for section in ("total", "source", "language"):
        for name, sides in ({"": whole["total"]} if section == "total" else whole[section]).items():
            for side, numbers in sides.items():
                said |= {(section, name, side, measure): n for measure, n in numbers.items()}
    unknown = {key for key in said if key[2:] == ("read", "bytes")}  # only the input could tell
    for key in sorted({*said, *sizes} - unknown, key=str):
        if said[key] != sizes[key]:
            section, name, side, measure = key
            place = f"{section} `{name}`" if name else section
            yield f"snapshot.json: {place}: {measure} {side} {said[key]}, the rows have {sizes[key]}"
    for section in ("source", "language", "year"):
        for side, numbers in whole["total"].items():
            for measure, number in numbers.items():
                if (parts := sum(one[side][measure] for one in whole[section].values())) != number:
                    yield f"snapshot.json: {measure} {side}: {number} in total, {parts} by {section}"
    rules = {(rule.rule, rule.reason): rule.decided for rule in told.statistics.rules if rule.reason}
    for rule, reason in sorted({*rules, *decided}, key=str):
        if (one := rules.get((rule, reason), 0)) != (seen := decided[rule, reason]):
            yield f"snapshot.json: statistics of `{rule}` ({reason}): decided {one}, the ledger has {seen}"

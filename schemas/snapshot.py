"""`snapshot.json`, the manifest of a snapshot (design, section 4): what it was made of, and what became."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from schemas.errors import UserError

SCHEMA_VERSION = 1
MANIFEST = "snapshot.json"
REPLACED = "replaced"  # in OUT.partial: what was at OUT, for the moment in which a new one takes its place


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Counts(_Part):
    """Records by what became of them; `read` is the sum of the other four."""

    read: int = Field(ge=0)
    """Records read, unreadable ones too."""
    keep: int = Field(ge=0)
    """Documents in `data/`."""
    drop: int = Field(ge=0)
    """Documents removed by a rule."""
    review: int = Field(ge=0)
    """Documents in a policy's review band: not in `data/`."""
    error: int = Field(ge=0)
    """Records that could not be read: in `quarantine/`."""
    by_rule: dict[str, int]
    """Records decided by each rule (`filter/version`, `input/1` for errors); all but the kept."""
    by_source: dict[str, dict[str, int]]
    """Source -> read, keep, drop, review, error."""


class Shard(_Part):
    """One Parquet file of `data/` or `ledger/`."""

    path: str
    """Relative to the snapshot, `/` between parts."""
    rows: int = Field(ge=0)
    """Rows in it."""
    bytes: int = Field(ge=0)
    """Size of the file."""
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    """Checksum of the file, hex."""


class RuleCount(_Part):
    """What one reason of one rule did; `reason` null: the rule as a whole (a document counts once)."""

    rule: str
    """`filter/version`, or `input/1` for what could not be read."""
    reason: str | None
    """Stable code."""
    decided: int = Field(ge=0)
    """Records whose deciding rule it was."""
    fired: int = Field(default=0, ge=0)
    """Documents it fired on, whoever decided; absent for `input/1`, as the next two."""
    only: int = Field(default=0, ge=0)
    """Documents on which nothing else fired."""
    not_measured: int = Field(default=0, ge=0)
    """Documents without its signal: not applicable (a language without word list), or not measured."""
    unread_bytes: int = Field(default=0, ge=0)
    """Of `input/1`: bytes known to be unread for this reason."""


class Volume(_Part):
    """How much text."""

    documents: int = Field(ge=0)
    """Readable records."""
    characters: int = Field(ge=0)
    """Unicode code points of their text."""
    bytes: int = Field(ge=0)
    """Bytes of their text in UTF-8."""


class Volumes(_Part):
    """Text before and after curation."""

    read: Volume
    """All readable records, as read."""
    kept: Volume
    """The documents kept, as written (edits applied)."""


class Statistics(BaseModel):
    """Figures over the run, all of them integers or quantised to 1e-6; stages may add keys."""

    model_config = ConfigDict(extra="allow", frozen=True)

    total: Volumes
    """Everything."""
    source: dict[str, Volumes]
    """By source."""
    language: dict[str, Volumes]
    """By code of lid.176, `und` for empty text."""
    year: dict[str, Volumes]
    """By year of `timestamp`, four digits; `unknown` without one."""
    domain: dict[str, Volumes]
    """By registered name of `url`, the largest; documents without one are in none."""
    region: dict[str, Volumes] = {}
    """By country of `url`'s country-code domain (a group of `geography`), `unknown` where it names none."""
    domains: int = Field(ge=0)
    """Distinct registered names."""
    domain_other: Volumes
    """Those that are not in `domain`, together."""
    rules: tuple[RuleCount, ...]
    """By rule and reason."""
    unread_bytes: int = Field(ge=0)
    """Bytes known to lie in what could not be read."""


class Manifest(_Part):
    """The whole of `snapshot.json`."""

    schema_version: int = Field(ge=1, le=SCHEMA_VERSION)
    """1."""
    id: str = Field(pattern="^[0-9a-f]+$")
    """Hash of config, parent and shard checksums; hex."""
    parent: str | None
    """Id of the snapshot that stood before the input; null: none."""
    config: dict[str, Any]
    """`Config.document()`: no output, workers, runner, memory, secret or path."""
    policy_hash: str
    """`Config.policy_hash`."""
    code_version: str
    """Version of Evenhand, and of each filter, that made it."""
    counts: Counts
    """Records by verdict, rule and source."""
    shards: tuple[Shard, ...]
    """Of `data/`, then of `ledger/`, in order."""
    sources: tuple[dict[str, Any], ...] = ()
    """Declared sources: name, origin, licence, collection_period, link."""
    statistics: Statistics
    """What each rule did; documents, characters and bytes before and after."""


def read(root: str | Path) -> Manifest:
    """The manifest of the snapshot in folder `root`.

    Raises:
        UserError: no snapshot, an unfinished one, or a manifest that breaks the contract.
    """
    path = Path(root) / MANIFEST
    try:
        text = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        partial = Path(f"{str(root).rstrip('/')}.partial")
        hint = None
        if (partial / REPLACED).exists():
            hint = (
                f"a run was ended while it replaced it: the next `curate` into `{root}` restores it first, or"
                f" move it back from `{partial / REPLACED}`"
            )
        elif partial.exists():
            hint = f"`{partial}` is an unfinished run: the command that began it continues it"
        message = f"`{root}` is no snapshot: there is no `{MANIFEST}` in it"
        raise UserError(message, hint) from None
    except OSError as error:
        message = f"`{path}` cannot be read: {error.strerror}"
        raise UserError(message) from None
    return checked(text, path)


def checked(text: bytes, path: str | Path) -> Manifest:
    """The manifest that lies at `path`, of its bytes.

    Raises:
        UserError: it breaks the contract.
    """
    try:
        return Manifest.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"])) or "the document"
        message = f"`{path}` is damaged: {where}: {first['msg']} ({error.error_count()} faults)"
        raise UserError(message, "`evenhand verify` lists what else is wrong") from None


def adds_up(counts: Mapping[str, Any]) -> bool:
    """Conservation: read = keep + drop + review + error."""
    return bool(counts["read"] == counts["keep"] + counts["drop"] + counts["review"] + counts["error"])

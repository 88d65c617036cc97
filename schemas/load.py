"""Defaults, then the YAML file, then the command line: one Config, or every fault of it at once."""

import copy
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from schemas import yaml_lines
from schemas.config import Config
from schemas.errors import UserError
from schemas.faults import ConfigError, Fault, describe, dotted, place_of

OVERRIDE = "--set"  # the place of a key that the command line sets
Places = dict[tuple[str | int, ...], str]


Names = Callable[[Config], Iterable[tuple[tuple[str | int, ...], str, str | None]]]


def load(
    path: Path | str | None,
    inputs: Sequence[str] = (),
    overrides: Sequence[str] = (),
    *,
    base: Mapping[str, Any] | None = None,
    names: Names = lambda _: (),
) -> Config:
    """Reads and checks a config.

    Args:
        path: YAML file; None: defaults only.
        inputs: replace `input.paths` where there are any.
        overrides: `key.key=value`, the value read as YAML; later ones win.
        base: values in the place of a file's, such as a snapshot's own.
        names: tells what a config names that there is not: (path, message, hint) of each.

    Raises:
        ConfigError: at least one fault.
        UserError: the file cannot be read.
    """
    values, places = read(path) if path is not None else (copy.deepcopy(dict(base or {})), {})
    if inputs:
        _put(values, places, ("input", "paths"), list(inputs), "command line")
    faults = [fault for override in overrides if (fault := _override(values, places, override))]
    if faults:
        raise ConfigError(faults)
    return check(values, places, names)


def read(path: Path | str) -> tuple[dict[str, Any], Places]:
    """The keys of a YAML file, and the place (`file:line`) of each."""
    try:
        text = Path(path).read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError([Fault(str(path), f"not UTF-8 at byte {error.start}")]) from None
    except OSError as error:
        hint = "`evenhand init` writes one" if isinstance(error, FileNotFoundError) else None
        msg = f"config `{path}` cannot be read: {error.strerror}"
        raise UserError(msg, hint) from None
    values, lines = yaml_lines.parse(text, str(path))
    if values is not None and not isinstance(values, dict):
        raise ConfigError([Fault(f"{path}:1", "a config is a list of `key: value`, this is none")])
    return values or {}, {at: f"{path}:{line}" for at, line in lines.items()}


def check(values: dict[str, Any], places: Places | None = None, names: Names = lambda _: ()) -> Config:
    """A Config of plain values, or all faults; a section or list left empty (null) keeps its defaults."""
    places = places or {}
    values = {key: value for key, value in values.items() if value is not None}
    try:
        config = Config.model_validate_json(json.dumps(values), strict=True)
    except ValidationError as error:
        found = [describe(one, Config, places) for one in error.errors(include_url=False)]
        raise ConfigError(_in_order(found)) from None
    if unknown := [Fault(place_of(path, places), said, hint) for path, said, hint in names(config)]:
        raise ConfigError(_in_order(unknown))
    return config


def _override(values: dict[str, Any], places: Places, override: str) -> Fault | None:
    """Applies one `--set`; a Fault where it is no `key=value` or leads into a value that is no section."""
    key, equals, text = override.partition("=")
    path = tuple(key.strip().split("."))
    if not equals or not all(path):
        return Fault(OVERRIDE, f"`{override}` is no `key=value`", "such as `--set near_dedup.threshold=0.8`")
    inside: Any = values
    for n, part in enumerate(path[:-1], 1):
        inside = inside.get(part) or {}
        if not isinstance(inside, dict):
            return Fault(OVERRIDE, f"`{dotted(path)}` lies inside `{dotted(path[:n])}`, which is no section")
    try:
        _put(values, places, path, yaml_lines.parse(text, OVERRIDE).values, OVERRIDE)
    except ConfigError as error:
        return Fault(OVERRIDE, f"`{override}`: {error.faults[0].message}")
    return None


def _put(values: dict[str, Any], places: Places, path: tuple[str, ...], value: object, place: str) -> None:
    """Sets one key, making sections on the way, and notes where it was written."""
    for n, part in enumerate(path[:-1], 1):
        if not isinstance(values.get(part), dict):
            values[part] = {}
        places.setdefault(path[:n], place)
        values = values[part]
    values[path[-1]] = value
    for at in [at for at in places if at[: len(path)] == path]:
        del places[at]
    places[path] = place


def _in_order(faults: Iterable[Fault]) -> list[Fault]:
    """By line of the file, as a reader meets them; the command line last."""

    def key(fault: Fault) -> tuple[bool, int]:
        line = fault.place.rpartition(":")[2]
        return (not line.isdigit(), int(line) if line.isdigit() else 0)

    return sorted(faults, key=key)

"""A new policy laid over a snapshot's config: what changes, and whether its ledger can answer."""

from pathlib import Path
from typing import Any

from schemas.config import Config
from schemas.faults import ConfigError, Fault
from schemas.load import Places, check, read


def over(recorded: dict[str, Any], policy: str | Path) -> tuple[Config, Config]:
    """(config of the snapshot, the same with the policy file's keys).

    The file may be a whole config or a few keys; what it does not name stays as in the snapshot.

    Args:
        recorded: `config` of `snapshot.json`.
        policy: a YAML file.

    Raises:
        ConfigError: faults of the file, or keys that change what was measured: the ledger cannot tell.
        UserError: the file cannot be read.
    """
    old = check(recorded)
    values, places = read(policy)
    new = check(_merged(recorded, values), places)
    if changed := _measured_changes(old, new):
        faults = [
            Fault(_place(places, key, policy), f"`{key}` changes what is measured: needs a re-run")
            for key in changed
        ]
        faults[-1] = faults[-1]._replace(hint="curate again with it, or leave it out of the policy")
        raise ConfigError(faults)
    return old, new


def changes(old: Config, new: Config) -> list[tuple[str, Any, Any]]:
    """(key, before, after) of each key of the policy that differs."""
    before, after = _flat(old.document()), _flat(new.document())
    return [
        (key, before.get(key), after.get(key))
        for key in sorted({*before, *after})
        if before.get(key) != after.get(key)
    ]


def _measured_changes(old: Config, new: Config) -> list[str]:
    """Keys that `decide` does not read and that differ, in filters that both run."""
    before, after = old.measured(), new.measured()
    both = set(before["filters"]) & set(after["filters"])
    keys = [
        f"{name}.{key}"
        for name in sorted(both)
        for key, value in after["filters"][name].items()
        if before["filters"][name].get(key) != value
    ]
    keys += [f"input.{key}" for key, value in after["input"].items() if before["input"].get(key) != value]
    if "balance" in new.filters and new.balance.sampling != "none":
        keys += _weights_changed(old, new)
    return keys + (["sources"] if before["sources"] != after["sources"] else [])


def _weights_changed(old: Config, new: Config) -> list[str]:
    """Keys that would change the weights of down-sampling: of mentions, and of what other rules keep."""
    keys = [
        f"groups.{key}"
        for key, value in new.measured()["groups"].items()
        if old.measured()["groups"].get(key) != value
    ]
    drawn = "balance" in old.filters and old.balance.sampling != "none"
    if not drawn or _others(old) != _others(new):
        keys.append("balance.sampling")
    return keys


def _others(config: Config) -> dict[str, Any]:
    """What is decided without balance."""
    decisions = config.decisions()
    filters = [name for name in decisions["filters"] if name != "balance"]
    return {"filters": filters, **{name: decisions[name] for name in filters}}


def _place(places: Places, key: str, policy: str | Path) -> str:
    path: tuple[str | int, ...] = tuple(key.split("."))
    return next((places[path[:n]] for n in range(len(path), 0, -1) if path[:n] in places), str(policy))


def _merged(base: dict[str, Any], top: dict[str, Any]) -> dict[str, Any]:
    """`top` over `base`, section by section; an empty section (null) changes nothing."""
    merged = dict(base)
    for key, value in top.items():
        if isinstance(value, dict) and isinstance(base.get(key), dict) and key != "review":
            merged[key] = _merged(base[key], value)
        elif value is not None or not isinstance(base.get(key), dict | list):
            merged[key] = value
    return merged


def _flat(values: dict[str, Any], above: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in values.items():
        flat |= _flat(value, f"{above}{key}.") if isinstance(value, dict) else {f"{above}{key}": value}
    return flat

"""The config of a command: a file, the defaults, or what a snapshot was made with, and `--set`."""

from collections.abc import Sequence
from typing import Any

from audits.gate_faults import faults
from schemas.config import Config
from schemas.errors import UserError
from schemas.faults import ConfigError, Fault
from schemas.load import OVERRIDE, load

AUDITED = ("audit", "impact", "gates")  # what the audit of a snapshot can be told


def given(inputs: Sequence[str], overrides: Sequence[str], command: str) -> Config:
    """The config of INPUTs, of which the first may be a YAML file.

    Raises:
        ConfigError: at least one fault.
        UserError: a config that is not the first.
    """
    is_config = [path.lower().endswith((".yaml", ".yml")) for path in inputs]
    if any(is_config[1:]):
        message = f"`{inputs[is_config.index(True, 1)]}`: a config comes first, and there is one"
        raise UserError(message, f"see `evenhand {command} --help`")
    first = inputs[0] if is_config[:1] == [True] else None
    return load(first, inputs[first is not None :], overrides, names=unknown)


def recorded(document: dict[str, Any], overrides: Sequence[str]) -> Config:
    """The config that a snapshot was made with, or a policy laid over it, and other keys of its audit.

    Args:
        document: `Config.document()`.
        overrides: `key=value`.

    Raises:
        ConfigError: at least one fault, such as a key that is no part of the audit.
    """
    for override in overrides:
        key = override.partition("=")[0].strip()
        if key.partition(".")[0] not in AUDITED:
            message = f"`{key}` is no part of the audit of a snapshot"
            hint = "what can be set: `audit.`, `impact.` and `gates`; else curate again"
            raise ConfigError([Fault(OVERRIDE, message, hint)])
    return load(None, (), overrides, base=document, names=unknown)


def unknown(config: Config) -> list[tuple[tuple[str | int, ...], str, str | None]]:
    """What the config's gates name that there is not."""
    return faults(config.gates)

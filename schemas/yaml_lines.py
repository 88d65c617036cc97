"""YAML as plain values, with the line of every key and item, so that a fault can name its line.

Scalars follow YAML 1.2's core schema: `no` is Norwegian, not false; dates and 1:30 stay text.
"""

import math
import re
from typing import Any, NamedTuple

import yaml

from schemas.faults import ConfigError, Fault

Path = tuple[str | int, ...]

_SCALARS = [
    ("null", re.compile(r"^(?:~|null|Null|NULL|)$")),
    ("bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$")),
    ("int", re.compile(r"^(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$")),
    ("float", re.compile(r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$")),
]
_DEEPEST = 16  # no key of ours lies deeper; stops a recursive alias


class Parsed(NamedTuple):
    """`values` as JSON would hold them; `lines`: first line (from 1) of the key or item at each path."""

    values: Any
    lines: dict[Path, int]


def parse(text: str, name: str) -> Parsed:
    """Reads one YAML document; an empty one is None.

    Args:
        text: the document.
        name: what faults call it, usually the file's path.

    Raises:
        ConfigError: it is no YAML, holds a key twice, or a tag such as `!!python/name`.
    """
    try:
        loader = yaml.SafeLoader(text)
        loader.yaml_implicit_resolvers = {
            None: [(f"tag:yaml.org,2002:{tag}", like) for tag, like in _SCALARS]
        }
        node = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigError([Fault(f"{name}:{line}", f"not YAML: {error.problem or error.context}")]) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise ConfigError([Fault(f"{name}:{line}", f"not YAML: {error.reason}")]) from None
    faults: list[Fault] = []
    lines: dict[Path, int] = {}
    values = None if node is None else _value(node, (), name, lines, faults)
    if faults:
        raise ConfigError(faults)
    return Parsed(values, lines)


def _value(node: Any, path: Path, name: str, lines: dict[Path, int], faults: list[Fault]) -> Any:  # noqa: ANN401
    line = node.start_mark.line + 1
    lines.setdefault(path, line)
    if len(path) > _DEEPEST:
        faults.append(Fault(f"{name}:{line}", "nested too deeply"))
        return None
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, name, lines, faults)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, (*path, i), name, lines, faults) for i, item in enumerate(node.value)]
    return _scalar(node, f"{name}:{line}", faults)


def _mapping(
    node: Any,  # noqa: ANN401
    path: Path,
    name: str,
    lines: dict[Path, int],
    faults: list[Fault],
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key_node, value_node in node.value:
        place = f"{name}:{key_node.start_mark.line + 1}"
        if not isinstance(key_node, yaml.ScalarNode):
            faults.append(Fault(place, "a key must be text"))
            continue
        key = str(key_node.value)
        if key in values:
            faults.append(Fault(place, f"key `{key}` appears twice, first in line {lines[*path, key]}"))
            continue
        lines[*path, key] = key_node.start_mark.line + 1
        values[key] = _value(value_node, (*path, key), name, lines, faults)
    return values


def _scalar(node: Any, place: str, faults: list[Fault]) -> Any:  # noqa: ANN401
    kind, text = str(node.tag).rpartition(":")[2], str(node.value)
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() == "true"
    if kind == "int":
        return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
    if kind == "float":
        if not math.isfinite(float(text)):
            faults.append(Fault(place, f"`{text}` is too large a number"))
        return float(text)
    if kind != "str":
        faults.append(Fault(place, f"tag `{node.tag}` is not supported"))
    return text

"""Faults of a config, in words: place, subject, value seen, value allowed, and one next action."""

import difflib
import json
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from typing import Any, NamedTuple, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from schemas.errors import UserError

_SHOWN = 40  # characters of a value that a message repeats
_KINDS = {
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "bool_type": "must be true or false",
    "string_type": "must be text",
    "tuple_type": "must be a list",
    "dict_type": "must be a section of keys and values",
    "model_type": "must be a section of keys and values",
    "string_too_short": "must not be empty",
    "string_pattern_mismatch": "must not be empty or hold `/`, `#` or control characters",
}


class Fault(NamedTuple):
    """One fault: `place` (`config.yaml:14`, `--set`), what is wrong, and the next action, if one is known."""

    place: str
    message: str
    hint: str | None = None


class ConfigError(UserError):
    """All faults of one config at once."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        lines = []
        for fault in faults:
            lines.append(f"{fault.place}: {fault.message}")
            lines += [f"hint: {fault.hint}"] if fault.hint else []
        super().__init__("\n".join(lines))


def dotted(path: Iterable[str | int]) -> str:
    """`sources[0].name` of ("sources", 0, "name")."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def nearest(word: str, words: Iterable[str]) -> str | None:
    """The word of `words` that `word` was probably meant to be."""
    found = difflib.get_close_matches(word.lower(), list(words), n=1, cutoff=0.6)
    return found[0] if found else None


def did_you_mean(word: str, words: Iterable[str], otherwise: str) -> str:
    """A hint: the nearest word, else all of them."""
    words = list(words)
    near = nearest(word, words)
    return f"did you mean `{near}`?" if near else f"{otherwise}: {', '.join(f'`{w}`' for w in words)}"


def place_of(path: tuple[str | int, ...], places: Mapping[tuple[str | int, ...], str]) -> str:
    """Where a path, or the nearest above it, was written."""
    return next((places[path[:n]] for n in range(len(path), -1, -1) if path[:n] in places), "config")


def describe(
    error: ErrorDetails, model: type[BaseModel], places: Mapping[tuple[str | int, ...], str]
) -> Fault:
    """One of pydantic's errors as a Fault; `places` tells where each path was written."""
    path = error["loc"] + tuple(error.get("ctx", {}).get("below", ()))
    place = place_of(path, places)
    name = dotted(path)
    if error["type"] == "extra_forbidden":
        return Fault(place, f"unknown key `{name}`", _unknown_key_hint(path, model))
    if error["type"] == "missing":
        return Fault(place, f"`{name}` is missing", "give it, or delete the entry")
    if error["type"] == "ours":
        return Fault(place, error["msg"], error["ctx"].get("hint"))
    if error["type"] in ("literal_error", "enum"):
        return _unknown_choice(place, name, path, error, model)
    said = _KINDS.get(error["type"]) or _bounds(error, field_at(model, path))
    return Fault(place, f"`{name}` is {_shown(error['input'])}, {said}")


def field_at(model: type[BaseModel], path: Sequence[str | int]) -> FieldInfo | None:
    """The field of `model`, or of the models inside it, that `path` leads to."""
    field = None
    inner: type[BaseModel] | None = model
    for part in path:
        if isinstance(part, int):
            continue
        field = inner.model_fields.get(part) if inner else None
        inner = model_inside(field)
    return field


def model_inside(field: FieldInfo | None) -> type[BaseModel] | None:
    """The model a field holds, alone or in a tuple."""
    if field is None:
        return None
    for kind in (field.annotation, *get_args(field.annotation)):
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            return kind
    return None


def _unknown_key_hint(path: Sequence[str | int], model: type[BaseModel]) -> str:
    *parents, key = path
    fields = (model_inside(field_at(model, parents)) if parents else model) or model
    near = nearest(str(key), fields.model_fields)
    if not near:
        # A right key in the wrong section: `text_field` belongs under `input`.
        for section, field in model.model_fields.items():
            if (
                (inner := model_inside(field))
                and key in inner.model_fields
                and isinstance(field.default, BaseModel)
            ):
                return f"did you mean `{section}.{key}`?"
        return f"valid keys: {', '.join(f'`{dotted([*parents, k])}`' for k in fields.model_fields)}"
    return f"did you mean `{dotted([*parents, near])}`?"


def _unknown_choice(
    place: str, name: str, path: Sequence[str | int], error: ErrorDetails, model: type[BaseModel]
) -> Fault:
    field = field_at(model, path)
    choices = [str(choice) for choice in _choices(field.annotation if field else None)]
    seen = str(error["input"])
    if path[:1] == ("filters",):
        return Fault(place, f"unknown filter `{seen}`", did_you_mean(seen, choices, "filters"))
    wanted = ", ".join(f"`{choice}`" for choice in choices)
    near = nearest(seen, choices)
    return Fault(
        place,
        f"`{name}` is {_shown(error['input'])}, must be one of {wanted}",
        f"did you mean `{near}`?" if near else None,
    )


def _choices(kind: Any) -> list[Any]:  # noqa: ANN401
    if isinstance(kind, type) and issubclass(kind, Enum):
        return list(kind)
    found: list[Any] = []
    for part in get_args(kind):
        found += [part] if isinstance(part, str) else _choices(part)
    return found


def _bounds(error: ErrorDetails, field: FieldInfo | None) -> str:
    bounds: dict[str, Any] = {}
    for rule in field.metadata if field else ():
        bounds.update({key: getattr(rule, key) for key in ("ge", "gt", "le", "lt") if hasattr(rule, key)})
    low, high = bounds.get("ge", bounds.get("gt")), bounds.get("le", bounds.get("lt"))
    if low is None and high is None:
        return error["msg"][:1].lower() + error["msg"][1:]
    if high is None:
        return f"must be {'at least' if 'ge' in bounds else 'above'} {low}"
    if low is None:
        return f"must be {'at most' if 'le' in bounds else 'below'} {high}"
    seen = error["input"]
    excluded = [key for key in ("gt", "lt") if key in bounds and bounds[key] == seen]
    return f"must lie in {low}..{high}" + (f", {seen} excluded" if excluded else "")


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return "a section"
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, str):
        return f"`{value[:_SHOWN]}{'...' if len(value) > _SHOWN else ''}`"
    return json.dumps(value)

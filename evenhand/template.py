"""The commented config that `evenhand init` writes, made from the models' own descriptions."""

import json
import textwrap
from collections.abc import Sequence
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from schemas.config import Config, Origin
from schemas.faults import model_inside

WIDTH = 100
NO_BREAK = "\N{NO-BREAK SPACE}"
HEAD = """# Config of `evenhand curate`. Every key is here with its default; a key that you delete keeps it.
# Override one for a single run: `--set near_dedup.threshold=0.8`.
"""
SOURCES = f"""# Declared sources, in order of preference when duplicates meet; each travels to the snapshot.
# sources:
#   - name: forum            # begins the ids of its documents
#     paths: [forum/*.jsonl.gz]
#     format: null
#     origin: user_data      # one of {", ".join(Origin)}
#     licence: CC-BY-4.0
#     collection_period: 2019-01/2024-06
#     link: https://example.org/forum
"""
GATES = """\
# Bounds that the report must keep; where one fails the snapshot is written all the same, and the exit code
# is 1 (docs/audit/README.md).
# gates:
#   - measure: removal_ratio # of any rule, for any group
#     at_most: 1.25
#     min_documents: 200
#     p_adjusted_below: 0.05
#   - measure: language_share
#     key: und
#     at_most: 0.1
"""


def template(inputs: Sequence[str] = ()) -> str:
    """YAML text that loads to the defaults, with `inputs` as `input.paths`."""
    parts = [HEAD]
    for name, field in Config.model_fields.items():
        if name == "sources":
            parts.append(SOURCES + "sources: []\n")
        elif name == "gates":
            parts.append(GATES + "gates: []\n")
        elif section := model_inside(field):
            parts.append(_section(name, section, {"paths": list(inputs)} if name == "input" else {}))
        else:
            parts.append(_comment(field, "") + _line(name, _default(field), ""))
    return "\n".join(parts)


def _section(name: str, model: type[BaseModel], given: dict[str, Any]) -> str:
    text = _wrapped(" ".join((model.__doc__ or "").split("\n\n")[0].split()), "") + f"{name}:\n"
    for key, field in sorted(model.model_fields.items(), key=lambda item: item[0] == "review"):
        text += _comment(field, "  ") + _line(key, given.get(key, _default(field)), "  ")
    return text


def _comment(field: FieldInfo, indent: str) -> str:
    said = field.description or ""
    choices = [
        c for c in get_args(get_args(field.annotation)[0] if get_args(field.annotation) else None) if c
    ]
    if choices and all(isinstance(choice, str) for choice in choices):
        said += f" One of: {', '.join(choices)}."
    if bounds := _bounds(field):
        said += f" ({bounds})".replace(" ", NO_BREAK).replace(NO_BREAK, " ", 1)
    return _wrapped(said, indent).replace(NO_BREAK, " ")


def _bounds(field: FieldInfo) -> str:
    words = {"ge": "at least", "gt": "above", "le": "at most", "lt": "below"}
    said = [
        f"{word} {getattr(rule, key)}"
        for rule in field.metadata
        for key, word in words.items()
        if hasattr(rule, key)
    ]
    return ", ".join(said)


def _wrapped(text: str, indent: str) -> str:
    return (
        textwrap.fill(text, WIDTH, initial_indent=f"{indent}# ", subsequent_indent=f"{indent}# ") + "\n"
        if text
        else ""
    )


def _line(key: str, value: object, indent: str) -> str:
    text = json.dumps(value, ensure_ascii=False)
    if isinstance(value, list) and value and len(text) > WIDTH - len(indent) - len(key):
        items = "".join(f"\n{indent}  - {json.dumps(item, ensure_ascii=False)}" for item in value)
        return f"{indent}{key}:{items}\n"
    return f"{indent}{key}: {text}\n"


def _default(field: FieldInfo) -> Any:  # noqa: ANN401
    default = field.get_default(call_default_factory=True)
    return list(default) if isinstance(default, tuple) else default

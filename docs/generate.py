"""Writes the pages that say what the code says: `make docs`. A test fails when a page is not current."""

import contextlib
import io
import os
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pyarrow as pa

from evenhand import cli
from filters import catalogue
from schemas.parameters import Parameters

HERE = Path(__file__).parent
MADE = "<!-- written by `make docs`; edit the code, not this page -->"
INTRODUCTION = """\
Filters in their default running order. A rule is named `filter/version` in the ledger; a document is dropped by
the first rule that fires. Signals are columns of `signals` in the ledger, and null where they were not measured
or do not apply. *re-run*: changes the measuring itself, so a ledger cannot be replayed with another value of it.
A parameter that is null switches its check off.
"""


def cli_page() -> str:
    """`cli.md`: the help of every command."""
    parts = [f"{MADE}\n\n# Command line\n", _fenced(_help())]
    for name, does in cli.COMMANDS.items():
        parts += [f"\n## `evenhand {name}`\n\n{does[0].upper()}{does[1:]}.\n", _fenced(_help(name))]
    return "\n".join(parts)


def rules_page() -> str:
    """`rules.md`: what each filter measures, asks and can be told."""
    parts = [f"{MADE}\n\n# Rules\n\n{INTRODUCTION}"]
    for module, filter_ in zip(catalogue.MODULES, catalogue.FILTERS, strict=True):
        parameters = _parameters(filter_.name)
        parts.append(
            f"\n## `{filter_.name}`\n\nRule `{filter_.rule}`. {(module.__doc__ or '').partition('.')[0]}.\n"
        )
        parts += _table(("signal", "type"), ((f"`{f.name}`", str(f.type)) for f in filter_.signals))
        checks = {check.reason: check for check in getattr(module, "CHECKS", ())}
        bounds = (
            (f"`{r}`", f"`{c.signal}`", c.side.replace("_", " "), f"`{c.bound}`") for r, c in checks.items()
        )
        flags = ((f"`{r}`", "", "", "") for r in _reasons(filter_, parameters) if r not in checks)
        parts.append("")
        parts += _table(("reason", "signal", "must be", "parameter"), (*flags, *bounds))
        parts.append("")
        parts += _table(("parameter", "default", "", "meaning"), _fields(parameters))
    return "\n".join(parts) + "\n"


PAGES = {"cli.md": cli_page, "rules.md": rules_page}


def main() -> None:
    """Write all pages."""
    for name, page in PAGES.items():
        (HERE / name).write_text(page(), "utf-8")


def _help(*command: str) -> str:
    os.environ |= {"COLUMNS": "100", "NO_COLOR": "1"}
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        cli.main([*command, "--help"])
    return out.getvalue()


def _parameters(name: str) -> type[Parameters]:
    from schemas.config import Config

    model = Config.model_fields[name].annotation
    if not (isinstance(model, type) and issubclass(model, Parameters)):
        message = f"`{name}` in schemas/config.py is no model of parameters"
        raise TypeError(message)
    return model


def _reasons(filter_: catalogue.Filter, parameters: type[Parameters]) -> list[str]:
    """All reasons, also of checks that are off by default."""
    language = pa.field("language", pa.string())
    none = pa.RecordBatch.from_pylist([], schema=pa.schema([language, *filter_.signals]))
    on = {"keep": ()} if "keep" in parameters.model_fields else {}
    return list(dict.fromkeys(f.reason for f in filter_.fire(none, parameters(**on))))


def _fields(parameters: type[Parameters]) -> Iterable[tuple[str, ...]]:
    for name, field in parameters.model_fields.items():
        default = "null" if field.default is None else str(field.default).lower()
        if isinstance(field.default, float):
            default = np.format_float_positional(field.default, trim="-")
        again = "re-run" if name in parameters.MEASURED else ""
        yield f"`{name}`", f"`{default}`", again, field.description or ""


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    lines = [head, tuple("---" for _ in head), *rows]
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines]


def _fenced(text: str) -> str:
    return f"```\n{text.rstrip()}\n```"


if __name__ == "__main__":
    main()

"""Writes the pages that say what the code says: `make docs`. A test fails when a page is not current."""

import contextlib
import io
import json
import os
import re
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

import pyarrow as pa

from evenhand import cli
from filters import catalogue
from schemas import report
from schemas.config import Config
from schemas.parameters import Parameters

HERE = Path(__file__).parent
MADE = "<!-- written by `make docs`; edit the code, not this page -->"
INTRODUCTION = """\
Filters in their default running order. A rule is named `filter/version` in the ledger; a document is dropped
by the first rule that fires. Signals are columns of `signals` in the ledger, and null where they were not
measured or do not apply. *re-run*: changes the measuring itself, so a ledger cannot be replayed with another
value of it. A parameter that is null switches its check off.

Every filter also takes `review`: stricter bounds by parameter name, such as `{min_stop_words: 4}`. A document
between such a bound and the parameter's own goes to `review`: it is not in `data/`, and counted apart.
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
        parts += _filter(module, filter_)
    return "\n".join(parts) + "\n"


def report_schema() -> str:
    """`report.schema.json`: the JSON Schema of `report.json`."""
    return json.dumps(report.json_schema(), indent=1, sort_keys=True) + "\n"


PAGES = {"cli.md": cli_page, "rules.md": rules_page, "report.schema.json": report_schema}


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


def _filter(module: ModuleType, filter_: catalogue.Filter) -> list[str]:
    model = type(Config().parameters()[filter_.name])
    title, meanings = _docstring(module.__doc__ or "", filter_.signals.names)
    checks = {check.reason: check for check in getattr(module, "CHECKS", ())}
    flags = ((f"`{r}`", "", "", "") for r in _reasons(filter_, model) if r not in checks)
    bounds = (
        (f"`{reason}`", f"`{check.signal}`", check.side.replace("_", " "), f"`{check.bound}`")
        for reason, check in checks.items()
    )
    return [
        f"\n## `{filter_.name}`\n\nRule `{filter_.rule}`. {title}\n",
        *_table(
            ("signal", "type", "meaning"),
            ((f"`{f.name}`", str(f.type), meanings.get(f.name, "")) for f in filter_.signals),
        ),
        "",
        *_table(("reason", "signal", "must be", "parameter"), (*flags, *bounds)),
        *_parameters(model),
    ]


def _docstring(text: str, signals: list[str]) -> tuple[str, dict[str, str]]:
    """(first paragraph, signal -> meaning): a signal's line begins with its name, and may go on indented."""
    meanings: dict[str, str] = {}
    name = None
    for line in text.splitlines():
        word, _, rest = line.partition(" ")
        if word in signals:
            name = word
            meanings[name] = re.sub(r"^(bool|int32|int64|float64), ", "", rest.strip())
        elif name and line.startswith("  "):
            meanings[name] += " " + line.strip()
        else:
            name = None
    return " ".join(text.partition("\n\n")[0].split()), meanings


def _reasons(filter_: catalogue.Filter, model: type[Parameters]) -> list[str]:
    """All reasons, also of checks that are off by default."""
    language = pa.field("language", pa.string())
    none = pa.RecordBatch.from_pylist([], schema=pa.schema([language, *catalogue.SIGNALS]))
    on = model(**({"keep": []} if "keep" in model.model_fields else {}))  # type: ignore[arg-type]
    return list(dict.fromkeys(firing.reason for firing in filter_.fire(none, on)))


def _parameters(model: type[Parameters]) -> list[str]:
    rows = []
    for name, field in model.model_fields.items():
        if name != "review":
            default = json.dumps(field.default)
            again = "re-run" if name in model.MEASURED else ""
            rows.append((f"`{name}`", f"`{default}`", again, field.description or ""))
    return ["", *_table(("parameter", "default", "", "meaning"), rows)] if rows else []


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    lines = [head, tuple("---" for _ in head), *rows]
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines]


def _fenced(text: str) -> str:
    return f"```\n{text.rstrip()}\n```"


if __name__ == "__main__":
    main()

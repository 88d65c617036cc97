"""Generated pages say what the code says; hand-written ones name what there is."""

import re
from pathlib import Path

import pytest

from docs import generate
from evenhand.cli import COMMANDS


@pytest.mark.parametrize("name", generate.PAGES)
def test_a_generated_page_is_current(root: Path, name: str) -> None:
    assert (root / "docs" / name).read_text("utf-8") == generate.PAGES[name](), "run `make docs`"


def test_every_reason_why_input_is_not_read_is_documented(root: Path) -> None:
    sources = "\n".join(p.read_text("utf-8") for p in sorted((root / "pipelines/sources").glob("*.py")))
    reasons = set(re.findall(r'(?:Fault\([^"()]*|Error\()"([a-z]+_[a-z_0-9]+)"', sources))
    documented = set(
        re.findall(r"^\| `([a-z0-9_]+)` \|", (root / "docs/errors.md").read_text("utf-8"), re.MULTILINE)
    )
    assert {"bad_json", "truncated_file"} <= documented
    assert reasons <= documented, reasons - documented


@pytest.mark.parametrize("page", ["README.md", "docs/cli.md"])
def test_every_command_is_named(root: Path, page: str) -> None:
    text = (root / page).read_text("utf-8")
    assert not [command for command in COMMANDS if f"evenhand {command}" not in text]


def test_links_between_pages_lead_somewhere(root: Path) -> None:
    pages = [root / "README.md", *sorted((root / "docs").rglob("*.md"))]
    for page in pages:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.relative_to(root)}: {target}"

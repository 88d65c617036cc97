"""House rules that no linter knows."""

import re
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from filters.catalogue import FILTERS, MODULES
from schemas.config import Config

# Written in pieces, or this file would break its own rule.
HOSTS = ("py" + "pi.org", "python" + "hosted.org", "npm" + "js.org", "npm" + "js.com", "deb.deb" + "ian.org")
MACHINE = re.compile(rb"(?<![\w.~])/(?:work|root|home|farm)/")
SECRET = re.compile(rb"AKIA[0-9A-Z]{16}|ghp_\w{36}|-----BEGIN [A-Z ]*PRIVATE KEY")
LARGEST = 500_000  # bytes


@pytest.fixture(scope="module")
def tracked(root: Path) -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, check=True).stdout
    return [root / name for name in listed.decode().split("\0") if name and (root / name).is_file()]


@pytest.fixture(scope="module")
def project(root: Path) -> dict:
    return tomllib.loads((root / "pyproject.toml").read_text("utf-8"))


def locked(path: Path) -> dict[str, str]:
    """Package -> its whole entry in a lock."""
    entries = re.split(r"\n(?=[a-z])", path.read_text("utf-8").lower())
    return {re.split(r"[=\[ ]", entry)[0]: entry for entry in entries}


def test_imports_point_down_only(root: Path) -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run([lint, "--no-cache"], cwd=root, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout


def test_every_filter_is_in_the_catalogue(root: Path) -> None:
    modules = {
        p.stem for p in (root / "filters").glob("*.py") if "\ndef fire(signals" in p.read_text("utf-8")
    }
    assert modules == {module.__name__.rpartition(".")[2] for module in MODULES}


def test_every_filter_has_its_section_and_signals_of_its_own() -> None:
    assert {filter_.name for filter_ in FILTERS} == Config().parameters().keys()
    names = Counter(name for filter_ in FILTERS for name in filter_.signals.names)
    assert not [name for name, times in names.items() if times > 1]


def test_no_tracked_file_is_large(tracked: list[Path]) -> None:
    assert not [path for path in tracked if path.stat().st_size > LARGEST]


def test_no_tracked_file_names_a_registry_a_machine_or_a_secret(tracked: list[Path]) -> None:
    for path in tracked:
        content = path.read_bytes()
        assert not [host for host in HOSTS if host.encode() in content], path
        assert not MACHINE.search(content), path
        assert not SECRET.search(content), path


def test_the_commands_of_the_readme_are_made(root: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (root / "Makefile").read_text("utf-8"), re.MULTILINE))
    pages = [root / "README.md", *sorted((root / "docs").rglob("*.md"))]
    named = {
        name for page in pages for name in re.findall(r"(?m)(?:^|`)make ([a-z-]+)", page.read_text("utf-8"))
    }
    assert {"demo", "test"} <= named <= targets


def test_locks_hold_every_dependency_with_hashes(root: Path, project: dict) -> None:
    wanted = {
        "requirements.lock": project["project"]["dependencies"]
        + project["project"]["optional-dependencies"]["s3"],
        "requirements-dev.lock": project["project"]["dependencies"] + project["dependency-groups"]["dev"],
        "requirements-build.lock": project["dependency-groups"]["build"],
    }
    for name, dependencies in wanted.items():
        entries = locked(root / name)
        names = {re.split(r"[\[><=!~; ]", d)[0].lower().replace(".", "-") for d in dependencies}
        assert names <= entries.keys(), f"{name}: run `make lock`"
        assert not [package for package, entry in entries.items() if "--hash=sha256:" not in entry]


def test_no_package_takes_the_name_fasttext_from_fasttext(root: Path) -> None:
    for lock in root.glob("*.lock"):
        assert "fasttext-predict" not in locked(lock)


def test_every_package_is_installed(root: Path, project: dict) -> None:
    folders = ("audits", "evenhand", "filters", "pipelines", "schemas")
    found = {str(p.parent.relative_to(root)) for f in folders for p in (root / f).rglob("__init__.py")}
    assert {package.replace(".", "/") for package in project["tool"]["setuptools"]["packages"]} == found

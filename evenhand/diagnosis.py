"""What `evenhand doctor` looks at; each check tries the real thing."""

import importlib
import importlib.metadata
import multiprocessing
import os
import platform
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from evenhand.table import size

OLDEST_PYTHON = (3, 11)
MEMORY_BYTES = 2_000_000_000  # the pool and its parent stay below it
DISK_BYTES = 5_000_000_000
CGROUP_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


class Check(NamedTuple):
    """One thing looked at: `ok` False keeps `curate` from running; a hint may stand beside an `ok`."""

    name: str
    ok: bool
    found: str
    hint: str | None = None


def checks() -> list[Check]:
    """Everything, in order."""
    looked_at: list[tuple[str, Callable[[], Check]]] = [
        ("Python", _python),
        ("packages", _packages),
        ("kernels", _kernels),
        ("language model", _language_model),
        ("cores", _cores),
        ("memory", _memory),
        ("disk", _disk),
        ("processes", _processes),
    ]
    found = []
    for name, look in looked_at:
        try:
            found.append(look())
        except Exception as error:
            found.append(Check(name, ok=False, found=f"{type(error).__name__}: {error}"))
    return found


def _python() -> Check:
    ok = sys.version_info >= OLDEST_PYTHON
    hint = None if ok else f"needs {'.'.join(map(str, OLDEST_PYTHON))} or later"
    return Check("Python", ok, f"{platform.python_version()} on {platform.machine()}", hint)


def _packages() -> Check:
    wanted = importlib.metadata.requires("evenhand") or []
    names = [re.split(r"[\s\[<>=!~;]", line, maxsplit=1)[0] for line in wanted if "extra ==" not in line]
    missing, there = [], {}
    for name in names:
        try:
            there[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            missing.append(name)
    if missing:
        return Check(
            "packages", ok=False, found=f"missing: {', '.join(missing)}", hint="`make setup` installs them"
        )
    shown = ", ".join(
        f"{name} {there[name]}" for name in ("apache-beam", "pyarrow", "numpy") if name in there
    )
    return Check("packages", ok=True, found=f"{len(there)} of {len(names)}: {shown}, ...")


def _kernels() -> Check:
    folder = Path(importlib.import_module("filters.kernels").__path__[0])
    names = sorted(stub.stem for stub in folder.glob("*.pyi"))
    broken = []
    for name in names:
        try:
            importlib.import_module(f"filters.kernels.{name}")
        except ImportError:
            broken.append(name)
    if broken:
        return Check(
            "kernels", ok=False, found=f"not built: {', '.join(broken)}", hint="`make setup` builds them"
        )
    return Check("kernels", ok=True, found=", ".join(names))


def _language_model() -> Check:
    import pyarrow as pa

    from filters.language import identify

    labels, scores = identify(pa.array(["The committee has not yet decided who will speak at the meeting."]))
    label, score = labels[0].as_py(), scores[0].as_py()
    return Check(
        "language model",
        ok=label == "en",
        found=f"lid.176 reads an English sentence as {label} ({score:.2f})",
    )


def _cores() -> Check:
    return Check(
        "cores",
        ok=True,
        found=f"{len(os.sched_getaffinity(0)) if hasattr(os, 'sched_getaffinity') else os.cpu_count()}",
    )


def _memory() -> Check:
    total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    for path in CGROUP_LIMITS:
        text = Path(path).read_text().strip() if Path(path).is_file() else "max"
        total = min(total, int(text)) if text.isdigit() else total
    hint = None if total >= MEMORY_BYTES else f"`curate` may need {size(MEMORY_BYTES)}; use `--workers 1`"
    return Check("memory", ok=True, found=size(total), hint=hint)


def _disk() -> Check:
    free = shutil.disk_usage(Path.cwd()).free
    hint = None if free >= DISK_BYTES else "`evenhand curate --dry-run` tells what a run needs"
    return Check("disk", ok=True, found=f"{size(free)} free in this folder", hint=hint)


def _processes() -> Check:
    if "fork" in multiprocessing.get_all_start_methods():
        return Check("processes", ok=True, found="fork: a pool of workers")
    return Check(
        "processes", ok=True, found="no fork: one process does the work", hint="more cores do not help here"
    )

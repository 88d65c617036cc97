"""Peers in environments of their own, under `.bench/peers`, from the locked lists `peers/NAME.txt`."""

import hashlib
import subprocess
import sys
import venv
from pathlib import Path

LISTS = Path(__file__).parent / "peers"
# What cannot take part, and why.
ABSENT = {
    "data-juicer": "py-data-juicer 1.6.1 is left out: pip was still resolving its packages after minutes",
    "text-dedup 0.4.1": "needs Python 3.12; 0.4.0, the last for 3.11, takes part",
}


class AbsentError(Exception):
    """A peer that could not be installed; the message says why."""


def executable(folder: Path, name: str, program: str = "python") -> str:
    """Path of a program in a peer's environment, which is made where it is missing or out of date.

    Raises:
        AbsentError: pip failed; the message is its last line.
    """
    home, wanted = folder / name, LISTS / f"{name}.txt"
    stamp = home / ".installed"
    state = hashlib.sha256(wanted.read_bytes()).hexdigest()
    if not stamp.exists() or stamp.read_text() != state:
        print(f"installing {name}", file=sys.stderr, flush=True)
        venv.create(home, with_pip=True, clear=True)
        pip = [str(home / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "--no-input", "-q"]
        done = subprocess.run(
            [*pip, "install", "--no-deps", "-r", str(wanted)], capture_output=True, text=True
        )
        if done.returncode:
            raise AbsentError((done.stderr.strip().splitlines() or ["pip failed"])[-1])
        stamp.write_text(state)
    return str(home / "bin" / program)


def version(name: str, package: str) -> str:
    """The locked version of a package."""
    for line in (LISTS / f"{name}.txt").read_text().splitlines():
        if line.lower().startswith(f"{package.lower()}=="):
            return line.partition("==")[2]
    message = f"{package} is not in {name}.txt"
    raise LookupError(message)

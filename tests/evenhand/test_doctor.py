"""`evenhand doctor`: tries the real thing, and says what to do."""

import json
from collections.abc import Callable

import pytest

from evenhand import diagnosis
from filters import language

Run = Callable[..., object]


def test_this_machine_is_fit(run: Run) -> None:
    said = run("doctor")
    assert said.code == 0
    assert [line[:4] for line in said.out.splitlines() if not line.startswith("      ")] == ["ok  "] * 8
    names = [check["name"] for check in json.loads(run("doctor", "--json").out)]
    assert names == [
        "Python",
        "packages",
        "kernels",
        "language model",
        "cores",
        "memory",
        "disk",
        "processes",
    ]


def test_a_model_that_is_missing_fails_and_the_other_checks_are_still_made(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent(_: object) -> None:
        message = "no lid.176.ftz"
        raise ModuleNotFoundError(message)

    monkeypatch.setattr(language, "identify", absent)
    said = run("doctor")
    assert said.code == 3
    assert "FAIL  language model  ModuleNotFoundError: no lid.176.ftz\n" in said.out
    assert said.out.count("ok  ") == 7


def test_a_package_that_is_missing_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        diagnosis.importlib.metadata, "requires", lambda _: ["pyarrow>=25", "no-such-package>=1"]
    )
    said = run("doctor")
    assert said.code == 3
    assert (
        "FAIL  packages        missing: no-such-package\n      hint: `make setup` installs them\n" in said.out
    )

"""The program: help, exit codes, and one line for whatever goes wrong."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from evenhand import __version__, cli
from evenhand.cli import COMMANDS
from schemas.errors import RunError, UserError

HELP = Path(__file__).parents[1] / "answers" / "help"
RENEW = "EVENHAND_RENEW"  # set it to write what is said now as what shall be said


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_is_what_was_agreed(command: str, run: Callable[..., object]) -> None:
    said = run(*command.split(), "--help")
    path = HELP / f"{command or 'evenhand'}.txt"
    if os.environ.get(RENEW):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(said.out)
    assert said.out == path.read_text()
    assert said.out.startswith("example:\n  evenhand ")
    assert (said.code, said.err) == (0, "")


@pytest.mark.alone
def test_help_answers_in_four_tenths_of_a_second() -> None:
    def seconds() -> float:
        began = time.perf_counter()
        subprocess.run([sys.executable, "-m", "evenhand.cli", "--help"], check=True, capture_output=True)
        return time.perf_counter() - began

    assert min(seconds() for _ in range(3)) < 0.4


@pytest.mark.parametrize("arguments", [["--help"], ["curate", "--help"], ["--version"]])
def test_nothing_heavy_is_loaded_to_answer_quickly(arguments: list[str]) -> None:
    code = (
        "import sys, evenhand.cli; evenhand.cli.main(sys.argv[1:]);"
        "sys.exit(str(sorted({'pyarrow', 'numpy', 'apache_beam', 'rich', 'datasets'} & set(sys.modules))))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False
    )
    assert done.stderr == "[]\n"


def test_importing_the_package_loads_neither_arrow_nor_beam() -> None:
    code = "import sys, evenhand; sys.exit(str({'pyarrow', 'apache_beam'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr == "set()\n"


def test_the_version_is_told(run: Callable[..., object]) -> None:
    assert run("--version") == (0, f"evenhand {__version__}\n", "")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["curat"], "error: unknown command `curat`\nhint: did you mean `curate`?\n"),
        (
            ["train"],
            "error: unknown command `train`\nhint: commands: `init`, `curate`, `audit`, `review`, `explain`,"
            " `sample`, `replay`, `verify`, `doctor`\n",
        ),
        (["--hlep"], "error: unknown option `--hlep`\nhint: commands: "),
        (
            ["curate", "x", "--ouput", "y"],
            "error: evenhand curate: unknown option `--ouput`\nhint: did you mean `--output`?\n",
        ),
        (
            ["curate", "x", "--workers", "none"],
            "error: evenhand curate: `--workers`: `none` must be a whole number of at least 1\n"
            "hint: see `evenhand curate --help`\n",
        ),
        (
            ["explain", "x"],
            "error: evenhand explain: the following arguments are required: DOC_ID|SOURCE_ID\n"
            "hint: see `evenhand explain --help`\n",
        ),
        (
            ["verify", "x", "y"],
            "error: evenhand verify: unknown argument `y`\nhint: see `evenhand verify --help`\n",
        ),
    ],
)
def test_bad_use_ends_with_2_and_says_what_was_probably_meant(
    arguments: list[str], said: str, run: Callable[..., object]
) -> None:
    found = run(*arguments)
    assert (found.code, found.out) == (2, "")
    assert found.err.startswith(said)


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (UserError("a is b, must be c", "say c"), 2, "error: a is b, must be c\nhint: say c\n"),
        (UserError("a is b, must be c"), 2, "error: a is b, must be c\n"),
        (RunError("worker lost", "again"), 3, "error: worker lost\nhint: again\n"),
        (ValueError("two\nlines"), 3, "error: ValueError: two lines\nhint: `--debug` shows the traceback\n"),
        (KeyboardInterrupt(), 3, "error: interrupted\nhint: run the same command again to continue\n"),
    ],
)
def test_whatever_happens_is_told_in_one_line(
    error: BaseException, code: int, said: str, run: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: list[str]) -> int:
        raise error

    monkeypatch.setattr(cli, "_run", fail)
    assert run("doctor") == (code, "", said)


def test_debug_shows_the_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: list[str]) -> int:
        message = "inside"
        raise ValueError(message)

    monkeypatch.setattr(cli, "_run", fail)
    with pytest.raises(ValueError, match="inside"):
        cli.main(["doctor", "--debug"])


@pytest.mark.parametrize("command", ["explain", "sample", "replay", "verify"])
def test_a_folder_that_is_no_snapshot_is_refused(
    command: str, run: Callable[..., object], tmp_path: Path
) -> None:
    rest = {"explain": ["x"], "sample": ["--rule", "x"], "replay": ["--policy", "x"]}.get(command, [])
    said = run(command, tmp_path, *rest)
    assert said.code == 2
    assert said.err == f"error: `{tmp_path}` is no snapshot: there is no `snapshot.json` in it\n"


def test_an_unfinished_run_is_told_from_no_run(run: Callable[..., object], tmp_path: Path) -> None:
    (tmp_path / "out.partial").mkdir()
    said = run("verify", tmp_path / "out")
    assert said.err.endswith(
        f"hint: `{tmp_path}/out.partial` is an unfinished run: the command that began it continues it\n"
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is damaged: the document: Invalid JSON"),
        ("{}", "is damaged: schema_version: Field required"),
        ('{"schema_version": 99}', "is damaged: schema_version: Input should be less than or equal to 1"),
    ],
)
def test_a_damaged_manifest_says_where(
    text: str, said: str, run: Callable[..., object], tmp_path: Path
) -> None:
    (tmp_path / "snapshot.json").write_text(text)
    found = run("verify", tmp_path)
    assert found.code == 2
    assert said in found.err

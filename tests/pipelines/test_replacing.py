"""`--overwrite`, ended by `kill -9` at each of its last steps: the old snapshot is there, or the new one."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from schemas import snapshot as schema
from schemas.errors import UserError
from tests.pipelines.running import config, curate_directly, differing, environment

OLD = ["filters=[exact_dedup]", "audit.enabled=false"]
NEW = ["filters=[gopher_quality]", "audit.enabled=false"]
# Runs with --overwrite, and kills itself before a call of `Path.rename` or, last of all, of `storage.remove`.
KILLED = """
import os, signal, sys
from pathlib import Path
from pipelines import output, storage
from tests.pipelines.running import config, curate_directly

corpus, out, step, *settings = sys.argv[1:]
said, rename, remove = [], Path.rename, storage.remove

def end(name):
    if name == step:
        os.kill(os.getpid(), signal.SIGKILL)

def renaming(self, target):
    end("the old is moved" if self.name == "out" else "the new is moved")
    return rename(self, target)

def removing(path):
    end("the rest is removed" if path.endswith("out.partial") else "")
    remove(path)

Path.rename, storage.remove = renaming, removing
curate_directly(config([corpus], settings), out, overwrite=True)
"""


@pytest.fixture(scope="module")
def made(few_texts: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The snapshots of both configs."""
    folder = tmp_path_factory.mktemp("made")
    return {
        name: Path(curate_directly(config([few_texts], settings), folder / name).path)
        for name, settings in (("old", OLD), ("new", NEW))
    }


@pytest.mark.alone
@pytest.mark.parametrize(
    ("step", "left"),
    [("the old is moved", "old"), ("the new is moved", None), ("the rest is removed", "new")],
)
def test_killed_before(
    step: str, left: str | None, few_texts: Path, made: dict[str, Path], tmp_path: Path
) -> None:
    out, partial = tmp_path / "out", tmp_path / "out.partial"
    curate_directly(config([few_texts], OLD), out)
    run = subprocess.run(
        [sys.executable, "-c", KILLED, few_texts, out, step, *NEW], env=environment(), check=False
    )
    assert run.returncode == -signal.SIGKILL
    if left:
        assert differing(out, made[left]) == []
    else:
        with pytest.raises(UserError) as caught:
            schema.read(out)
        assert f"`{partial / 'replaced'}`" in caught.value.hint
        assert differing(partial / "replaced", made["old"]) == []
    heard: list[str] = []
    if left != "new":  # whatever is asked next, the old one is back
        with pytest.raises(UserError, match="holds a different snapshot"):
            curate_directly(config([few_texts], NEW), out, say=heard.append)
        assert differing(out, made["old"]) == []
        assert (f"restored `{out}`: a run was ended while it replaced it" in heard) == (left is None)
    outcome = curate_directly(config([few_texts], NEW), out, overwrite=True, say=heard.append)
    assert outcome.fresh == (left != "new")
    assert differing(out, made["new"]) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]


def test_what_was_replaced_goes_where_the_new_one_stands(few_texts: Path, tmp_path: Path) -> None:
    """A run killed before it removed the rest, and then another config with `--overwrite`."""
    out, partial = tmp_path / "out", tmp_path / "out.partial"
    curate_directly(config([few_texts], OLD), out)
    (partial / "replaced").mkdir(parents=True)
    (partial / "replaced" / "snapshot.json").write_text("{}")
    (partial / "identity.json").write_text(json.dumps({"config": "another"}))
    curate_directly(config([few_texts], NEW), out, overwrite=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]

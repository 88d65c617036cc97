"""`evenhand init`: a config that says everything and changes nothing."""

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest

from evenhand.template import template
from schemas.config import FILTERS, Config
from schemas.load import load
from schemas.yaml_lines import parse


def test_the_template_loads_back_to_the_defaults(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(template())
    assert load(path) == Config()


def test_inputs_go_into_the_template_however_they_are_written(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    inputs = ("a b/*.jsonl", "c: d", "#e", "Ωμ", '"f"')
    path.write_text(template(inputs))
    assert load(path).input.paths == inputs


def test_every_key_stands_in_the_template_under_a_comment() -> None:
    text = template()
    keys = parse(text, "template").values
    assert list(keys) == list(Config.model_fields)
    for name in ("input", "output", *FILTERS):
        model = type(getattr(Config(), name))
        assert set(keys[name]) == set(model.model_fields)
    lines = text.splitlines()
    for above, line in itertools.pairwise(lines):
        if line and not line.lstrip().startswith(("#", "-")):
            assert above.lstrip().startswith("#") or above.endswith(":"), line


def test_the_config_goes_to_standard_output_or_a_new_file(run: Callable[..., object], tmp_path: Path) -> None:
    assert run("init", "corpus") == (0, template(["corpus"]), "")
    path = tmp_path / "config.yaml"
    said = run("init", "corpus", "--output", path)
    assert (said.code, said.out) == (0, "")
    assert said.err == f"wrote {path}\nnext: `evenhand curate {path} --output OUT`\n"
    assert path.read_text() == template(["corpus"])


def test_a_file_that_exists_is_not_touched(run: Callable[..., object], tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("mine")
    said = run("init", "--output", path)
    assert said == (2, "", f"error: `{path}` exists already\nhint: name another file, or move it away\n")
    assert path.read_text() == "mine"


@pytest.mark.parametrize("name", ["none/config.yaml"])
def test_a_folder_that_is_missing_is_told(name: str, run: Callable[..., object], tmp_path: Path) -> None:
    said = run("init", "--output", tmp_path / name)
    assert said == (2, "", f"error: `{tmp_path / name}` cannot be written: No such file or directory\n")

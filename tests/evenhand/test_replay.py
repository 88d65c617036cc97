"""Replay: from the ledger alone, what a re-run would decide."""

import json
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import evenhand
from filters.decide import DECISION
from tests.evenhand.conftest import shell

Run = Callable[..., object]


def verdicts(rows: list[dict[str, object]]) -> dict[object, tuple[object, ...]]:
    return {row["doc_id"]: tuple(repr(row[name]) for name in DECISION.names) for row in rows}


@pytest.mark.parametrize(
    "policy",
    [
        "filters: [near_dedup, gopher_quality]\n"
        "gopher_quality: {min_doc_words: 120, review: {min_stop_words: 6}}",
        "c4_quality: {max_curly_bracket_lines: null, min_sentences: 9}\n"
        "language: {keep: [fr], min_score: .3}",
        "filters: [fineweb_quality, c4_quality, gopher_quality, language]\n"
        "fineweb_quality: {line_punct_thr: .9}",
    ],
)
def test_replay_equals_a_re_run(
    policy: str, snapshot: Path, corpus_file: Path, tmp_path: Path, run: Run
) -> None:
    path, out = tmp_path / "policy.yaml", tmp_path / "verdicts.parquet"
    path.write_text(policy)
    assert run("replay", snapshot, "--policy", path, "--output", out).code == 0
    assert shell("curate", path, corpus_file, "--output", tmp_path / "again", "--workers", "1").code == 0
    again = evenhand.Snapshot(tmp_path / "again").ledger().to_pylist()
    assert verdicts(pq.read_table(out).to_pylist()) == verdicts(again)


def test_a_filter_that_was_not_measured_leaves_unknown_and_the_rest_equals_a_re_run(
    corpus_file: Path, tmp_path: Path, run: Run
) -> None:
    small, whole, out = tmp_path / "small", tmp_path / "whole", tmp_path / "verdicts.parquet"
    assert shell("curate", corpus_file, "--output", small, "--set", "filters=[gopher_quality]").code == 0
    policy = tmp_path / "policy.yaml"
    policy.write_text("filters: [gopher_quality, c4_quality]")
    found = json.loads(run("replay", small, "--policy", policy, "--output", out, "--json").out)
    assert shell("curate", policy, corpus_file, "--output", whole).code == 0
    again = verdicts(evenhand.Snapshot(whole).ledger().to_pylist())
    replayed = pq.read_table(out).to_pylist()
    known = [row for row in replayed if row["verdict"] != "unknown"]
    # What the first filter removes, and what could not be read, is known; the rest waits for c4_quality.
    assert {row["verdict"] for row in known} == {"drop", "error"}
    fired = DECISION.names.index("fired")  # can only tell of what was measured
    assert {key: again[key][:fired] for key in verdicts(known)} == {
        key: row[:fired] for key, row in verdicts(known).items()
    }
    unknown = [row for row in replayed if row["verdict"] == "unknown"]
    assert all(row["rule"] is None and row["score"] is None for row in unknown)
    assert sum(row["documents"] for row in found["verdicts"] if row["after"] == "unknown") == len(unknown)
    assert sum(row["documents"] for row in found["verdicts"]) == len(replayed)
    # The language is measured for every document, whatever filters run.
    policy.write_text("filters: [gopher_quality, language]\nlanguage: {keep: [en]}")
    found = json.loads(run("replay", small, "--policy", policy, "--json").out)
    assert {row["after"] for row in found["verdicts"]} == {"keep", "drop", "error"}


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        (
            "gopher_quality: {min_doc_words: 9}\nnear_dedup:\n  threshold: .8\n",
            "error: POLICY:3: `near_dedup.threshold` changes what is measured: needs a re-run\n"
            "hint: curate again with it, or leave it out of the policy\n",
        ),
        (
            "input: {text_field: body}\nfineweb_quality: {short_line_length: 9}\n",
            "error: POLICY:2: `fineweb_quality.short_line_length` changes what is measured: needs a re-run\n"
            "error: POLICY:1: `input.text_field` changes what is measured: needs a re-run\n"
            "hint: curate again with it, or leave it out of the policy\n",
        ),
        (
            "sources: [{name: forum}]",
            "error: POLICY:1: `sources` changes what is measured: needs a re-run\n"
            "hint: curate again with it, or leave it out of the policy\n",
        ),
        ("near_dup: 1", "error: POLICY:1: unknown key `near_dup`\nhint: did you mean `near_dedup`?\n"),
    ],
)
def test_what_a_ledger_cannot_tell_ends_with_2(
    policy: str, said: str, snapshot: Path, tmp_path: Path, run: Run
) -> None:
    path = tmp_path / "policy.yaml"
    path.write_text(policy)
    found = run("replay", snapshot, "--policy", path)
    assert (found.code, found.out, found.err.replace(str(path), "POLICY")) == (2, "", said)


def test_the_config_of_the_run_is_a_policy_that_changes_nothing(
    snapshot: Path, tmp_path: Path, run: Run
) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(run("init", "somewhere/else").out)
    said = run("replay", snapshot, "--policy", path)
    assert said.code == 0
    assert said.out.startswith("the policy is the snapshot's own\n")
    assert said.out.endswith("\n0 records get another verdict or deciding rule\n")


def test_changes_are_told_key_by_key(snapshot: Path, tmp_path: Path, run: Run) -> None:
    path = tmp_path / "policy.yaml"
    path.write_text("gopher_quality: {min_doc_words: 1000}")
    said = run("replay", snapshot, "--policy", path).out
    assert said.startswith("gopher_quality.min_doc_words: 50 -> 1000\n\nbefore \\ after  drop  error\n")


def test_an_output_that_exists_is_not_touched(snapshot: Path, tmp_path: Path, run: Run) -> None:
    path = tmp_path / "out.parquet"
    path.write_text("mine")
    said = run("replay", snapshot, "--policy", "x", "--output", path)
    assert said == (2, "", f"error: `{path}` exists already\nhint: name another file, or move it away\n")
    assert path.read_text() == "mine"

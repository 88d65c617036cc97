"""The audit in whole runs: the same rows by `curate` and by `evenhand audit`, whatever runs them."""

import json
import os
import random
import shutil
import signal
from pathlib import Path
from typing import Any

import pytest

import evenhand as evenhand_library
from audits import report
from pipelines import audit, stages, tasks
from pipelines.audit_snapshot import audit_files
from pipelines.curate import curate
from schemas import report as report_schema
from schemas.errors import RunError, UserError
from schemas.load import load
from tests.conftest import ROOT
from tests.pipelines import corpora
from tests.pipelines.running import (
    Running,
    audit_directly,
    config,
    curate_directly,
    differing,
    evenhand,
    markers,
    rows,
    run_directly,
)

# All of Western Africa: the regions that hold them are mentioned by every document, and have no reference.
COUNTRIES = (
    "Nigeria", "Ghana", "Senegal", "Togo", "Benin", "Mali", "Burkina Faso", "Sierra Leone", "Liberia",
    "Mauritania", "Niger", "Cape Verde",
)  # fmt: skip
EACH = 220
SETTINGS = ["filters=[exact_dedup, gopher_quality]", "output.shard_bytes=65536"]
REPORT = ("report", "report.json")


def told(country: str, draw: random.Random, *, short: bool) -> str:
    """A text about a country that Gopher's rules keep, or one of too few words."""
    said = f"The people of {country} met in the hall to talk about the road. {corpora.sentence(draw)}"
    return said if short else f"{said} {corpora.document(draw, 6)}"


@pytest.fixture(scope="module")
def unfair(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus of twelve countries: texts about the first are short in 30 of 100, else in 12."""
    draw = random.Random(5)
    texts = [
        told(country, draw, short=draw.random() < (0.3 if country == COUNTRIES[0] else 0.12))
        for country in COUNTRIES
        for _ in range(EACH)
    ]
    draw.shuffle(texts)
    folder = tmp_path_factory.mktemp("unfair")
    rows = [{"id": str(i), "text": text, "url": f"https://a{i % 40}.ng/{i}"} for i, text in enumerate(texts)]
    for part in range(2):
        corpora.write_jsonl(folder / f"part-{part}.jsonl", rows[part::2])
    return folder


@pytest.fixture(scope="module")
def snapshot(unfair: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """It, curated."""
    return Path(curate_directly(config([unfair], SETTINGS), tmp_path_factory.mktemp("snapshot") / "out").path)


def report_of(snapshot: Path | str) -> dict[str, Any]:
    """The report that `curate` wrote."""
    found: dict[str, Any] = json.loads(Path(snapshot, *REPORT).read_text())
    return found


def test_a_rule_that_removes_more_of_one_group_is_found_and_nothing_else(snapshot: Path) -> None:
    built = report_of(snapshot)
    flagged = {(row["rule"], row["group"]) for row in built["impact"] if row["flagged"]}
    assert flagged == {("gopher_quality/1", "geography/nigeria")}
    of_nigeria = [row for row in built["impact"] if row["group"] == "geography/nigeria"]
    (row,) = [r for r in of_nigeria if (r["rule"], r["reason"]) == ("gopher_quality/1", None)]
    ledger = [r for r in rows(snapshot) if "geography/nigeria" in r["groups"]]
    fired = [r for r in ledger if "gopher_quality/1" in {f["rule"] for f in r["fired"]}]
    assert (row["documents"], row["removed"]) == (len(ledger), len(fired)) == (EACH, len(fired))
    assert row["low"] < 0.3 / 0.12 < row["high"]
    assert built["findings"][0]["group"] == "geography/nigeria"
    assert {e["group"] for e in built["examples"]} == {"geography/nigeria"}
    assert all("Nigeria" in e["text"] for e in built["examples"])


def test_an_audit_of_the_snapshot_gives_the_same_report(snapshot: Path, tmp_path: Path) -> None:
    assert audit_directly(snapshot, tmp_path / "audited") == report_of(snapshot)
    assert sorted(p.name for p in tmp_path.rglob("*")) == [
        "audited",
        "report.html",
        "report.json",
        "run.json",
    ]
    same = [(tmp_path / "audited" / n).read_bytes() == (snapshot / "report" / n).read_bytes()
            for n in ("report.html", "report.json")]  # fmt: skip
    assert same == [True, True]


def test_shards_of_another_size_give_the_same_rows(unfair: Path, snapshot: Path, tmp_path: Path) -> None:
    again = curate_directly(config([unfair], SETTINGS[:1]), tmp_path / "out")
    assert len(again.manifest["shards"]) < len(list((snapshot / "ledger").iterdir()))
    ours, theirs = report_of(again.path), report_of(snapshot)
    for name in report.SECTIONS:
        assert ours[name] == theirs[name], name


@pytest.mark.slow
@pytest.mark.parametrize("place", [["--workers", "1"], ["--workers", "4"], ["--runner", "FnApiRunner"]])
def test_any_workers_and_runner_give_the_same_bytes(
    unfair: Path, snapshot: Path, tmp_path: Path, place: list[str]
) -> None:
    sets = [word for setting in SETTINGS for word in ("--set", setting)]
    done = evenhand("curate", unfair, "--output", tmp_path / "out", *sets, *place)
    assert done.returncode == 0, done.stderr
    assert differing(tmp_path / "out", snapshot) == []
    done = evenhand("audit", tmp_path / "out", "--output", tmp_path / "audited", *place)
    assert done.returncode == 0, done.stderr
    assert differing(tmp_path / "audited", snapshot / "report") == []


def test_the_same_audit_again_does_nothing_and_another_one_is_refused(snapshot: Path, tmp_path: Path) -> None:
    output = tmp_path / "audited"
    first = audit_directly(snapshot, output)
    heard: list[str] = []
    assert audit_directly(snapshot, output, say=heard.append) == first
    assert heard == [f"{output} is complete and equal; nothing to do"]
    with pytest.raises(UserError, match=r"holds a different report \(the audit changed\)"):
        audit_directly(snapshot, output, ["impact.max_ratio=2"])
    stricter = audit_directly(snapshot, output, ["impact.max_ratio=5"], overwrite=True)
    assert stricter["settings"]["impact"]["max_ratio"] == 5
    assert not [row for row in stricter["impact"] if row["flagged"]]


def test_only_the_audit_of_a_snapshot_can_be_told_otherwise(snapshot: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"--set: `gopher_quality.min_doc_words` is no part of the audit"):
        audit_directly(snapshot, tmp_path / "audited", ["gopher_quality.min_doc_words=9"])


def test_a_changed_audit_does_not_measure_or_decide_again(unfair: Path, tmp_path: Path) -> None:
    """Stages of reading, dedup and deciding keep their keys when gates or the audit change."""
    names: list[set[str]] = []
    for settings in (
        [],
        ["audit.sample_documents=7", "impact.max_ratio=2", "gates=[{measure: kept_share, at_least: .1}]"],
    ):
        folder = tmp_path / f"out-{len(names)}"
        kept = folder / "kept"

        def keeping(name: str, tasks: Any, *_: object, kept: Path = kept) -> None:
            run_directly(name, tasks)
            kept.parent.mkdir(exist_ok=True)
            with kept.open("a") as stream:
                stream.writelines(f"{name} {task.key}\n" for task in tasks)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(stages, "run_stage", keeping)
            curate(config([unfair], [*SETTINGS, *settings]), str(tmp_path / f"snapshot-{len(names)}"))
        names.append(set(kept.read_text().splitlines()))
    changed = {line.rpartition(" ")[0] for line in names[0] ^ names[1]}
    assert changed == {"audit", "publish"}


@pytest.mark.parametrize("kind", ["ledger", "data"])
@pytest.mark.parametrize("harm", ["missing", "damaged"])
def test_a_bad_shard_is_told_with_what_to_do(snapshot: Path, tmp_path: Path, kind: str, harm: str) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(snapshot, broken)
    path = sorted((broken / kind).glob("*.parquet"))[1]
    content = path.read_bytes()
    path.unlink() if harm == "missing" else path.write_bytes(content[:100] + b"!" + content[101:])
    with pytest.raises(RunError) as caught:
        audit_directly(broken, tmp_path / "audited")
    assert caught.value.message.startswith(f"`{path}` is {harm}")
    assert caught.value.hint.startswith("restore it from a copy, or curate again; `evenhand verify")
    path.write_bytes(content)
    assert audit_directly(broken, tmp_path / "audited") == report_of(snapshot)


def test_a_gate_on_an_unknown_group_names_file_key_and_the_nearest(unfair: Path, tmp_path: Path) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text(
        "filters: [gopher_quality]\ngates:\n"
        "- {measure: removal_ratio, at_most: 1.25, group: geography/nigera}\n"
    )
    done = evenhand("curate", policy, unfair, "--output", tmp_path / "out")
    assert (done.returncode, done.stderr) == (
        2,
        f"error: {policy}:3: `gates[0].group` names an unknown group: `geography/nigera`\n"
        "hint: did you mean `geography/nigeria`?\n",
    )
    assert not list(tmp_path.glob("out*"))


def test_an_audit_that_is_off_leaves_a_whole_snapshot_that_can_be_audited(
    unfair: Path, snapshot: Path, tmp_path: Path
) -> None:
    off = curate_directly(config([unfair], [*SETTINGS, "audit.enabled=false"]), tmp_path / "out")
    built = report_of(off.path)
    assert (built["impact"], built["findings"], built["gates"]) == ([], [], [])
    assert {row["why"] for row in built["not_measured"]} == {report.SWITCHED_OFF}
    audited = audit_directly(off.path, tmp_path / "audited")
    for name in ("representation", "associations", "impact", "impact_pairs", "what_if", "examples"):
        assert audited[name] == report_of(snapshot)[name], name
    assert "counterfactual" in {row["what"] for row in audited["not_measured"]}


def test_a_snapshot_without_records_or_without_kept_ones_is_audited(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").touch()
    short = corpora.write_jsonl(tmp_path / "short.jsonl", [{"text": "Too short."}] * 3)
    for source, name in ((tmp_path / "empty.jsonl", "none"), (short, "dropped")):
        outcome = curate_directly(
            config([source], ["filters=[gopher_quality, pii, toxicity]"]), tmp_path / name
        )
        assert outcome.manifest["counts"]["keep"] == 0
        audited = audit_directly(outcome.path, tmp_path / f"{name}-audited")
        assert audited == report_of(outcome.path)
        assert not [row for row in audited["impact"] if row["flagged"]]


def test_a_snapshot_with_one_group_has_no_reference_and_says_so(tmp_path: Path) -> None:
    draw = random.Random(1)
    texts = [told("Ghana", draw, short=i % 4 == 0) for i in range(240)]
    source = corpora.write_jsonl(tmp_path / "a.jsonl", [{"text": text} for text in texts])
    built = report_of(curate_directly(config([source], SETTINGS), tmp_path / "out").path)
    ghana = [row for row in built["impact"] if row["group"] == "geography/ghana"]
    assert ghana
    assert {(row["removal_ratio"], row["p"], row["flagged"]) for row in ghana} == {(None, None, False)}
    assert all("no reference" in row["note"] for row in ghana)
    shares = [row for row in built["representation"] if row["group"] == "geography/ghana"
              and (row["measure"], row["side"]) == ("axis_share", "after")]  # fmt: skip
    assert [row["value"] for row in shares] == [1.0]


def test_counts_add_up_to_the_ledger(snapshot: Path) -> None:
    built, ledger = report_of(snapshot), rows(snapshot)
    assert report_schema.check(built) == []  # as published
    for row in built["impact"]:
        assert row["removed"] <= row["documents"]
        assert row["decided"] <= row["removed"]
    mentions = {
        (r["group"], r["side"]): r["count"]
        for r in built["representation"]
        if r["measure"] == "document_rate"
    }
    groups = {group for row in ledger for group in row["groups"]}
    assert {group for group, side in mentions if side == "before" and mentions[group, side]} == groups
    for group in groups:
        assert mentions[group, "before"] == sum(group in row["groups"] for row in ledger)
        kept = sum(group in row["groups"] for row in ledger if row["verdict"] == "keep")
        assert mentions[group, "after"] == kept


def test_clusters_and_personal_data_are_those_of_the_ledger_with_excerpts_scrubbed(tmp_path: Path) -> None:
    draw = random.Random(3)
    texts = [corpora.document(draw, 40) for _ in range(30)]
    texts += [f"{corpora.document(draw, 6)} Write to jane.doe@mail.com or jim@mail.com."] * 5
    texts += ["Too short, and often said."] * 4
    draw.shuffle(texts)
    source = corpora.write_jsonl(tmp_path / "a.jsonl", [{"text": text} for text in texts])
    settings = ["filters=[exact_dedup, gopher_quality, pii]", "output.shard_bytes=65536"]
    settings += ["audit.counterfactual_documents=0", "pii.entities=[EMAIL_ADDRESS]"]
    snapshot = Path(curate_directly(config([source], settings), tmp_path / "out").path)
    built, ledger = report_of(snapshot), {row["doc_id"]: row for row in rows(snapshot)}
    assert len(list((snapshot / "ledger").iterdir())) > 1
    kept, lost = built["duplicates"]
    assert (kept["documents"], lost["documents"]) == (5, 4)
    assert (kept["verdict"], lost["verdict"], lost["reason"]) == ("keep", "drop", "too_few_words")
    assert kept["text"].endswith("Write to <EMAIL_ADDRESS> or <EMAIL_ADDRESS>.")
    assert lost["text"] == "Too short, and often said."
    for row in (kept, lost):
        named = [one for one in ledger.values() if one["duplicate_of"] == row["kept"]]
        assert len(named) == row["removed"]
        assert all(row[key] == ledger[row["kept"]][key] for key in ("source", "source_id", "chars", "rule"))
    whole, email = (row for row in built["personal_data"] if row["by"] == "total")
    assert (whole["of_before"], whole["documents_after"], whole["spans_after"]) == (31, 1, 2)
    assert (email["entity"], email["action"], email["spans_before"]) == ("EMAIL_ADDRESS", "placeholder", 2)
    audited = audit_directly(snapshot, tmp_path / "audited")
    assert all(audited[name] == built[name] for name in ("duplicates", "personal_data"))


def test_files_are_audited_as_they_are_and_nothing_else_stays(unfair: Path, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stages, "run_stage", run_directly)
        built = audit_files(load(None, [str(unfair)]), str(tmp_path / "audited")).report
    assert sorted(path.name for path in tmp_path.rglob("*")) == [
        "audited", "report.html", "report.json", "run.json",
    ]  # fmt: skip
    assert built["records"]["read"] == built["records"]["keep"] == EACH * len(COUNTRIES)
    assert (built["impact"], built["filters"]) == ([], [])
    assert built["representation"]
    assert built["associations"]


def test_another_policy_shows_whom_it_would_remove_as_a_run_with_it_does(
    unfair: Path, snapshot: Path, tmp_path: Path
) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text("gopher_quality: {min_doc_words: 10}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stages, "run_stage", run_directly)
        found = evenhand_library.audit(snapshot, tmp_path / "audited", policy=policy)
    again = curate_directly(
        config([unfair], [*SETTINGS, "gopher_quality.min_doc_words=10"]), tmp_path / "out"
    )
    wanted = report_of(again.path)
    for name in ("impact", "impact_pairs", "what_if"):
        assert found[name] == wanted[name], name
    assert found["representation"] == report_of(snapshot)["representation"]
    assert found["settings"]["policy_hash"] == wanted["settings"]["policy_hash"]
    assert "the corpus under the policy given" in {row["what"] for row in found["not_measured"]}


def test_two_reports_are_set_side_by_side(unfair: Path, snapshot: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="holds no report to compare with"):
        audit_directly(snapshot, tmp_path / "audited", compare=str(tmp_path))
    looser = [*SETTINGS, "gopher_quality.min_doc_words=10"]
    other = curate_directly(config([unfair], looser), tmp_path / "other")
    compared = audit_directly(snapshot, tmp_path / "audited", compare=other.path)
    drifted = [row for row in compared["comparison"] if row["drifted"]]
    assert drifted
    assert compared["compared"] == report_of(other.path)["snapshot"]["id"]
    assert report_schema.check(compared) == []
    assert compared["impact"] == report_of(snapshot)["impact"]


def test_many_tables_merge_to_what_all_at_once_give(snapshot: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import pyarrow.parquet as pq

    from audits import impact_counts

    policy = config([], SETTINGS)
    strata = impact_counts.largest({}, {})
    ledger = pq.read_table(snapshot / "ledger", columns=list(impact_counts.LEDGER_COLUMNS))
    tables = [
        impact_counts.of_ledger(batch, policy.filters, policy.parameters(), strata)
        for batch in ledger.to_batches(max_chunksize=200)
    ]
    monkeypatch.setattr(audit, "FOLD_ROWS", 500)
    assert audit.folded(iter(tables), impact_counts.merge).equals(impact_counts.merge(tables))


@pytest.mark.alone
@pytest.mark.slow
def test_an_audit_that_was_killed_goes_on_where_it_was(snapshot: Path, tmp_path: Path) -> None:
    arguments = ["audit", snapshot, "--output", tmp_path / "audited", "--workers", "2"]
    with Running(*arguments) as run:
        run.wait_for(lambda: len(markers(tmp_path / "audited", "audit")) >= 3, "the third shard")
        os.kill(run.process.pid, signal.SIGKILL)
    finished = markers(tmp_path / "audited", "audit")
    assert not (tmp_path / "audited").exists()
    done = evenhand(*arguments)
    assert done.returncode == 0, done.stderr
    assert "finished shards are kept" in done.stderr
    assert differing(tmp_path / "audited", snapshot / "report") == []
    assert len(finished) >= 3


def test_a_changed_lexicon_changes_every_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = tasks.code_hash()
    for package in ("audits", "filters", "pipelines", "schemas"):
        shutil.copytree(
            ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__", "*.so")
        )
    monkeypatch.setattr(tasks, "__file__", str(tmp_path / "pipelines" / "tasks.py"))
    try:
        tasks.code_hash.cache_clear()
        assert tasks.code_hash() == before, "what is built is no part of it"
        with (tmp_path / "filters/data/groups/gender.en.txt").open("a") as lexicon:
            lexicon.write("\n")
        tasks.code_hash.cache_clear()
        assert tasks.code_hash() != before
    finally:
        tasks.code_hash.cache_clear()

"""Files of evaluation sets: formats, fields, ids, what is refused; the audit's own benchmarks."""

import gzip
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import yaml
import zstandard

from evenhand import policies
from filters import decontamination
from pipelines import evaluation_sets
from schemas.errors import UserError
from schemas.parameters import Decontamination, EvaluationSet
from tests.pipelines import corpora, running


def items(path: Path, **options: Any) -> list[tuple[str, tuple[str, ...]]]:
    one = EvaluationSet(name="set", path=str(path), **options)
    return [(item.id, item.texts) for item in evaluation_sets.read([one])]


RECORDS = [{"id": "q1", "q": "What is it?", "n": 3, "a": ["yes", {"text": "no"}]}, {"q": "Why?", "a": [" "]}]
LINES = "".join(json.dumps(record) + "\n" for record in RECORDS)
READ = [("q1", ("q1", "What is it?", "yes", "no")), ("1", ("Why?",))]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("set.jsonl", LINES.encode()),
        ("set.jsonl.gz", gzip.compress(LINES.encode(), mtime=0)),
        ("set.ndjson.zst", zstandard.compress(LINES.encode())),
        ("set.json", json.dumps(RECORDS).encode()),
        ("set.json", LINES.encode()),
        ("set.JSONL", b"\xef\xbb\xbf" + LINES.encode()),
    ],
)
def test_records_of_json(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    assert items(tmp_path / name) == [(f"{name}#{key}", texts) for key, texts in READ]


def test_rows_of_csv_and_tsv(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('q,a\n"One, two?",yes\nThree?,"no\nnever"\n')
    (tmp_path / "b.tsv").write_text("id\tq\nx\tOne, two?\n")
    assert items(tmp_path, fields=("q",)) == [
        ("a.csv#0", ("One, two?",)),
        ("a.csv#1", ("Three?",)),
        ("b.tsv#x", ("One, two?",)),
    ]


def test_lines_of_text_without_what_is_no_part_of_them(tmp_path: Path) -> None:
    (tmp_path / "pro.txt.dev").write_text("1 [The cook] left.\n\n2 They stayed.\n")
    assert items(tmp_path / "pro.txt.dev", remove=r"^\d+ ") == [
        ("pro.txt.dev#0", ("[The cook] left.",)),
        ("pro.txt.dev#2", ("They stayed.",)),
    ]


def test_an_object_of_json_is_a_table_of_contents(tmp_path: Path) -> None:
    (tmp_path / "p.json").write_text(
        json.dumps({"A": {"x": ["one", "two"], "y": "three"}, "B": [{"t": "four"}]})
    )
    assert items(tmp_path / "p.json") == [
        ("p.json#A/x", ("one", "two")),
        ("p.json#A/y", ("three",)),
        ("p.json#B/0", ("four",)),
    ]


def test_fields_reach_into_lists(tmp_path: Path) -> None:
    record = {"context": "c", "sentences": [{"sentence": "s", "id": "7"}, {"sentence": "t"}], "target": "u"}
    (tmp_path / "s.json").write_text(json.dumps([record]))
    assert items(tmp_path / "s.json", fields=("sentences.sentence", "context")) == [
        ("s.json#0", ("s", "t", "c"))
    ]


@pytest.mark.parametrize(
    ("name", "content", "options", "message"),
    [
        ("a.jsonl", b'{"a": "b"}\n{"a": \n', {}, "cannot be read as jsonl: Expecting value in line 2"),
        ("a.json", b"[1, 2", {}, "cannot be read as json: Expecting"),
        ("a.txt", b"fine\n\xff\n", {}, "cannot be read as text: invalid UTF-8 at byte 5"),
        ("a.txt.gz", gzip.compress(b"text " * 99, mtime=0)[:-9], {}, "cannot be read as text: "),
        ("a.csv", b'q\n"' + b"x" * 200_000, {}, "cannot be read as csv: field larger than field limit"),
        ("a.jsonl", b'{"a": "b"}', {"fields": ("text",)}, "holds no text to match"),
        ("a.txt", b"", {}, "holds no text to match"),
        ("a.bin", b"x", {}, "`a.bin`: its name does not tell a format"),
    ],
)
def test_what_cannot_be_read_is_said(
    tmp_path: Path, name: str, content: bytes, options: dict[str, Any], message: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UserError, match=re.escape(message)) as told:
        items(tmp_path / name, **options)
    assert told.value.message.startswith("evaluation set `set`")


def test_a_set_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such file or folder"):
        items(tmp_path / "none.jsonl")


def test_an_index_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("one two three four five six seven\n")
    parameters = Decontamination(sets=(EvaluationSet(name="s", path=str(tmp_path / "a.txt")),))
    prefix = str(tmp_path / "key")
    told = evaluation_sets.prepare(evaluation_sets.Evaluation(parameters), prefix)
    assert told["sets"] == {"s": {"items": 1, "ngrams": 1, "too_short": 0}}
    loaded = evaluation_sets.load(evaluation_sets.path_of(prefix))
    built = decontamination.build_index(evaluation_sets.read(parameters.sets), parameters)
    for name in evaluation_sets.ARRAYS:
        np.testing.assert_array_equal(getattr(loaded, name), getattr(built, name))
    text = pa.array(["ONE two three four five six seven eight"])
    assert decontamination.measure(text, loaded).to_pylist() == [
        {
            "contaminated_ngrams": 1,
            "contamination_share": 1.0,
            "contamination_set": "s",
            "contamination_item": "a.txt#0",
        }
    ]


def test_the_fingerprint_is_of_the_content_and_what_is_matched(tmp_path: Path) -> None:
    def fingerprint(text: str, **options: Any) -> str:
        (tmp_path / "a.txt").write_text(text)
        parameters = Decontamination(sets=({"name": "s", "path": str(tmp_path / "a.txt")},), **options)
        job = evaluation_sets.Evaluation(parameters)
        return str(evaluation_sets.prepare(job, str(tmp_path / "key"))["fingerprint"])

    first = fingerprint("a\n")
    assert first == fingerprint("a\n", max_ngrams=5)
    assert len({first, fingerprint("b\n"), fingerprint("a\n", ngram=12), fingerprint("a\n", shortest=3)}) == 4


@pytest.mark.slow
def test_the_audits_benchmarks_are_read_as_the_page_says(root: Path, shared_data: Path) -> None:
    page = (root / "docs" / "filters" / "decontamination.md").read_text("utf-8")
    (example,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    sets = yaml.safe_load(example.replace("EVAL/", f"{shared_data / 'eval'}/"))["decontamination"]["sets"]
    parameters = Decontamination(sets=sets)
    found = list(evaluation_sets.read(parameters.sets))
    index = decontamination.build_index(found, parameters)
    assert {one.name for one in parameters.sets} == {
        "stereoset", "crows_pairs", "bbq", "winobias", "winogender", "bold"
    }  # fmt: skip
    assert {name: count["items"] + count["too_short"] for name, count in index.counts.items()} == {
        "stereoset": 4229, "crows_pairs": 1508, "bbq": 58492, "winobias": 3168, "winogender": 720,
        "bold": 7201,
    }  # fmt: skip
    sample = [item for item in found if len(max(item.texts, key=len).split()) > 8][::997]
    texts = pa.array([f"Before. {max(item.texts, key=len).upper()} After." for item in sample])
    rows = decontamination.measure(texts, index).to_pylist()
    assert all(row["contaminated_ngrams"] for row in rows)


def test_a_set_without_a_path_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    corpus = corpora.write_jsonl(tmp_path / "in.jsonl", [{"text": "some words"}])
    given = running.config([corpus], ["filters=[decontamination]", "decontamination.sets=[{name: quiz}]"])
    with pytest.raises(UserError, match="evaluation set `quiz` has no `path`"):
        running.curate_directly(given, tmp_path / "out")
    assert not (tmp_path / "out.partial").exists()


def test_a_changed_set_changes_the_run_and_a_snapshot_can_be_replayed(tmp_path: Path) -> None:
    item = "whoever reads this sentence in a corpus has found an item of the set"
    corpus = corpora.write_jsonl(tmp_path / "in.jsonl", [{"text": f"He wrote: {item}."}])
    quiz = tmp_path / "quiz.txt"
    sets = f"decontamination.sets=[{{name: quiz, path: '{quiz}'}}]"
    verdicts = []
    for line in (item, "something else altogether, of eight words or more"):
        quiz.write_text(line + "\n")
        given = running.config([corpus], ["filters=[decontamination]", sets])
        outcome = running.curate_directly(given, tmp_path / "out", overwrite=True)
        assert outcome.fresh
        verdicts.append(running.rows(outcome.path)[0]["verdict"])
        recorded = outcome.manifest["config"]
        assert str(quiz) not in json.dumps(recorded)
        policy = tmp_path / "policy.yaml"
        policy.write_text(f"decontamination: {{max_ngrams: null, sets: [{{name: quiz, path: '{quiz}'}}]}}")
        _, new = policies.over(recorded, policy)
        assert new.decontamination.max_ngrams is None
    assert verdicts == ["drop", "keep"]

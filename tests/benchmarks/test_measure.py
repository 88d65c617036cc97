"""The harness: what it measures, the corpora it makes, and the page it writes."""

import json
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks import measure, results, truth
from benchmarks.contest import Place, Row, Scenario, Size, Tool, contest
from benchmarks.corpus import Copies, multiply, read_jsonl, write
from benchmarks.measure import CommandError, Spread, Usage
from tests.naive import shingles


def jaccard_of_texts(a: str, b: str) -> float:
    """Of their word 5-grams."""
    left, right = set(shingles(a, 5)), set(shingles(b, 5))
    return len(left & right) / max(1, len(left | right))


BURN = "import time\nwhile time.process_time() < 0.3: pass"
CHILD = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {BURN!r}])"


def test_cpu_of_descendants_is_counted() -> None:
    used = measure.run([sys.executable, "-c", CHILD])
    assert 0.3 <= used.cpu < 5
    assert used.peak is None


def test_memory_of_descendants_is_counted() -> None:
    # One object of 100 MiB: a `bytearray` of it would hold a second one for a moment, which a sample may see.
    hold = "import time; held = b'x' * (100 << 20); time.sleep(1)"
    command = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {hold!r}])"
    used = measure.run([sys.executable, "-c", command], memory=True)
    assert used.peak is not None
    assert 100 << 20 <= used.peak < 200 << 20
    assert used.peak_private is not None
    assert 100 << 20 <= used.peak_private <= used.peak


def test_failed_command_is_named_with_its_last_words() -> None:
    with pytest.raises(CommandError, match=r"exited 3: gone"):
        measure.run([sys.executable, "-c", "import sys; print('gone', file=sys.stderr); sys.exit(3)"])


def test_rate_leaves_start_up_out() -> None:
    small, large = Usage(cpu=3.0, wall=3, load=0), Usage(cpu=5.0, wall=5, load=0)
    speed, start = measure.rate(small, large, 20_000_000, 60_000_000)
    assert speed == pytest.approx(20)
    assert start == pytest.approx(2)


def test_f1_counts_all_but_one_of_each_component(tmp_path: Path) -> None:
    pairs = {"a": ["1", "2", "7"], "b": ["2", "3", "8"], "jaccard": [0.9, 0.7, 0.6]}
    pq.write_table(pa.table(pairs), tmp_path / "truth_allpairs.parquet")
    components = truth.components(tmp_path)
    assert [sorted(members) for members in components] == [["1", "2", "3"]]
    assert truth.f1({"1", "3"}, components) == 1.0
    assert truth.f1({"1"}, components) == pytest.approx(2 / 3)
    assert truth.f1({"1", "2", "3"}, components) == pytest.approx(4 / 5)
    assert truth.f1({"2", "3", "7"}, components) == pytest.approx(4 / 5)
    assert truth.f1(set(), components) == 0.0


TEXTS = [
    "Every harbour keeps ledgers of passing vessels, cargo weights, weather and wages owed to crews.",
    "Every harbour keeps ledgers of passing vessels, cargo weights, weather and money owed to crews.",
    "Größere Häfen führen Bücher über Schiffe, Ladungen, Wetter und Löhne der Mannschaften im Hafen.",
    "日本の港では船の出入りを記録する。",
    "",
]
ROWS = [{"id": str(i), "text": text, "lang": "en de ja"[3 * (i // 2) :][:2]} for i, text in enumerate(TEXTS)]


def test_copies_keep_sizes_and_similarities_but_not_words(shared_data: Path) -> None:
    rows = read_jsonl(shared_data / "corpus" / "planted_s30" / "jsonl" / "part-000.jsonl.zst")[:1500]
    corpus = Copies([*rows, *({**row, "lang": row["lang"] or None} for row in ROWS)])
    plain, changed = corpus.texts(0), corpus.texts(1)
    assert plain == [row["text"] for row in rows] + TEXTS
    assert [len(text.encode()) for text in changed] == [len(text.encode()) for text in plain]
    ours = len(rows)
    assert jaccard_of_texts(changed[ours], changed[ours + 1]) == jaccard_of_texts(TEXTS[0], TEXTS[1])
    long = [i for i, text in enumerate(plain) if len(text) > 500]
    alike = [jaccard_of_texts(plain[i], changed[i]) for i in long[:200]]
    assert max(alike) < 0.7
    assert sum(alike) / len(alike) < 0.3


def test_multiples_hold_the_same_documents_in_each_format(tmp_path: Path) -> None:
    source = tmp_path / "source"
    write(source, [("part-000", ROWS)], ("jsonl",))
    total = multiply(source, tmp_path / "x2", 2)
    lines = [row for path in sorted((tmp_path / "x2" / "jsonl").iterdir()) for row in read_jsonl(path)]
    rows = pq.read_table(tmp_path / "x2" / "parquet").to_pylist()
    assert lines == rows
    assert [row["id"] for row in lines[5:7]] == ["0~1", "1~1"]
    assert total == 2 * sum(len(text.encode()) for text in TEXTS)


def test_wrong_or_failed_results_have_no_time(tmp_path: Path) -> None:
    place = Place(tmp_path, tmp_path, 2)
    small, large = Size(tmp_path, 1_000_000, "small"), Size(tmp_path, 2_000_000, "large")

    def burn(size: Size, output: Path) -> list[str]:
        (output / "made").touch()
        until = size.text_bytes / 1e7
        return [sys.executable, "-c", f"import time\nwhile time.process_time() < {until}: pass"]

    def fail(size: Size, output: Path) -> list[str]:
        return [sys.executable, "-c", "raise SystemExit('no such thing')"]

    def good(output: Path, size: Size) -> float:
        return float((output / "made").exists())

    right, wrong, failed = contest(
        [
            Tool("right", "1.0", burn, small, large, good),
            Tool("wrong", "1.0", burn, small, large, lambda output, size: 0.25),
            Tool("failed", "1.0", fail, small, large, good),
        ],
        place,
        0.5,
    )
    assert right.speed is not None
    assert right.speed.count == 2
    assert right.accuracy == 1.0
    assert (wrong.speed, wrong.fault) == (None, "wrong result (0.250)")
    assert (failed.speed, "no such thing" in failed.fault) == (None, True)


def test_page_states_targets_losses_and_faults(tmp_path: Path) -> None:
    fast, slow = Spread.of([30.0, 20.0, 25.0]), Spread.of([0.5])
    scenario = Scenario(
        "Near dedup",
        "Parquet in.",
        40.0,
        [
            Row("ours", "", "a, b", fast, slow, slow, 0.997),
            Row("peer", "1.2", "a, b", slow, slow, slow, 0.9),
            Row("other", "2", "a, b", fault="exited 1"),
        ],
        [("peak", Spread.of([1500.0]), "MB", "< 2,000", True)],
        ["A note."],
    )
    results.write(tmp_path, [scenario], {"commit": "abc"})
    page = (tmp_path / "RESULTS.md").read_text()
    assert "Target: 40 MB per core-second; MISSED." in page
    assert "| ours | 25 (20 to 30) | 1 | 0.997 |" in page
    assert "| peer 1.2 | 0.5 | 50 | 0.900 |" in page
    assert "| other 2 | exited 1 |" in page
    assert "| peak | 1,500 MB | < 2,000 | met |" in page
    assert json.loads((tmp_path / "results.json").read_text())["facts"] == {"commit": "abc"}

"""Reading keeps memory bounded, whatever the size of a file and however well it is compressed."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from backports import zstd

MEGABYTE = 1_000_000
# The peak of a process of its own, over what the imports alone take.
CODE = """
import sys
import pyarrow, trafilatura
from pipelines.sources.plan import Source, plan
from pipelines.sources.read import ReadSettings, read
from pipelines.sources.file_systems import file_systems

def peak():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))

file_systems()
before = peak()
pieces, _ = plan([Source(None, (sys.argv[1],))], 1 << 40)
rows = text = 0
for piece in pieces:
    for batch in read(piece, ReadSettings()):
        rows += batch.num_rows
        text += batch.column("text").nbytes
print(rows, text, peak() - before)
"""


def peak_of(path: Path) -> tuple[int, int, int]:
    """Rows, bytes of text, and bytes of memory beyond the imports."""
    done = subprocess.run([sys.executable, "-c", CODE, str(path)], capture_output=True, check=True, text=True)
    rows, text, peak = map(int, done.stdout.split()[-3:])
    return rows, text, peak


@pytest.mark.slow
@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.zst"])
def test_memory_does_not_grow_with_the_file(tmp_path: Path, name: str) -> None:
    words = "some words of a document, and ünïcode 日本語 "
    lines = b"".join(json.dumps({"text": words * 40, "n": i}).encode() + b"\n" for i in range(5_000))
    peaks = []
    for repeat in (5, 20):  # 65 and 260 MB
        path = tmp_path / name
        with path.open("wb") as raw:
            if name.endswith(".zst"):
                with zstd.ZstdFile(raw, "wb") as packed:
                    for _ in range(repeat):
                        packed.write(lines)
            else:
                for _ in range(repeat):
                    raw.write(lines)
        rows, text, peak = peak_of(path)
        assert rows == 5_000 * repeat
        assert text > repeat * 5_000 * 40 * len(words)
        peaks.append(peak)
    assert max(peaks) < 150 * MEGABYTE, peaks
    assert peaks[1] < peaks[0] * 1.1 + 10 * MEGABYTE, peaks


@pytest.mark.slow
def test_a_refused_record_is_never_held(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.zst"
    with zstd.open(path, "wb") as packed:
        packed.write(b'{"text": "')
        for _ in range(500):
            packed.write(b"a" * MEGABYTE)
        packed.write(b'"}\n{"text": "b"}\n')
    rows, _, peak = peak_of(path)
    assert rows == 2
    assert peak < 150 * MEGABYTE

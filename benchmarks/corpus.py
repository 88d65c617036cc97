r"""Multiples of a corpus, whose copies are not duplicates of each other.

    python -m benchmarks.corpus PLANTED_S30 FOLDER --copies 4

Copy 0 is the corpus. In copy c every word of at least four letters that is not among the 150 most frequent is
replaced by the word c places further in the list, by frequency, of the words of its main language, length and
size in bytes; Chinese characters likewise, one by one. So a copy has the length, the language, the stop words
and the layout of the original. The mapping is one to one on lower-cased words, so that the Jaccard
similarities inside a copy, and with them the planted truth and the work of deduplication, are those of the
original; documents of two copies share few 5-grams. Ids of copy c end in `~c`.

Output: FOLDER/jsonl/*.jsonl.zst, FOLDER/parquet/*.parquet (the same documents), FOLDER/truth/ and
FOLDER/meta.json.
"""

import argparse
import gzip
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
import zstandard

UNCHANGED = 150  # most frequent words
SHORTEST = 4  # letters
TOKEN = re.compile(r"[一-鿿]|[^\W\d_一-鿿]+|(?:(?![^\W\d_]).)+", re.DOTALL)
CHINESE = re.compile(r"[一-鿿]")

Rows = list[dict[str, Any]]


def read_jsonl(path: Path) -> Rows:
    """Records of one .jsonl.zst file."""
    with path.open("rb") as raw:
        content = zstandard.ZstdDecompressor().stream_reader(raw).read()
    return [json.loads(line) for line in content.split(b"\n") if line]


class Copies:
    """A corpus cut into words once, so that a copy is a lookup."""

    def __init__(self, rows: Rows) -> None:
        number: dict[str, int] = {}
        flat, self.bounds = [], [0]
        used: dict[str, Counter[str]] = defaultdict(Counter)  # lower-cased word -> languages
        for row in rows:
            tokens = TOKEN.findall(row["text"])
            for token in tokens:
                used[token.lower()][str(row["lang"])] += 1
            flat += [number.setdefault(token, len(number)) for token in tokens]
            self.bounds.append(len(flat))
        self.tokens = list(number)
        self.codes = np.array(flat, np.int32)
        self.place: dict[str, tuple[list[str], int]] = {}  # word -> (its list, its place there)
        for words in _lists(used):
            self.place |= {word: (words, i) for i, word in enumerate(words)}

    def texts(self, copy: int) -> list[str]:
        """The documents' texts in one copy."""
        words = pa.array([self._replaced(token, copy) for token in self.tokens], pa.large_string())
        chosen = words.take(pa.array(self.codes))
        offsets: npt.NDArray[np.int64] = np.frombuffer(chosen.buffers()[1], np.int64)[self.bounds]
        whole = pa.LargeStringArray.from_buffers(len(offsets) - 1, pa.py_buffer(offsets), chosen.buffers()[2])
        texts: list[str] = whole.to_pylist()
        return texts

    def _replaced(self, token: str, copy: int) -> str:
        word = token.lower()
        if not copy or word not in self.place or len(word) != len(token):
            return token
        words, i = self.place[word]
        new = words[(i + copy) % len(words)]
        return "".join(b.upper() if a.isupper() else b for a, b in zip(token, new, strict=True))


def _lists(used: dict[str, Counter[str]]) -> Iterator[list[str]]:
    """Words that stand for each other, most frequent first."""
    common = sorted((word for word in used if word[:1].isalpha()), key=lambda w: (-used[w].total(), w))
    lists: dict[object, list[str]] = defaultdict(list)
    for rank, word in enumerate(common):
        chinese = CHINESE.fullmatch(word) is not None
        plain = len(word) >= SHORTEST and rank >= UNCHANGED and len(word.upper()) == len(word)
        if chinese or (plain and word.upper().lower() == word):
            language = min(used[word], key=lambda name: (-used[word][name], name))
            lists[language, chinese, len(word), len(word.encode())].append(word)
    yield from lists.values()


def write(folder: Path, files: Sequence[tuple[str, Rows]], formats: Sequence[str]) -> None:
    """Writes named lists of records in each format."""
    for name, rows in files:
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
        if "jsonl" in formats:
            _file(folder / "jsonl" / f"{name}.jsonl.zst").write_bytes(zstandard.compress(lines, 3))
        if "gz" in formats:  # dolma's layout
            _file(folder / "documents" / f"{name}.jsonl.gz").write_bytes(gzip.compress(lines, 6, mtime=0))
        if "parquet" in formats:
            path = _file(folder / "parquet" / f"{name}.parquet")
            pq.write_table(pa.Table.from_pylist(rows), path, compression="zstd", row_group_size=1000)


def _file(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def multiply(source: Path, folder: Path, copies: int, formats: Sequence[str] = ("jsonl", "parquet")) -> int:
    """Writes `copies` copies of the corpus in `source`; bytes of text in all.

    Does nothing where `folder` is complete.
    """
    meta = folder / "meta.json"
    if meta.exists():
        found: int = json.loads(meta.read_text())["text_bytes"]
        return found
    paths = sorted((source / "jsonl").glob("*.jsonl.zst"))
    parts = [read_jsonl(path) for path in paths]
    rows = [row for part in parts for row in part]
    corpus = Copies(rows)
    total = 0
    for copy in range(copies):
        texts = iter(corpus.texts(copy))
        for i, part in enumerate(parts):
            changed = [row | {"id": _id(row["id"], copy), "text": next(texts)} for row in part]
            total += sum(len(row["text"].encode()) for row in changed)
            write(folder, [(f"part-{copy:03d}-{i:03d}", changed)], formats)
    if (source / "truth_allpairs.parquet").exists():
        _truth(source, _file(folder / "truth" / "x").parent, copies)
    meta.write_text(json.dumps({"copies": copies, "documents": copies * len(rows), "text_bytes": total}))
    return total


def first(source: Path, folder: Path, files: int, documents: int | None = None) -> int:
    """Writes the first files of a corpus, or the first documents of those; bytes of text.

    Does nothing where `folder` is complete.
    """
    meta = folder / "meta.json"
    if not meta.exists():
        total = 0
        for path in sorted((source / "jsonl").glob("*.jsonl.zst"))[:files]:
            rows = read_jsonl(path)[:documents]
            total += sum(len(row["text"].encode()) for row in rows)
            write(folder, [(path.name.split(".")[0], rows)], ("jsonl", "parquet", "gz"))
        meta.write_text(json.dumps({"text_bytes": total}))
    found: int = json.loads(meta.read_text())["text_bytes"]
    return found


def _id(name: str, copy: int) -> str:
    return f"{name}~{copy}" if copy else name


def _truth(source: Path, folder: Path, copies: int) -> None:
    """The planted truth of every copy, in the layout that `dedup_quality.py` reads."""
    pairs = pq.read_table(source / "truth_allpairs.parquet").to_pylist()
    every = [pair | {k: _id(pair[k], copy) for k in "ab"} for copy in range(copies) for pair in pairs]
    pq.write_table(pa.Table.from_pylist(every), folder / "truth_allpairs.parquet")
    for name, keys in (("truth_planted", ("seed_id", "variant_id")), ("truth_negatives", ("a", "b"))):
        rows = [json.loads(line) for line in (source / f"{name}.jsonl").open()]
        lines = [
            json.dumps(row | {key: _id(row[key], copy) for key in keys})
            for copy in range(copies)
            for row in rows
        ]
        (folder / f"{name}.jsonl").write_text("\n".join(lines) + "\n")


def main() -> None:
    """The command above."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--copies", type=int, default=4)
    options = parser.parse_args()
    print(f"{multiply(options.source, options.folder, options.copies):,} bytes of text")


if __name__ == "__main__":
    main()

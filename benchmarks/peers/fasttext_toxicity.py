"""The package fasttext on the shipped toxicity model: every line of every document, Parquet in and out.

    python fasttext_toxicity.py INPUT OUTPUT MODEL

Lines are lower-cased and split at white space; our plain words (contractions, disguises, names) are left out.
"""

import sys
from pathlib import Path

import fasttext
import pyarrow as pa
import pyarrow.parquet as pq


def main() -> None:
    """Writes the highest score of each document."""
    source, target, path = map(Path, sys.argv[1:4])
    model = fasttext.load_model(str(path))
    for file in sorted(source.glob("*.parquet")):
        table = pq.read_table(file, columns=["id", "text"])
        highest = []
        for text in table.column("text").to_pylist():
            lines = [line + "\n" for line in text.lower().split("\n") if line.strip()]
            found = model.f.multilinePredict(lines, 2, 0.0, "strict") if lines else ([], [])
            scores = [dict(zip(labels, shares, strict=True)) for shares, labels in zip(*found, strict=True)]
            highest.append(max((score.get("__label__toxic", 0.0) for score in scores), default=None))
        scored = pa.table({"id": table.column("id"), "toxicity_max": pa.array(highest, pa.float64())})
        pq.write_table(scored, target / file.name, compression="zstd")


if __name__ == "__main__":
    main()

"""Language id with the package fasttext: fasttext_language.py INPUT OUTPUT MODEL, Parquet in, Parquet out.

The first 1,000 characters of each document, line breaks as spaces, all in one call for each file: what we do.
"""

import sys
from pathlib import Path

import fasttext
import pyarrow as pa
import pyarrow.parquet as pq

source, target = map(Path, sys.argv[1:3])
model = fasttext.load_model(sys.argv[3])
for path in sorted(source.glob("*.parquet")):
    table = pq.read_table(path, columns=["id", "text"])
    texts = [text[:1000].replace("\n", " ") for text in table.column("text").to_pylist()]
    labels, scores = model.predict(texts)
    columns = [
        table.column("id"),
        pa.array([label[0] for label in labels]),
        pa.array([float(score[0]) for score in scores]),
    ]
    pq.write_table(
        pa.table(columns, names=["id", "language", "score"]), target / path.name, compression="zstd"
    )

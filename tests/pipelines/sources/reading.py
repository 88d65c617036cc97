"""Plan and read an input path in one go."""

from pathlib import Path
from typing import Any

from pipelines.sources.plan import Source, plan
from pipelines.sources.read import ReadSettings, read
from schemas.document import RECORD

Row = dict[str, Any]
SPLIT = 1 << 30


def read_path(path: Path | str, split_bytes: int = SPLIT, **settings: Any) -> list[Row]:
    """All rows of an input path, their nulls left out; what every batch must be is checked on the way."""
    pieces, _ = plan([Source(None, (str(path),))], split_bytes)
    rows: list[Row] = []
    for piece in pieces:
        before = len(rows)
        for batch in read(piece, ReadSettings(**settings)):
            assert batch.schema == RECORD
            batch.validate(full=True)
            assert 0 < batch.num_rows <= 4096
            assert batch.column("text").nbytes < 17_000_000 or batch.num_rows == 1
            rows += [{k: v for k, v in row.items() if v is not None} for row in batch.to_pylist()]
        positions = [row["position"] for row in rows[before:]]
        assert positions == sorted(set(positions)), piece
    for row in rows:
        assert ("text" in row) != ("error" in row)
    return rows

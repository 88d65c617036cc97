"""Our own functions without Beam, staging, ledger, statistics and report, or without Beam alone.

    python -m benchmarks.plain near_dedup|quality|language|toxicity INPUT OUTPUT   kernels, Parquet in and out
    python -m benchmarks.plain direct INPUT OUTPUT FILTERS       `curate` in one process, without Beam

What `curate` takes more than the first is the price of its contract; what it takes more than the second is
the price of Beam and of the pool of processes.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from filters import edits, language, near_dedup, quality, toxicity
from filters.decide import fire_all, settle
from schemas.config import Config
from schemas.parameters import Toxicity

ROWS = 4096
FAMILIES = tuple(quality.FAMILIES)


def files(folder: Path) -> list[Path]:
    """Parquet files in order."""
    return sorted(folder.glob("*.parquet"))


def batches(path: Path) -> Iterator[pa.RecordBatch]:
    """Batches of a file, one at a time."""
    with pq.ParquetFile(path) as file:
        yield from file.iter_batches(ROWS)


def near(source: Path, target: Path) -> None:
    """Sketch, match, verify, components; of each the document of lowest number is kept."""
    parameters = Config().near_dedup
    sketches = [near_dedup.sketch(b.column("text"), parameters) for p in files(source) for b in batches(p)]
    keys = np.concatenate([s.bands for s in sketches])
    sets = np.concatenate([s.set_hash for s in sketches])
    shingles = np.concatenate([s.shingles for s in sketches])
    bounds = np.concatenate([[0], np.cumsum(np.concatenate([np.diff(s.shingle_offsets) for s in sketches]))])
    document = np.flatnonzero(sets).astype(np.int64)
    edges, pairs = [], []
    for band in range(keys.shape[1]):
        found = near_dedup.match(
            np.ascontiguousarray(keys[document, band]),
            sets[document],
            document,
            parameters.max_bucket,
            len(sets),
        )
        edges = [found.stars]
        pairs.append(found.pairs)
    candidates = np.unique(np.concatenate(pairs), axis=0)
    spans = [np.stack([bounds[side], bounds[side + 1]], axis=1) for side in candidates.T]
    similar = near_dedup.jaccard(shingles, spans[0], shingles, spans[1]) >= parameters.threshold
    nodes, label = near_dedup.components(np.concatenate([*edges, candidates[similar]]))
    keep = np.ones(len(sets), np.bool_)
    keep[nodes[nodes != label]] = False
    _write(source, target, lambda batch, row: batch.filter(pa.array(keep[row : row + batch.num_rows])))


def rules(source: Path, target: Path) -> None:
    """All quality families on English; what any of them removes goes, C4's edits are applied."""
    parameters = Config().parameters()

    def kept(batch: pa.RecordBatch, row: int) -> pa.RecordBatch:
        text = batch.column("text")
        english = pa.RecordBatch.from_arrays([text, pa.repeat("en", len(text))], names=["text", "language"])
        signals, lines = quality.measure(english, FAMILIES, parameters)
        signals = signals.append_column("language_score", pa.array(np.ones(len(text))))
        verdict = settle(fire_all(signals, FAMILIES, parameters), len(text)).column("verdict")
        changed = batch.set_column(batch.schema.get_field_index("text"), "text", edits.apply(text, lines))
        return changed.filter(pc.equal(verdict, "keep"))

    _write(source, target, kept)


def languages(source: Path, target: Path) -> None:
    """Labels and scores, nothing else."""

    def labelled(batch: pa.RecordBatch, row: int) -> pa.RecordBatch:
        label, score = language.identify(batch.column("text"))
        return pa.RecordBatch.from_arrays(
            [batch.column("id"), label, score], names=["id", "language", "score"]
        )

    _write(source, target, labelled)


def toxic(source: Path, target: Path) -> None:
    """Scores of lines by document, nothing else."""
    parameters = Toxicity()

    def scored(batch: pa.RecordBatch, row: int) -> pa.RecordBatch:
        signals = toxicity.measure(batch.column("text"), parameters)
        return signals.append_column("id", batch.column("id"))

    _write(source, target, scored)


def _write(source: Path, target: Path, kept: Callable[[pa.RecordBatch, int], pa.RecordBatch]) -> None:
    row = 0
    for path in files(source):
        rows = []
        for batch in batches(path):
            rows.append(kept(batch, row))
            row += batch.num_rows
        pq.write_table(pa.Table.from_batches(rows), target / path.name, compression="zstd")


def direct(source: Path, target: Path, names: str) -> None:
    """`curate`, each task called in turn in this process."""
    from pipelines import local_pool, runners
    from pipelines.curate import curate
    from pipelines.tasks import RunTask, Task
    from schemas.load import load

    def run_group(stage: str, tasks: Sequence[Task]) -> None:
        run = RunTask(stage)
        for task in tasks:
            list(run.process(task))

    local_pool.can_fork = lambda: False
    runners.run_group = run_group
    curate(
        load(None, [str(source)], [f"filters=[{names}]", "groups.enabled=false"]),
        str(target / "out"),
        workers=1,
    )


def main() -> None:
    """The commands above."""
    task, source, target, *rest = sys.argv[1:]
    tasks: dict[str, Callable[..., None]] = {
        "near_dedup": near,
        "quality": rules,
        "language": languages,
        "toxicity": toxic,
        "direct": direct,
    }
    tasks[task](Path(source), Path(target), *rest)


if __name__ == "__main__":
    main()

"""datatrove: run_datatrove.py near_dedup|quality|language INPUT OUTPUT [MODEL], Parquet in, Parquet out.

Each block with its defaults, one task, one worker, in this process.
near_dedup: the four MinHash stages, 14 x 8.
quality: Gopher repetition, Gopher quality, C4, FineWeb, in the order of FineWeb's recipe; what one removes
the next does not see.
language: labels only, all of them kept; MODEL is lid.176.ftz, since the download is not part of the work.
"""

import sys
from pathlib import Path

from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.base import PipelineStep
from datatrove.pipeline.dedup import (
    MinhashDedupBuckets,
    MinhashDedupCluster,
    MinhashDedupFilter,
    MinhashDedupSignature,
)
from datatrove.pipeline.dedup.minhash import MinhashConfig
from datatrove.pipeline.filters import (
    C4QualityFilter,
    FineWebQualityFilter,
    GopherQualityFilter,
    GopherRepetitionFilter,
    LanguageFilter,
)
from datatrove.pipeline.readers import ParquetReader
from datatrove.pipeline.writers.parquet import ParquetWriter
from datatrove.utils.lid import FT176LID

task, source, target = sys.argv[1], sys.argv[2], Path(sys.argv[3])


def run(name: str, steps: list[PipelineStep], tasks: int = 1) -> None:
    """One stage, one worker."""
    LocalPipelineExecutor(steps, tasks=tasks, workers=1, logging_dir=str(target / "logs" / name)).run()


def kept() -> ParquetWriter:
    """Where the kept documents go."""
    return ParquetWriter(str(target / "kept"), compression="zstd")


def near_dedup() -> None:
    """The four stages."""
    config = MinhashConfig()
    folder = {name: str(target / name) for name in ("signatures", "buckets", "remove")}
    read = ParquetReader(source)
    run("signature", [read, MinhashDedupSignature(folder["signatures"], config=config)])
    buckets = MinhashDedupBuckets(folder["signatures"], folder["buckets"], config=config)
    run("buckets", [buckets], tasks=config.num_buckets)
    run("cluster", [MinhashDedupCluster(folder["buckets"], folder["remove"], config=config)])
    run("filter", [ParquetReader(source), MinhashDedupFilter(folder["remove"]), kept()])


def quality() -> None:
    """The four filters."""
    filters = [
        GopherRepetitionFilter(),
        GopherQualityFilter(),
        C4QualityFilter(filter_no_terminal_punct=False),
    ]
    run("quality", [ParquetReader(source), *filters, FineWebQualityFilter(), kept()])


def language() -> None:
    """Labels."""
    FT176LID.MODEL_URL = sys.argv[4]  # datatrove copies it to its cache, as it would a download
    run("language", [ParquetReader(source), LanguageFilter(label_only=True), kept()])


{"near_dedup": near_dedup, "quality": quality, "language": language}[task]()

"""Which format a file has: by its name, or, where the name does not tell, by its first bytes."""

from pipelines.sources.streams import STARTS, BrokenStreamError, blocks

KINDS = ("jsonl", "parquet", "csv", "tsv", "text", "warc", "arrow", "datasets")
COMPRESSIONS = {".gz": "gz", ".zst": "zst", ".zstd": "zst", ".bz2": "bz2", ".xz": "xz"}
EXTENSIONS = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
    ".json.lines": "jsonl",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".csv": "csv",
    ".tsv": "tsv",
    ".txt": "text",
    ".md": "text",
    ".warc": "warc",
    ".wet": "warc",
    ".arrow": "arrow",
}
CONTAINERS = ("parquet", "arrow", "datasets")  # never compressed from outside


def by_name(name: str, declared: str | None = None) -> str | None:
    """Format of a file name, such as `jsonl.zst`; None where the extension is unknown.

    Args:
        name: the file's name.
        declared: a kind that the user declared, which leaves only the compression to the name.
    """
    stem = name.lower()
    compression = next((end for end in COMPRESSIONS if stem.endswith(end)), "")
    stem = stem.removesuffix(compression)
    kind = declared or next((kind for end, kind in EXTENSIONS.items() if stem.endswith(end)), None)
    if kind is None or (compression and kind in CONTAINERS):
        return None if declared is None else kind
    return f"{kind}.{COMPRESSIONS[compression]}" if compression else kind


def by_content(path: str) -> str:
    """Format of a file by its first bytes; what cannot be told is text."""
    head = _head(path, "")
    compression = next((name for name, start in STARTS.items() if head.startswith(start)), "")
    if compression:
        head = _head(path, compression)
    kind = _kind(head)
    return f"{kind}.{compression}" if compression and kind not in CONTAINERS else kind


def _head(path: str, compression: str) -> bytes:
    try:
        return next(blocks(path, compression), b"")[:4096]
    except BrokenStreamError:  # reading says so in due course
        return b""


def _kind(head: bytes) -> str:
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith((b"ARROW1", b"\xff\xff\xff\xff")):
        return "arrow"
    if head.startswith(b"WARC/"):
        return "warc"
    return "jsonl" if head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{") else "text"

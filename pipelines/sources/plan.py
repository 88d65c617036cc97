"""Planning: input paths become pieces, each a range of a file that one worker reads.

A URI names a file wherever the corpus lies: its path relative to its input entry (a file entry: its name),
after the source's declared name. Names alone decide formats in folders and globs, so no file is opened; only
a large Parquet file's footer is read, and a file that is named itself and has no known extension.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from pipelines.sources import hf_datasets, parquet
from pipelines.sources.formats import KINDS, by_content, by_name
from pipelines.sources.listing import File, Own, list_files
from pipelines.sources.pieces import Piece, Source
from schemas.errors import UserError

__all__ = ["Piece", "Source", "plan"]


def plan(
    sources: Sequence[Source], split_bytes: int, own: Own | None = None
) -> tuple[list[Piece], list[str]]:
    """The pieces to read, ordered by (uri, start), and the files left out for their unknown extension.

    Args:
        sources: in declared order; undeclared ones (without a name) come last in the order of documents.
        split_bytes: plain JSONL and Parquet files above it are split into ranges of about that size.
        own: folders that the run writes, which are no input.

    Raises:
        UserError: a path is missing or holds nothing readable, or two files have one URI.
    """
    declared = [source.name for source in sources if source.name is not None]
    seen: dict[str, str] = {}
    pieces: list[Piece] = []
    skipped: list[str] = []
    for source in sources:
        if source.format is not None and source.format not in KINDS:
            unknown = f"unknown format `{source.format}`"
            raise UserError(unknown, f"one of {', '.join(KINDS)}")
        order = len(declared) if source.name is None else declared.index(source.name)
        for entry in source.paths:
            left_out: list[str] = []
            found = False
            for parts in _files(entry, source, order, split_bytes, left_out, own):
                found = True
                uri, path = parts[0].uri, parts[0].path
                if uri in seen:
                    raise _twice(uri, seen[uri], path)
                seen[uri] = path
                pieces.extend(parts)
            if not found:
                raise _nothing(entry, left_out)
            skipped.extend(left_out)
    return sorted(pieces, key=lambda piece: (piece.uri, piece.start)), sorted(skipped)


def _format(file: File, declared: str | None) -> str | None:
    if file.saved or declared == "datasets":
        return "datasets" if file.saved else None
    kind = by_name(file.relative, declared)
    return by_content(file.path) if kind is None and file.named else kind


def _files(
    entry: str, source: Source, order: int, split_bytes: int, left_out: list[str], own: Own | None
) -> Iterator[list[Piece]]:
    """The pieces of each file of an input entry; files of unknown extension go to `left_out`."""
    prefix = "" if source.name is None else f"{source.name}/"
    if entry.startswith(hf_datasets.SCHEME):
        name, _ = hf_datasets.split_name(entry)
        plain = name.removeprefix(hf_datasets.SCHEME)
        plain = Path(plain).resolve().name if Path(plain).is_dir() else plain
        for split in hf_datasets.hub_splits(entry):
            uri, path = f"{prefix}{plain}:{split['split']}", f"{name}:{split['split']}"
            ranges = _row_ranges(split["rows"], split["bytes"], split_bytes)
            fixed = (uri, path, "datasets", source.name, order)
            yield [Piece(*fixed, *part, str(split["stamp"])) for part in ranges]
        return
    for file in list_files(entry, saved=source.format in (None, "datasets"), own=own):
        kind = _format(file, source.format)
        if kind is None:
            left_out.append(file.path)
        else:
            ranges = _ranges(file, kind, split_bytes)
            fixed = (prefix + file.relative, file.path, kind, source.name, order)
            yield [Piece(*fixed, *part, file.stamp) for part in ranges]


def _row_ranges(rows: int, size: int, split_bytes: int) -> list[tuple[int, int | None, int]]:
    n = max(1, min(rows, -(-size // split_bytes)))
    cuts = [rows * i // n for i in range(n + 1)]
    return [(start, stop, size // n) for start, stop in pairwise(cuts)]


def _ranges(file: File, kind: str, split_bytes: int) -> list[tuple[int, int | None, int]]:
    """(start, stop, bytes on disk) of each piece of a file."""
    whole: list[tuple[int, int | None, int]] = [(0, None, file.size)]
    if file.size <= split_bytes:
        return whole
    if kind == "jsonl":
        n = -(-file.size // split_bytes)
        cuts = [file.size * i // n for i in range(n + 1)]
        return [(start, stop, stop - start) for start, stop in pairwise(cuts)]
    if kind == "parquet":
        return [*parquet.row_groups(file.path, split_bytes)] or whole
    if kind == "datasets" and (rows := hf_datasets.saved_rows(file.path)) is not None:
        return _row_ranges(rows, file.size, split_bytes)
    return whole


def _twice(uri: str, first: str, second: str) -> UserError:
    if first == second:
        return UserError(f"`{first}` is given twice")
    return UserError(
        f"`{first}` and `{second}` would both be named `{uri}`",
        "give their common folder instead, or declare them as two sources",
    )


def _nothing(entry: str, left_out: list[str]) -> UserError:
    if not left_out:
        return UserError(
            f"`{entry}`: no file in it", "hidden files and names beginning with `_` are left out"
        )
    return UserError(
        f"`{entry}`: no file with a known extension, such as `{left_out[0]}`",
        f"set `input.format` to one of {', '.join(KINDS)}",
    )

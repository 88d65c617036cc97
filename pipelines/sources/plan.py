"""Planning: input paths become pieces, each a range of a file that one worker reads.

A URI names a file wherever the corpus lies: its path relative to its input entry (a file entry: its name),
after the source's declared name. Names alone decide formats in folders and globs, so no file is opened; only
a large Parquet file's footer is read, and a file that is named itself and has no known extension.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from pipelines.sources import parquet
from pipelines.sources.formats import KINDS, by_content, by_name
from pipelines.sources.listing import File, list_files
from pipelines.sources.pieces import Piece, Source
from schemas.errors import UserError

__all__ = ["Piece", "Source", "plan"]


def plan(sources: Sequence[Source], split_bytes: int) -> tuple[list[Piece], list[str]]:
    """The pieces to read, ordered by (uri, start), and the files left out for their unknown extension.

    Args:
        sources: in declared order; undeclared ones (without a name) come last in the order of documents.
        split_bytes: plain JSONL and Parquet files above it are split into ranges of about that size.

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
            found = 0
            for file in list_files(entry):
                kind = by_name(file.relative, source.format) or (
                    by_content(file.path) if file.named else None
                )
                if kind is None:
                    left_out.append(file.path)
                    continue
                found += 1
                uri = file.relative if source.name is None else f"{source.name}/{file.relative}"
                if uri in seen:
                    raise _twice(uri, seen[uri], file.path)
                seen[uri] = file.path
                pieces.extend(_split(file, uri, kind, source, order, split_bytes))
            if not found:
                raise _nothing(entry, left_out)
            skipped.extend(left_out)
    return sorted(pieces, key=lambda piece: (piece.uri, piece.start)), sorted(skipped)


def _split(file: File, uri: str, kind: str, source: Source, order: int, split_bytes: int) -> Iterator[Piece]:
    for start, stop, size in _ranges(file, kind, split_bytes):
        yield Piece(uri, file.path, kind, source.name, order, start, stop, size, file.stamp)


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

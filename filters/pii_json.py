"""Scrubbing of JSON: its texts and numbers one by one, so that what results is JSON."""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

Scrub = Callable[[Sequence[str | None]], list[str | None]]


def scrub(values: Sequence[str | None], plain: Scrub) -> list[str | None]:
    """Each value by `plain`; a JSON object by its keys and leaves, each behind its key, which explains it."""
    documents: dict[int, Any] = {}
    for row, value in enumerate(values):
        if value is not None and value.lstrip()[:1] == "{":
            try:
                documents[row] = json.loads(value)
            except (ValueError, RecursionError):
                continue
    rows = [row for row in range(len(values)) if row not in documents]
    leaves = [(row, *leaf) for row, document in documents.items() for leaf in _leaves(document, "")]
    results = plain([*(values[row] for row in rows), *(f"{label}{text}" for _, label, text in leaves)])
    scrubbed: list[str | None] = list(values)
    for row, result in zip(rows, results, strict=False):
        scrubbed[row] = result
    changed: dict[int, list[str | None]] = {row: [] for row in documents}
    again = []  # a label that lost something itself: the leaf is looked at alone
    for (row, label, text), result in zip(leaves, results[len(rows) :], strict=True):
        if result is not None and not result.startswith(label):
            again.append((row, len(changed[row]), text))
        changed[row].append(None if result is None or result == label + text else result[len(label) :])
    for (row, place, text), result in zip(again, plain([text for *_, text in again]), strict=True):
        changed[row][place] = result if result != text else None
    for row, new in changed.items():
        if any(one is not None for one in new):
            left = iter(new)
            scrubbed[row] = json.dumps(_rebuilt(documents[row], left), ensure_ascii=False)
    return scrubbed


def _leaves(node: Any, label: str) -> Iterator[tuple[str, str]]:  # noqa: ANN401
    """(label, text) of each key and leaf, in the order of `_rebuilt`."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield "", key
            yield from _leaves(value, f"{key}: ")
    elif isinstance(node, list):
        for value in node:
            yield from _leaves(value, label)
    elif isinstance(node, str):
        yield label, node
    elif isinstance(node, int | float) and not isinstance(node, bool):
        yield label, json.dumps(node)


def _rebuilt(node: Any, new: Iterator[str | None]) -> Any:  # noqa: ANN401
    if isinstance(node, dict):
        rebuilt = {}
        for key, value in node.items():
            name = next(new)
            rebuilt[key if name is None else name] = _rebuilt(value, new)
        return rebuilt
    if isinstance(node, list):
        return [_rebuilt(value, new) for value in node]
    if isinstance(node, str) or (isinstance(node, int | float) and not isinstance(node, bool)):
        one = next(new)
        return node if one is None else one
    return node

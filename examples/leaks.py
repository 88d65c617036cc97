"""Documents that hold items of the example evaluation set, and one that comes near it."""

import json
from collections.abc import Iterator
from pathlib import Path

from examples.compose import Document

SET = Path(__file__).parent / "evaluation" / "reading.jsonl"


def leaks(hosts: Iterator[str]) -> list[Document]:
    """`leak-of:ID` holds item ID of the set; `near-leak-of:ID` less of it than 13 words in a row."""
    items = {item["id"]: item for item in map(json.loads, SET.read_text("utf-8").splitlines())}
    ferry, choir, bridge, library = (
        items[name]["passage"] for name in ("ferry", "choir", "bridge", "library")
    )
    start = " ".join(library.split()[:11])
    return [
        Document("leak-of:ferry", f"{next(hosts)}\n\nMy daughter learns this by heart. {ferry}"),
        Document("leak-of:choir", f"{choir.upper()}\n\n{next(hosts)}"),
        Document("leak-of:bridge", f"{next(hosts)}\n\n{bridge.replace('; ', ' - ')}"),
        Document("leak-of:tram", f"{next(hosts)}\n\nThey were asked: {items['tram']['question']}"),
        Document("near-leak-of:library", f"{next(hosts)}\n\n{start} six weeks costs nothing here."),
    ]

"""What happened to one record, in plain words and tables, from its ledger row."""

from collections.abc import Mapping
from typing import Any

from evenhand.table import show, table

MOST_EDITS = 20


def explanation(row: Mapping[str, Any], kept: Mapping[str, Any] | None, filter_of: Mapping[str, str]) -> str:
    """The text that `evenhand explain` prints.

    Args:
        row: the record's ledger row.
        kept: the ledger row of `duplicate_of`, where it lies in this snapshot.
        filter_of: filter by signal name.
    """
    what = [f"doc_id {row['doc_id']}", f"source {row['source']}"]
    what += [f"language {row['language']}"] if row["language"] else []
    what += [f"{row['chars']:,} characters"] if row["chars"] is not None else []
    text = f"{row['source_id']}  ({', '.join(what)})\n{_verdict(row)}\n"
    if row["duplicate_of"]:
        text += _duplicate(row, kept)
    if row["fired"]:
        heads = ["rule", "reason", "score", "threshold"]
        text += "\neverything that fired, in running order\n"
        text += _indented(table(heads, [[fired[head] for head in heads] for fired in row["fired"]]))
    if row["edits"]:
        heads = ["entity", "start", "end", "replacement"]
        text += f"\nedits of the text ({len(row['edits'])}), in characters of the input\n"
        text += _indented(
            table(heads, [[edit[head] for head in heads] for edit in row["edits"][:MOST_EDITS]])
        )
        if len(row["edits"]) > MOST_EDITS:
            text += f"  and {len(row['edits']) - MOST_EDITS} more\n"
    measured = [
        (filter_of.get(name, ""), name, value) for name, value in row["signals"].items() if value is not None
    ]
    if measured:
        text += "\nsignals that were measured\n" + _indented(table(["filter", "signal", "value"], measured))
    return text


def _verdict(row: Mapping[str, Any]) -> str:
    reason = (row["reason"] or "").replace("_", " ")
    because = f"`{row['rule']}`: {reason} (`{row['reason']}`)"
    score = ""
    if row["score"] is not None:
        score = f"; the score is {show(row['score'])}"
        score += f", the threshold {show(row['threshold'])}" if row["threshold"] is not None else ""
    if row["verdict"] == "keep":
        return "kept: no rule fired"
    if row["verdict"] == "error":
        return f"not read: {because}; position and size are in `quarantine/`"
    if row["verdict"] == "review":
        return f"waits for review, asked for by {because}{score}"
    return f"removed by {because}{score}"


def _duplicate(row: Mapping[str, Any], kept: Mapping[str, Any] | None) -> str:
    snapshot, colon, _ = row["duplicate_of"].rpartition(":")
    text = f"duplicate of {row['duplicate_of']}"
    if colon:
        text += f", a document of the earlier snapshot {snapshot}"
    elif kept:
        text += f", `{kept['source_id']}` ({'kept' if kept['verdict'] == 'keep' else kept['verdict']})"
    if row["similarity"] is not None:
        text += f"; Jaccard similarity {show(row['similarity'])}"
    return text + "\n"


def _indented(text: str) -> str:
    return "".join(f"  {line}\n" for line in text.splitlines())

"""What was taken out of texts as personal data, counted from the ledger: rows of `audits.tally.COUNTS`.

kind           key        detail        measures
pii            ""         entity or ""  spans_{before,after}, documents_{before,after}
pii_language   ISO 639    the same      the same
pii_source     source     the same      the same
pii*           as above   ""            of_{before,after}, documents that were looked at

Before: every document that was looked at, after: those of them that are kept. Spans of an entity are edits of
the ledger. Spans of any (detail "") are the signal `pii_matches`, and more: what lies in a line that another
filter takes out is covered by that edit, and the ledger does not say which entity it was.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from audits import tally
from schemas.ledger import Verdict
from schemas.parameters import PII_ENTITIES, Pii

BY = {"total": "pii", "language": "pii_language", "source": "pii_source"}
KINDS = {kind: by for by, kind in BY.items()}
SIDES = ("before", "after")
MEASURES = ("of", "documents", "spans")
EDITED = "edits.list.element.entity"  # all of `edits` that has to be read
MOST = 20  # languages or sources with rows of their own, those with most spans
COVERED = "spans lie in text that another filter takes out, and count for no entity"
OFF = "the filter `pii` did not run"

merge = tally.merge


def count(ledger: pa.RecordBatch) -> pa.Table:
    """COUNTS of ledger rows.

    Args:
        ledger: columns verdict, language, source, edits (EDITED is enough), signals.
    """
    spans = pc.struct_field(ledger.column("signals"), "pii_matches")
    rows = pa.table(
        {
            "total": pa.repeat("", ledger.num_rows),
            "language": ledger.column("language").fill_null("und"),
            "source": ledger.column("source"),
            "kept": pc.equal(ledger.column("verdict"), Verdict.KEEP),
            "spans": spans.cast(pa.int64()),
            "edits": ledger.column("edits"),
        }
    ).filter(pc.is_valid(spans))
    found = pc.greater(rows["spans"], 0)
    any_entity = rows.drop_columns(["edits"]).append_column("documents", found.cast(pa.int64()))
    any_entity = any_entity.append_column("of", pa.array(np.ones(rows.num_rows, np.int64)))
    by_entity = _entities(rows.filter(found).combine_chunks())
    tables = [*_sums(any_entity, MEASURES), *_sums(by_entity, MEASURES[1:])]
    return merge(tables)


def _entities(rows: pa.Table) -> pa.Table:
    """A row for each document and entity that was found in it."""
    edits = rows["edits"].combine_chunks() if rows.num_rows else pa.array([], rows["edits"].type)
    entity = pc.struct_field(edits.flatten(), "entity")
    flat = pa.table({"row": pc.list_parent_indices(edits), "entity": entity})
    flat = flat.filter(pc.is_in(flat["entity"], pa.array(PII_ENTITIES, pa.string())))
    each = flat.group_by(["row", "entity"], use_threads=False).aggregate([([], "count_all")])
    facts = rows.select([*BY, "kept"]).take(each["row"])
    facts = facts.append_column("entity", each["entity"]).append_column("spans", each["count_all"])
    return facts.append_column("documents", pa.array(np.ones(each.num_rows, np.int64)))


def _sums(rows: pa.Table, measures: Sequence[str]) -> Iterator[pa.Table]:
    """COUNTS of the measures, before and after, by each of BY and by entity where there is one."""
    for side, here in zip(SIDES, (rows, rows.filter(rows["kept"])), strict=True):
        for by, kind in BY.items():
            keys = [by, *(["entity"] if "entity" in rows.column_names else [])]
            sums = here.group_by(keys, use_threads=False).aggregate([(name, "sum") for name in measures])
            detail = sums["entity"] if len(keys) > 1 else pa.repeat("", sums.num_rows)
            for name in measures:
                columns = [pa.repeat(kind, sums.num_rows), sums[by], detail]
                columns += [pa.repeat(f"{name}_{side}", sums.num_rows), sums[f"{name}_sum"]]
                yield pa.table(columns, schema=tally.COUNTS)


def rows(table: pa.Table, parameters: Pii) -> list[dict[str, Any]]:
    """Rows of `personal_data`: in all, by language, by source; of each any entity, then that of most spans.

    Args:
        table: merged COUNTS.
        parameters: of the filter, for what replaces an entity.
    """
    cells: dict[str, dict[str, Counter[tuple[str, str]]]] = {by: {} for by in BY}
    for kind, key, detail, measure, number in zip(*(c.to_pylist() for c in table.columns), strict=True):
        cells[KINDS[kind]].setdefault(key, Counter())[detail, measure] += number
    cells["total"].setdefault("", Counter())
    return [row for by, of in cells.items() for row in _breakdown(by, of, parameters)]


def _breakdown(
    by: str, cells: Mapping[str, Counter[tuple[str, str]]], parameters: Pii
) -> Iterator[dict[str, Any]]:
    order = sorted(cells, key=lambda key: (-cells[key]["", "spans_before"], key))
    for key in order[:MOST]:
        yield from _rows(by, None if by == "total" else key, cells[key], parameters)
    if rest := order[MOST:]:
        summed: Counter[tuple[str, str]] = sum((cells[key] for key in rest), Counter())
        yield from _rows(by, None, summed, parameters, f"{len(rest):,} others")


def _rows(
    by: str, key: str | None, counts: Counter[tuple[str, str]], parameters: Pii, note: str | None = None
) -> list[dict[str, Any]]:
    """Any entity, then each."""
    entities = {detail for detail, _ in counts if detail}
    order = sorted(entities, key=lambda entity: (-counts[entity, "spans_before"], entity))
    actions: dict[str, str] = {str(name): action for name, action in parameters.actions.items()}
    hidden = counts["", "spans_before"] - sum(counts[entity, "spans_before"] for entity in entities)
    notes = [note, f"{hidden:,} {COVERED}" if hidden else None]
    return [
        {
            "by": by,
            "key": key,
            "entity": entity or None,
            "action": actions.get(entity, parameters.action) if entity else None,
            **{
                f"{name}_{side}": counts["" if name == "of" else entity, f"{name}_{side}"]
                for side in SIDES
                for name in MEASURES
            },
            "note": None if entity else "; ".join(filter(None, notes)) or None,
        }
        for entity in ("", *order)
    ]

"""Whom each rule removed, as counts: the combiner behind `impact` and `impact_pairs`.

COUNTS has one row a counted thing, (rule, reason, group, stratum, measure) -> count, and leaves zeros out.
`merge` adds equal rows and sorts, so it is associative and commutative to the bit: any grouping of batches,
parts or workers gives the same table. Its size depends on the numbers of checks, groups and strata alone.

rule     of a check; "" in rows of the measure `documents`
reason   of a check; "" for any reason of the rule
group    "gender/women"; "gender": any group of the axis; "gender/women*geography/nigeria" and
         "gender*geography": both (whole rules only); "": every readable document
stratum  "source<TAB>language<TAB>characters" (whole rules and single groups or axes); "" for all of them
measure  documents   that mention the group
         unmeasured  those of them that the check was not measured on
         fired       those that it removes or sends to review, whoever decides
         decided     those that it decides on

Unreadable records (verdict `error`) are not counted. Every check has a row `fired` for group "", so that one
that removed nothing is known to have been on.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from scipy import sparse

from filters.arrow_buffers import bools
from filters.checks import Firing
from filters.decide import fire_all
from filters.replay import Policy, signals_under
from schemas import group_names
from schemas.ledger import Verdict
from schemas.parameters import Parameters

KEYS = ["rule", "reason", "group", "stratum", "measure"]
COUNTS = pa.schema([*[pa.field(name, pa.string(), nullable=False) for name in KEYS], ("count", pa.int64())])
LEDGER_COLUMNS = ("verdict", "source", "language", "chars", "groups", "signals")  # all that is read
OTHER = "other"

Masks = npt.NDArray[np.bool_]


class Strata(NamedTuple):
    """How documents are set beside others like them.

    Attributes:
        sources: those that are told apart; the rest is "other".
        languages: as well.
        lengths: bounds of the length buckets, characters, rising.
    """

    sources: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    lengths: tuple[int, ...] = (100, 200, 400, 800, 1600, 3200, 12800)


def largest(
    sources: Mapping[str, int],
    languages: Mapping[str, int],
    *,
    most_sources: int = 10,
    most_languages: int = 5,
) -> Strata:
    """Strata of the largest sources and languages, given documents by name."""
    return Strata(_largest(sources, most_sources), _largest(languages, most_languages))


def of_ledger(
    ledger: pa.RecordBatch, filters: Sequence[str], parameters: Mapping[str, Parameters], strata: Strata
) -> pa.Table:
    """COUNTS of ledger rows under a policy: the run's own, or any other ("what if").

    Args:
        ledger: n rows with LEDGER_COLUMNS.
        filters: names, in running order.
        parameters: by filter name.
        strata: the same for every batch of an audit.
    """
    signals, _ = signals_under(ledger, Policy(filters, parameters))
    return count(ledger, fire_all(signals, filters, parameters), strata)


def count(ledger: pa.RecordBatch, firings: Sequence[tuple[str, Firing]], strata: Strata) -> pa.Table:
    """COUNTS of n ledger rows and what `fire_all` found on them."""
    checks = [(rule, firing.reason) for rule, firing in firings]
    readable = bools(pc.not_equal(ledger.column("verdict"), Verdict.ERROR))
    masks = _masks([firing for _, firing in firings], len(readable))
    masks = {measure: mask[:, readable] for measure, mask in masks.items()}
    tables = [_everyone(int(readable.sum()), checks, masks)]
    mentioning = readable & (_lengths(ledger) > 0)
    masks = {measure: mask[:, mentioning[readable]] for measure, mask in masks.items()}
    ledger = ledger.select(["source", "language", "chars", "groups"]).filter(pa.array(mentioning))
    if ledger.num_rows:
        rules, whole = _by_rule(checks, masks)
        mentions = Mentions.of(ledger)
        singles = mentions.singles()
        tables += _tables(singles, checks, masks, documents=True)
        tables += _tables(singles, rules, whole)
        tables += _tables(mentions.pairs(), rules, whole, documents=True)
        tables += _tables(singles.within(*_strata(ledger, strata)), rules, whole, documents=True)
    return merge(tables)


def merge(tables: Sequence[pa.Table]) -> pa.Table:
    """The sum of some tables, sorted by key."""
    return add(tables, COUNTS)


def add(tables: Sequence[pa.Table], schema: pa.Schema) -> pa.Table:
    """The sum of tables of integers: column `count` by all others, sorted by them."""
    keys = [name for name in schema.names if name != "count"]
    table = pa.concat_tables([schema.empty_table(), *tables])
    summed = table.group_by(keys, use_threads=False).aggregate([("count", "sum")])
    summed = summed.rename_columns([*keys, "count"]).select(schema.names).cast(schema)
    return summed.sort_by([(key, "ascending") for key in keys])


class Cells(NamedTuple):
    """Which documents lie in which cells, such as groups.

    Attributes:
        member: int64[documents, cells], sparse, 1 where a document lies in a cell.
        groups: name of each cell's group; `labels` of its strata, which vary fastest.
    """

    member: sparse.csr_array
    groups: pa.StringArray
    labels: pa.StringArray

    def within(self, stratum: npt.NDArray[np.int64], labels: pa.StringArray) -> "Cells":
        """The cells divided by the stratum of each document."""
        rows = np.repeat(np.arange(self.member.shape[0]), np.diff(self.member.indptr))
        codes = self.member.indices.astype(np.int64) * len(labels) + stratum[rows]
        return Cells(
            members(rows, codes, self.member.shape[0], len(self.groups) * len(labels)), self.groups, labels
        )


class Mentions(NamedTuple):
    """Which document mentions which group.

    Attributes:
        row: int64[m], document of each mention, rising.
        group: int64[m], index into `groups`.
        axis: int64[groups], index into `axes`.
        groups: their names.
        axes: their names, sorted.
        rows: documents.
    """

    row: npt.NDArray[np.int64]
    group: npt.NDArray[np.int64]
    axis: npt.NDArray[np.int64]
    groups: list[str]
    axes: list[str]
    rows: int

    @classmethod
    def of(cls, ledger: pa.RecordBatch) -> "Mentions":
        """Those of n ledger rows."""
        flat = pc.list_flatten(ledger.column("groups")).dictionary_encode()
        groups = flat.dictionary.to_pylist()
        names = [group_names.axis_of(group) for group in groups]
        axes = sorted(set(names))
        axis = np.array([axes.index(name) for name in names], np.int64)
        row = np.repeat(np.arange(ledger.num_rows), _lengths(ledger))
        return cls(row, flat.indices.to_numpy().astype(np.int64), axis, groups, axes, ledger.num_rows)

    def singles(self) -> Cells:
        """Groups, then axes."""
        row, axis = np.nonzero(self._on_axis())
        rows, codes = np.concatenate([self.row, row]), np.concatenate([self.group, axis + len(self.groups)])
        names = self.groups + self.axes
        return Cells(members(rows, codes, self.rows, len(names)), pa.array(names), _nowhere())

    def pairs(self) -> Cells:
        """Pairs of groups of two axes, then pairs of axes; the axes of a pair in order."""
        on_axis = self._on_axis()
        row, axis = np.nonzero(on_axis)
        row, first, second = _two_of_each(row, axis, self.rows)
        ordered = first < second
        rows, codes = [row[ordered]], [len(self.groups) ** 2 + (first * len(self.axes) + second)[ordered]]
        several = on_axis.sum(axis=1)[self.row] > 1
        row, first, second = _two_of_each(self.row[several], self.group[several], self.rows)
        ordered = self.axis[first] < self.axis[second]
        rows.append(row[ordered])
        codes.append((first * len(self.groups) + second)[ordered])
        found, code = np.unique(np.concatenate(codes), return_inverse=True)
        names = [self._pair(int(pair)) for pair in found]
        member = members(np.concatenate(rows), code, self.rows, len(names))
        return Cells(member, pa.array(names, pa.string()), _nowhere())

    def _on_axis(self) -> Masks:
        """bool[documents, axes]: any group of the axis is mentioned."""
        found = np.zeros((self.rows, len(self.axes)), bool)
        found[self.row, self.axis[self.group]] = True
        return found

    def _pair(self, code: int) -> str:
        names, code = (
            (self.groups, code) if code < len(self.groups) ** 2 else (self.axes, code - len(self.groups) ** 2)
        )
        return group_names.PAIR.join((names[code // len(names)], names[code % len(names)]))


def _two_of_each(
    row: npt.NDArray[np.int64], member: npt.NDArray[np.int64], rows: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """(row, member, member) of all ordered pairs of members with the same row; `row` rises."""
    size = np.bincount(row, minlength=rows)
    begin = np.cumsum(size) - size
    repeats = size[row]
    first = np.repeat(np.arange(len(row)), repeats)
    within = np.arange(len(first)) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    return row[first], member[first], member[begin[row[first]] + within]


def _masks(firings: Sequence[Firing], rows: int) -> dict[str, Masks]:
    """bool[checks, rows] of each measure but `documents`."""
    if not firings:
        return dict.fromkeys(("unmeasured", "fired", "decided"), np.zeros((0, rows), bool))
    removes, reviews = np.stack([f.removes for f in firings]), np.stack([f.reviews for f in firings])
    measured, decided = np.stack([f.measured for f in firings]), np.zeros_like(removes)
    for mask in (reviews, removes):  # a removal decides before a review does
        some = np.flatnonzero(mask.any(axis=0))
        decided[:, some] = False
        decided[mask[:, some].argmax(axis=0), some] = True
    return {"unmeasured": ~measured, "fired": (removes | reviews) & measured, "decided": decided}


def _by_rule(
    checks: Sequence[tuple[str, str]], masks: Mapping[str, Masks]
) -> tuple[list[tuple[str, str]], dict[str, Masks]]:
    """The same by rule: unmeasured where all of its checks are, fired and decided where any is."""
    rules = list(dict.fromkeys(rule for rule, _ in checks))
    whole: dict[str, list[Masks]] = {measure: [] for measure in masks}
    for rule in rules:
        rows = [i for i, check in enumerate(checks) if check[0] == rule]
        for measure, mask in masks.items():
            reduce = np.logical_and if measure == "unmeasured" else np.logical_or
            whole[measure].append(reduce.reduce(mask[rows], axis=0))
    return [(rule, "") for rule in rules], {
        measure: np.stack(found) for measure, found in whole.items() if found
    }


def _everyone(documents: int, checks: Sequence[tuple[str, str]], masks: Mapping[str, Masks]) -> pa.Table:
    """Counts of all readable documents, group ""."""
    rules, whole = _by_rule(checks, masks)
    rows = [("", "", "documents", documents)]
    for names, found in ((checks, masks), (rules, whole)):
        for measure, mask in found.items():
            rows += [(*name, measure, int(n)) for name, n in zip(names, mask.sum(axis=1), strict=True)]
    rows = [row for row in rows if row[3] or row[2] == "fired"]
    columns = list(zip(*rows, strict=True)) or [()] * 4
    blank = [""] * len(rows)
    return pa.table([*columns[:2], blank, blank, *columns[2:]], schema=COUNTS)


def _tables(
    cells: Cells, names: Sequence[tuple[str, str]], masks: Mapping[str, Masks], *, documents: bool = False
) -> Iterator[pa.Table]:
    """Counts of each cell: one table a measure."""
    if documents:
        counts = np.bincount(cells.member.indices, minlength=cells.member.shape[1])
        cell = np.flatnonzero(counts)
        yield _table([("", "")], np.zeros_like(cell), cells, cell, "documents", counts[cell])
    for measure, mask in masks.items():
        check, row = np.nonzero(mask)
        found = (members(check, row, *mask.shape) @ cells.member).tocoo()
        yield _table(names, found.row, cells, found.col, measure, found.data)


def _table(
    names: Sequence[tuple[str, str]],
    name: npt.NDArray[np.int64],
    cells: Cells,
    cell: npt.NDArray[np.int64],
    measure: str,
    counts: npt.NDArray[np.int64],
) -> pa.Table:
    strata = len(cells.labels)
    columns = [pa.array([part[i] for part in names], pa.string()).take(pa.array(name)) for i in (0, 1)]
    columns += [cells.groups.take(pa.array(cell // strata)), cells.labels.take(pa.array(cell % strata))]
    return pa.table([*columns, pa.repeat(measure, len(cell)), pa.array(counts, pa.int64())], schema=COUNTS)


def members(
    rows: npt.NDArray[np.int64], columns: npt.NDArray[np.int64], height: int, width: int
) -> sparse.csr_array:
    """int64[height, width], 1 at each (row, column)."""
    ones = np.ones(len(rows), np.int64)
    return sparse.coo_array((ones, (rows, columns)), shape=(height, width)).tocsr()


def _strata(ledger: pa.RecordBatch, strata: Strata) -> tuple[npt.NDArray[np.int64], pa.StringArray]:
    """(int64[n], stratum of each row; the names of all strata)."""
    lengths = (0, *strata.lengths)
    buckets = [f"{low}-{high - 1}" for low, high in pairwise(lengths)]
    buckets.append(f"{lengths[-1]}-")
    chars = ledger.column("chars").fill_null(0).to_numpy(zero_copy_only=False)
    code = np.zeros(ledger.num_rows, np.int64)
    parts = []
    for column, known in (("source", strata.sources), ("language", strata.languages)):
        place = pc.index_in(ledger.column(column), pa.array(known, pa.string())).fill_null(len(known))
        code = code * (len(known) + 1) + place.to_numpy(zero_copy_only=False)
        parts.append((*known, OTHER))
    code = code * len(buckets) + np.searchsorted(strata.lengths, chars, side="right")
    names = [
        "\t".join((source, language, bucket))
        for source in parts[0]
        for language in parts[1]
        for bucket in buckets
    ]
    return code, pa.array(names, pa.string())


def _largest(documents: Mapping[str, int], most: int) -> tuple[str, ...]:
    return tuple(sorted(documents, key=lambda name: (-documents[name], name))[:most])


def _lengths(ledger: pa.RecordBatch) -> npt.NDArray[np.int64]:
    lengths = pc.list_value_length(ledger.column("groups")).fill_null(0)
    return np.asarray(lengths.to_numpy(zero_copy_only=False), np.int64)


def _nowhere() -> pa.StringArray:
    """The one label of cells that are not divided."""
    return pa.array([""], pa.string())

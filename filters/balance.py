"""Balance: a weight for each document, so that mentions of groups have the shares that a policy asks for.

The share of a group is its part of the weighted mentions of its axis: documents that mention it, each counted
with its weight, over the same for every group that the axis' target names. A document that mentions two of
them counts for both; one that mentions none is free, and one that mentions no group of any target has weight
1. Weights depend on the set of groups that a document mentions and on nothing else, so documents are counted
by these sets, cells, and raking (`filters/raking.py`) works on cells. They are measured on documents that no
other rule drops or sends to review.

Sampling draws a number in [0, 1) from a keyed hash of the doc_id. `down`: a document of weight below 1 is
dropped unless its draw lies below its weight, and else kept with weight 1. `whole`: besides, weights above 1
become the whole number below or above, by the draw, to be read as "so many times"; a doc_id stands once in a
snapshot, so repeats are told by `weight`. Both keep each document's expected weight.

balance_weight  float64, by raking; null where another rule removes the document
balance_draw    float64, [0, 1); null as above, and where nothing is sampled
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import xxhash

from filters.checks import Firing, values
from filters.group_lexicons import groups as known_groups
from schemas import group_names
from schemas.errors import UserError
from schemas.faults import did_you_mean
from schemas.parameters import Balance
from schemas.populations import populations

VERSION = 1
SIGNALS = pa.schema([pa.field("balance_weight", pa.float64()), pa.field("balance_draw", pa.float64())])
CELLS = pa.schema(
    [
        pa.field("cell", pa.string(), nullable=False),  # its groups, sorted, separated by a space
        pa.field("documents", pa.int64(), nullable=False),
    ]
)
WEIGHTS = pa.schema([*CELLS, pa.field("weight", pa.float64(), nullable=False)])
DIGITS = 6  # of a weight, so that the last bits of sums do not matter
MAX_CELLS = 20_000  # with weights of their own: seconds, for targets on 250 groups
FEASIBLE = 1e-6  # a target is reached when no share is further off


class Target(NamedTuple):
    """What an axis should look like.

    Attributes:
        axis: its name.
        kind: `uniform`, `custom`, or a population's name.
        groups: `axis/group`, sorted.
        shares: of each group, sum 1; None: equal ones for the groups that are mentioned at all.
    """

    axis: str
    kind: str
    groups: tuple[str, ...]
    shares: tuple[float, ...] | None


def resolve(parameters: Balance) -> tuple[Target, ...]:
    """The targets, by axis.

    Raises:
        UserError: an axis or group is unknown.
    """
    known = known_groups()
    axes = sorted({group_names.axis_of(name) for name in known})
    targets = []
    for axis, wanted in sorted(parameters.targets.items()):
        if axis not in axes:
            raise UserError(f"`balance.targets.{axis}`: unknown axis", did_you_mean(axis, axes, "axes"))
        of_axis = {
            name.partition("/")[2]: above for name, above in known.items() if name.startswith(f"{axis}/")
        }
        shares: Mapping[str, float] | None = None
        if isinstance(wanted, Mapping):
            kind, shares = "custom", wanted
        elif isinstance(wanted, tuple):
            kind, shares = "uniform", dict.fromkeys(wanted, 1 / len(wanted))
        elif wanted == "uniform":
            kind = wanted
        else:
            kind, shares = wanted, populations()[wanted].shares
        for group in shares or ():
            if group not in of_axis:
                hint = did_you_mean(group, of_axis, f"groups of `{axis}`")
                raise UserError(f"`balance.targets.{axis}`: unknown group `{group}`", hint)
        # Groups inside another group of the axis would be counted twice.
        names = sorted(
            shares if shares is not None else (g for g, above in of_axis.items() if len(above) == 1)
        )
        full = tuple(f"{axis}/{group}" for group in names)
        targets.append(Target(axis, kind, full, None if shares is None else tuple(shares[g] for g in names)))
    return tuple(targets)


def cells_of(groups: pa.ListArray, targets: Sequence[Target]) -> pa.StringArray:
    """The cell of each document: those of its groups that a target names.

    Args:
        groups: n lists of `axis/group`, sorted and distinct.
        targets: of `resolve`.
    """
    names = pa.array(sorted({group for target in targets for group in target.groups}), pa.string())
    offsets = groups.offsets.to_numpy()
    flat = groups.values.slice(offsets[0], offsets[-1] - offsets[0])
    named = pc.is_in(flat, names).to_numpy(zero_copy_only=False)
    before = np.concatenate([[0], np.cumsum(named)]).astype(np.int32)
    lists = pa.ListArray.from_arrays(pa.array(before[offsets - offsets[0]]), flat.filter(pa.array(named)))
    return pc.binary_join(lists, " ")


def count(groups: pa.ListArray, targets: Sequence[Target]) -> pa.Table:
    """CELLS of some documents, sorted."""
    ones = pa.array(np.ones(len(groups), np.int64))
    return merge([pa.table([cells_of(groups, targets), ones], schema=CELLS)])


def merge(tables: Sequence[pa.Table]) -> pa.Table:
    """The sum of some CELLS, sorted: associative and commutative to the bit."""
    table = pa.concat_tables([CELLS.empty_table(), *tables])
    summed = table.group_by("cell", use_threads=False).aggregate([("documents", "sum")])
    return summed.rename_columns(CELLS.names).cast(CELLS).sort_by("cell")


def measure(
    doc_id: pa.StringArray,
    groups: pa.ListArray,
    kept: npt.NDArray[np.bool_],
    weights: pa.Table,
    parameters: Balance,
) -> pa.RecordBatch:
    """SIGNALS of n documents.

    Args:
        doc_id: n ids.
        groups: n lists of `axis/group`, sorted and distinct.
        kept: bool[n], no other rule drops the document or sends it to review.
        weights: WEIGHTS, of the whole run.
        parameters: as the weights were made with.
    """
    missing = ~kept
    weight = apply(groups, weights, resolve(parameters))
    draw = np.zeros(len(doc_id))
    if parameters.sampling == "none":
        missing_draw = np.ones(len(doc_id), np.bool_)
    else:
        missing_draw = missing
        seed = parameters.seed
        hashes = [xxhash.xxh3_64_intdigest(name.encode(), seed) for name in doc_id.to_pylist()]
        draw = (np.array(hashes, np.uint64) >> np.uint64(11)).astype(np.float64) / (1 << 53)
    columns = [pa.array(weight, mask=missing), pa.array(draw, mask=missing_draw)]
    return pa.RecordBatch.from_arrays(columns, schema=SIGNALS)


def apply(groups: pa.ListArray, weights: pa.Table, targets: Sequence[Target]) -> npt.NDArray[np.float64]:
    """float64[n], the weight of each document's cell; 1 where it has none."""
    row = pc.index_in(cells_of(groups, targets), weights["cell"].combine_chunks())
    found = weights["weight"].combine_chunks().take(row).fill_null(1.0)
    return np.asarray(found.to_numpy(zero_copy_only=False), np.float64)


def final(signals: pa.RecordBatch, parameters: Balance) -> npt.NDArray[np.float32]:
    """float32[n], the `weight` column of documents that are kept; 1 where there is no balance_weight."""
    weight = np.nan_to_num(values(signals, "balance_weight"), nan=1.0)
    if parameters.sampling != "none":
        draw = values(signals, "balance_draw")
        weight = np.maximum(weight, 1.0)
        if parameters.sampling == "whole":
            whole = np.floor(weight)
            weight = whole + (draw < weight - whole)
    return weight.astype(np.float32)


def fire(signals: pa.RecordBatch, parameters: Balance) -> list[Firing]:
    """Down-sampling, where it is on; the score is the weight, and the bound is each document's own draw."""
    if parameters.sampling == "none":
        return []
    weight, draw = values(signals, "balance_weight"), values(signals, "balance_draw")
    removes = (weight < 1) & (draw >= weight)  # NaN: neither
    return [Firing("down_sampled", removes, np.zeros_like(removes), weight, None)]


def solve(cells: pa.Table, targets: Sequence[Target], parameters: Balance) -> tuple[pa.Table, dict[str, Any]]:
    """Weights for all cells of a run.

    At most MAX_CELLS cells have weights of their own, those of most documents; the rest keep weight 1 and
    count as they are, so that time and memory are bounded.

    Args:
        cells: CELLS, merged.
        targets: of `resolve`.
        parameters: with the caps.

    Returns:
        (WEIGHTS, report). The report holds `documents`, `weight` (their sum), `effective_size` (Kish),
        `cells`, `held_cells`, `held_documents`, and flat rows: `axes` and `groups`, see `_axes`, `_groups`.
    """
    # scipy takes a third of a second to import, and only this function needs it.
    from scipy import sparse

    from filters import raking

    names = [group for target in targets for group in target.groups]
    documents = cells["documents"].to_numpy()
    split = pc.split_pattern(cells["cell"].combine_chunks(), " ")
    row = pc.list_parent_indices(split).to_numpy()
    column = pc.index_in(pc.list_flatten(split), pa.array(names, pa.string()))
    named = column.is_valid().to_numpy(zero_copy_only=False)  # the cell of no groups is ""
    row, column = row[named], column.drop_null().to_numpy()
    order = np.argsort(-documents, kind="stable")  # cells are sorted by name
    place = np.full(len(documents), len(order[:MAX_CELLS]))  # what is held is the last row
    place[np.sort(order[:MAX_CELLS])] = np.arange(len(order[:MAX_CELLS]))
    free = place < len(order[:MAX_CELLS])
    count = np.where(free[row], 1.0, documents[row].astype(np.float64))
    one = np.ones(1)
    problem = raking.Cells(
        documents=np.append(documents[free].astype(np.float64), one),
        mentions=sparse.csr_array((count, (place[row], column)), shape=(int(free.sum()) + 1, len(names))),
        axes=_columns(targets),
        low=np.append(np.full(free.sum(), parameters.min_weight), one),
        high=np.append(np.full(free.sum(), parameters.max_weight), one),
    )
    wanted = _wanted(targets, problem.mentions.T @ problem.documents)
    raked = raking.rake(problem, wanted)
    weights = np.ones(len(documents))
    weights[free] = np.round(raked.weights[:-1], DIGITS)
    before, after = np.ones(len(problem.documents)), np.append(weights[free], one)
    columns = {
        "documents": (problem.mentions.T @ problem.documents).astype(np.int64),
        "share": problem.shares(before),
        "wanted": wanted,
        "reachable": raked.reachable,
        "balanced": problem.shares(after),
    }
    report = {
        "documents": int(documents.sum()),
        "weight": _rounded(documents @ weights),
        "effective_size": _rounded(raking.effective_size(documents, weights)),
        "cells": len(documents),
        "held_cells": int((~free).sum()),
        "held_documents": int(documents[~free].sum()),
        "axes": _axes(targets, raked.alone, raked.together),
        "groups": _groups(targets, columns),
    }
    return cells.append_column(WEIGHTS.field("weight"), pa.array(weights)), report


def _columns(targets: Sequence[Target]) -> tuple[npt.NDArray[np.int64], ...]:
    ends = np.cumsum([0, *(len(target.groups) for target in targets)])
    return tuple(np.arange(ends[i], ends[i + 1]) for i in range(len(targets)))


def _wanted(targets: Sequence[Target], mentions: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Shares of all groups; `uniform` is over the groups that are mentioned."""
    parts = []
    for target, columns in zip(targets, _columns(targets), strict=True):
        if target.shares is None:
            seen = (mentions[columns] > 0).astype(np.float64)
            parts.append(seen / max(seen.sum(), 1.0))
        else:
            parts.append(np.array(target.shares, np.float64))
    return np.concatenate(parts) if parts else np.empty(0)


def _axes(
    targets: Sequence[Target], alone: npt.NDArray[np.float64], together: npt.NDArray[np.float64]
) -> list[dict[str, Any]]:
    """Rows of axes.

    `target` is its kind, `feasible` said together with the other axes that are (where not all can be, those
    first in the alphabet), `gap` the largest distance of a reachable share from a wanted one.
    """
    return [
        {
            "axis": target.axis,
            "target": target.kind,
            "feasible": bool(together[i] <= FEASIBLE),
            "feasible_alone": bool(alone[i] <= FEASIBLE),
            "gap": _rounded(together[i]),
        }
        for i, target in enumerate(targets)
    ]


def _groups(
    targets: Sequence[Target], columns: Mapping[str, npt.NDArray[np.generic]]
) -> list[dict[str, Any]]:
    """Rows of groups: `documents` that mention it, and its shares; `balanced` is with weights, unsampled."""
    names = [(target.axis, group) for target in targets for group in target.groups]
    return [
        {"axis": axis, "group": group}
        | {name: int(v[i]) if name == "documents" else _rounded(v[i]) for name, v in columns.items()}
        for i, (axis, group) in enumerate(names)
    ]


def _rounded(number: float | np.generic) -> float:
    return round(float(number), DIGITS)

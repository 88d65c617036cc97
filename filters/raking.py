"""Weights that bring the shares of groups to their targets: raking with bounded weights.

Of all weights within the caps that reach the targets, those nearest to 1 are taken, where the distance is
sum of n (w ln w - w + 1): the limit of iterative proportional fitting (Deming and Stephan 1940,
doi:10.1214/aoms/1177731829), with caps as in Deville and Särndal 1992 (doi:10.1080/01621459.1992.10475217,
"truncated" method). Newton's method on the dual finds them. Which shares can be reached at all is found by
linear programming before: a weighted share is a ratio of two sums, but "share = t" is linear in the weights.

All functions work on cells, so cost and memory do not depend on the number of documents.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import linprog

EXACT = 1e-6  # a target is reached when no share is further off
CLOSE = 1e-4  # what raking must come to, else it is led to the linear programme's weights
NEWTON_STEPS = 200
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Cells:
    """C cells and the K groups that have targets.

    Attributes:
        documents: float64[C].
        mentions: float64[C, K] sparse, mentions of each group a document of the cell.
        axes: of each axis the columns of its groups; of two that come equally near to their targets, but not
            together, the first stays.
        low, high: float64[C], caps; equal to 1 where a cell's weight is not free.
    """

    documents: Floats
    mentions: sparse.csr_array
    axes: tuple[npt.NDArray[np.int64], ...]
    low: Floats
    high: Floats

    def shares(self, weights: Floats) -> Floats:
        """float64[K], share of each group among the weighted mentions of its axis; 0 where there are none."""
        totals = self.mentions.T @ (self.documents * weights)
        found = np.zeros(len(totals))
        for columns in self.axes:
            whole = totals[columns].sum()
            found[columns] = totals[columns] / whole if whole > 0 else 0.0
        return found


@dataclass(frozen=True)
class Raked:
    """The answer.

    Attributes:
        weights: float64[C].
        reachable: float64[K], the targets, or the nearest shares to them that can be reached.
        alone: float64[axes], largest distance from its target, were the axis the only one.
        together: float64[axes], the same with all axes before it held.
    """

    weights: Floats
    reachable: Floats
    alone: Floats
    together: Floats


def rake(cells: Cells, target: Floats) -> Raked:
    """Weights within the caps for float64[K] targets, which sum to 1 on each axis that is mentioned.

    Axes are taken one after the other, those that can come nearest to their targets first, and each keeps
    what it has come to. So an axis whose target is out of reach takes nothing from one that can be reached.
    """
    mentioned = [i for i, columns in enumerate(cells.axes) if cells.mentions[:, columns].sum() > 0]
    alone = np.array([target[columns].max(initial=0.0) for columns in cells.axes])
    together, reachable = alone.copy(), np.zeros(len(target))
    for i in mentioned:
        alone[i], _ = _Programme(cells, target, i, target, []).least(total=False, most=None)
    witness = np.ones(len(cells.documents))
    held: list[int] = []
    for i in sorted(mentioned, key=lambda i: (np.round(alone[i] / EXACT), i)):
        together[i], witness = nearest(cells, target, i, reachable, held)
        within = together[i] <= EXACT
        columns = cells.axes[i]
        reachable[columns] = target[columns] if within else cells.shares(witness)[columns]
        held.append(i)
    free = cells.mentions.sum(axis=1) > 0
    witness = np.where(free, np.clip(witness, cells.low, cells.high), 1.0)
    weights = _led_to(cells, calibrate(cells, reachable, held), witness, reachable, held)
    return Raked(weights, reachable, alone, together)


def nearest(
    cells: Cells, target: Floats, axis: int, reachable: Floats, held: list[int]
) -> tuple[float, Floats]:
    """How near the shares of one axis can come to their targets while the `held` axes stay where they are.

    Returns:
        (least largest distance of a share, weights that reach it). Where it is not 0, those of the least sum
        of distances among them.
    """
    programme = _Programme(cells, target, axis, reachable, held)
    gap, weights = programme.least(total=False, most=None)
    if gap > EXACT:
        _, weights = programme.least(total=True, most=gap)
    return gap, weights


class _Programme:
    """A linear programme over weights in their caps, the mentions of each axis, and slacks.

    share - target is a ratio of two linear forms; Dinkelbach's method minimises it by a few programmes of the
    form min (distance - ratio * mentions). Units are the unweighted mentions of each axis.
    """

    def __init__(self, cells: Cells, target: Floats, axis: int, reachable: Floats, held: list[int]) -> None:
        self.cells, self.target = cells, target[cells.axes[axis]]
        self.shares, self.whole = _in_units(cells, axis)
        c, axes = len(self.whole), 1 + len(held)
        # Rows: mentions of each axis are what they are; held axes keep their shares.
        self.equal = []
        for i, other in enumerate([axis, *held]):
            shares, whole = _in_units(cells, other)
            mentions = np.zeros((1, axes))
            mentions[0, i] = -1
            self.equal.append(sparse.hstack([sparse.csr_array(whole[None, :]), sparse.csr_array(mentions)]))
            if i:
                expected = np.zeros((shares.shape[0], axes))
                expected[:, i] = -reachable[cells.axes[other]]
                self.equal.append(sparse.hstack([shares, sparse.csr_array(expected)]))
        self.axes, self.free = axes, c

    def least(self, *, total: bool, most: float | None) -> tuple[float, Floats]:
        """(least largest distance, or sum, of the axis' shares, the weights); no distance above `most`."""
        weights = self._solve(0.0, total=total, most=most)
        ratio = self._distance(weights, total=total)
        while ratio > EXACT / 10:
            found = self._solve(ratio, total=total, most=most)
            better = self._distance(found, total=total)
            if better >= ratio - EXACT / 10:
                break
            weights, ratio = found, better
        return ratio, weights

    def _distance(self, weights: Floats, *, total: bool) -> float:
        off = np.abs(self.shares @ weights / float(self.whole @ weights) - self.target)
        return float(off.sum() if total else off.max())

    def _solve(self, ratio: float, *, total: bool, most: float | None) -> Floats:
        k = len(self.target)
        slacks = k if total else 1
        slack = sparse.eye_array(k) if total else sparse.csr_array(np.ones((k, 1)))
        nothing = sparse.csr_array((k, slacks))
        beside = np.zeros((k, self.axes))
        rows = []
        for sign in (1, -1):
            beside[:, 0] = -sign * self.target
            rows.append(sparse.hstack([sign * self.shares, sparse.csr_array(beside), -slack]))
            if most is not None:
                beside[:, 0] -= most + EXACT / 10
                rows.append(sparse.hstack([sign * self.shares, sparse.csr_array(beside), nothing]))
        above = sparse.vstack(rows).tocsr()
        equal = sparse.vstack(self.equal)
        equal = sparse.hstack([equal, sparse.csr_array((equal.shape[0], slacks))]).tocsr()
        cost = np.concatenate([np.zeros(self.free), [-ratio], np.zeros(self.axes - 1), np.ones(slacks)])
        more = self.axes + slacks
        found: Any = linprog(
            cost,
            A_ub=above,
            b_ub=np.zeros(above.shape[0]),
            A_eq=equal,
            b_eq=np.zeros(equal.shape[0]),
            bounds=np.stack(
                [
                    np.append(self.cells.low, np.zeros(more)),
                    np.append(self.cells.high, np.full(more, np.inf)),
                ],
                axis=1,
            ),
            method="highs-ds",
        )
        if found.x is None:
            msg = f"the linear programme failed: {found.message}"
            raise ArithmeticError(msg)
        return np.asarray(found.x[: self.free], np.float64)


def _in_units(cells: Cells, axis: int) -> tuple[sparse.csr_array, Floats]:
    """([k, C] weighted mentions of each group, [C] of any), over the axis' unweighted mentions."""
    mentions = cells.mentions[:, cells.axes[axis]]
    whole = cells.documents * mentions.sum(axis=1)
    scale = 1 / whole.sum()
    return (mentions.T @ sparse.diags_array(cells.documents * scale)).tocsr(), whole * scale


def calibrate(cells: Cells, target: Floats, axes: list[int]) -> Floats:
    """float64[C], the weights nearest to 1 that reach the targets of some axes, which must be reachable."""
    if not axes:
        return np.ones(len(cells.documents))
    dual = _Dual(cells, target, axes)
    multipliers = np.zeros(dual.size)
    here = dual.value(multipliers)
    for _ in range(NEWTON_STEPS):
        gradient, hessian = dual.slopes(multipliers)
        if np.abs(gradient).max() < EXACT / 100:
            break
        damping = 1e-10 * max(np.trace(hessian), 1e-12)
        step = -np.linalg.solve(hessian + damping * np.eye(dual.size), gradient)
        step *= min(1.0, 20 / max(np.abs(dual.exponents(step)).max(), 1e-300))  # e^20 is beyond any caps
        size, down = 1.0, float(gradient @ step)
        while size > 1e-10 and dual.value(multipliers + size * step) > here + 1e-4 * size * down:
            size /= 2
        if size <= 1e-10:
            break
        multipliers = multipliers + size * step
        here = dual.value(multipliers)
    return dual.weights(multipliers)


class _Dual:
    """The convex function of one multiplier a group whose gradient is share - target, times mentions.

    A cell's weight is exp(x . multipliers) within its caps, where x is what the cell's documents add to the
    distances: mentions of the group - target * mentions of the axis, kept as these two parts.
    """

    def __init__(self, cells: Cells, target: Floats, axes: list[int]) -> None:
        self.cells = cells
        self.columns = np.concatenate([cells.axes[i] for i in axes])
        self.size = len(self.columns)
        self.target = np.zeros((len(axes), self.size))  # of the groups of each axis
        wholes, scales, at = [], [], 0
        for i, axis in enumerate(axes):
            columns = cells.axes[axis]
            of_axis = cells.mentions[:, columns].sum(axis=1)
            scale = 1 / float(cells.documents @ of_axis)
            self.target[i, at : at + len(columns)] = target[columns]
            wholes.append(of_axis * scale)
            scales.append(np.full(len(columns), scale))
            at += len(columns)
        self.mentions = (cells.mentions[:, self.columns] @ sparse.diags_array(np.concatenate(scales))).tocsr()
        self.whole = sparse.csr_array(np.stack(wholes, axis=1))
        # Multipliers are of the order of 1 when x is: the smallest unit of an axis is its largest scale.
        self.unit = 1 / max(float(scale[0]) for scale in scales)
        self.low, self.high = np.log(cells.low), np.log(cells.high)

    def exponents(self, multipliers: Floats) -> Floats:
        """float64[C]."""
        inner: Floats = self.mentions @ multipliers - self.whole @ (self.target @ multipliers)
        return inner * self.unit

    def weights(self, multipliers: Floats) -> Floats:
        """float64[C], within the caps to the bit."""
        inside = np.clip(self.exponents(multipliers), self.low, self.high)
        return np.clip(np.exp(inside), self.cells.low, self.cells.high)

    def value(self, multipliers: Floats) -> float:
        """The function, over `unit`."""
        v = self.exponents(multipliers)
        inside = np.clip(v, self.low, self.high)
        return float(self.cells.documents @ (np.exp(inside) * (1 + v - inside))) / self.unit

    def slopes(self, multipliers: Floats) -> tuple[Floats, Floats]:
        """Gradient and Hessian."""
        v = self.exponents(multipliers)
        mass = self.cells.documents * self.weights(multipliers)
        gradient = self.mentions.T @ mass - (self.whole.T @ mass) @ self.target
        inner = sparse.diags_array(np.where((v > self.low) & (v < self.high), mass, 0.0) * self.unit)
        groups, axes = inner @ self.mentions, inner @ self.whole
        mixed = (self.mentions.T @ axes).toarray() @ self.target
        hessian = (self.mentions.T @ groups).toarray() - mixed - mixed.T
        hessian += self.target.T @ (self.whole.T @ axes).toarray() @ self.target
        return gradient, hessian


def _led_to(cells: Cells, weights: Floats, witness: Floats, target: Floats, axes: list[int]) -> Floats:
    """The weights, led towards `witness`, which reaches the targets, by as little as is needed."""
    columns = np.concatenate([cells.axes[i] for i in axes]) if axes else np.empty(0, np.int64)
    for part in np.linspace(0, 1, 65):
        mixed: Floats = (1 - part) * weights + part * witness
        if np.abs(cells.shares(mixed) - target)[columns].max(initial=0.0) <= CLOSE:
            break
    return mixed


def effective_size(documents: Floats, weights: Floats) -> float:
    """Kish's effective sample size, (sum w)^2 / sum w^2 (Kish 1965); 0 for no documents."""
    squares = float(documents @ weights**2)
    return float(documents @ weights) ** 2 / squares if squares > 0 else 0.0

"""What gates name that there is not: rules, reasons, axes, groups, keys; with the nearest that there is."""

from collections.abc import Iterator, Sequence

from audits import names
from filters import dialect, language
from filters.catalogue import BY_NAME
from filters.group_lexicons import groups as lexicon_groups
from schemas import group_names
from schemas.errors import UserError
from schemas.faults import did_you_mean
from schemas.gates import EVERY, FLIPS, Gate

Path = tuple[str | int, ...]
FEW = 20  # names that a hint lists


def faults(gates: Sequence[Gate]) -> list[tuple[Path, str, str | None]]:
    """Unknown names: (path in the config, message, hint)."""
    return [
        (("gates", i, key), f"`gates[{i}].{key}` names an unknown {key}: `{seen}`", _hint(seen, known, key))
        for i, gate in enumerate(gates)
        for key, seen, known in (*_of_rules(gate), *_of_groups(gate), *_of_keys(gate))
    ]


def check_gates(gates: Sequence[Gate]) -> None:
    """Refuses gates that name what there is not.

    Raises:
        UserError: the first fault.
    """
    for _, message, hint in faults(gates):
        raise UserError(message, hint)


def _of_rules(gate: Gate) -> Iterator[tuple[str, str, Sequence[str]]]:
    """(key, what it names, what there is) of what is unknown."""
    if gate.rule is None:
        return
    name, slash, _ = gate.rule.partition("/")
    if name not in BY_NAME:
        yield "rule", gate.rule, list(BY_NAME)
    elif slash and gate.rule != BY_NAME[name].rule:
        yield "rule", gate.rule, [BY_NAME[name].rule]
    elif gate.reason not in (None, EVERY, *names.REASONS[name]):
        yield "reason", str(gate.reason), [*names.REASONS[name], EVERY]


def _of_groups(gate: Gate) -> Iterator[tuple[str, str, Sequence[str]]]:
    known = groups()
    axes = sorted({group_names.axis_of(group) for group in known})
    for axis in gate.axis.split(group_names.PAIR) if gate.axis else ():
        if axis not in axes:
            yield "axis", axis, axes
    for group in gate.group.split(group_names.PAIR) if gate.group else ():
        axis = group_names.axis_of(group)
        if axis not in axes:
            yield "group", group, [f"{near}/{group.partition('/')[2]}" for near in axes]
        elif group not in known:
            yield "group", group, [name for name in known if name.startswith(f"{axis}/")]


def _of_keys(gate: Gate) -> Iterator[tuple[str, str, Sequence[str]]]:
    if gate.key is not None and (known := _keys(gate.measure)) and gate.key not in known:
        yield "key", gate.key, known


def groups() -> list[str]:
    """Groups that a document can be found to mention: by lexicon, or by the dialect model."""
    return [*lexicon_groups(), *dialect.GROUPS]


def _keys(measure: str) -> list[str]:
    """Keys that rows of a measure can have; none where they come from the corpus itself."""
    if measure == "language_share":
        return language.labels()
    if measure == "region_share":
        prefix = "geography/"
        return [*(name.removeprefix(prefix) for name in groups() if name.startswith(prefix)), "unknown"]
    return list(names.CHANGES) if measure == FLIPS else []


def _hint(seen: str, known: Sequence[str], key: str) -> str | None:
    if key == "key" and language.UNKNOWN in known:
        return f"ISO 639 codes; `{language.UNKNOWN}`: no language was found"
    hint = did_you_mean(seen, known, f"{key}s that there are")
    return hint if len(known) <= FEW or hint.startswith("did you mean") else None

"""Lexicons of group mentions: text files in `filters/data/groups/`, one an axis and language.

The syntax is described in the folder's README. A term is a sequence of words, some of which may be context
that must stand beside it and is no part of the match.
"""

import functools
import re
from collections.abc import Iterator
from importlib import resources
from itertools import product
from typing import NamedTuple

from schemas import group_names

AXES = (
    "age",
    "disability",
    "gender",
    "geography",
    "race_ethnicity",
    "religion",
    "sexual_orientation",
    "socio_economic_status",
)
LANGUAGES = ("ar", "de", "en", "es", "fr", "hi", "it", "ja", "pt", "zh")
HIDES = "-"
RANGE = re.compile(r"\{(\d+)-(\d+)\}")


class Term(NamedTuple):
    """One way to mention a group.

    Attributes:
        group: `axis/group`; `axis/-` for a phrase that hides what lies inside it.
        lead: words that must stand in front, or "".
        core: the match itself.
        trail: words that must stand behind, or "".
        exact: upper and lower case of `core` count.
        not_after_capital: no capitalised word may stand in front.
        not_before_capital: nor behind.
    """

    group: str
    lead: str
    core: str
    trail: str
    exact: bool = False
    not_after_capital: bool = False
    not_before_capital: bool = False


@functools.cache
def groups() -> dict[str, tuple[str, ...]]:
    """All known groups, `axis/group`, each with all that a mention of it counts for, itself first."""
    parents: dict[str, str] = {}
    for line in _lines("groups.txt"):
        axis, _, names = line.partition(":")
        for name in names.split(","):
            group, _, parent = (part.strip() for part in name.partition("<"))
            parents[f"{axis}/{group}"] = f"{axis}/{parent}" if parent else ""
    for _, group, region in _territories():
        parents[f"geography/{group}"] = f"geography/{region}" if region != "-" else ""
    return {group: tuple(_upward(group, parents)) for group in sorted(parents)}


@functools.cache
def territories() -> dict[str, str]:
    """Group of `geography`, without the axis, of each ISO 3166 code."""
    return {code: group for code, group, _ in _territories()}


@functools.cache
def languages(axis: str) -> tuple[str, ...]:
    """Languages that have a lexicon of the axis."""
    folder = resources.files("filters.data.groups")
    return tuple(code for code in LANGUAGES if folder.joinpath(f"{axis}.{code}.txt").is_file())


def _territories() -> Iterator[list[str]]:
    """Code, group and region of each territory."""
    return (line.split() for line in _lines("territories.txt"))


def _upward(group: str, parents: dict[str, str]) -> Iterator[str]:
    """The group and, separated by `+` where there are two, all that contain it."""
    seen = [group]
    for member in seen:
        axis = group_names.axis_of(member)
        above = [name if "/" in name else f"{axis}/{name}" for name in parents[member].split("+") if name]
        seen += [name for name in above if name not in seen]
    yield from seen


@functools.cache
def terms(language: str) -> tuple[Term, ...]:
    """All terms of a language, of every axis, in the order of the files."""
    found = []
    for axis in AXES:
        for name in (f"{axis}.{language}.txt", f"{axis}.{language}.cldr.txt"):
            if resources.files("filters.data.groups").joinpath(name).is_file():
                found += list(_terms(axis, name))
    return tuple(dict.fromkeys(found))


def _terms(axis: str, name: str) -> Iterator[Term]:
    macros: dict[str, str] = {}
    for line in _lines(name):
        if line.startswith("@"):
            key, _, value = line[1:].partition("=")
            macros[key.strip()] = value.strip()
            continue
        group, colon, written = line.partition(": ")
        if not colon or (group != HIDES and f"{axis}/{group}" not in groups()):
            message = f"`{name}` names an unknown group: `{line[:60]}`"
            raise ValueError(message)
        for key, value in macros.items():
            written = written.replace(f"{{{key}}}", f"({value})")
        written = RANGE.sub(
            lambda bounds: f"({'|'.join(map(str, range(int(bounds[1]), int(bounds[2]) + 1)))})", written
        )
        for term in filter(None, map(str.strip, written.split(";"))):
            yield from expand(f"{axis}/{group}", term)


def expand(group: str, term: str) -> Iterator[Term]:
    """The terms that one entry of a lexicon stands for."""
    rest, lead, trail = term, "", ""
    not_after, rest = rest.startswith("~"), rest.removeprefix("~")
    not_before, rest = rest.endswith("~"), rest.removesuffix("~")
    if rest.startswith("["):
        lead, _, rest = rest[1:].partition("]")
    if rest.endswith("]"):
        rest, _, trail = rest[:-1].rpartition("[")
    rest = rest.strip()
    exact, rest = rest.startswith("="), rest.removeprefix("=")
    if not rest or any(mark in rest for mark in "[]{}=~"):
        message = f"cannot read the term `{term}` of `{group}`"
        raise ValueError(message)
    for parts in product(alternatives(lead), alternatives(rest), alternatives(trail)):
        front, core, behind = (" ".join(part.split()) for part in parts)
        yield Term(group, front, core, behind, exact, not_after, not_before)


def alternatives(text: str) -> list[str]:
    """The texts that `a(b|c)d|e` stands for: abd, acd, e."""
    options, depth, begin = [], 0, 0
    for at, mark in enumerate(text):
        depth += (mark == "(") - (mark == ")")
        if mark == "|" and not depth:
            options.append(text[begin:at])
            begin = at + 1
    options.append(text[begin:])
    if len(options) > 1:
        return [found for option in options for found in alternatives(option)]
    head, opened, rest = text.partition("(")
    if not opened:
        return [text]
    depth = 1
    for at, mark in enumerate(rest):
        depth += (mark == "(") - (mark == ")")
        if not depth:
            inner, tail = alternatives(rest[:at]), alternatives(rest[at + 1 :])
            return [head + middle + end for middle, end in product(inner, tail)]
    message = f"`{text}` has an open bracket"
    raise ValueError(message)


def _lines(name: str) -> Iterator[str]:
    text = resources.files("filters.data.groups").joinpath(name).read_text("utf-8")
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            yield line.strip()

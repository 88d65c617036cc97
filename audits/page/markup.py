"""Markup that cannot be broken by what is written in it: all that is not Html is escaped."""

import re
import zlib
from collections.abc import Iterable
from html import escape

EXCERPT = 600  # characters to which texts are cut in a report (audits/examples.py, audits/duplicates.py)
MOST = 160  # characters of a name; a source can be called anything
_UNSHOWN = "\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\ud800-\\udfff\\ufffe\\uffff"
_TURNS = "\\u202a-\\u202e\\u2066-\\u2069\\u200e\\u200f"  # would turn the text around them as well
UNSHOWN, TURNS = re.compile(f"[{_UNSHOWN}]"), re.compile(f"[{_TURNS}]")
SPECIAL = re.compile(f"[&<>\"'{_UNSHOWN}{_TURNS}]")
PLAIN = re.compile(r"[a-z0-9_]+(/[a-z0-9_.]+)?")
VOID = frozenset({"br", "circle", "col", "line", "meta", "path", "polygon", "rect"})


class Html(str):
    """Markup, as it is sent; what is added to it is escaped."""

    __slots__ = ()

    def __add__(self, other: object) -> "Html":
        return Html(str.__add__(self, text(other)))


def text(value: object) -> Html:
    """What any string looks like on the page: no control characters, no half pairs, no turns of direction."""
    if isinstance(value, Html):
        return value
    said = str(value)
    if SPECIAL.search(said) is None:
        return Html(said)
    return Html(escape(TURNS.sub("", UNSHOWN.sub("\ufffd", said))))


def cut(value: object, most: int = MOST) -> str:
    """At most so many characters, the last of which says that there were more."""
    whole = str(value)
    return whole if len(whole) <= most else whole[: most - 1] + "…"


def excerpt(value: object, most: int) -> Html:
    """The beginning of a text, isolated, since it may run the other way; cut texts say so."""
    whole = str(value)
    return el("bdi", cut(f"{whole}…" if len(whole) >= EXCERPT else whole, most))


def join(parts: Iterable[object], between: str = "") -> Html:
    """Parts in a row; None is nothing."""
    return Html(text(between).join(text(part) for part in parts if part is not None))


def el(tag: str, *children: object, **attributes: object) -> Html:
    """An element.

    Args:
        tag: its name.
        children: Html as it is, all else escaped; None is nothing.
        attributes: `class_` is class, `aria_label` is aria-label; None and False are left out.
    """
    said = "".join(
        f" {name.rstrip('_').replace('_', '-')}" + ("" if value is True else f'="{text(value)}"')
        for name, value in attributes.items()
        if value is not None and value is not False
    )
    if tag in VOID:
        return Html(f"<{tag}{said}/>" if tag not in ("br", "col", "meta") else f"<{tag}{said}>")
    return Html(f"<{tag}{said}>{join(children)}</{tag}>")


def code(value: object) -> Html:
    """A name as it stands in the data."""
    return el("code", cut(value))


def link(target: str, *children: object) -> Html:
    """A link inside of the page."""
    return el("a", *children, href=f"#{target}")


def prose(value: object) -> Html:
    """A sentence in which `names` stand between backticks."""
    return join(el("code", part) if i % 2 else part for i, part in enumerate(str(value).split("`")))


def fold(
    summary: object, *children: object, id_: str | None = None, class_: str | None = None, open_: bool = False
) -> Html:
    """What opens without a script; a link to its id opens it, too, since the id is inside of it."""
    inside = el("div", *children, id=id_) if id_ else join(children)
    return el("details", el("summary", summary), inside, class_=class_, open=open_)


def slug(*parts: str | None) -> str:
    """An id of these names: readable where they are plain, and different for different names."""
    names = [part for part in parts if part is not None]
    plain = all(PLAIN.fullmatch(name) for name in names)
    said = "--".join(re.sub(r"[^a-z0-9_]+", "-", cut(name, 60).lower()).strip("-") for name in names)
    if plain:
        return said
    return f"{said}-{zlib.crc32(repr(names).encode('utf-8', 'backslashreplace')):08x}"

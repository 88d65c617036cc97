"""Tables that scroll inside of their box, with rows that fold after the first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from audits.page.figures import left_out, several
from audits.page.markup import Html, el, fold, join

SHORT = 12  # rows of a table that is not torn apart on paper


class Cell(Html):
    """A whole `td` or `th`; anything else in a Line becomes one."""

    __slots__ = ()


@dataclass(frozen=True)
class Line:
    """A row.

    Attributes:
        cells: the first is the row's head.
        class_: of the row.
        id_: of the row.
    """

    cells: Sequence[object]
    class_: str | None = None
    id_: str | None = None


def cell(*children: object, **attributes: object) -> Cell:
    """A `td` with attributes of its own."""
    return Cell(el("td", *children, **attributes))


def table(
    caption: str, heads: Sequence[object], lines: Iterable[Line], *, words: int = 1, class_: str | None = None
) -> Html:
    """A table in its box.

    Args:
        caption: said above it, and the name of the box.
        heads: of the columns.
        lines: the rows.
        words: columns that hold words; the others hold numbers.
        class_: of the table.
    """
    top = join(
        el("th", head, scope="col", class_="n" if i >= words else None) for i, head in enumerate(heads)
    )
    body = [_line(line, words) for line in lines]
    classes = " ".join(filter(None, (class_, "short" if len(body) <= SHORT else None)))
    return el(
        "div",
        el(
            "table",
            el("caption", caption),
            el("thead", el("tr", top)),
            el("tbody", join(body, "\n")),
            class_=classes or None,
        ),
        class_="scroll",
        tabindex="0",
        role="region",
        aria_label=caption,
    )


def folded(
    caption: str,
    heads: Sequence[object],
    lines: Sequence[Line],
    *,
    shown: int,
    most: int,
    words: int = 1,
    class_: str | None = None,
    whole: int | None = None,
) -> Html:
    """The first rows open, the others under a fold, and the rest told as a number.

    Args:
        caption: of the table.
        heads: of the columns.
        lines: the rows, of which the first `most` are enough.
        shown: rows that are open.
        most: rows on the page.
        words: columns that hold words.
        class_: of the tables.
        whole: how many rows there are; None: as many as `lines`.
    """
    parts = [table(caption, heads, lines[:shown], words=words, class_=class_)]
    if more := lines[shown:most]:
        rest = table(f"{caption}, continued", heads, more, words=words, class_=class_)
        parts.append(fold(several(len(more), "row", before="more "), rest))
    if (beyond := (len(lines) if whole is None else whole) - most) > 0:
        parts.append(el("p", left_out(beyond, "row"), class_="soft"))
    return join(parts)


def pairs(items: Iterable[tuple[object, object]], class_: str | None = None) -> Html:
    """Terms and what is said of them."""
    return el("dl", join(el("dt", key) + el("dd", value) for key, value in items), class_=class_)


def _line(line: Line, words: int) -> Html:
    parts: list[Html] = []
    for i, value in enumerate(line.cells):
        if isinstance(value, Cell):
            parts.append(value)
        elif i == 0:
            parts.append(el("th", value, scope="row"))
        else:
            parts.append(el("td", value, class_="n" if i >= words else None))
    return el("tr", join(parts), class_=line.class_, id=line.id_)

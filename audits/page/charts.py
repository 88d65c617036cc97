"""What all charts share: a figure with a title, a description, a key, and its table under a fold."""

from collections.abc import Iterable

from audits.page.markup import Html, el, fold, join

KINDS = ("before", "after", "population", "flag", "clear", "open")  # of marks


def figure(
    id_: str, title: str, said: str, drawing: Html, height: int, table: Html | None, key: Iterable[Html] = ()
) -> Html:
    """A chart.

    Args:
        id_: of the figure.
        title: what it shows.
        said: what one sees in it, for those who do not.
        drawing: of the height below, positions across in percent.
        height: in CSS pixels.
        table: the same numbers; None where they stand elsewhere.
        key: what the shapes mean.
    """
    svg = el(
        "svg",
        el("title", title, id=f"{id_}-title"),
        el("desc", said, id=f"{id_}-text"),
        drawing,
        role="img",
        aria_labelledby=f"{id_}-title {id_}-text",
        width="100%",
        height=height,
    )
    legend = join(el("li", entry) for entry in key)
    return el(
        "figure",
        el("figcaption", title),
        svg,
        el("ul", legend, class_="key") if legend else None,
        fold("The numbers as a table", table) if table else None,
        id=id_,
        class_="chart",
    )


def key(kind: str, said: str) -> Html:
    """An entry of the key: a mark as in the chart."""
    mark = el("svg", shape(kind, "8", 8), width=16, height=16, aria_hidden="true")
    return mark + " " + said


def shape(kind: str, x: str, y: float) -> Html:
    """A mark; `x` in percent or pixels. Kinds differ in shape, not in colour alone."""
    if kind in ("before", "open"):
        return el("circle", cx=x, cy=y, r=5, class_="ring")
    if kind in ("after", "clear"):
        return el("circle", cx=x, cy=y, r=5, class_=f"dot {kind}")
    # Moved by an inner frame, since a path's points cannot be in percent.
    points = {"flag": "0,-7 7,6 -7,6", "population": "0,-6 6,0 0,6 -6,0"}[kind]
    inner = el("polygon", points=points, class_=f"dot {kind}")
    return el("svg", inner, x=x, y=y, class_="mark")

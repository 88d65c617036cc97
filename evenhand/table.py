"""Plain text for people: tables, and numbers with their units."""

from collections.abc import Sequence


def table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Columns two spaces apart, numbers to the right; each line ends in a newline, none in a space."""
    cells = [[show(cell) for cell in row] for row in rows]
    numeric = [
        all(isinstance(row[i], int | float | None) for row in rows) and bool(rows) for i in range(len(heads))
    ]
    widths = [max(len(line[i]) for line in [heads, *cells]) for i in range(len(heads))]
    text = ""
    for line in [heads, *cells]:
        parts = [
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(line, widths, numeric, strict=True)
        ]
        text += "  ".join(parts).rstrip() + "\n"
    return text


def show(value: object) -> str:
    """A cell: thousands separated, six significant digits, nothing for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:.6g}"
    return str(value)


def size(count: float) -> str:
    """Bytes in decimal units: 61.2 MB."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} bytes" if unit == "bytes" else f"{count:.3g} {unit}"
        count /= 1000
    return f"{count:,.3g} TB"


def duration(seconds: float) -> str:
    """Hours, minutes and seconds: 0:01:12."""
    whole = round(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"

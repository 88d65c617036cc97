"""How much of a report goes on its page: wide where it is small, tighter until the page is small enough."""

from dataclasses import dataclass

MOST_BYTES = 1_900_000  # under 2 MB however large the corpus; the rest is in report.json


@dataclass(frozen=True)
class Limits:
    """Rows and cells.

    Attributes:
        groups: rows of a grid or a table of groups that are shown or folded, per axis.
        opened: groups a report shows in full: by reason, in pairs, with examples, at other thresholds.
        reasons: rows by reason of an opened group.
        examples: examples in all.
        letters: of an example.
        rows: of any other table.
        words: words a group.
    """

    groups: int
    opened: int
    reasons: int
    examples: int
    letters: int
    rows: int
    words: int


STEPS = (
    Limits(groups=400, opened=60, reasons=30, examples=400, letters=600, rows=200, words=20),
    Limits(groups=150, opened=25, reasons=15, examples=120, letters=400, rows=80, words=10),
    Limits(groups=40, opened=8, reasons=8, examples=20, letters=200, rows=25, words=5),
)

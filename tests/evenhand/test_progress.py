"""The display: one live line on a terminal, seldom a plain one elsewhere, in figures for people."""

import io

import pytest

from evenhand import progress
from evenhand.progress import Display, line
from evenhand.table import duration, show, size, table
from pipelines.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("look", "said"),
    [
        (Progress("match", 0, 4, 0, 0, 0.0), "match  0/4"),
        (
            Progress("match", 1, 4, 5000, 61_200_000, 10.0),
            "match  1/4  500 documents/s  6.12 MB/s  0:00:30 left",
        ),
        (
            Progress("match", 4_000, 4_000, 5_000_000, 61_200_000_000, 1000.0),
            "match  4,000/4,000  5,000 documents/s  61.2 MB/s  0:16:40",
        ),
        (Progress("link", 0, 0, 0, 0, 0.0), "link  0/0  0:00:00"),
    ],
)
def test_a_line_tells_stage_speed_and_time_left(look: Progress, said: str) -> None:
    assert line(look) == said


def test_off_a_terminal_there_is_a_line_at_most_every_ten_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: clock[0])
    stream = io.StringIO()
    with Display(stream) as display:
        for second in range(25):
            clock[0] = float(second)
            display(Progress("read", second, 25, second, 0, float(second)))
        display(Progress("read", 25, 25, 25, 0, 25.0))
        display(Progress("read", 25, 25, 25, 0, 25.0))
        display.say("a word")
    said = [text.split("  ")[:2] for text in stream.getvalue().splitlines()]
    assert said == [["read", "10/25"], ["read", "20/25"], ["read", "25/25"], ["a word"]]
    assert "\x1b" not in stream.getvalue()


def test_on_a_terminal_the_line_is_redrawn_and_finished_stages_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    monkeypatch.setenv("TERM", "xterm")
    stream = Terminal()
    before = threading.active_count()
    with Display(stream) as display:
        display(Progress("read", 1, 2, 10, 0, 1.0))
        assert threading.active_count() == before  # a thread would be in the way of fork
        display(Progress("read", 2, 2, 20, 0, 2.0))
        display.say("[bold] is not markup")
        display(Progress("match", 1, 2, 0, 0, 1.0))
    said = stream.getvalue()
    assert "━" in said
    assert "read  2/2  10 documents/s  0:00:02\n" in said
    assert "[bold] is not markup\n" in said


def test_numbers_are_for_people() -> None:
    assert [size(n) for n in (0, 999, 1000, 61_200_000, 5e12)] == [
        "0 bytes",
        "999 bytes",
        "1 kB",
        "61.2 MB",
        "5 TB",
    ]
    assert [duration(s) for s in (0, 59.6, 3600, 360_000)] == ["0:00:00", "0:01:00", "1:00:00", "100:00:00"]
    assert [show(v) for v in (None, True, 1234, 0.1234567, "x")] == ["", "yes", "1,234", "0.123457", "x"]
    assert table(["a", "bb"], [["x", 1], ["yy", 1000]]) == "a      bb\nx       1\nyy  1,000\n"
    assert table(["a"], []) == "a\n"

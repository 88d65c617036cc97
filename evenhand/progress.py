"""Live progress: one line redrawn on a terminal, else a plain line every ten seconds.

Everything is drawn from the callback: a drawing thread would be in the way when the parent forks workers.
"""

import time
from types import TracebackType
from typing import TYPE_CHECKING, Self, TextIO

from evenhand.table import duration, size

if TYPE_CHECKING:
    from rich.live import Live

    from pipelines.progress import Progress

REDRAW_S = 0.1  # on a terminal
LINE_S = 10.0  # elsewhere
BAR = 24  # characters


class Display:
    """Shows each `Progress` it is called with, and leaves one line a finished stage.

    Args:
        stream: where to; a terminal gets the live line.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._live: Live | None = None
        self._stage = ""
        self._finished = False
        self._drawn = float("-inf")

    def __enter__(self) -> Self:
        if self._stream.isatty():
            from rich.console import Console
            from rich.live import Live

            # Streams stay as they are: forked workers inherit them.
            self._live = Live(
                console=Console(file=self._stream, highlight=False),
                auto_refresh=False,
                transient=True,
                redirect_stdout=False,
                redirect_stderr=False,
            )
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live:
            self._live.stop()

    def __call__(self, progress: "Progress") -> None:
        """Draws, unless it drew a moment ago; a finished stage is drawn once and stays."""
        if progress.stage != self._stage:
            self._stage, self._finished = progress.stage, False
            self._drawn = float("-inf") if self._live else time.monotonic()
        if self._finished:
            return
        self._finished = progress.done >= progress.total
        now = time.monotonic()
        if not self._finished and now - self._drawn < (REDRAW_S if self._live else LINE_S):
            return
        self._drawn = now
        if self._live is None:
            self._stream.write(line(progress) + "\n")
            self._stream.flush()
            return
        from rich.text import Text

        if self._finished:
            self._live.update("", refresh=True)
            self.say(line(progress))
        else:
            self._live.update(
                Text(_bar(progress) + line(progress), no_wrap=True, overflow="ellipsis"), refresh=True
            )

    def say(self, text: str) -> None:
        """One line for people, above the live line."""
        if self._live:
            self._live.console.print(text, markup=False, soft_wrap=True)
        else:
            self._stream.write(f"{text}\n")
            self._stream.flush()


def line(progress: "Progress") -> str:
    """`read and measure  41/96  3,214 documents/s  61.2 MB/s  0:01:12 left`; elapsed time when finished."""
    parts = [progress.stage, f"{progress.done:,}/{progress.total:,}"]
    if progress.seconds > 0 and progress.documents:
        parts.append(f"{progress.documents / progress.seconds:,.0f} documents/s")
    if progress.seconds > 0 and progress.bytes:
        parts.append(f"{size(progress.bytes / progress.seconds)}/s")
    if progress.done >= progress.total:
        parts.append(duration(progress.seconds))
    elif progress.done:
        left = progress.seconds * (progress.total - progress.done) / progress.done
        parts.append(f"{duration(left)} left")
    return "  ".join(parts)


def _bar(progress: "Progress") -> str:
    full = BAR * progress.done // max(progress.total, 1)
    return f"{'━' * full}{'╌' * (BAR - full)}  "

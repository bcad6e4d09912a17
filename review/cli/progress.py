"""A progress bar on standard error, with the time left. Where that is no terminal, nothing is drawn."""

from __future__ import annotations

import time
from typing import TextIO

WIDTH = 28
EVERY = 0.1                     # seconds between two drawings


class Bar:
    """Call it with (done, total, words); total None means nobody knows yet."""

    def __init__(self, stream: TextIO) -> None:
        self.stream, self.on = stream, stream.isatty()
        self._words, self._start, self._last, self._drawn = "", 0.0, 0.0, 0
        self._before = 0                # what was done when this bar began: a search that goes on where it was

    def __call__(self, done: int, total: int | None, text: str) -> None:
        """Draw, at most ten times a second."""
        now = time.monotonic()
        if text.split(" ")[0] != self._words:
            self._words, self._start, self._before = text.split(" ")[0], now, done
        if not self.on or (now - self._last < EVERY and done != total):
            return
        self._last = now
        line = self._line(done, total, text, now - self._start)
        self.stream.write("\r" + line.ljust(self._drawn))
        self.stream.flush()
        self._drawn = len(line)

    def _line(self, done: int, total: int | None, text: str, seconds: float) -> str:
        if not total:
            return f"{text}: {done:,}"
        share = min(done / total, 1.0)
        full = round(share * WIDTH)
        fresh = done - self._before
        left = f", {_time(seconds / fresh * (total - done))} left" if fresh > 0 and share < 1 and seconds > 1 else ""
        return f"{text}: [{'#' * full}{'.' * (WIDTH - full)}] {done:,} of {total:,}{left}"

    def close(self) -> None:
        """Wipe the bar."""
        if self._drawn:
            self.stream.write("\r" + " " * self._drawn + "\r")
            self.stream.flush()
            self._drawn = 0


def _time(seconds: float) -> str:
    """“40 s”, “3 min”, “2 h 5 min”."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"

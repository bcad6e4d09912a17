"""Work on all cores: chunks go to worker processes, what comes of them comes back in the order of the chunks.

Workers are forked early, while the program is small, and get what they need through pipes: memory is that of one
process and little more. Where there is one core, or no fork (Windows, macOS), the work is done in this process.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from types import TracebackType
from typing import TypeVar

T = TypeVar("T")
U = TypeVar("U")

CHUNK = 200                                             # records that travel together
MOST = 4                                                # one process reads and compares: more workers would wait for it
_ALONE = 5                                              # chunks that are not worth starting a process for


def cores() -> int:
    """How many workers are of use here; 1 means none beside this process."""
    usable = len(os.sched_getaffinity(0)) if sys.platform == "linux" else 1
    return min(usable, MOST)


def chunked(items: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """The items in lists of `size`."""
    waiting = iter(items)
    while chunk := list(islice(waiting, size)):
        yield chunk


class Crew:
    """Worker processes, started when there is enough to do. A context manager: they end with it."""

    def __init__(self, size: int | None = None) -> None:
        self.size = cores() if size is None else size
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=kind is None, cancel_futures=True)

    def map(self, work: Callable[[T], U], chunks: Iterable[T]) -> Iterator[U]:
        """`work(chunk)` for each chunk, in order. `chunks` is taken from while workers work, a few ahead at most.

        `work` is a function of a module; chunks and answers can be pickled, and never leave this program.
        A worker that dies (out of memory) is done without.
        """
        waiting = iter(chunks)
        if self._pool is None:
            yield from map(work, islice(waiting, _ALONE))
        ahead: deque[tuple[T, Future[U] | None]] = deque()
        for chunk in waiting:
            ahead.append((chunk, self._submit(work, chunk)))
            if len(ahead) > 2 * self.size:
                yield _answer(work, *ahead.popleft())
        while ahead:
            yield _answer(work, *ahead.popleft())

    def _submit(self, work: Callable[[T], U], chunk: T) -> Future[U] | None:
        if self.size < 2:
            return None
        try:
            if self._pool is None:
                self._pool = ProcessPoolExecutor(self.size, multiprocessing.get_context("fork"), initializer=_begin)
            return self._pool.submit(work, chunk)
        except (BrokenProcessPool, OSError):            # a process could not be started, or died
            self.size = 1
            return None


def _begin() -> None:
    """In a new worker: Ctrl-C is the parent's to answer, and nobody outlives the parent, however it ends: a worker
    inherits its open files, a review's lock among them."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _answer(work: Callable[[T], U], chunk: T, future: Future[U] | None) -> U:
    if future is not None:
        try:
            return future.result()
        except BrokenProcessPool:
            pass
    return work(chunk)

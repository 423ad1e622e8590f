"""Compiled work side by side in threads: nothing is sent to another process, nothing is kept twice in memory."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_threads(function: Callable[[Item], Result], items: Sequence[Item], workers: int = 0) -> Iterator[Result]:
    """The function's results in the order of the items; few that nobody has taken yet are kept.

    Args:
        function: mostly in compiled code, which lets other threads run.
        workers: threads; 0 = one a core, 1 = none but this one.

    Example:
        >>> list(in_threads(abs, [-1, 0, 1]))
        [1, 0, 1]
    """
    workers = workers or os.cpu_count() or 1
    if workers == 1:
        yield from map(function, items)
        return
    waiting: list[Future[Result]] = []
    with ThreadPoolExecutor(workers) as pool:
        for item in items:
            waiting.append(pool.submit(function, item))
            if len(waiting) > 2 * workers:
                yield waiting.pop(0).result()
        while waiting:
            yield waiting.pop(0).result()

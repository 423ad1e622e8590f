"""What a long job tells its user: the step it is at, how far, and how long each took."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

log = logging.getLogger("countylines")

Advance = Callable[[int], None]


class Progress:
    """Steps with bars on the terminal (none where ``console`` is None), lines in the log, seconds in ``timings``.

    Example:
        >>> progress = Progress()
        >>> with progress.step("reading records", total=2) as advance:
        ...     advance(2)
        >>> list(progress.timings)
        ['reading records']
    """

    def __init__(self, console: Console | None = None) -> None:
        self.timings: dict[str, float] = {}
        self._console = console

    @contextmanager
    def step(self, name: str, total: int | None = None) -> Iterator[Advance]:
        """Show one step; the caller tells it how far it is, in rows or whatever ``total`` counts."""
        started = time.perf_counter()
        log.info("%s ...", name)
        texts = (SpinnerColumn(), TextColumn("{task.description}"))
        bars = Bars(
            *texts,
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self._console,
            disable=self._console is None,
            transient=True,
        )
        with bars:
            task = bars.add_task(name, total=total)
            yield lambda n: bars.advance(task, n)
        seconds = time.perf_counter() - started
        self.timings[name] = self.timings.get(name, 0.0) + seconds
        log.info("%s: %.2f s", name, seconds)

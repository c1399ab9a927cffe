"""Progress on stderr, and the time each step took."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from eupnea.progress import Progress, Step, unwatched


class Watch:
    """Shows each step on stderr and remembers how long it took.

    On a terminal it is a bar; in a log file, a line per step; nothing at all
    when `quiet`. Passes each step on to whoever is `told`.
    """

    def __init__(self, *, quiet: bool = False, told: Progress = unwatched) -> None:
        self._told = told
        console = Console(stderr=True, quiet=quiet)
        self._console = console
        self._bar = Bar(
            TextColumn("{task.description}"),
            BarColumn(),
            TimeElapsedColumn(),
            console=console,
            disable=not console.is_terminal,
            transient=True,
        )
        self._task: TaskID = self._bar.add_task("", total=None)
        self._step: tuple[str, float] | None = None
        self.seconds: dict[str, float] = {}
        """Wall-clock time of each finished step, in order."""

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.finish()
        self._bar.stop()

    def __call__(self, step: Step) -> None:
        """Begin a step, and with it end the one before."""
        self.finish()
        self._told(step)
        self._step = (step.name, time.perf_counter())
        self._bar.update(self._task, description=step.name, completed=step.done, total=step.total)
        if not self._console.is_terminal:
            self._console.print(f"{step.name} ...")

    def finish(self) -> None:
        """End the step that runs."""
        if self._step is not None:
            name, began = self._step
            self.seconds[name] = round(time.perf_counter() - began, 3)
            self._step = None

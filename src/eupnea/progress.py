"""What a long run tells whoever watches it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of a run, told when it begins."""

    name: str
    """A few words in the present, such as `scan 2 of 3: regions`."""
    done: int
    """Steps finished before this one."""
    total: int
    """Steps in the whole run, as far as is known now."""


Progress = Callable[[Step], None]
"""Called at the beginning of each step, from the thread that works."""


def unwatched(step: Step) -> None:
    """Ignore progress."""

"""What is left out of the doctests where an extra is not installed."""

from __future__ import annotations

from importlib.util import find_spec

NEEDS_TORCH = (
    "checkpoint",
    "export",
    "exported",
    "fit",
    "loss",
    "mean",
    "network",
    "processor",
    "task",
    "widen",
)

collect_ignore = (
    [] if find_spec("torch") else [f"src/eupnea/train/{name}.py" for name in NEEDS_TORCH]
)

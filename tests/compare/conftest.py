"""Compiled loops, run as the Python they are written in."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest
from numba.core.registry import CPUDispatcher

Interpret = Callable[[], None]


@pytest.fixture
def interpret(monkeypatch: pytest.MonkeyPatch) -> Interpret:
    """Calling it takes the compiler away from every loop of the comparison."""

    def switch() -> None:
        for name, module in list(sys.modules.items()):
            if name.startswith("eupnea.compare."):
                for word, value in list(vars(module).items()):
                    if isinstance(value, CPUDispatcher):
                        monkeypatch.setattr(module, word, value.py_func)

    return switch

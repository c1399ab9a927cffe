"""How inner loops are compiled."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., object])


def compiled(function: Function) -> Function:
    """Compile a loop with numba, once per machine; it runs without the GIL.

    Loops are serial: the same input gives the same bits on any number of
    cores. Work is spread over threads only as whole, independent calls.
    """
    return cast("Function", numba.njit(nogil=True, cache=True)(function))

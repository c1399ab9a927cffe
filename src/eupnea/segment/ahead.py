"""The next item is made while this one is used."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")


def ahead(items: Iterator[Item]) -> Iterator[Item]:
    """The same items in the same order, each made by another thread, one ahead.

    Examples:
        >>> list(ahead(iter("abc")))
        ['a', 'b', 'c']
    """
    end = object()
    with ThreadPoolExecutor(1) as beside:
        coming = beside.submit(next, items, end)
        while (item := coming.result()) is not end:
            coming = beside.submit(next, items, end)
            yield item  # type: ignore[misc]

"""What the values of a label file mean: by their names where they have any, else by number."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from eupnea.errors import Refusal, RefusalCode
from eupnea.label.values import LabelValue

_WORDS = {
    "abnormal": LabelValue.ABNORMAL,
    "unjudged": LabelValue.UNJUDGED,
    "normal": LabelValue.NORMAL,
}
"""In this order: one word ends in another."""

_REGION = re.compile(r"R\d+")
"""How Eupnea names abnormal regions."""


def label_values(
    stored: NDArray[np.generic], names: Mapping[int, str], where: str
) -> NDArray[np.uint8]:
    """The `LabelValue` of each stored value.

    Args:
        stored: As the file has them; 0 is what was not drawn.
        names: What the drawing tool calls its values, as far as it tells.
        where: The file.

    Raises:
        Refusal: `LABEL_INVALID` when a value that occurs means nothing.
    """
    meaning = _meanings(names)
    present = np.unique(stored).tolist()
    strange = [value for value in present if value not in meaning]
    if strange:
        raise Refusal(
            RefusalCode.LABEL_INVALID,
            expected="values 0, 1 (normal), 2 (abnormal) and 3 (not judged)",
            found=", ".join(f"{value:g}" for value in strange[:5]),
            where=where,
        )
    values = np.zeros(stored.shape, np.uint8)
    for value in present:
        values[stored == value] = meaning[value]
    return values


def _meanings(names: Mapping[int, str]) -> dict[float, LabelValue]:
    """A value that has a name means what the name says, or nothing."""
    meanings: dict[float, LabelValue] = {int(value): value for value in LabelValue}
    for number, name in names.items():
        meanings.pop(number, None)
        known = _named(name)
        if known is not None:
            meanings[number] = known
    return meanings | {0: LabelValue.OUTSIDE}


def _named(name: str) -> LabelValue | None:
    if _REGION.fullmatch(name):
        return LabelValue.ABNORMAL
    return next((value for word, value in _WORDS.items() if word in name.lower()), None)

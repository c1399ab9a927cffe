"""Which scans a model keeps for evaluation, as its card says."""

from __future__ import annotations

from eupnea.errors import ModelError
from eupnea.segment.card import Fact, ModelCard
from eupnea.train.cases import Datalist

HELD_OUT = "scans_held_out"
"""Where a card lists the scans that are kept for evaluation."""


def held_out(datalist: Datalist) -> list[str]:
    """Names of the scans of a data list that no training sees."""
    return [entry.name for entry in datalist.cases if entry.hold_out]


def check_held_out(found: Fact | None, card: ModelCard) -> None:
    """Refuses what held out other scans than a model.

    Raises:
        ModelError: If it did.
    """
    if found != card.training[HELD_OUT]:
        raise ModelError(
            f"expected the scans {card.training[HELD_OUT]} to be held out, found {found}"
        )

"""The part of the body that a header names; often wrong, so never more than a hint."""

from __future__ import annotations

from pydicom import Dataset

from eupnea.read.attributes import text

NOT_CHEST = {"HEAD", "BRAIN", "SKULL", "NECK", "PELVIS", "KNEE", "FOOT", "HAND", "LEG"}
"""Parts that hold no lung at all."""
BESIDE_CHEST = {"ABDOMEN", "SPINE", "LSPINE", "CSPINE", "HEART", "CARDIAC"}
"""Parts that hold some lung, and seldom all of it."""


def other_part(header: Dataset) -> str | None:
    """The named part if it holds no lung; `None` if it may, or none is named.

    Examples:
        >>> header = Dataset()
        >>> header.BodyPartExamined = "HEAD"
        >>> other_part(header)
        'HEAD'
    """
    part = _part(header)
    return part if part in NOT_CHEST else None


def is_chest_unlikely(header: Dataset) -> bool:
    """Whether a part is named that seldom shows all of the lungs."""
    return _part(header) in NOT_CHEST | BESIDE_CHEST


def _part(header: Dataset) -> str:
    return (text(header, "BodyPartExamined") or "").upper()

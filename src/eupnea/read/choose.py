"""Which series of a study becomes the scan: a stated order of preference."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from eupnea.read.series import Series

CHEST_EXTENT_MM = 150.0
"""Least extent that counts as covering the lungs; adult lungs are 200 to 300 mm high."""
THICKNESS_STEPS_MM = (1.5, 3.0, 5.0)
"""Thin, medium and thick slices; within a class the kernel decides."""


class KernelKind(IntEnum):
    """Reconstruction kernels, the one that suits densities first."""

    SOFT = 0
    LUNG = 1
    UNKNOWN = 2
    BONE = 3


_WORDS = {
    KernelKind.SOFT: re.compile(r"SOFT|STANDARD|STND|STD|CHEST|MEDIUM|BODY"),
    KernelKind.LUNG: re.compile(r"LUNG"),
    KernelKind.BONE: re.compile(r"BONE|EDGE|SHARP|INNER"),
}
_SIEMENS = re.compile(r"^[A-Z][A-Z]?(\d{2})[A-Z]?\b")
_CANON = re.compile(r"^FC(\d{2})")
_PHILIPS = {"A": KernelKind.SOFT, "B": KernelKind.SOFT, "C": KernelKind.SOFT, "L": KernelKind.LUNG}


def kernel_kind(kernel: str | None) -> KernelKind:
    """The kind of a kernel, from the makers' names.

    Siemens numbers rise with sharpness (below 50 soft, from 70 bone); Canon
    uses FC01 to FC19 for the body and FC50 to FC59 for the lungs; General
    Electric and others use words.

    Examples:
        >>> [kernel_kind(name).name for name in ("B30f", "Bl57d", "FC51", "BONEPLUS", None)]
        ['SOFT', 'LUNG', 'LUNG', 'BONE', 'UNKNOWN']
    """
    name = (kernel or "").upper().strip()
    if found := _CANON.match(name):
        return _canon(int(found[1]))
    if found := _SIEMENS.match(name):
        return _siemens(int(found[1]))
    for kind, words in _WORDS.items():
        if words.search(name):
            return kind
    return _PHILIPS.get(name, KernelKind.UNKNOWN)


def _canon(number: int) -> KernelKind:
    if number < 20:
        return KernelKind.SOFT
    return KernelKind.LUNG if 50 <= number < 60 else KernelKind.BONE


def _siemens(number: int) -> KernelKind:
    if number < 50:
        return KernelKind.SOFT
    return KernelKind.LUNG if number < 70 else KernelKind.BONE


@dataclass(frozen=True, kw_only=True, order=True)
class Preference:
    """Lower is better; the first field that differs decides."""

    misses_lungs: bool
    derived: bool
    thickness_class: int
    kernel: KernelKind
    thickness_mm: float
    fewer_slices: int
    uid: str

    @classmethod
    def of(cls, series: Series) -> Preference:
        """How well a series suits the measurement."""
        thickness = max(series.spacing_mm, series.first.thickness_mm or 0.0)
        return cls(
            misses_lungs=series.extent_mm < CHEST_EXTENT_MM,
            derived=not series.first.is_original,
            thickness_class=sum(round(thickness, 2) > step for step in THICKNESS_STEPS_MM),
            kernel=kernel_kind(series.first.kernel),
            thickness_mm=round(thickness, 2),
            fewer_slices=-len(series),
            uid=series.first.series_uid + series.first.sop_uid,
        )


def by_preference(candidates: Iterable[Series]) -> tuple[Series, ...]:
    """Series, the best first, whatever their order was."""
    return tuple(sorted(candidates, key=Preference.of))

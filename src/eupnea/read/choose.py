"""Which series of a study becomes the scan: a stated order of preference."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from eupnea.read.body_part import is_chest_unlikely
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
class Kind:
    """Thickness and kernel, as coarsely as they bear on densities; the best kind first."""

    thickness_class: int
    kernel: KernelKind

    @classmethod
    def of(cls, series: Series) -> Kind:
        """The kind of a series."""
        thickness = round(series.thickness_mm, 2)
        return cls(
            thickness_class=sum(thickness > step for step in THICKNESS_STEPS_MM),
            kernel=kernel_kind(series.first.kernel),
        )


@dataclass(frozen=True, kw_only=True, order=True)
class Preference:
    """Lower is better; the first field that differs decides."""

    elsewhere: bool
    misses_lungs: bool
    derived: bool
    uncommon: bool
    thickness_class: int
    kernel: KernelKind
    thickness_mm: float
    fewer_slices: int
    uid: str

    @classmethod
    def of(cls, series: Series, common: Kind | None) -> Preference:
        """How well a series suits the measurement, and the comparison with other studies."""
        kind = Kind.of(series)
        return cls(
            elsewhere=is_chest_unlikely(series.first.attributes),
            misses_lungs=series.extent_mm < CHEST_EXTENT_MM,
            derived=not series.first.is_original,
            uncommon=common is not None and kind != common,
            thickness_class=kind.thickness_class,
            kernel=kind.kernel,
            thickness_mm=round(series.thickness_mm, 2),
            fewer_slices=-len(series),
            uid=series.first.series_uid + series.first.sop_uid,
        )


_LESS_SUITED = {
    "elsewhere": "it is named as another part of the body",
    "misses_lungs": "it is too short to cover the lungs",
    "derived": "it was derived from other images",
    "uncommon": "not every study has one of its kind",
    "thickness_class": "its slices are thicker",
    "kernel": "its kernel suits densities less",
    "thickness_mm": "its slices are thicker",
    "fewer_slices": "it has fewer slices",
    "uid": "both are alike, and identifiers decided",
}


def why_less_suited(series: Series, better: Series, common: Kind | None) -> str:
    """The first point in which a series suits less than a better one."""
    mine, theirs = Preference.of(series, common), Preference.of(better, common)
    return next(
        words
        for field, words in _LESS_SUITED.items()
        if field == "uid" or getattr(mine, field) != getattr(theirs, field)
    )


def by_preference(candidates: Iterable[Series], common: Kind | None = None) -> tuple[Series, ...]:
    """Series, the best first, whatever their order was.

    Args:
        candidates: The series of one study.
        common: The kind that every study of the timeline offers, if any.
    """
    return tuple(sorted(candidates, key=lambda series: Preference.of(series, common)))


def common_kind(studies: Iterable[Iterable[Series]]) -> Kind | None:
    """The best kind of series that each of several studies offers; `None` when there is none.

    A change of kernel or thickness between scans looks like a change of the
    lung (Gierada 2010), so one kind in all studies serves better than the best
    of each.
    """
    offered = [{Kind.of(series) for series in study if _is_suitable(series)} for study in studies]
    return min(set.intersection(*offered), default=None) if len(offered) > 1 else None


def _is_suitable(series: Series) -> bool:
    return (
        series.first.is_original
        and series.extent_mm >= CHEST_EXTENT_MM
        and not is_chest_unlikely(series.first.attributes)
    )

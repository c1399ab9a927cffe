"""Slices that belong to one volume."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from eupnea.read.attributes import integer
from eupnea.read.ct_slice import CtSlice, Plane

ORIENTATION_TOLERANCE = 1e-3
"""Largest difference of direction cosines within one volume."""
SPACING_TOLERANCE = 1e-3
"""Largest relative difference of pixel spacing within one volume."""
SAME_PLACE_MM = 0.01
"""Slices closer than this lie at one position."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Series:
    """Slices of one series that agree in shape, spacing and direction, in order of position.

    The order is along the slices' normal; names and instance numbers have no say.
    """

    slices: tuple[CtSlice, ...]
    number: int | None = None
    """The series number, to tell a person which one is meant."""
    siblings: tuple[Series, ...] = ()
    """Other parts under the same series UID, which differ in what must agree."""

    @classmethod
    def of(cls, slices: Iterable[CtSlice]) -> Series:
        """A series of slices in any order."""
        named = sorted(slices, key=_name)
        normal = named[0].plane.normal if named[0].plane is not None else np.zeros(3)
        ordered = tuple(sorted(named, key=lambda one: _depth(one, normal)))
        return cls(slices=ordered, number=integer(ordered[0].attributes, "SeriesNumber"))

    def __len__(self) -> int:
        return len(self.slices)

    @property
    def name(self) -> str:
        """Folder and series number: what a person needs to find it, and nothing personal."""
        place = _common_path([one.file.name.split("/") for one in self.slices])
        return place if self.number is None else f"{place}, series {self.number}"

    @property
    def first(self) -> CtSlice:
        """The first slice by position."""
        return self.slices[0]

    @property
    def plane(self) -> Plane:
        """The plane of the first slice."""
        plane = self.first.plane
        if plane is None:
            raise AttributeError("plane")
        return plane

    @property
    def has_geometry(self) -> bool:
        """Whether each slice states its position, direction and spacing."""
        return all(one.plane is not None for one in self.slices)

    @cached_property
    def positions_mm(self) -> NDArray[np.float64]:
        """First-pixel centres (slices, 3), LPS."""
        return np.array([one.plane.position_mm for one in self.slices if one.plane is not None])

    @cached_property
    def depths_mm(self) -> NDArray[np.float64]:
        """Positions along the normal, ascending."""
        return self.positions_mm @ self.plane.normal

    @cached_property
    def spacing_mm(self) -> float:
        """Median distance of neighbouring slices; 0 where it is unknown."""
        if len(self) < 2 or not self.has_geometry:
            return 0.0
        return float(np.median(np.diff(self.depths_mm)))

    @property
    def thickness_mm(self) -> float:
        """Thickness of a slice or distance of slices, whichever is larger."""
        return max(self.spacing_mm, self.first.thickness_mm or 0.0)

    @property
    def extent_mm(self) -> float:
        """Distance of the first and the last slice; 0 where it is unknown."""
        return float(np.ptp(self.depths_mm)) if self.has_geometry else 0.0

    @property
    def has_doubles(self) -> bool:
        """Whether two slices lie at one place."""
        return len(self) > 1 and float(np.diff(self.depths_mm).min()) < SAME_PLACE_MM


def group_series(slices: Iterable[CtSlice]) -> tuple[Series, ...]:
    """Slices by series, and within it by what must not differ in one volume.

    Where slices of several acquisitions share positions, each acquisition
    becomes a series of its own.
    """
    by_uid: dict[tuple[str, str], list[CtSlice]] = defaultdict(list)
    for one in sorted(slices, key=_name):
        by_uid[one.study_uid, one.series_uid].append(one)
    return tuple(part for uid in sorted(by_uid) for part in _parts(by_uid[uid]))


def _parts(slices: list[CtSlice]) -> list[Series]:
    parts = [part for alike in _alike(slices) for part in _by_acquisition(alike)]
    return [
        replace(part, siblings=tuple(other for other in parts if other is not part))
        for part in parts
    ]


def _common_path(paths: list[list[str]]) -> str:
    parts = [level[0] for level in zip(*paths, strict=False) if len(set(level)) == 1]
    return "/".join(parts) or "several folders"


def _alike(slices: list[CtSlice]) -> list[list[CtSlice]]:
    groups: list[list[CtSlice]] = []
    for one in slices:
        for group in groups:
            if _agree(group[0], one):
                group.append(one)
                break
        else:
            groups.append([one])
    return groups


def _agree(one: CtSlice, other: CtSlice) -> bool:
    same = (one.shape, one.kernel, one.is_original) == (
        other.shape,
        other.kernel,
        other.is_original,
    )
    if not same or one.plane is None or other.plane is None:
        return same and one.plane is other.plane
    return _parallel(one.plane, other.plane) and _same_spacing(one.plane, other.plane)


def _parallel(one: Plane, other: Plane) -> bool:
    gaps = np.abs([one.along_row - other.along_row, one.along_column - other.along_column])
    return bool(gaps.max() <= ORIENTATION_TOLERANCE)


def _same_spacing(one: Plane, other: Plane) -> bool:
    mine = np.array([one.row_spacing_mm, one.column_spacing_mm])
    theirs = np.array([other.row_spacing_mm, other.column_spacing_mm])
    return bool((np.abs(mine - theirs) <= SPACING_TOLERANCE * theirs).all())


def _by_acquisition(slices: list[CtSlice]) -> list[Series]:
    whole = Series.of(slices)
    numbers = {one.acquisition_number for one in slices}
    if not whole.has_geometry or len(numbers) < 2 or not whole.has_doubles:
        return [whole]
    parts = [
        Series.of(one for one in slices if one.acquisition_number == number)
        for number in sorted(numbers, key=str)
    ]
    return [whole] if any(part.has_doubles for part in parts) else parts


def _name(one: CtSlice) -> tuple[str, str]:
    return one.sop_uid, one.name


def _depth(one: CtSlice, normal: NDArray[np.float64]) -> float:
    return 0.0 if one.plane is None else float(one.plane.position_mm @ normal)

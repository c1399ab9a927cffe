"""A file that says twice how it lies in the patient, and not the same."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from eupnea.errors import Refusal, RefusalCode
from eupnea.geometry import Geometry
from eupnea.note import Note, Severity
from eupnea.read.grid_image import GridImage
from eupnea.read.options import NiftiAffine

AGREEMENT_MM = 0.1
"""Largest distance of a corner between two geometries that still agree."""


def settle(image: GridImage, *, choice: NiftiAffine | None, where: str) -> GridImage:
    """The image in one geometry: the chosen one, else the sform, with a note on the difference.

    Args:
        image: As the file states it; `other` is its qform.
        choice: Which of the two the user trusts.
        where: The file.

    Raises:
        Refusal: `BAD_AFFINE` when the two exchange sides or axes and the user
            has not chosen: left and right would be a guess.
    """
    if image.other is None or image.geometry.is_close(image.other, tolerance_mm=AGREEMENT_MM):
        return replace(image, other=None)
    gap = _difference(image.geometry, image.other)
    if choice is None and not _same_sides(image.geometry, image.other):
        raise Refusal(
            RefusalCode.BAD_AFFINE,
            expected="one orientation (sform and qform alike, or --nifti-affine)",
            found=f"two that {gap}",
            where=where,
        )
    used = choice or NiftiAffine.SFORM
    note = Note(
        code="ORIENTATION_AMBIGUOUS",
        text=f"The file states two orientations (sform and qform) that {gap}; the {used} was used.",
        severity=Severity.CAUTION,
    )
    geometry = image.other if used is NiftiAffine.QFORM else image.geometry
    return replace(image, geometry=geometry, other=None, notes=(*image.notes, note))


def _difference(one: Geometry, other: Geometry) -> str:
    """By how much, in words: the largest angle between axes, and the largest distance."""
    cosines = np.sum(_directions(one) * _directions(other), axis=0)
    degrees = np.degrees(np.arccos(np.clip(cosines, -1, 1))).max()
    return f"differ by {degrees:.1f} degrees and up to {one.distance_mm(other):.1f} mm"


def _same_sides(one: Geometry, other: Geometry) -> bool:
    """Whether each axis of the voxels runs nearest to the same direction of the body."""
    mine, theirs = _directions(one), _directions(other)
    axis = np.abs(mine).argmax(axis=0)
    signs = np.take_along_axis(np.sign(mine * theirs), axis[None], axis=0)
    return bool((axis == np.abs(theirs).argmax(axis=0)).all() and (signs > 0).all())


def _directions(geometry: Geometry) -> NDArray[np.float64]:
    """Unit vectors of the axes, as columns."""
    axes = geometry.affine[:3, :3]
    return np.asarray(axes / np.linalg.norm(axes, axis=0))

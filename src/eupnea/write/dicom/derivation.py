"""Which source slice each frame of a segmentation lies on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from highdicom.sr import CodedConcept
from pydicom.dataset import Dataset

NEAR = 0.25
"""How far from a slice a frame may lie to be on it, in distances between slices."""


def name_sources(derived: Dataset, headers: Sequence[Dataset]) -> None:
    """Let each frame name the slice that it lies on, where slices are not quite even.

    highdicom names slices only when all of them lie where the frames do. A
    slice that deviates a little is named all the same; a frame in a gap that
    was filled names none (PS3.3 C.7.6.16.2.6 allows that).
    """
    frames = derived.PerFrameFunctionalGroupsSequence
    is_named = any(frame.get("DerivationImageSequence") for frame in frames)
    if is_named or any("ImagePositionPatient" not in header for header in headers):
        return
    cosines = np.array(headers[0].ImageOrientationPatient, float)
    normal = np.cross(cosines[:3], cosines[3:])
    depths = np.array([header.ImagePositionPatient for header in headers], float) @ normal
    near_mm = NEAR * np.median(np.abs(np.diff(depths)))
    for frame in frames:
        depth = np.array(frame.PlanePositionSequence[0].ImagePositionPatient, float) @ normal
        nearest = int(np.abs(depths - depth).argmin())
        on_slice = abs(depths[nearest] - depth) <= near_mm
        frame.DerivationImageSequence = [_derivation(headers[nearest])] if on_slice else []


def _derivation(header: Dataset) -> Dataset:
    """The reference as highdicom words it."""
    source = Dataset()
    source.ReferencedSOPClassUID = header.SOPClassUID
    source.ReferencedSOPInstanceUID = header.SOPInstanceUID
    source.SpatialLocationsPreserved = "YES"
    source.PurposeOfReferenceCodeSequence = [
        CodedConcept("121322", "DCM", "Source image for image processing operation")
    ]
    made = Dataset()
    made.SourceImageSequence = [source]
    made.DerivationCodeSequence = [CodedConcept("113076", "DCM", "Segmentation")]
    return made

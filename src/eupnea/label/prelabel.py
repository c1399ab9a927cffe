"""What a reader opens: the scan, the organ, and the side to draw, already drawn."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eupnea.analysis import Analysis, ScanAnalysis
from eupnea.label.plan import LabelType
from eupnea.label.segment_file import segment_bytes
from eupnea.label.values import VALUE_OF, itksnap_labels
from eupnea.mask import Mask
from eupnea.nifti_file import nifti_bytes
from eupnea.organ import Organ
from eupnea.write.dicom import write_dicom
from eupnea.write.document import AnalysisDocument

IMAGE = "ct.nii.gz"
ORGAN = "roi.nii.gz"
NAMES = "labels.txt"


def prelabel_name(side: LabelType) -> str:
    """The file to draw on.

    Examples:
        >>> prelabel_name(LabelType.NORMAL)
        'normal.nii.gz'
    """
    return f"{side}.nii.gz"


def prelabel_mask(found: ScanAnalysis, side: LabelType) -> Mask:
    """The side to draw, as far as it is known already."""
    return found.normal.mask if side is LabelType.NORMAL else found.abnormal.mask


def write_prelabel(
    found: ScanAnalysis, side: LabelType, folder: Path, *, organ: Organ
) -> dict[str, str]:
    """Writes all that is needed to draw one image, on the grid of its source.

    `ct.nii.gz` (HU), `roi.nii.gz`, the prelabel as NIfTI with `labels.txt` for
    ITK-SNAP, and as `.seg.nrrd` for 3D Slicer. When the source was DICOM, also
    `dicom/`, with the organ and both sides as DICOM Segmentations.

    Args:
        found: The scan, its organ, and its candidate regions.
        side: The side to draw.
        folder: Made here.
        organ: What found them.

    Returns:
        The names of the prelabels, each with its content hash (SHA-256).

    Raises:
        OSError: When the folder cannot be written.
    """
    folder.mkdir(parents=True)
    scan, value = found.scan, VALUE_OF[side]
    drawn = scan.to_native(prelabel_mask(found, side).voxels * np.uint8(value))
    roi = scan.to_native(found.roi.mask.voxels.view(np.uint8))
    hu: NDArray[Any] = scan.to_native(scan.hu)
    (folder / IMAGE).write_bytes(nifti_bytes(hu, scan.native))
    (folder / ORGAN).write_bytes(nifti_bytes(roi, scan.native))
    (folder / NAMES).write_text(itksnap_labels(organ.name), encoding="utf-8")
    prelabels = {
        prelabel_name(side): nifti_bytes(drawn, scan.native),
        f"{side}.seg.nrrd": segment_bytes(drawn, scan.native, value, organ=organ.name),
    }
    for name, content in prelabels.items():
        (folder / name).write_bytes(content)
    analysis = Analysis(
        organ=organ.name,
        roi_method=organ.roi_method,
        normal_method=organ.normal_method,
        scans=(found,),
        changes=(),
    )
    write_dicom(analysis, AnalysisDocument.of(analysis), folder / "dicom")
    segmentations = sorted(folder.glob("dicom/*.dcm"))
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in [*(folder / name for name in prelabels), *segmentations]
    }

"""What a reader opens: the scan, the organ, and the side to draw, already drawn."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eupnea.analysis import ScanAnalysis
from eupnea.label.plan import LabelType
from eupnea.label.values import VALUE_OF, itksnap_labels
from eupnea.mask import Mask
from eupnea.write.masks import nifti_bytes

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


def write_prelabel(found: ScanAnalysis, side: LabelType, folder: Path, *, organ: str) -> None:
    """Writes all that is needed to draw one image, on the grid of its source.

    Args:
        found: The scan, its organ, and its candidate regions.
        side: The side to draw.
        folder: Made here; gets `ct.nii.gz` (HU), `roi.nii.gz`, the prelabel
            and `labels.txt` for ITK-SNAP.
        organ: Its name.

    Raises:
        OSError: When the folder cannot be written.
    """
    folder.mkdir(parents=True)
    drawn = prelabel_mask(found, side).voxels * np.uint8(VALUE_OF[side])
    images: dict[str, NDArray[Any]] = {
        IMAGE: found.scan.hu,
        ORGAN: found.roi.mask.voxels.view(np.uint8),
        prelabel_name(side): drawn,
    }
    for name, voxels in images.items():
        content = nifti_bytes(found.scan.to_native(voxels), found.scan.native)
        (folder / name).write_bytes(content)
    (folder / NAMES).write_text(itksnap_labels(organ), encoding="utf-8")

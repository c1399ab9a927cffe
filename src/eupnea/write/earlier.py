"""An earlier output, read again for the names that it gave to regions."""

from __future__ import annotations

from pathlib import Path

import nibabel
import numpy as np
from pydantic import ValidationError

from eupnea.compare.known import KnownScan
from eupnea.errors import Refusal, RefusalCode
from eupnea.write.document import AnalysisDocument, ScanDocument


def read_names(folder: Path) -> tuple[KnownScan, ...]:
    """The regions of an output folder, and their names.

    Raises:
        Refusal: `SOURCE_MISSING` when the folder holds no answer,
            `SOURCE_UNREADABLE` when it cannot be read.
    """
    answer = folder / "analysis.json"
    if not answer.is_file():
        raise Refusal(
            RefusalCode.SOURCE_MISSING,
            expected="an output folder of an earlier analysis",
            found="no analysis.json in it",
            where=folder.name,
        )
    try:
        document = AnalysisDocument.model_validate_json(answer.read_text(encoding="utf-8"))
        return tuple(_known(folder, scan) for scan in document.scans)
    except (OSError, ValidationError, nibabel.filebasedimages.ImageFileError) as error:
        raise Refusal(
            RefusalCode.SOURCE_UNREADABLE,
            expected="an earlier answer and its regions",
            found=f"{type(error).__name__} on reading it",
            where=folder.name,
        ) from error


def _known(folder: Path, scan: ScanDocument) -> KnownScan:
    image = nibabel.Nifti1Image.from_filename(folder / scan.folder / "regions.nii.gz")
    return KnownScan(
        acquired_at=scan.acquired_at,
        labels=np.asarray(image.dataobj).T,
        names={region.label: region.id for region in scan.regions},
    )

"""Single-file images: NIfTI, MetaImage and NRRD."""

from __future__ import annotations

from eupnea.read.grid_image import GridImage
from eupnea.read.metaimage import read_metaimage
from eupnea.read.nifti import read_nifti
from eupnea.read.nrrd import read_nrrd
from eupnea.read.options import Limits
from eupnea.read.source_file import SourceFile

_READERS = {
    ".nii": read_nifti,
    ".nii.gz": read_nifti,
    ".mha": read_metaimage,
    ".mhd": read_metaimage,
    ".nrrd": read_nrrd,
    ".nhdr": read_nrrd,
}


def is_image_name(name: str) -> bool:
    """Whether a file of this name holds one image.

    Examples:
        >>> is_image_name("ct_2020-03-05.NII.GZ"), is_image_name("IM0001.dcm")
        (True, False)
    """
    return ending(name) != ""


def ending(name: str) -> str:
    """The ending that says which format a file has; empty for other files.

    Examples:
        >>> ending("p7.NII.GZ"), ending("IM0001.dcm")
        ('.nii.gz', '')
    """
    return max((end for end in _READERS if name.lower().endswith(end)), key=len, default="")


def read_image(file: SourceFile, *, limits: Limits) -> GridImage:
    """The voxels of an image file, as stored and scaled, and where they lie.

    Raises:
        Refusal: Whatever is wrong with the file.
    """
    return _READERS[ending(file.name)](file, limits=limits)

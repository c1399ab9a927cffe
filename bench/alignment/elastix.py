"""itk-elastix as the second opinion: affine, then B-splines of 10 mm, by correlation."""

from __future__ import annotations

import importlib
import importlib.util
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from eupnea.compare.point_file import write_points
from eupnea.mask import Mask
from eupnea.volume import Volume

SPACING_MM = 2.0
STEPS = "500"
SPLINES_MM = "10"

LEAST_VALID = "0.02"
"""Of the samples; lungs that begin far apart lie half outside each other's image."""

Points = NDArray[np.float64]


def is_installed() -> bool:
    """Whether `itk-elastix` can be imported."""
    return importlib.util.find_spec("itk") is not None


class Elastix:
    """One registration; maps points of the fixed scan to the moving one."""

    def __init__(self, fixed: Volume, fixed_roi: Mask, moving: Volume, moving_roi: Mask) -> None:
        itk: Any = importlib.import_module("itk")
        self._itk = itk
        self._moving = _to_itk(itk, moving.voxels, moving)
        parameters = itk.ParameterObject.New()
        affine = parameters.GetDefaultParameterMap("affine", 4)
        affine["AutomaticTransformInitialization"] = ["true"]
        affine["AutomaticTransformInitializationMethod"] = ["CenterOfGravity"]
        splines = parameters.GetDefaultParameterMap("bspline", 4, float(SPLINES_MM))
        for each in (affine, splines):
            each["MaximumNumberOfIterations"] = [STEPS]
            each["RequiredRatioOfValidSamples"] = [LEAST_VALID]
            each["ErodeMask"] = ["false"]
            each["Metric"] = ["AdvancedNormalizedCorrelation", *each["Metric"][1:]]
            parameters.AddParameterMap(each)
        _, self._transform = itk.elastix_registration_method(
            _to_itk(itk, fixed.voxels, fixed),
            self._moving,
            parameter_object=parameters,
            fixed_mask=_to_itk(itk, fixed_roi.voxels.astype(np.uint8), fixed),
            moving_mask=_to_itk(itk, moving_roi.voxels.astype(np.uint8), moving),
            log_to_console=False,
        )

    def to_moving(self, points_mm: Points) -> Points:
        """Where points (n, 3) of the fixed scan lie in the moving one; mm, LPS."""
        with tempfile.TemporaryDirectory() as folder:
            write_points(Path(folder) / "points.txt", points_mm)
            self._itk.transformix_filter(
                self._moving,
                self._transform,
                fixed_point_set_file_name=str(Path(folder) / "points.txt"),
                output_directory=folder,
                log_to_console=False,
            )
            lines = (Path(folder) / "outputpoints.txt").read_text().splitlines()
        found = [line.split("OutputPoint = [")[1].split("]")[0].split() for line in lines]
        return np.array(found, dtype=np.float64)


def _to_itk(itk: Any, voxels: NDArray[Any], volume: Volume) -> Any:
    """At the same 2 mm as our own alignment."""
    image = sitk.GetImageFromArray(np.asarray(voxels, dtype=np.float32))
    image.SetSpacing(volume.geometry.spacing_mm[::-1])
    image.SetOrigin(volume.geometry.origin_mm)
    grid = volume.geometry.with_spacing((SPACING_MM,) * 3)
    nearest = voxels.dtype == np.uint8
    small = sitk.Resample(
        image,
        grid.shape[::-1],
        sitk.Transform(),
        sitk.sitkNearestNeighbor if nearest else sitk.sitkLinear,
        grid.origin_mm,
        (SPACING_MM,) * 3,
        (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0),
        0.0 if nearest else -1000.0,
    )
    array = sitk.GetArrayFromImage(small)
    result = itk.image_from_array(array.astype(np.uint8) if nearest else array)
    result.SetSpacing([SPACING_MM] * 3)
    result.SetOrigin(list(grid.origin_mm))
    return result

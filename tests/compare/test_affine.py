"""The affine guess and its fit."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from eupnea.compare.affine import fit_affine
from eupnea.compare.guess import guess_affine
from eupnea.compare.working import WorkingImage
from eupnea.geometry import Geometry
from eupnea.mask import Mask
from support.toy_lungs import first_lung, second_lung, to_first


def _box(geometry: Geometry, low: tuple[int, int, int], high: tuple[int, int, int]) -> Mask:
    voxels = np.zeros(geometry.shape, bool)
    voxels[low[0] : high[0], low[1] : high[1], low[2] : high[2]] = True
    return Mask(voxels=voxels, geometry=geometry)


def test_the_guess_maps_centre_and_spread() -> None:
    """A box onto another one, on other grids: corner onto corner."""
    here = Geometry.regular(shape=(30, 30, 30), spacing_mm=(2.0, 2.0, 2.0))
    there = Geometry.regular(shape=(40, 40, 40), spacing_mm=(1.0, 1.5, 2.0), origin_mm=(7, 8, 9))
    fixed, moving = _box(here, (5, 5, 5), (15, 20, 25)), _box(there, (8, 10, 6), (38, 30, 26))
    corner = np.append(here.to_mm((5, 5, 5)) - 1.0, 1)
    (guess,) = guess_affine(fixed, moving)
    found = (guess @ corner)[:3]
    expected = there.to_mm((8, 10, 6)) - np.array([1.0, 0.75, 0.5])
    np.testing.assert_allclose(found, expected, atol=0.4)


def test_the_fit_corrects_a_wrong_guess() -> None:
    """Tissue tells more than outlines: 8 mm off become less than 1.5 mm."""
    first, second = first_lung(), second_lung()
    (guess,) = guess_affine(first.roi, second.roi)
    guess[:3, 3] += (5.0, -4.0, 5.0)
    fitted = fit_affine(
        WorkingImage.of(first.volume, first.roi), WorkingImage.of(second.volume, second.roi), guess
    )
    points = second.roi.geometry.to_mm(np.argwhere(second.roi.voxels)[::37])

    def error(matrix: NDArray[np.float64]) -> float:
        back = np.linalg.inv(matrix)
        moved = points @ back[:3, :3].T + back[:3, 3]
        return float(np.linalg.norm(moved - to_first(points), axis=1).mean())

    assert error(guess) > 7
    assert error(fitted) < 1.5

"""One scan of a synthetic patient, painted slice by slice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eupnea.geometry import Geometry
from eupnea.phantom import tubes
from eupnea.phantom.anatomy import Anatomy
from eupnea.phantom.body import (
    BLOOD_HU,
    CARTILAGE_HU,
    CORTEX_HU,
    MARROW_HU,
    Layer,
    cartilages,
    layers,
    ribs,
)
from eupnea.phantom.circulation import Circulation, with_walls
from eupnea.phantom.coarse import Coarse, Window
from eupnea.phantom.lesion import Patch
from eupnea.phantom.motion import Motion
from eupnea.phantom.pathology import DENSITY, Spot
from eupnea.phantom.plan import ScanPlan
from eupnea.phantom.shapes import Floats, Place
from eupnea.phantom.texture import SliceNoise, sample, tile
from eupnea.phantom.tree import Tubes

AIR_HU, LUMEN_HU, WALL_HU = -1000, -985, -20
LUNG_HU = -862
"""Healthy lung, vessels left out, at mid height and reference breath."""
GRAVITY_HU_PER_MM = 0.45
"""Increase of lung density toward the back of a patient who lies on it."""
TEXTURE_HU = 17
TEXTURE_MM, WEAVE_MM = 1.3, 1.4
"""Size of a texture tile's voxel."""
FISSURE_MM = 0.4
"""Thickness of the two layers of pleura between lobes."""
POINT_SPREAD_MM = 0.5
"""Standard deviation of the scanner's own blur."""
HU_RANGE = (-1024, 3071)
COARSE_MM, COARSE_LEAST = 3.0, 1.8
"""Step of smooth fields: at most some mm, and at least so many voxels."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Tissue:
    """What a patient keeps through all scans."""

    anatomy: Anatomy
    circulation: Circulation
    texture: Floats
    weave: Floats

    @classmethod
    def of(cls, anatomy: Anatomy, tubes: Circulation, rng: np.random.Generator) -> Tissue:
        """Adds a texture to the anatomy."""
        return cls(
            anatomy=anatomy,
            circulation=tubes,
            texture=tile(rng, 0.7, 1.6, 4.0),
            weave=tile(rng, 1.2),
        )


class Painter:
    """Paints one scan: body, lungs, lesions, tubes, noise, in this order."""

    def __init__(self, *, tissue: Tissue, motion: Motion, grid: Geometry) -> None:
        self.grid = grid
        self._tissue = tissue
        voxel = float(np.mean(np.square(grid.spacing_mm))) / 12
        self._blur = float(np.sqrt(voxel + POINT_SPREAD_MM**2))
        self._ramp = np.float32(np.sqrt(12) * self._blur)
        self._coarse = Coarse(
            fine=grid, step_mm=max(COARSE_MM, COARSE_LEAST * max(grid.spacing_mm[1:]))
        )
        self._fields(motion)
        self._draw_tubes(motion)

    def _fields(self, motion: Motion) -> None:
        anatomy, points = self._tissue.anatomy, self._coarse.points()
        reference = motion.to_reference(points)
        self._reference = Place.of(reference)
        place = anatomy.uneven(self._reference)
        self._expansion = motion.expansion(points).astype(np.float32)
        self._layers = [*_table(points - motion.shift_mm, anatomy), *layers(anatomy, place)]
        self._lungs = _steady(anatomy.lungs(place), self._coarse.grid)
        self._oblique = anatomy.oblique_fissure(place)
        minor = anatomy.minor_fissure(place)
        right_front = np.maximum(place.x, -self._oblique)
        self._minor = np.where(right_front < 0, minor, 1e3).astype(np.float32)

    def _draw_tubes(self, motion: Motion) -> None:
        bones, soft_ribs, blood, airways = (
            _moved(pieces, motion)
            for pieces in (
                ribs(self._tissue.anatomy),
                cartilages(self._tissue.anatomy),
                self._tissue.circulation.blood,
                self._tissue.circulation.airways,
            )
        )
        self._ribs = self._covered(bones)
        self._marrow = self._covered(bones.resized(extra_mm=-1.3))
        self._cartilage = self._covered(soft_ribs)
        self._blood = self._covered(blood)
        self._walls = self._covered(with_walls(airways))
        self._lumen = self._covered(airways)

    def _covered(self, pieces: Tubes) -> NDArray[np.uint8]:
        return tubes.draw(pieces, self.grid, blur_mm=self._blur)

    def roi(self) -> NDArray[np.bool_]:
        """The lungs of this scan, diseased parts included."""
        inside = np.zeros(self.grid.shape, bool)
        for k in range(len(inside)):
            section = self._coarse.section(self._lungs, k)
            window = self._coarse.window(section, below=0)
            if window:
                inside[k][window] = self._coarse.refine(section, window) < 0
        return inside

    def depth(self, patch: Patch) -> Floats:
        """How deep each voxel of a patch's box lies in the lungs; negative outside."""
        rows = (patch.box[1], patch.box[2])
        return np.stack(
            [
                -self._coarse.refine(self._coarse.section(self._lungs, k), rows)
                for k in range(patch.box[0].start, patch.box[0].stop)
            ]
        )

    def slice(self, k: int, patches: Sequence[Patch]) -> Floats:
        """Slice `k` without noise, Hounsfield units."""
        hu = np.full(self.grid.shape[1:], AIR_HU, np.float32)
        for layer in self._layers:
            self._paint_layer(hu, layer, k)
        _lay(hu, self._cartilage[k], CARTILAGE_HU)
        _lay(hu, self._ribs[k], CORTEX_HU)
        _lay(hu, self._marrow[k], MARROW_HU)
        section = self._coarse.section(self._lungs, k)
        window = self._coarse.window(section, below=float(self._ramp))
        if window:
            self._paint_lungs(hu, k, window)
            for patch in patches:
                if patch.box[0].start <= k < patch.box[0].stop:
                    self._paint_patch(hu, k, patch)
        _lay(hu, self._blood[k], BLOOD_HU)
        _lay(hu, self._walls[k], WALL_HU)
        _lay(hu, self._lumen[k], LUMEN_HU)
        return hu

    def _paint_layer(self, hu: Floats, layer: Layer, k: int) -> None:
        section = self._coarse.section(layer.solid, k)
        window = self._coarse.window(section, below=float(self._ramp))
        if window:
            share = self._share(self._coarse.refine(section, window))
            hu[window] += share * (layer.hu - hu[window])

    def _paint_lungs(self, hu: Floats, k: int, window: Window) -> None:
        share = self._share(self._at(self._lungs, k, window))
        hu[window] += share * (self._healthy(k, window) - hu[window])
        for fissure in (self._oblique, self._minor):
            near = np.maximum(1 - np.abs(self._at(fissure, k, window)) / self._ramp, 0)
            hu[window] += share * near * (FISSURE_MM / self._ramp) * (-hu[window])

    def _paint_patch(self, hu: Floats, k: int, patch: Patch) -> None:
        window = (patch.box[1], patch.box[2])
        depth = patch.depth_mm[k - patch.box[0].start]
        share = np.clip(0.5 + depth / (self._ramp + np.float32(patch.soft_mm)), 0, 1)
        share *= self._share(self._at(self._lungs, k, window))
        spot = Spot(
            depth_mm=depth,
            radius_mm=patch.radius_mm,
            healthy_hu=self._healthy(k, window),
            texture=self._sample(self._tissue.texture, k, window, TEXTURE_MM),
            weave=self._sample(self._tissue.weave, k, window, WEAVE_MM),
        )
        hu[window] += share * (DENSITY[patch.kind](spot) - hu[window])

    def _healthy(self, k: int, window: Window) -> Floats:
        """Lung tissue without vessels; its mass is that of the reference space."""
        texture = self._sample(self._tissue.texture, k, window, TEXTURE_MM)
        back = self._at(self._reference.y, k, window)
        mass = 1000 + LUNG_HU + GRAVITY_HU_PER_MM * back + TEXTURE_HU * texture
        return np.asarray(np.maximum(mass, 12) * self._at(self._expansion, k, window) - 1000)

    def _sample(self, field: Floats, k: int, window: Window, step_mm: float) -> Floats:
        place = self._reference
        x, y, z = (self._at(axis, k, window) for axis in (place.x, place.y, place.z))
        return sample(field, (z, y, x), step_mm=step_mm)

    def _at(self, field: Floats, k: int, window: Window) -> Floats:
        return self._coarse.refine(self._coarse.section(field, k), window)

    def _share(self, solid: Floats) -> Floats:
        return np.asarray(np.clip(np.float32(0.5) - solid / self._ramp, 0, 1))


def paint(
    painter: Painter, patches: Sequence[Patch], plan: ScanPlan, rng: np.random.Generator
) -> NDArray[np.int16]:
    """The scan with its noise, int16 Hounsfield units (slices, rows, columns)."""
    shape = painter.grid.shape
    noise = SliceNoise(plan.kernel, painter.grid.spacing_mm, rng)
    hu = np.empty(shape, np.int16)
    for k in range(shape[0]):
        noisy = painter.slice(k, patches) + np.float32(plan.noise_hu) * noise.draw(shape[1:])
        hu[k] = np.clip(np.rint(noisy), *HU_RANGE)
    return hu


def _moved(pieces: Tubes, motion: Motion) -> Tubes:
    """Tubes of the reference space where they lie in a scan."""
    return pieces.moved(
        motion.from_reference(pieces.start_mm), motion.from_reference(pieces.end_mm)
    )


def _lay(hu: Floats, covered: NDArray[np.uint8], value: float) -> None:
    """Paints tubes over one slice."""
    at = np.flatnonzero(covered)
    flat = hu.reshape(-1)
    flat[at] += covered.reshape(-1)[at] * np.float32(1 / tubes.FULL) * (value - flat[at])


def _steady(solid: Floats, grid: Geometry) -> Floats:
    """The same solid, its values turned into distances near its surface."""
    steepness = np.sqrt(sum(slope**2 for slope in np.gradient(solid, *grid.spacing_mm)))
    return np.asarray(solid / np.maximum(steepness, 0.25), dtype=np.float32)


def _table(points: NDArray[np.float64], anatomy: Anatomy) -> list[Layer]:
    """The scanner's table, which lies still while the patient moves."""
    x, y, _ = np.moveaxis(points, -1, 0)
    top = anatomy.half_depth_mm + 8 - x * x / 1100
    board = np.maximum(np.abs(y - top - 14) - 14, np.abs(x) - 190).astype(np.float32)
    return [Layer(solid=board, hu=-380), Layer(solid=board + 2, hu=-930)]

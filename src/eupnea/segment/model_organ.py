"""A trained model as an organ: its region of interest and its normal region."""

from __future__ import annotations

import weakref
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from eupnea.box import Box, box_of, covers
from eupnea.mask import Mask
from eupnea.organ import Method, NormalRegion, Organ, RegionOfInterest
from eupnea.scan import Scan
from eupnea.segment.air_scale import density_scale
from eupnea.segment.airways import airway_air_hu
from eupnea.segment.blocks import Blocks
from eupnea.segment.body import LUNG_AIR_HU
from eupnea.segment.components import without_holes, without_small
from eupnea.segment.dense import DenseTissue, dense_beside, tell_dense_apart
from eupnea.segment.inner_air import SMALLEST_PART
from eupnea.segment.lung_notes import inflation_notes, lung_notes
from eupnea.segment.lungs import close_sides, refuse_without_lungs
from eupnea.segment.model import EVEN_ODDS, Model, Prediction, certainty_of
from eupnea.segment.overview import LOOK_BEYOND_MM, Overview
from eupnea.segment.sides import split_sides
from eupnea.segment.stray_air import stray_air
from eupnea.segment.usual_breath import density_table
from eupnea.segment.zones import lung_zones

CONSEQUENCE = "the model may call dependent lung abnormal that is only poorly aerated"
"""Of a lung that is not inflated."""


def organ_of(model: Model) -> Organ:
    """The organ whose region of interest and normal region a model finds."""
    card, finder = model.card, _Finder(model=model)
    method = Method(name=card.name, version=card.version, summary=card.summary)
    return Organ(
        name=card.organ,
        roi_method=method,
        normal_method=method,
        find_roi=finder.find_roi,
        find_normal=finder.find_normal,
        find_zones=lung_zones,
        margins=card.margins,
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Finder:
    """The two questions of an `Organ`, answered by one prediction per scan."""

    model: Model
    _last: list[_Seen] = field(default_factory=list)

    def find_roi(self, scan: Scan) -> RegionOfInterest:
        overview = Overview.of(self.model, scan)
        coarse, inner = overview.coarse, overview.inner
        air_hu = airway_air_hu(coarse, inner.airways)
        with ThreadPoolExecutor(1) as beside:
            anatomy = beside.submit(_Anatomy.of, overview)
            mode_hu = overview.mode_hu(inner.aerated) if self.model.card.usual_breath else None
            within = overview.where_to_look()
            shares = self._ask(scan, overview, within, mode_hu, scale=density_scale(air_hu)).roi
        found = _lungs(scan, shares, anatomy.result())
        lungs = coarse.blocks.holding(found)
        refuse_without_lungs(lungs & (coarse.hu < LUNG_AIR_HU), lungs, coarse)
        sides = split_sides(lungs, coarse.spacing_mm)
        return RegionOfInterest(
            mask=Mask(voxels=found, geometry=scan.geometry),
            notes=lung_notes(sides, coarse, air_hu),
            air_hu=air_hu,
        )

    def find_normal(self, scan: Scan, roi: Mask) -> NormalRegion:
        overview, box = self._overview(scan), roi.box()
        organ = overview.coarse.blocks.holding(roi.voxels)
        mode_hu = overview.mode_hu(organ)
        shares = self._known(scan, box)
        if shares is None:
            usual = mode_hu if self.model.card.usual_breath else None
            shares = self._ask(scan, overview, roi.box(margin_mm=LOOK_BEYOND_MM), usual)
        certainty = np.zeros(scan.geometry.shape, np.uint8)
        calibration = self.model.card.calibration.at(mode_hu)
        certainty[box] = certainty_of(shares.crop(box), calibration)
        certainty[box][~roi.voxels[box]] = 0
        part, thick = overview.thick_tissue(organ)
        certainty[part][thick] = 0
        normal = Mask(voxels=certainty >= EVEN_ODDS, geometry=scan.geometry)
        notes = inflation_notes(mode_hu, consequence=CONSEQUENCE)
        return NormalRegion(mask=normal, certainty=certainty, notes=notes)

    def _overview(self, scan: Scan) -> Overview:
        """The overview of a scan, made again unless the scan was the last one."""
        known = (seen.overview for seen in self._last if seen.scan() is scan)
        return next(known, None) or Overview.of(self.model, scan)

    def _known(self, scan: Scan, box: Box) -> Prediction | None:
        """What was said of a part of the scan, if the scan was the last one."""
        return next((seen.prediction for seen in self._last if seen.holds(scan, box)), None)

    def _ask(
        self,
        scan: Scan,
        overview: Overview,
        within: Box | None,
        mode_hu: float | None,
        *,
        scale: float = 1.0,
    ) -> Prediction:
        said = _predict(self.model, scan, overview, within, mode_hu, scale=scale)
        seen = _Seen(scan=weakref.ref(scan), overview=overview, within=within, prediction=said)
        self._last[:] = [seen]
        return said


@dataclass(frozen=True, kw_only=True, eq=False)
class _Seen:
    """What was said of a part of a scan; of all of it if `within` is `None`."""

    scan: weakref.ref[Scan]
    overview: Overview
    within: Box | None
    prediction: Prediction

    def holds(self, scan: Scan, box: Box) -> bool:
        """Whether a box of a scan was looked at."""
        return self.scan() is scan and (self.within is None or covers(self.within, box))


def predict_in(
    model: Model, scan: Scan, roi: Mask, *, overview: Overview | None = None
) -> Prediction:
    """What a model says of a scan whose region of interest is known, and perhaps its overview."""
    seen = overview or Overview.of(model, scan)
    mode_hu = seen.mode_hu_in(roi) if model.card.usual_breath else None
    return _predict(model, scan, seen, roi.box(margin_mm=LOOK_BEYOND_MM), mode_hu)


def _predict(
    model: Model,
    scan: Scan,
    overview: Overview,
    within: Box | None,
    mode_hu: float | None,
    *,
    scale: float = 1.0,
) -> Prediction:
    """What a model says of a scan at the breath and on the scale that it was taught."""
    densities = density_table(mode_hu, scale=scale)
    return model.predict(scan, within=within, densities=densities, located=overview.located)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Anatomy:
    """What is known of a scan without its planes; found while the network looks at those."""

    overview: Overview
    closed: NDArray[np.bool_]
    """The lungs by their closed shape, on the coarse grid."""

    @classmethod
    def of(cls, overview: Overview) -> _Anatomy:
        closed = close_sides(overview.inner.aerated, overview.coarse) > 0
        return cls(overview=overview, closed=closed)

    def dense(self, taken: NDArray[np.bool_], sure: NDArray[np.uint8]) -> DenseTissue:
        """What of the dense tissue is lung, given what planes take for lung, and how sure."""
        coarse, located = self.overview.coarse, self.overview.located
        if located is not None:
            return tell_dense_apart(taken, sure, located.sure, self.closed, coarse)
        beside = dense_beside(taken, sure, self.closed, coarse)
        return DenseTissue(lung=np.zeros_like(taken), beside=beside)

    def stray(self, taken: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """What of it is the air of something else, if the chest as a whole is known."""
        inner, located = self.overview.inner, self.overview.located
        if located is None:
            return np.zeros_like(taken)
        return stray_air(taken, inner, located.sure, self.overview.coarse.spacing_mm)


def _lungs(scan: Scan, shares: NDArray[np.uint8], anatomy: _Anatomy) -> NDArray[np.bool_]:
    """The lungs as network and anatomy see them together, on the scan's grid."""
    inner, blocks = anatomy.overview.inner, anatomy.overview.coarse.blocks
    taken = blocks.highest(shares) >= EVEN_ODDS
    dense = anatomy.dense(taken, blocks.middles(shares))
    outside = inner.no_lung | dense.beside | anatomy.stray(taken)
    box = box_of(taken | inner.aerated | dense.lung)
    fine, near = blocks.fine_box(box), blocks.crop(box)
    found = near.to_source(inner.aerated[box])
    found &= scan.hu[fine] < LUNG_AIR_HU
    found |= near.to_source(dense.lung[box])
    found |= shares[fine] >= EVEN_ODDS
    lungs = np.zeros(shares.shape, bool)
    lungs[fine] = whole_lungs(found, near)
    lungs[fine] &= near.to_source(~outside[box])
    return lungs


def whole_lungs(found: NDArray[np.bool_], blocks: Blocks) -> NDArray[np.bool_]:
    """The pieces that are large enough to be lungs, their holes filled.

    Args:
        found: (slices, rows, columns).
        blocks: A grid over it; pieces whose blocks touch are one, and sized by their blocks.
    """
    large = without_small(blocks.holding(found), share=SMALLEST_PART)
    return without_holes(found & blocks.to_source(large))

"""From a plan to a patient."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from eupnea.phantom.anatomy import Anatomy
from eupnea.phantom.circulation import circulation
from eupnea.phantom.events import true_events
from eupnea.phantom.lesion import PLEURAL_DEPTH, Outline, Patch, place_lesion
from eupnea.phantom.motion import Motion
from eupnea.phantom.patient import Patient, PhantomScan
from eupnea.phantom.plan import LesionKind, PatientPlan, ScanPlan
from eupnea.phantom.render import Painter, Tissue, paint
from eupnea.phantom.shapes import Floats
from eupnea.phantom.truth import find_truth
from eupnea.scan import Acquisition, Provenance, Scan
from eupnea.volume import Volume

ANATOMY, TREES, TEXTURE, OUTLINE, MOTION, NOISE, PLAN, PLACES = range(8)
"""Independent streams of chance, so that one more lesion leaves the lungs as they were."""


def chance(seed: int, *stream: int) -> np.random.Generator:
    """A generator of its own for each use of chance."""
    return np.random.default_rng([seed, *stream])


def build(plan: PatientPlan) -> Patient:
    """Renders a planned patient; the same plan gives the same bytes.

    Takes about a second per scan on a small grid, a minute on the full one.
    """
    anatomy = Anatomy.draw(chance(plan.seed, ANATOMY))
    tubes = circulation(anatomy, detail=plan.detail, rng=chance(plan.seed, TREES))
    tissue = Tissue.of(anatomy, tubes, chance(plan.seed, TEXTURE))
    outlines = [
        Outline.draw(lesion, chance(plan.seed, OUTLINE, n)) for n, lesion in enumerate(plan.lesions)
    ]
    scans = tuple(_scan(plan, n, tissue, outlines) for n in range(len(plan.scans)))
    events = {
        (a, b): true_events(scans[a].truth.regions, scans[b].truth.regions)
        for a, b in combinations(range(len(scans)), 2)
    }
    return Patient(plan=plan, scans=scans, events=MappingProxyType(events))


def _scan(plan: PatientPlan, index: int, tissue: Tissue, outlines: list[Outline]) -> PhantomScan:
    scan_plan = plan.scans[index]
    motion = Motion.draw(scan_plan, chance(plan.seed, MOTION, index))
    painter = Painter(tissue=tissue, motion=motion, grid=plan.grid)
    roi = painter.roi()
    patches = [
        _fit(patch, painter.depth(patch), roi[patch.box])
        for patch in _patches(plan, index, motion, outlines)
    ]
    hu = paint(painter, patches, scan_plan, chance(plan.seed, NOISE, index))
    return PhantomScan(
        scan=_as_scan(hu, plan, scan_plan),
        truth=find_truth(roi, patches, plan.grid),
        motion=motion,
    )


def _patches(plan: PatientPlan, index: int, motion: Motion, outlines: list[Outline]) -> list[Patch]:
    placed = (
        place_lesion(
            outline,
            number=number,
            radius_mm=outline.plan.radius_mm[index],
            motion=motion,
            grid=plan.grid,
        )
        for number, outline in enumerate(outlines, start=1)
        if outline.plan.radius_mm[index] > 0
    )
    return [patch for patch in placed if patch is not None]


def _fit(patch: Patch, lung_depth_mm: Floats, roi: NDArray[np.bool_]) -> Patch:
    """A focus cut to the lungs and, where that splits it, to its largest piece."""
    depth = patch.depth_mm
    if patch.kind is LesionKind.PLEURAL:
        depth = np.minimum(depth, PLEURAL_DEPTH * patch.radius_mm - lung_depth_mm)
    inside = (depth > 0) & roi
    pieces, count = ndimage.label(inside, structure=np.ones((3, 3, 3)))
    if count > 1:
        largest = np.argmax(np.bincount(pieces.ravel())[1:]) + 1
        depth = np.where(inside & (pieces != largest), np.float32(-10), depth)
    return replace(patch, depth_mm=np.asarray(depth, dtype=np.float32))


def _as_scan(hu: NDArray[np.int16], plan: PatientPlan, scan: ScanPlan) -> Scan:
    return Scan(
        volume=Volume(voxels=hu, geometry=plan.grid),
        native=plan.grid,
        acquired_at=scan.acquired_at,
        acquisition=Acquisition(
            manufacturer="Eupnea",
            model="Phantom",
            kernel=scan.kernel,
            slice_thickness_mm=plan.grid.spacing_mm[0],
            tube_voltage_kv=120.0,
            contrast=False,
            patient_position="HFS",
        ),
        provenance=Provenance(patient_key=f"phantom-{plan.seed}"),
    )

"""A built patient is what its plan says, voxel by voxel."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np
import pytest

from eupnea.phantom import LesionKind, LesionPlan, Patient, PatientPlan, build, lung_points

Plan = Callable[..., PatientPlan]
SEED = 5


def lesion(
    kind: LesionKind, *radii: float, place: int = 0, shift: Iterable[float] = (0, 0, 0)
) -> LesionPlan:
    """A lesion deep in the lungs."""
    centre = lung_points(seed=SEED, count=place + 1, depth_mm=30)[place] + np.array(list(shift))
    return LesionPlan(kind=kind, centre_mm=tuple(centre.tolist()), radius_mm=radii)


def at_the_ribs(patient: Patient) -> tuple[float, float, float]:
    """The place farthest to the right in the lungs of the first scan."""
    lungs = patient.scans[0].truth.roi
    k, j, i = min(np.argwhere(lungs.voxels).tolist(), key=lambda index: index[2])
    x, y, z = lungs.geometry.to_mm((k, j, i)).tolist()
    return x, y, z


def test_the_same_plan_gives_the_same_bytes(tiny_plan: Plan) -> None:
    """Scans, masks and labels are equal in two builds."""
    plan = tiny_plan(lesion(LesionKind.GROUND_GLASS, 20, 25), noise_hu=20)
    one, two = build(plan), build(plan)
    for a, b in zip(one.scans, two.scans, strict=True):
        assert a.scan.hu.tobytes() == b.scan.hu.tobytes()
        assert a.truth.labels.tobytes() == b.truth.labels.tobytes()


def test_a_lesion_changes_nothing_elsewhere(tiny_plan: Plan, healthy: Patient) -> None:
    """Beyond a lesion's soft edge, the lungs are those of the healthy patient."""
    diseased = build(tiny_plan(lesion(LesionKind.CONSOLIDATION, 20, 20), breaths=(1.0, 0.9)))
    changed = diseased.scans[0].scan.hu != healthy.scans[0].scan.hu
    abnormal = diseased.scans[0].truth.abnormal
    far = np.ones(changed.shape, bool)
    far[abnormal.box(margin_mm=8)] = False
    assert changed.any()
    assert not (changed & far).any()


def test_breath_keeps_the_mass_of_the_lungs(healthy: Patient) -> None:
    """At nine tenths of the volume the density is higher, the mass the same within 4 %."""
    full, less = healthy.scans
    assert less.truth.roi.volume_ml == pytest.approx(0.9 * full.truth.roi.volume_ml, rel=0.05)
    mass = [
        float((scan.scan.hu[scan.truth.roi.voxels].astype(float) + 1000).sum())
        for scan in (full, less)
    ]
    assert mass[1] == pytest.approx(mass[0], rel=0.04)


def test_solid_tissue_keeps_its_volume_when_the_lung_breathes(tiny_plan: Plan) -> None:
    """A nodule does not shrink with the lung; ground glass does."""
    nodule, haze = (
        build(tiny_plan(lesion(kind, 25, 25), breaths=(1.0, 0.8)))
        for kind in (LesionKind.NODULE, LesionKind.GROUND_GLASS)
    )
    kept, shrunk = (
        p.scans[1].truth.abnormal.volume_ml / p.scans[0].truth.abnormal.volume_ml
        for p in (nodule, haze)
    )
    assert kept == pytest.approx(1, abs=0.06)
    assert shrunk < 0.92


def test_masks_and_labels_agree(small_patient: Patient) -> None:
    """Normal and abnormal part the lungs; labels hold the abnormal region and no more."""
    for scan in small_patient.scans:
        truth = scan.truth
        assert not (truth.normal.voxels & truth.abnormal.voxels).any()
        assert ((truth.normal | truth.abnormal).voxels == truth.roi.voxels).all()
        assert ((truth.labels > 0) == truth.abnormal.voxels).all()
        volumes = {region.label: region.volume_ml for region in truth.regions}
        assert sum(volumes.values()) == pytest.approx(truth.abnormal.volume_ml)
        assert set(np.unique(truth.labels)) - {0} == set(volumes)


def test_foci_that_touch_are_one_region(tiny_plan: Plan) -> None:
    """Two foci apart in the first scan merge in the second, and keep the first one's name."""
    kind = LesionKind.GROUND_GLASS
    plan = tiny_plan(
        replace(lesion(kind, 11, 24), roughness=0),
        replace(lesion(kind, 11, 24, shift=(0, 0, 36)), roughness=0),
    )
    patient = build(plan)
    (event,) = patient.events[0, 1]
    assert (event.kind.value, event.before, event.after) == ("merged", ("L1", "L2"), ("L1",))
    assert patient.scans[1].truth.regions[0].foci == (1, 2)


def test_an_absent_lesion_leaves_no_trace(tiny_plan: Plan) -> None:
    """Radius 0 is nothing: no region, no event."""
    patient = build(tiny_plan(lesion(LesionKind.NODULE, 0, 0)))
    assert all(scan.truth.abnormal.is_empty for scan in patient.scans)
    assert patient.events[0, 1] == ()


def test_every_kind_is_seen(tiny_plan: Plan, healthy: Patient) -> None:
    """Inside each true region the density is far from that of the healthy lung."""
    deep = [kind for kind in LesionKind if kind is not LesionKind.PLEURAL]
    lesions = [lesion(kind, 20, place=n) for n, kind in enumerate(deep)]
    lesions.append(
        LesionPlan(kind=LesionKind.PLEURAL, centre_mm=at_the_ribs(healthy), radius_mm=(20,))
    )
    scan = build(tiny_plan(*lesions, breaths=(1.0,))).scans[0]
    change = np.abs(scan.scan.hu.astype(float) - healthy.scans[0].scan.hu)
    seen = {kind for region in scan.truth.regions for kind in region.kinds}
    assert seen == set(LesionKind)
    for region in scan.truth.regions:
        assert change[scan.truth.labels == region.label].mean() > 80

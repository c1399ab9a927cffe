"""All that surrounds the lungs, as layers that are painted one over the other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eupnea.phantom.anatomy import Anatomy
from eupnea.phantom.shapes import Floats, Place, both, either, ellipsoid, pillar, slab
from eupnea.phantom.tree import Tubes

FAT_HU, MUSCLE_HU, BLOOD_HU, LIVER_HU, SPLEEN_HU = -100, 48, 42, 58, 50
MARROW_HU, CORTEX_HU, CARTILAGE_HU, DISC_HU, GAS_HU = 190, 620, 110, 85, -985


@dataclass(frozen=True, kw_only=True, eq=False)
class Layer:
    """A solid on some grid, and what it is made of."""

    solid: Floats
    """Negative inside; about 1 per mm."""
    hu: float


def layers(anatomy: Anatomy, place: Place) -> list[Layer]:
    """Everything but lungs and tubes, back to front as it is painted."""
    cavity = anatomy.cavity(place)
    dome = anatomy.dome(place)
    return [
        Layer(solid=skin(anatomy, place), hu=20),
        Layer(solid=skin(anatomy, place) + 2.5, hu=FAT_HU),
        Layer(solid=both(muscle(anatomy, place, cavity), skin(anatomy, place) + 4), hu=MUSCLE_HU),
        Layer(solid=both(cavity + 3, anatomy.mediastinum(place) - 4), hu=FAT_HU),
        Layer(solid=both(anatomy.heart(place), cavity + 3), hu=BLOOD_HU),
        *_abdomen(place, cavity, dome),
        *_spine(anatomy, place),
        *_sternum(anatomy, place),
        *_shoulder_blades(place),
    ]


def skin(anatomy: Anatomy, place: Place) -> Floats:
    """The body's surface: an oval on a flat back, with shoulders and chest muscle."""
    half_x = anatomy.half_width_mm + anatomy.wall_mm + 6
    half_y = anatomy.half_depth_mm + anatomy.wall_mm
    across = np.abs(place.x / np.float32(half_x)) ** np.float32(2.5)
    deep = np.abs((place.y - 8) / np.float32(half_y)) ** np.float32(2.5)
    trunk = ((across + deep) ** np.float32(0.4) - 1) * np.float32(half_y)
    breast = [ellipsoid(place, (side * 68, -half_y + 18, 5), (62, 26, 70)) for side in (-1, 1)]
    shoulders = ellipsoid(place, (0, 30, 165), (235, 88, 120))
    whole = either(trunk, *breast, shoulders, blend_mm=25)
    return both(whole, place.y - np.float32(half_y + 4), blend_mm=20)


def muscle(anatomy: Anatomy, place: Place, cavity: Floats) -> Floats:
    """The chest wall's muscle: a shell around the ribs, back, chest and shoulder muscle."""
    deep = anatomy.half_depth_mm
    sides = [
        solid
        for side in (-1, 1)
        for solid in (
            pillar(place, (side * 34, deep + 18), (32, 17)),
            ellipsoid(place, (side * 72, -deep - 17, 55), (60, 8, 60)),
            ellipsoid(place, (side * 100, 72, 75), (44, 26, 85)),
            ellipsoid(place, (side * 160, 25, 135), (60, 55, 70)),
        )
    ]
    shell = np.asarray(cavity - 9, dtype=np.float32)
    neck = ellipsoid(place, (0, 20, 170), (90, 62, 70))
    return either(shell, neck, *sides, blend_mm=8)


def _abdomen(place: Place, cavity: Floats, dome: Floats) -> list[Layer]:
    """The diaphragm; liver, spleen, stomach and bowel, which hold the gas that is not lung."""
    inside = both(dome + 4, cavity + 4)
    liver = either(
        ellipsoid(place, (-62, -8, -125), (96, 104, 100)),
        ellipsoid(place, (0, -45, -115), (75, 42, 45)),
        blend_mm=20,
    )
    stomach = ellipsoid(place, (58, -22, -108), (42, 40, 36))
    bubble = both(ellipsoid(place, (58, -22, -108), (38, 36, 32)), place.y + 32, blend_mm=2)
    spleen = ellipsoid(place, (88, 42, -118), (34, 44, 40))
    colon = [ellipsoid(place, (72 - 16 * n, -66 + 6 * n, -138), (13, 14, 12)) for n in range(3)]
    return [
        Layer(solid=both(dome, cavity + 2), hu=MUSCLE_HU),
        Layer(solid=inside, hu=FAT_HU),
        Layer(solid=both(liver, inside), hu=LIVER_HU),
        Layer(solid=both(spleen, inside), hu=SPLEEN_HU),
        Layer(solid=both(stomach, inside), hu=30),
        Layer(solid=both(bubble, inside + 4), hu=GAS_HU),
        Layer(solid=both(either(*colon, blend_mm=6), inside + 3), hu=35),
        Layer(solid=both(either(*colon, blend_mm=6) + 3, inside + 6), hu=GAS_HU),
    ]


def _spine(anatomy: Anatomy, place: Place) -> list[Layer]:
    """Vertebrae with discs, canal and processes."""
    step = np.float32(anatomy.vertebra_mm)
    level = np.abs(place.z / step - np.round(place.z / step)) * step
    column = pillar(place, (0, 60), (18, 15))
    arch = either(
        both(slab(place.x, 0, 4), slab(place.y, 108, 20), 5 - level),
        both(
            slab(place.x, 0, 34),
            slab(place.y, 88 + np.abs(place.x) * np.float32(0.15), 5),
            5 - level,
        ),
        both(pillar(place, (0, 84), (15, 14)), np.float32(2) - level),
        blend_mm=4,
    )
    bone = either(column, arch, blend_mm=3)
    return [
        Layer(solid=bone, hu=CORTEX_HU * 0.7),
        Layer(solid=bone + 1.6, hu=MARROW_HU),
        Layer(solid=both(column, level - 2.5), hu=DISC_HU),
        Layer(solid=pillar(place, (0, 84), (9, 8)), hu=25),
    ]


def _sternum(anatomy: Anatomy, place: Place) -> list[Layer]:
    """The breast bone, on the front of the cavity."""
    front = anatomy.cavity(place)
    plate = both(
        slab(place.x, 0, 19), slab(front, 9, 5), place.y + 20, slab(place.z, 25, 80), blend_mm=5
    )
    return [Layer(solid=plate, hu=CORTEX_HU * 0.8), Layer(solid=plate + 1.5, hu=MARROW_HU - 60)]


def _shoulder_blades(place: Place) -> list[Layer]:
    """Two thin oblique plates behind the upper ribs."""
    plates = []
    for side in (-1, 1):
        out = place.x * side
        lean = out * np.float32(0.75) + place.y * np.float32(0.66)
        along = out * np.float32(0.66) - place.y * np.float32(0.75)
        plates.append(
            both(slab(lean, 136, 3.5), slab(along, 18, 46), slab(place.z, 85, 65), blend_mm=4)
        )
    blades = either(*plates)
    return [Layer(solid=blades, hu=CORTEX_HU), Layer(solid=blades + 2, hu=MARROW_HU)]


def ribs(anatomy: Anatomy) -> Tubes:
    """Twelve pairs of ribs that run down and forward around the cavity."""
    return _rows(anatomy, np.linspace(0.06, 0.86, 30), pairs=12)


def cartilages(anatomy: Anatomy) -> Tubes:
    """What joins the upper seven pairs of ribs to the breast bone."""
    return _rows(anatomy, np.linspace(0.86, 0.96, 6), pairs=7)


def _rows(anatomy: Anatomy, turn: NDArray[np.float64], *, pairs: int) -> Tubes:
    """Tubes on both sides, around the cavity over some part of half a turn from the spine."""
    paths = []
    for number in range(pairs):
        fall = 48 + 7.5 * number
        z = 132 - anatomy.vertebra_mm * 1.02 * number - fall * turn
        for side in (-1, 1):
            angle = np.pi / 2 - side * np.pi * turn
            paths.append(_around(anatomy, angle, z, offset_mm=6.0))
    return Tubes.join(*(Tubes.along(path, 5.2) for path in paths))


def _around(
    anatomy: Anatomy, angle: NDArray[np.float64], z: NDArray[np.float64], *, offset_mm: float
) -> NDArray[np.float64]:
    """The path (n, 3) around the cavity, some mm outside it."""
    reach = np.arange(20.0, 220.0, 0.5)[:, None]
    x, y = reach * np.cos(angle), reach * np.sin(angle)
    place = Place.of(np.stack([x, y, np.broadcast_to(z, x.shape)], axis=-1))
    at = np.argmin(np.abs(anatomy.cavity(place) - offset_mm), axis=0)
    return np.stack([reach[at, 0] * np.cos(angle), reach[at, 0] * np.sin(angle), z], axis=-1)

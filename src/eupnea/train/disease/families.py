"""The list of families: what is laid, how large, and where."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from numpy.random import Generator

from eupnea.train.disease.airway import bronchiectasis, tree_in_bud
from eupnea.train.disease.focal import cavity, part_solid_nodule, solid_nodule
from eupnea.train.disease.foreign import strange_structure, strange_texture, transplant
from eupnea.train.disease.interstitial import honeycombing, reticulation
from eupnea.train.disease.lucent import bulla, emphysema
from eupnea.train.disease.opacity import (
    collapse,
    consolidation,
    crazy_paving,
    effusion,
    ground_glass,
)
from eupnea.train.disease.site import Lesion, Site


class Place(StrEnum):
    """Where the centre of a lesion lies."""

    ANYWHERE = "anywhere"
    PLEURA = "pleura"
    """Within 6 mm of the lung's border."""
    HILUM = "hilum"
    """At the lung's border, in the half nearer to the middle of the chest."""
    REAR = "rear"
    """At the lung's border, in the rearmost fifth."""


@dataclass(frozen=True, kw_only=True)
class Family:
    """One kind of synthetic disease."""

    name: str
    paint: Callable[[Site, Generator], Lesion]
    radius_mm: tuple[float, float]
    """Smallest and largest radius; drawn evenly on a logarithmic scale."""
    places: tuple[Place, ...] = (Place.ANYWHERE,)
    """One is drawn; all are equally likely."""
    weight: float = 1.0
    """How often the family is drawn, compared with others."""


_AIRY = (Place.ANYWHERE, Place.ANYWHERE, Place.PLEURA)
_SOLID = (Place.ANYWHERE, Place.PLEURA, Place.HILUM)
EVERYWHERE = (Place.ANYWHERE, Place.PLEURA, Place.HILUM, Place.REAR)

FAMILIES: Mapping[str, Family] = MappingProxyType(
    {
        family.name: family
        for family in (
            Family(name="ground glass", paint=ground_glass, radius_mm=(4, 60), places=_AIRY),
            Family(name="crazy paving", paint=crazy_paving, radius_mm=(10, 50), places=_AIRY),
            Family(name="consolidation", paint=consolidation, radius_mm=(4, 55), places=_SOLID),
            Family(name="effusion", paint=effusion, radius_mm=(25, 80), places=(Place.REAR,)),
            Family(
                name="collapse",
                paint=collapse,
                radius_mm=(12, 60),
                places=(Place.REAR, Place.PLEURA, Place.HILUM),
            ),
            Family(name="solid nodule", paint=solid_nodule, radius_mm=(1.8, 35), places=_SOLID),
            Family(name="part-solid nodule", paint=part_solid_nodule, radius_mm=(3, 18)),
            Family(name="cavity", paint=cavity, radius_mm=(5, 30), places=_AIRY),
            Family(
                name="reticulation",
                paint=reticulation,
                radius_mm=(12, 55),
                places=(Place.PLEURA, Place.REAR),
            ),
            Family(
                name="honeycombing",
                paint=honeycombing,
                radius_mm=(12, 45),
                places=(Place.PLEURA, Place.REAR),
            ),
            Family(name="tree in bud", paint=tree_in_bud, radius_mm=(8, 35)),
            Family(name="bronchiectasis", paint=bronchiectasis, radius_mm=(10, 40)),
            Family(name="emphysema", paint=emphysema, radius_mm=(8, 60), places=_AIRY),
            Family(name="bulla", paint=bulla, radius_mm=(3, 35), places=_AIRY),
            Family(
                name="strange texture",
                paint=strange_texture,
                radius_mm=(2.5, 70),
                places=EVERYWHERE,
                weight=5.0,
            ),
            Family(
                name="strange structure",
                paint=strange_structure,
                radius_mm=(5, 40),
                places=_AIRY,
                weight=2.0,
            ),
            Family(
                name="transplant",
                paint=transplant,
                radius_mm=(5, 50),
                places=_AIRY,
                weight=2.0,
            ),
        )
    }
)
"""Every family by name."""

NAMELESS = ("strange texture", "strange structure", "transplant")
"""The families that are no disease, but whatever else is not normal lung."""

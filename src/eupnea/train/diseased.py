"""A case with disease laid in: the scan that results, and the truth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from eupnea.scan import Scan
from eupnea.train.cases import Case
from eupnea.train.disease import Family, lay_disease
from eupnea.train.disease.lay import Ground
from eupnea.volume import Volume


def diseased(
    case: Case, ground: Ground, families: Sequence[Family], rng: np.random.Generator
) -> tuple[Scan, NDArray[np.bool_]]:
    """The case's scan with one lesion of each given family, and where they are."""
    sick = lay_disease(case.hu, ground, families, rng)
    volume = Volume(voxels=sick.hu, geometry=case.scan.geometry)
    return replace(case.scan, volume=volume), sick.abnormal

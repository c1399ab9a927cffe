"""Candidates and costs of every image, one line of JSON for each way to find candidates."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from bench.labelling.cost import cost, outline_cm2
from bench.labelling.images import Image, phantoms, semi_synthetic

from eupnea.mask import Mask
from eupnea.organ import Organ, RegionOfInterest, Zones
from eupnea.segment import find_organ, segment_scan

METHODS = ("density-baseline", "eupnea-lung")


def measure_all(
    data: Path,
    out: Path,
    methods: Sequence[str],
    *,
    only: str | None = None,
    minutes: float = np.inf,
) -> None:
    """Adds the lines that are missing, until the time is up; so it can be stopped and run again."""
    ends = time.monotonic() + 60 * minutes
    organs = {method: find_organ(normal=method) for method in methods}
    done = _measured(out)
    whole = {name for name, _ in done if all((name, method) in done for method in methods)}
    real = () if only == "phantom" else semi_synthetic(data, without=whole)
    made = () if only == "real" else phantoms(without=whole)
    out.parent.mkdir(parents=True, exist_ok=True)
    for image in chain(real, made):
        missing = [method for method in methods if (image.name, method) not in done]
        lines = [json.dumps(measure(image, organs[method])) + "\n" for method in missing]
        with out.open("a") as file:
            file.write("".join(lines))
        if time.monotonic() > ends:
            break


def _measured(out: Path) -> set[tuple[str, str]]:
    """Image and method of each line."""
    lines = [json.loads(line) for line in out.read_text().splitlines()] if out.exists() else []
    return {(line["name"], line["method"]) for line in lines}


def measure(image: Image, organ: Organ) -> dict[str, Any]:
    """Sizes of the candidates, and the cost of either side."""
    given = RegionOfInterest(mask=image.roi)
    known = replace(organ, find_roi=lambda _: given, find_zones=_whole)
    found = segment_scan(image.scan, known)
    grid = image.scan.geometry
    normal = image.roi - image.abnormal
    return {
        "name": image.name,
        "method": organ.normal_method.name,
        "kind": image.kind,
        "base": image.base,
        "organ_ml": image.roi.volume_ml,
        "candidates_ml": [round(region.volume_ml, 4) for region in found.regions],
        "candidate_cm2": {
            "normal": outline_cm2(found.normal.mask),
            "abnormal": outline_cm2(found.abnormal.mask),
        },
        "abnormal_ml": image.abnormal.volume_ml,
        "normal": asdict(cost(normal.voxels, found.normal.mask.voxels, grid)),
        "abnormal": asdict(cost(image.abnormal.voxels, found.abnormal.mask.voxels, grid)),
    }


def _whole(roi: Mask) -> Zones:
    """One zone: where regions lie costs time, and decides nothing here."""
    return Zones(labels=roi.voxels.astype(np.uint8), names=("all",), geometry=roi.geometry)

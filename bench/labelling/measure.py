"""Candidates and costs of every image, one line of JSON each.

    python -m bench.labelling.measure --data ../shared/data --out costs.jsonl [--normal METHOD]
        [--only phantom]

Can be stopped and run again: images that have their line are passed over.
"""

from __future__ import annotations

import argparse
import json
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


def main() -> None:
    """Measures every image that has no line yet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--normal", default="density-baseline")
    parser.add_argument("--only", choices=("phantom", "real"))
    options = parser.parse_args()
    measure_all(options.data, options.out, find_organ(normal=options.normal), only=options.only)


def measure_all(data: Path, out: Path, organ: Organ, *, only: str | None = None) -> None:
    """Adds a line for every image that has none yet."""
    lines = out.read_text().splitlines() if out.exists() else []
    done = {json.loads(line)["name"] for line in lines}
    real = () if only == "phantom" else semi_synthetic(data, without=done)
    made = () if only == "real" else phantoms(without=done)
    out.parent.mkdir(parents=True, exist_ok=True)
    for image in chain(real, made):
        if image.name not in done:
            with out.open("a") as file:
                file.write(json.dumps(measure(image, organ)) + "\n")


def measure(image: Image, organ: Organ) -> dict[str, Any]:
    """Sizes of the candidates, and the cost of either side."""
    given = RegionOfInterest(mask=image.roi)
    known = replace(organ, find_roi=lambda _: given, find_zones=_whole)
    found = segment_scan(image.scan, known)
    grid = image.scan.geometry
    normal = image.roi - image.abnormal
    return {
        "name": image.name,
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


if __name__ == "__main__":
    main()

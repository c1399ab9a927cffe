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

from bench.labelling.cost import cost, outline_cm2
from bench.labelling.images import Image, phantoms, semi_synthetic

from eupnea.organ import Organ, RegionOfInterest
from eupnea.segment import find_organ, segment_scan


def main() -> None:
    """Measures every image that has no line yet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--normal", default="density-baseline")
    parser.add_argument("--only", choices=("phantom", "real"))
    options = parser.parse_args()
    organ = find_organ(normal=options.normal)
    lines = options.out.read_text().splitlines() if options.out.exists() else []
    done = {json.loads(line)["name"] for line in lines}
    real = () if options.only == "phantom" else semi_synthetic(options.data)
    made = () if options.only == "real" else phantoms()
    for image in chain(real, made):
        if image.name not in done:
            with options.out.open("a") as out:
                out.write(json.dumps(measure(image, organ)) + "\n")


def measure(image: Image, organ: Organ) -> dict[str, Any]:
    """Sizes of the candidates, and the cost of either side."""
    given = RegionOfInterest(mask=image.roi)
    found = segment_scan(image.scan, replace(organ, find_roi=lambda _: given))
    grid = image.scan.geometry
    normal = image.roi - image.abnormal
    return {
        "name": image.name,
        "kind": image.kind,
        "base": image.base,
        "organ_ml": image.roi.volume_ml,
        "candidates_ml": [round(region.volume_ml, 4) for region in found.regions],
        "candidate_cm2": {
            "normal": outline_cm2(found.normal.mask.voxels, grid),
            "abnormal": outline_cm2(found.abnormal.mask.voxels, grid),
        },
        "abnormal_ml": image.abnormal.volume_ml,
        "normal": asdict(cost(normal.voxels, found.normal.mask.voxels, grid)),
        "abnormal": asdict(cost(image.abnormal.voxels, found.abnormal.mask.voxels, grid)),
    }


if __name__ == "__main__":
    main()

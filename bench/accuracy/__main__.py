"""How right the regions are, for the model and for the density baseline.

    python -m bench.accuracy --data ../shared/data --out runs/accuracy [--model MODEL.onnx]
        [--method eupnea-lung] [--part roi]

Prints one table per part and writes all figures to `accuracy.json`. The parts
on real disease are for judging, never for tuning.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping
from pathlib import Path

from bench.accuracy import (
    certainty,
    dense_roi,
    families,
    healthy,
    infection,
    lesions,
    one_lung,
    patches,
    repeat,
    roi,
    slices,
    thin_lung,
)

from eupnea.organ import Organ
from eupnea.segment import find_organ
from eupnea.segment.model import Model, load
from eupnea.segment.model_organ import organ_of

Part = Callable[[Organ, Path, Path], Mapping[str, float]]

PARTS: dict[str, Part] = {
    "healthy": healthy.measure,
    "roi": roi.measure,
    "dense_roi": dense_roi.measure,
    "one_lung": one_lung.measure,
    "thin_lung": thin_lung.measure,
    "infection": infection.measure,
    "lesions": lesions.measure,
    "repeat": repeat.measure,
    "families": families.measure,
    "untaught": families.measure_untaught,
    "certainty": certainty.measure,
}

TEXTURES = ("patches", "slices")
"""Parts that are no scans: the model sees them without the rest of the product."""


def main() -> None:
    """Measures the chosen parts for the chosen methods."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--method", action="append")
    parser.add_argument("--part", action="append", choices=[*PARTS, *TEXTURES])
    chosen = parser.parse_args()
    model = load(chosen.model)
    organs = {
        model.card.name: organ_of(model),
        "density-baseline": find_organ(normal="density-baseline"),
    }
    report = chosen.out / "accuracy.json"
    figures = json.loads(report.read_text()) if report.exists() else {}
    for method in chosen.method or organs:
        own = figures.setdefault(method, {})
        for part in chosen.part or [*PARTS, *TEXTURES]:
            folder = chosen.out / method / part
            folder.mkdir(parents=True, exist_ok=True)
            own[part] = _measure(part, organs[method], model, chosen.data, folder)
            report.write_text(json.dumps(figures, indent=1))
            _show(method, part, own[part])


def _measure(
    part: str, organ: Organ, model: Model, data: Path, folder: Path
) -> Mapping[str, float]:
    if part in PARTS:
        return PARTS[part](organ, data, folder)
    if part == "slices":
        return slices.measure(model, data)
    if organ.normal_method.name == model.card.name:
        return patches.measure_model(model, data)
    return patches.measure_density(data)


def _show(method: str, part: str, figures: Mapping[str, float]) -> None:
    print(f"\n{method}: {part}", flush=True)
    for name, value in figures.items():
        print(f"  {name:48s} {value:9.4f}", flush=True)


if __name__ == "__main__":
    main()

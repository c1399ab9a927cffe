"""The organs that ship, and the ways to find them and their normal part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from eupnea.errors import UsageError
from eupnea.organ import Organ
from eupnea.segment import density, given, lungs, model
from eupnea.segment.installed import INSTALLED_TOOLS
from eupnea.segment.model_organ import organ_of
from eupnea.segment.zones import lung_zones

DEFAULT_NORMAL = model.SHIPPED
"""What finds normal lung where nobody asks for another way."""

NORMAL_METHODS = (model.SHIPPED, density.METHOD.name)


def find_organ(
    name: str = "lung",
    *,
    normal: str | None = None,
    weights: Path | None = None,
    roi: Sequence[Path | str] = (),
) -> Organ:
    """An organ by its name, with one of the ways to find it and its normal part.

    Args:
        name: `lung` ships.
        normal: `eupnea-lung`, the trained model, which finds the region of
            interest as well, or `density-baseline`; `None` for the default.
        weights: A model of the user's own: an ONNX file with its card beside
            it, or a folder of both. It may be of another organ.
        roi: Mask files that give the region of interest, one for each scan,
            found by their grids, from a reader or any other tool; or the name
            of one tool of `INSTALLED_TOOLS` to find it.

    Raises:
        UsageError: If there is no such organ, no such way, or the named tool
            is not installed.
        ModelError: If a trained model is not what its card says.

    Examples:
        >>> find_organ("lung", normal="density-baseline").normal_method.name
        'density-baseline'
    """
    organ = _named(name, normal or DEFAULT_NORMAL) if weights is None else _own(weights, normal)
    if not roi:
        return organ
    if len(roi) == 1 and (tool := INSTALLED_TOOLS.get(str(roi[0]))):
        return replace(organ, roi_method=tool.method(), find_roi=tool.find_roi)
    return replace(organ, roi_method=given.METHOD, find_roi=given.GivenMasks.of(roi).find_roi)


def _named(name: str, normal: str) -> Organ:
    if name != "lung":
        raise UsageError(f"no organ named {name!r}; there is: lung")
    if normal == model.SHIPPED:
        return organ_of(model.load())
    if normal == density.METHOD.name:
        return Organ(
            name=name,
            roi_method=lungs.METHOD,
            normal_method=density.METHOD,
            find_roi=lungs.find_lungs,
            find_normal=density.find_normal,
            find_zones=lung_zones,
        )
    known = ", ".join(NORMAL_METHODS)
    raise UsageError(f"no way named {normal!r} to find normal {name}; there is: {known}")


def _own(weights: Path, normal: str | None) -> Organ:
    if normal is not None:
        raise UsageError(f"expected a model or a method, found both: {weights.name} and {normal}")
    return organ_of(model.load(weights))

"""The organs that ship, and the ways to find their normal part."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from eupnea.errors import UsageError
from eupnea.mask import Mask
from eupnea.organ import Method, NormalRegion, Organ
from eupnea.scan import Scan
from eupnea.segment import density, lungs, model
from eupnea.segment.zones import lung_zones


@dataclass(frozen=True, kw_only=True)
class _NormalFinder:
    method: Method
    find: Callable[[Scan, Mask], NormalRegion]


_NORMAL_FINDERS = {
    "lung": {
        density.METHOD.name: _NormalFinder(method=density.METHOD, find=density.find_normal),
    }
}


def find_organ(name: str = "lung", *, normal: str = density.METHOD.name) -> Organ:
    """An organ by its name, with one of the ways to find its normal part.

    Args:
        name: `lung` ships.
        normal: `density-baseline`, or `eupnea-lung`, the trained model, which
            finds the region of interest as well.

    Raises:
        UsageError: If there is no such organ or no such way.
        ModelError: If the trained model is not what its card says.

    Examples:
        >>> find_organ("lung").normal_method.name
        'density-baseline'
    """
    finders = _NORMAL_FINDERS.get(name)
    if finders is None:
        raise UsageError(f"no organ named {name!r}; there is: {', '.join(_NORMAL_FINDERS)}")
    if normal == model.SHIPPED:
        return model.load().organ()
    finder = finders.get(normal)
    if finder is None:
        known = ", ".join([*finders, model.SHIPPED])
        raise UsageError(f"no way named {normal!r} to find normal {name}; there is: {known}")
    return Organ(
        name=name,
        roi_method=lungs.METHOD,
        normal_method=finder.method,
        find_roi=lungs.find_lungs,
        find_normal=finder.find,
        find_zones=lung_zones,
    )

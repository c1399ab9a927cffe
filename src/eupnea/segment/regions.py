"""Connected abnormal regions and their attributes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from eupnea.mask import Mask
from eupnea.organ import Zones
from eupnea.region import Region
from eupnea.scan import Scan
from eupnea.segment.bands import count_bands
from eupnea.segment.components import Connectivity, components


@dataclass(frozen=True, kw_only=True)
class RegionSettings:
    """What counts as a region.

    The larger of the two minima holds. 30 mm3 is the smallest lesion of
    NLSTseg; ten voxels keep a region from being noise in coarse scans.
    """

    minimal_volume_mm3: float = 30.0
    minimal_voxels: int = 10
    connectivity: Connectivity = 26
    """Neighbours that connect: 6 by face, 18 by edge, 26 by corner."""

    def smallest(self, voxel_volume_ml: float) -> int:
        """The voxel count below which a component is dropped.

        Examples:
            >>> RegionSettings().smallest(0.001), RegionSettings().smallest(0.02)
            (30, 10)
        """
        by_volume = int(np.ceil(self.minimal_volume_mm3 / (1000 * voxel_volume_ml) - 1e-6))
        return max(by_volume, self.minimal_voxels)


def label_regions(
    abnormal: Mask, settings: RegionSettings
) -> tuple[NDArray[np.uint16], NDArray[np.int64]]:
    """Labels of the connected regions, largest first, without those too small.

    Returns:
        Labels on the mask's grid, 0 outside; and the voxel count of each.
    """
    smallest = settings.smallest(abnormal.geometry.voxel_volume_ml)
    box = abnormal.box()
    found, counts = components(
        abnormal.voxels[box], connectivity=settings.connectivity, minimal_voxels=smallest
    )
    labels = np.zeros(abnormal.voxels.shape, np.uint16)
    labels[box] = found
    return labels, counts


def describe_regions(scan: Scan, labels: NDArray[np.uint16], zones: Zones) -> tuple[Region, ...]:
    """The attributes of each labelled region; ids count from `R1`, in label order."""
    return tuple(
        _describe(label, box, scan, labels, zones)
        for label, box in enumerate(ndimage.find_objects(labels), start=1)
        if box is not None
    )


def _describe(
    label: int,
    box: tuple[slice, ...],
    scan: Scan,
    labels: NDArray[np.uint16],
    zones: Zones,
) -> Region:
    part = (box[0], box[1], box[2])
    mask = labels[part] == label
    hu = scan.hu[part][mask]
    grid = scan.geometry.crop(part)
    x, y, z = (float(value) for value in grid.to_mm(np.argwhere(mask).mean(axis=0)))
    extent = [size * step for size, step in zip(mask.shape, grid.spacing_mm, strict=True)]
    zone = int(np.bincount(zones.labels[part][mask], minlength=1).argmax())
    return Region(
        id=f"R{label}",
        label=label,
        volume_ml=hu.size * grid.voxel_volume_ml,
        centroid_mm=(x, y, z),
        extent_mm=(extent[2], extent[1], extent[0]),
        mean_hu=float(hu.mean(dtype=np.float64)),
        bands={name: count / hu.size for name, count in count_bands(hu).items()},
        zone=zones.names[zone - 1],
    )

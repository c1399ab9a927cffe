"""One family of regions in every scan: the same place, cut out at the same size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from eupnea.write.document import AnalysisDocument, EventDocument, Point
from eupnea.write.report.follow import Follower
from eupnea.write.report.history import Family
from eupnea.write.report.picture import Picture, picture
from eupnea.write.report.places import Place, Plane, Sections, View

LEAST_RADIUS_MM, MOST_RADIUS_MM = 30.0, 75.0
MARGIN_MM = 18.0

STYLE_BEFORE = "abnormal"
"""Of what was there at the beginning."""
STYLE_OTHER = "other"
"""Of regions that belong to another family."""


@dataclass(frozen=True, kw_only=True)
class Crop:
    """The family's place in one scan."""

    index: int
    """Of the scan."""
    picture: Picture | None
    """`None` where no alignment tells the place."""


def strip(
    family: Family,
    document: AnalysisDocument,
    views: Sequence[Sections],
    follower: Follower,
    *,
    scans: Sequence[int],
    shown_px: int,
) -> tuple[Crop, ...]:
    """Axial pictures of a family through time, each in its own scan, none of them warped.

    All show the place where the family is largest, carried to the other scans
    by the alignments. Where a region is hardly cut there, the slice that cuts
    most of it is shown instead.

    Args:
        family: What to show.
        document: Where its members are.
        views: The scans.
        follower: Knows the alignments.
        scans: Which scans to show.
        shown_px: Width at which the page shows a picture.
    """
    anchor = _anchor(family, views[family.peak])
    radius = _radius_mm(family, document)
    return tuple(
        _crop(family, views[n], follower.follow(anchor, family.peak, n), radius, shown_px)
        for n in scans
    )


def _anchor(family: Family, sections: Sections) -> Point:
    """The middle of the members in the slice that cuts most of them."""
    ids = family.present(family.peak)
    k = sections.largest_slice(ids)
    rows, columns = np.nonzero(np.isin(sections.found.labels[k], sections.labels_of(ids)))
    x, y, z = sections.found.scan.geometry.to_mm((k, rows.mean(), columns.mean())).tolist()
    return x, y, z


def _radius_mm(family: Family, document: AnalysisDocument) -> float:
    """Half a side that holds the largest member of any scan, and its surroundings."""
    extents = [
        max(region.extent_mm[:2])
        for scan in document.scans
        for region in scan.regions
        if region.id in family.ids
    ]
    return min(max(max(extents) / 2 + MARGIN_MM, LEAST_RADIUS_MM), MOST_RADIUS_MM)


def _crop(
    family: Family, sections: Sections, centre: Point | None, radius_mm: float, shown_px: int
) -> Crop:
    index = sections.found.index
    ids = family.present(index)
    if centre is None and not ids:
        return Crop(index=index, picture=None)
    place = Place(
        plane=Plane.AXIAL,
        index=_slice(sections, centre, ids),
        view=View(centre_mm=centre or _anchor_of(sections, ids), radius_mm=radius_mm),
    )
    drawn = picture(
        sections.found,
        place,
        shown_px=shown_px,
        styles=_styles(family, sections, index),
        texts={region.id: "" for region in sections.found.regions if region.id not in ids},
    )
    return Crop(index=index, picture=drawn)


def _anchor_of(sections: Sections, ids: Sequence[str]) -> Point:
    largest = next(region for region in sections.found.regions if region.id in ids)
    return largest.centroid_mm


def _slice(sections: Sections, centre: Point | None, ids: tuple[str, ...]) -> int:
    if centre is None:
        return sections.largest_slice(ids)
    index = sections.slice_of(centre)
    return index if not ids or sections.shows(index, ids) else sections.largest_slice(ids)


def _styles(family: Family, sections: Sections, index: int) -> dict[str, str]:
    """What became of each member since the scan before; regions of others stand back."""
    events: Sequence[EventDocument] = family.events[index - 1] if index else ()
    kinds = {name: event.kind.value for event in events for name in event.after}
    return {
        region.id: kinds.get(region.id, STYLE_BEFORE) if region.id in family.ids else STYLE_OTHER
        for region in sections.found.regions
    }

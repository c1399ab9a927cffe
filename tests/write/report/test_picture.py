"""Pictures of sections."""

from __future__ import annotations

import base64
import io
import re
from dataclasses import replace

import numpy as np
from PIL import Image

from eupnea.analysis import Analysis, ScanAnalysis
from eupnea.mask import Mask
from eupnea.volume import Volume
from eupnea.write.report.outline import outline_path
from eupnea.write.report.picture import Picture, picture, trend_picture, window
from eupnea.write.report.places import Place, Plane


def _pixels(shown: Picture) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    content = base64.b64decode(shown.image.split(",")[1])
    return np.asarray(Image.open(io.BytesIO(content)))


def _marked(found: ScanAnalysis) -> ScanAnalysis:
    """The scan with one dense voxel block at the right, front and head side of the organ."""
    box = found.roi.mask.box()
    hu = np.full(found.scan.hu.shape, -1300, np.int16)
    hu[
        box[0].stop - 4 : box[0].stop,
        box[1].start : box[1].start + 6,
        box[2].start : box[2].start + 6,
    ] = 100
    volume = Volume(voxels=hu, geometry=found.scan.geometry)
    return replace(found, scan=replace(found.scan, volume=volume))


def test_radiological_convention(analysis: Analysis) -> None:
    """The patient's right is on the left, front (axial) or head (coronal) on top."""
    found = _marked(analysis.scans[0])
    box = found.roi.mask.box()
    for place in (
        Place(plane=Plane.AXIAL, index=box[0].stop - 2),
        Place(plane=Plane.CORONAL, index=box[1].start + 2),
    ):
        pixels = _pixels(picture(found, place, shown_px=400))
        rows, columns = np.nonzero(pixels > 128)
        assert rows.mean() < pixels.shape[0] / 2
        assert columns.mean() < pixels.shape[1] / 2


def test_lung_window() -> None:
    """-1350 HU and below is black, 150 HU and above is white."""
    hu = np.array([-3000, -1350, -600, 150, 3000], np.int16)
    assert window(hu).tolist() == [0, 0, 128, 255, 255]


def test_pictures_are_to_scale(analysis: Analysis) -> None:
    """Width and height are those of the section, in tenths of a mm."""
    found = analysis.scans[0]
    shown = picture(found, Place(plane=Plane.CORONAL, index=20), shown_px=400)
    rows, columns = _pixels(shown).shape
    k, _, i = found.scan.geometry.spacing_mm
    assert (shown.height, shown.width) == (rows * k * 10, columns * i * 10)


def test_every_region_of_the_section_is_outlined(analysis: Analysis) -> None:
    """Each region in the section has its outline and name; others have none."""
    found = analysis.scans[0]
    index = round(float(found.scan.geometry.to_index(found.regions[0].centroid_mm)[0]))
    shown = picture(found, Place(plane=Plane.AXIAL, index=index), shown_px=400)
    inside = set(np.unique(found.labels[index]).tolist()) - {0}
    assert len(shown.outlines) == len(inside)
    assert {label.text for label in shown.labels} == {
        region.id for region in found.regions if region.label in inside
    }


def test_labels_do_not_touch(analysis: Analysis) -> None:
    """Names in one picture lie at least a line apart, or side by side."""
    found = analysis.scans[0]
    labels = np.where(found.roi.mask.voxels, (np.indices(found.labels.shape)[1] // 3) % 7 + 1, 0)
    regions = tuple(replace(found.regions[0], id=f"R{n}", label=n) for n in range(1, 8))
    busy = replace(found, labels=labels.astype(np.uint16), regions=regions)
    shown = picture(busy, Place(plane=Plane.AXIAL, index=10), shown_px=400)
    for n, one in enumerate(shown.labels):
        for other in shown.labels[:n]:
            if one.anchor == other.anchor and one.x == other.x:
                assert abs(one.y - other.y) >= shown.em * 0.999


def test_trend_lies_where_tissue_changed(analysis: Analysis) -> None:
    """Worsened and recovered tissue are drawn apart, and nothing where nothing changed."""
    found = analysis.scans[1]
    trend = np.zeros(found.labels.shape, np.int8)
    trend[10, 20:24, 12:16] = 1
    shown = trend_picture(found, Place(plane=Plane.AXIAL, index=10), trend, shown_px=300)
    assert shown.worsened
    assert not shown.recovered
    assert not shown.outlines


def test_outline_encloses_the_mask(analysis: Analysis) -> None:
    """The area inside an outline is that of the mask, within its cut corners."""
    found = analysis.scans[0]
    part: Mask = found.roi.mask
    mask = part.voxels[10]
    area = 0.0
    for closed in outline_path(mask, (1.0, 1.0)).split("z")[:-1]:
        steps = np.array([[float(v) for v in p.split()] for p in re.split("[Ml]", closed)[1:]])
        points = np.cumsum(steps, axis=0) / 10
        x, y = points.T
        area += 0.5 * float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))
    assert abs(abs(area) - mask.sum()) < 0.03 * mask.sum()

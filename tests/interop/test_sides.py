"""What lies on the patient's left is on the left in every output, however the patient lay."""

from __future__ import annotations

from pathlib import Path

import highdicom as hd
import nibabel
import numpy as np
import pytest
from numpy.typing import NDArray

from eupnea.analysis import Analysis
from eupnea.compare.alignment import Alignment
from eupnea.pipeline import analyze
from eupnea.segment import find_organ
from eupnea.volume import Volume
from eupnea.write import write_analysis
from support.ct import ct_series, save
from support.drawn_scans import still
from support.toy_chest import TOY_GRID, ToyChest

LAID: dict[str, tuple[tuple[int, ...], tuple[int, ...], tuple[int, int, int]]] = {
    "HFS": ((0, 1, 2), (1, 0, 0, 0, 1, 0), (1, 1, 1)),
    "FFP": ((0, 1, 2), (1, 0, 0, 0, -1, 0), (-1, -1, 1)),
    "HFDR": ((0, 2, 1), (0, 1, 0, -1, 0, 0), (1, -1, 1)),
}
"""By patient position: order of axes, direction cosines, and which axes of the result run back."""


def _lay(hu: NDArray[np.int16], folder: Path, position: str, day: str) -> None:
    """Saves a canonical volume as a scanner would have stored the patient in this position."""
    order, directions, signs = LAID[position]
    turned = hu.transpose(order)[tuple(slice(None, None, sign) for sign in signs)]
    corner = [0 if sign > 0 else n - 1 for sign, n in zip(signs, turned.shape, strict=True)]
    first = TOY_GRID.to_mm([corner[order.index(axis)] for axis in range(3)])
    k, j, i = (TOY_GRID.spacing_mm[axis] for axis in order)
    stated = {"study": day, "StudyDate": day, "AcquisitionDate": day, "PatientPosition": position}
    slices = ct_series(
        hu=turned,
        spacing_mm=(k, j, i),
        origin_mm=first.tolist(),
        directions=directions,
        step=(0, 0, k * signs[0]),
        **stated,
    )
    save(slices, folder / day)


def _in_place(fixed: Volume, moving: Volume, **_: object) -> Alignment:
    """Both scans lie alike; finding that out takes longer than all the rest."""
    return still(fixed.geometry, moving.geometry)


@pytest.fixture(scope="module", params=list(LAID))
def written(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Analysis, Path]:
    """Two scans of a dense region in the left lung that grew, in one position."""
    root = tmp_path_factory.mktemp(request.param)
    for day, radius in (("20200305", 14.0), ("20200611", 22.0)):
        chest = ToyChest()
        chest.hu[chest.ball((70, 5, -10), (radius,) * 3) & chest.left] = 30
        _lay(chest.scan().hu, root / "ct", request.param, day)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("eupnea.compare.pair.align", _in_place)
        analysis = analyze([root / "ct"], organ=find_organ("lung", normal="density-baseline"))
    write_analysis(analysis, root / "out")
    return analysis, root / "out"


def _mean_x(voxels: NDArray[np.bool_], affine: NDArray[np.float64]) -> float:
    return float((affine @ [*np.argwhere(voxels).mean(axis=0), 1])[0])


def test_left_stays_left(written: tuple[Analysis, Path]) -> None:
    """In the zone, the mask, the segmentation, the structured report and the page."""
    analysis, out = written
    assert [region.zone.split()[0] for region in analysis.scans[1].regions] == ["left"]
    mask = nibabel.load(next(out.glob("scans/01_*")) / "abnormal.nii.gz")
    ras = _mean_x(np.asarray(mask.dataobj) > 0, mask.affine)
    assert ras == pytest.approx(-70, abs=6)
    segmentation = hd.seg.segread(out / "dicom" / "seg_01_tissue.dcm").get_volume()
    lps = _mean_x(segmentation.array[..., 1] > 0, segmentation.affine)
    assert lps == pytest.approx(70, abs=6)
    report = hd.sr.srread(out / "dicom" / "sr_00_01.dcm")
    (earlier, later) = [
        group
        for group in report.content.get_volumetric_roi_measurement_groups()
        if group.tracking_identifier == "R1"
    ]
    for group in (earlier, later):
        (site,) = group.finding_sites
        assert site.laterality is not None
        assert site.laterality.meaning == "Left"
    page = (out / "report.html").read_text(encoding="utf-8")
    assert analysis.scans[1].regions[0].zone in page

"""What is written, read by the programs of others."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import SimpleITK

from eupnea.analysis import Analysis
from eupnea.write import SegmentationType, write_analysis
from eupnea.write.dicom import write_dicom
from eupnea.write.document import AnalysisDocument, ChangeDocument
from eupnea.write.segments import organ_segment, tissue_segments
from support.derived import with_headers
from support.hand_made import hand_made_analysis, tiny_analysis, tiny_grids


def _tool(name: str, package: str) -> str:
    """The path of a program, beside the interpreter or in the system; skips without it."""
    found = shutil.which(name, path=Path(sys.executable).parent) or shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed ({package})")
    return found


@pytest.fixture(scope="module")
def written() -> Analysis:
    """The analysis whose objects are read."""
    return with_headers(hand_made_analysis())


@pytest.fixture(scope="module")
def folder(written: Analysis, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything that is written of it."""
    out = tmp_path_factory.mktemp("interop") / "out"
    write_analysis(written, out)
    return out


def test_dciodvfy_finds_no_error(folder: Path) -> None:
    """Every object conforms to the definition of its kind."""
    objects = sorted((folder / "dicom").iterdir())
    assert len(objects) == 9
    assert {path.name: _errors(path) for path in objects} == {path.name: [] for path in objects}


TOO_NEW = (
    "Information Object Not found",
    "with SegmentNumber of 0",
    "Shall not be present for Referenced SOP Class that is not segmentation",
)
"""All that dciodvfy says of label maps: it is older than their class (PS3.3 C.8.20, 2024)."""


def test_dciodvfy_finds_nothing_else_in_label_maps(written: Analysis, tmp_path: Path) -> None:
    """Its errors are that it does not know the class, and what follows from that."""
    write_dicom(written, AnalysisDocument.of(written), tmp_path, kind=SegmentationType.LABELMAP)
    for path in sorted(tmp_path.iterdir()):
        assert not [one for one in _errors(path) if not one.endswith(TOO_NEW)], path.name


def _errors(path: Path) -> list[str]:
    dciodvfy = _tool("dciodvfy", "Debian dicom3tools")
    verdict = subprocess.run([dciodvfy, "-new", path], capture_output=True, text=True, check=False)
    lines = (verdict.stdout + verdict.stderr).splitlines()
    return [line for line in lines if line.startswith("Error")]


@pytest.mark.parametrize("name", tiny_grids())
def test_dcmqi_puts_every_voxel_where_it_lay(name: str, tmp_path: Path) -> None:
    """Dcmqi and SimpleITK find the L-shaped mask at its place, in every order of axes."""
    reader = _tool("segimage2itkimage", "PyPI dcmqi")
    analysis, points_mm = tiny_analysis(tiny_grids()[name])
    write_dicom(analysis, AnalysisDocument.of(analysis), tmp_path)
    subprocess.run(
        [reader, "--inputDICOM", tmp_path / "seg_00_organ.dcm", "--outputDirectory", tmp_path],
        check=True,
        capture_output=True,
    )
    image = SimpleITK.ReadImage(str(next(tmp_path.glob("*.nrrd"))))
    indices = np.argwhere(SimpleITK.GetArrayFromImage(image))[:, ::-1]
    found = [image.TransformIndexToPhysicalPoint(index) for index in indices.tolist()]
    assert sorted(np.round(found, 2).tolist()) == sorted(np.round(points_mm, 2).tolist())


@pytest.mark.parametrize("name", tiny_grids())
def test_simpleitk_puts_every_voxel_where_it_lay(name: str, tmp_path: Path) -> None:
    """Read without dcmqi between, SimpleITK finds organ and tissue at their places too."""
    analysis, points_mm = tiny_analysis(tiny_grids()[name])
    write_dicom(analysis, AnalysisDocument.of(analysis), tmp_path)
    for part in ("organ", "tissue"):
        image = SimpleITK.ReadImage(str(tmp_path / f"seg_00_{part}.dcm"))
        indices = np.argwhere(SimpleITK.GetArrayFromImage(image))[:, ::-1]
        found = [image.TransformIndexToPhysicalPoint(index) for index in indices.tolist()]
        assert sorted(np.round(found, 2).tolist()) == sorted(np.round(points_mm, 2).tolist())


def test_dcmqi_reads_the_numbers(written: Analysis, folder: Path, tmp_path: Path) -> None:
    """All numbers that dcmqi reads from a report are those of `analysis.json`."""
    reader = _tool("tid1500reader", "PyPI dcmqi")
    out = tmp_path / "report.json"
    subprocess.run(
        [reader, "--inputDICOM", folder / "dicom" / "sr_00_01.dcm", "--outputMetadata", out],
        check=True,
        capture_output=True,
    )
    read = [
        (
            group["TrackingIdentifier"],
            {
                item["quantity"]["CodeMeaning"]: float(item["value"])
                for item in group["measurementItems"]
            },
        )
        for group in json.loads(out.read_text())["Measurements"]
    ]
    document = AnalysisDocument.of(written)
    expected = [*_numbers(document, 0, None), *_numbers(document, 1, document.changes[0])]
    assert [name for name, _ in read] == [name for name, _ in expected]
    for (name, found), (_, numbers) in zip(read, expected, strict=True):
        assert found == pytest.approx(numbers, abs=5e-4), name


def _numbers(
    document: AnalysisDocument, index: int, change: ChangeDocument | None
) -> Iterator[tuple[str, dict[str, float]]]:
    """What a report says of a scan, the later one with its change, in the report's words."""
    scan, first = document.scans[index], document.scans[0]
    days = (scan.acquired_at - first.acquired_at).total_seconds() / 86400
    when = {"Time Point Order": index + 1, "Longitudinal Temporal Offset from Event": days}
    for name in ("roi", "normal", "abnormal"):
        part = getattr(scan, name)
        numbers = when | {"Volume": part.volume_ml}
        if name != "roi":
            numbers["Share of the region of interest"] = 100 * part.fraction
        if change is not None:
            whole = getattr(change, name)
            numbers |= _change(whole.volume_change_ml, whole.volume_change_percent)
        yield name, numbers
    for region in scan.regions:
        numbers = when | {"Volume": region.volume_ml, "Attenuation Coefficient": region.mean_hu}
        for event in change.events if change is not None else ():
            if region.id in event.after:
                difference = event.volume_after_ml - event.volume_before_ml
                numbers |= _change(difference, event.change_percent)
                if event.limit_percent is not None:
                    numbers["Relative change that a repeat scan could show"] = event.limit_percent
        yield region.id, numbers


def _change(volume_ml: float, percent: float | None) -> dict[str, float]:
    numbers = {"Volume change since the earlier scan": volume_ml}
    if percent is not None:
        numbers["Relative volume change since the earlier scan"] = percent
    return numbers


def test_dcmqi_reads_label_maps(written: Analysis, tmp_path: Path) -> None:
    """As a label map, tissue reads back with one value per segment."""
    reader = _tool("segimage2itkimage", "PyPI dcmqi")
    document = AnalysisDocument.of(written)
    write_dicom(written, document, tmp_path, kind=SegmentationType.LABELMAP)
    subprocess.run(
        [
            reader, "--mergeSegments",
            "--inputDICOM", tmp_path / "seg_00_tissue.dcm", "--outputDirectory", tmp_path,
        ],
        check=True,
        capture_output=True,
    )  # fmt: skip
    image = SimpleITK.ReadImage(str(next(tmp_path.glob("*.nrrd"))))
    counts = np.bincount(SimpleITK.GetArrayFromImage(image).ravel())
    voxel_ml = np.prod(image.GetSpacing()) / 1000
    volumes = [
        document.scans[0].normal.volume_ml,
        *(r.volume_ml for r in document.scans[0].regions),
    ]
    np.testing.assert_allclose(counts[1:] * voxel_ml, volumes, atol=0.002)


def test_slicer_reads_names_and_places(written: Analysis, folder: Path) -> None:
    """Slicerio finds every segment by its name, in its colour, at the region's place."""
    slicerio = pytest.importorskip("slicerio", reason="slicerio is not installed (PyPI slicerio)")
    found = written.scans[0]
    read = slicerio.read_segmentation(str(folder / found.folder / "segmentation.seg.nrrd"))
    names = [segment["name"] for segment in read["segments"]]
    colours = [np.rint(255 * np.array(segment["color"])).tolist() for segment in read["segments"]]
    segments = [organ_segment(written), *tissue_segments(written, found)]
    assert colours == [list(segment.colour) for segment in segments]
    assert names == ["roi", "normal", *(region.id for region in found.regions)]
    for segment, region in zip(read["segments"][2:], found.regions, strict=True):
        indices = np.argwhere(read["voxels"][segment["layer"]] == segment["labelValue"])
        points = indices @ read["ijkToLPS"][:3, :3].T + read["ijkToLPS"][:3, 3]
        np.testing.assert_allclose(points.mean(axis=0), region.centroid_mm, atol=1e-3)

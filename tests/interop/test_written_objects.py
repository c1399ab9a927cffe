"""What is written, read by the programs of others."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import SimpleITK

from eupnea.analysis import Analysis
from eupnea.write import SegmentationType, write_analysis
from eupnea.write.dicom import write_dicom
from eupnea.write.document import AnalysisDocument
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
    dciodvfy = _tool("dciodvfy", "Debian dicom3tools")
    objects = sorted((folder / "dicom").iterdir())
    assert len(objects) == 9
    for path in objects:
        verdict = subprocess.run(
            [dciodvfy, "-new", path], capture_output=True, text=True, check=False
        )
        lines = (verdict.stdout + verdict.stderr).splitlines()
        assert not [line for line in lines if line.startswith("Error")], path.name


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
    """The volumes that dcmqi reads from a report are those of `analysis.json`."""
    reader = _tool("tid1500reader", "PyPI dcmqi")
    out = tmp_path / "report.json"
    subprocess.run(
        [reader, "--inputDICOM", folder / "dicom" / "sr_00_01.dcm", "--outputMetadata", out],
        check=True,
        capture_output=True,
    )
    read = {
        (group["TrackingIdentifier"], float(item["value"]))
        for group in json.loads(out.read_text())["Measurements"]
        for item in group["measurementItems"]
        if item["quantity"]["CodeMeaning"] == "Volume"
    }
    document = AnalysisDocument.of(written)
    for scan in document.scans[:2]:
        assert {(region.id, region.volume_ml) for region in scan.regions} <= read
        assert ("roi", scan.roi.volume_ml) in read


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
    """Slicerio finds every segment by its name, at the region's place."""
    slicerio = pytest.importorskip("slicerio", reason="slicerio is not installed (PyPI slicerio)")
    found = written.scans[0]
    read = slicerio.read_segmentation(str(folder / found.folder / "segmentation.seg.nrrd"))
    names = [segment["name"] for segment in read["segments"]]
    assert names == ["roi", "normal", *(region.id for region in found.regions)]
    for segment, region in zip(read["segments"][2:], found.regions, strict=True):
        indices = np.argwhere(read["voxels"][segment["layer"]] == segment["labelValue"])
        points = indices @ read["ijkToLPS"][:3, :3].T + read["ijkToLPS"][:3, 3]
        np.testing.assert_allclose(points.mean(axis=0), region.centroid_mm, atol=1e-3)

"""Other tools that find the lungs, run as programs; a stand-in takes their arguments."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from eupnea.errors import ModelError, Refusal, UsageError
from eupnea.geometry import Geometry
from eupnea.scan import Scan
from eupnea.segment import find_organ
from eupnea.segment.installed import INSTALLED_TOOLS
from eupnea.volume import Volume

PROGRAM = """#!{python}
import argparse, sys
import nibabel, numpy
parser = argparse.ArgumentParser()
parser.add_argument("--version", action="version", version="9.8")
{arguments}
known = parser.parse_args()
image = nibabel.load(known.input)
lungs = (image.get_fdata() < {cut}).astype(numpy.uint8) * 2
{output}
"""

LUNGMASK = """
parser.add_argument("input")
parser.add_argument("output")
parser.add_argument("--noprogress", action="store_true")
"""
TOTALSEGMENTATOR = """
parser.add_argument("-i", dest="input")
parser.add_argument("-o", dest="output")
parser.add_argument("--ml", action="store_true", required=True)
parser.add_argument("--quiet", action="store_true")
parser.add_argument("--roi_subset", nargs="+", required=True)
"""
ARGUMENTS = {"lungmask": LUNGMASK, "totalsegmentator": TOTALSEGMENTATOR}
SAVE = "nibabel.save(nibabel.Nifti1Image(lungs, image.affine), known.output)"


def install(
    name: str, folder: Path, patch: pytest.MonkeyPatch, *, cut: int = -600, output: str = SAVE
) -> None:
    """Puts a program that takes the tool's arguments first on the PATH; it marks what is airy."""
    path = folder / INSTALLED_TOOLS[name].program
    path.write_text(
        PROGRAM.format(python=sys.executable, arguments=ARGUMENTS[name], cut=cut, output=output)
    )
    path.chmod(0o755)
    patch.setenv("PATH", str(folder))


@pytest.fixture
def half_air() -> Scan:
    """One half of water, one of air."""
    grid = Geometry.regular(shape=(6, 5, 4), spacing_mm=(3.0, 2.0, 2.0))
    hu = np.full(grid.shape, -850, np.int16)
    hu[:, :, :2] = 0
    volume = Volume(voxels=hu, geometry=grid)
    return Scan(volume=volume, native=grid, acquired_at=datetime(2020, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize("name", sorted(INSTALLED_TOOLS))
def test_an_installed_tool_finds_the_region_of_interest(
    name: str, half_air: Scan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every voxel that it marks, whichever label it gives; its version is told."""
    install(name, tmp_path, monkeypatch)
    organ = find_organ(normal="density-baseline", roi=[name])
    assert (organ.roi_method.name, organ.roi_method.version) == (name, "9.8")
    assert np.array_equal(organ.find_roi(half_air).mask.voxels, half_air.hu < -600)


def test_a_tool_that_is_not_installed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing else is taken in its place."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match="TotalSegmentator"):
        find_organ(roi=["totalsegmentator"])


@pytest.mark.parametrize(
    ("output", "message"),
    [("sys.exit('no weights')", "no weights"), ("pass", "expected a mask")],
)
def test_a_tool_that_fails_is_no_empty_answer(
    output: str, message: str, half_air: Scan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its own last words are told."""
    install("lungmask", tmp_path, monkeypatch, output=output)
    with pytest.raises(ModelError, match=message):
        find_organ(roi=["lungmask"]).find_roi(half_air)


def test_a_tool_that_sees_no_lung_is_a_refusal(
    half_air: Scan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No zero comes of it."""
    install("lungmask", tmp_path, monkeypatch, cut=-2000)
    with pytest.raises(Refusal, match="NOT_CHEST"):
        find_organ(roi=["lungmask"]).find_roi(half_air)

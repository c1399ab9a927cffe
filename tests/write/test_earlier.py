"""An earlier output gives its regions' names."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from eupnea.analysis import Analysis
from eupnea.errors import Refusal, RefusalCode
from eupnea.write import AnalysisDocument, read_names
from eupnea.write.masks import write_masks


@pytest.fixture
def folder(analysis: Analysis, tmp_path: Path) -> Path:
    """What an analysis of the hand-made patient leaves behind."""
    document = AnalysisDocument.of(analysis)
    (tmp_path / "analysis.json").write_text(document.to_json(), encoding="utf-8")
    (tmp_path / "scans").mkdir()
    for found in analysis.scans:
        write_masks(found, tmp_path / found.folder)
    return tmp_path


def test_names_and_places_are_those_that_were_written(analysis: Analysis, folder: Path) -> None:
    """Voxel by voxel, in the order of the source."""
    known = read_names(folder)
    assert len(known) == len(analysis.scans)
    for scan, found in zip(known, analysis.scans, strict=True):
        assert scan.acquired_at == found.scan.acquired_at
        assert scan.names == {region.label: region.id for region in found.regions}
        np.testing.assert_array_equal(scan.labels, found.scan.to_native(found.labels))


def test_a_folder_without_an_answer_is_refused(tmp_path: Path) -> None:
    """Nothing there: missing; something else there: unreadable."""
    with pytest.raises(Refusal) as missing:
        read_names(tmp_path)
    assert missing.value.code is RefusalCode.SOURCE_MISSING
    (tmp_path / "analysis.json").write_text("{}")
    with pytest.raises(Refusal) as unreadable:
        read_names(tmp_path)
    assert unreadable.value.code is RefusalCode.SOURCE_UNREADABLE


def test_an_answer_whose_regions_are_gone_is_refused(analysis: Analysis, folder: Path) -> None:
    """Names without places are of no use."""
    (folder / analysis.scans[0].folder / "regions.nii.gz").unlink()
    with pytest.raises(Refusal) as gone:
        read_names(folder)
    assert gone.value.code is RefusalCode.SOURCE_UNREADABLE

"""The whole path on a real scan: plan, draw, collect, read as training data."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import nibabel
import numpy as np
import pytest

from eupnea.label.collecting import collect_labels
from eupnea.label.planning import plan_labels
from eupnea.label.values import VALUE_OF
from eupnea.segment import find_organ
from eupnea.train.cases import Datalist

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)


@pytest.mark.real
def test_a_real_scan_goes_the_whole_way(real_data: Path, tmp_path: Path) -> None:
    """A reader takes one candidate off the prelabel; the rest of the lung becomes trainable."""
    source = real_data / "cip" / "ct-64" / "ct-64.nrrd"
    plan, learn = tmp_path / "plan", tmp_path / "learn"
    item = plan_labels([source], plan, organ=find_organ(normal="density-baseline")).items[0]
    folder = plan / item.folder
    drawn = nibabel.load(folder / f"{item.label_type}.nii.gz")
    values = np.asarray(drawn.dataobj).copy()
    values[:, :, : values.shape[2] // 2] = 0
    values[tuple(np.argwhere(np.asarray(nibabel.load(folder / "roi.nii.gz").dataobj))[-1])] = (
        VALUE_OF[item.label_type]
    )
    path = tmp_path / f"{item.case}.nii.gz"
    nibabel.save(nibabel.Nifti1Image(values, drawn.affine), path)
    found = collect_labels(plan, [path], learn, reader="AB", when=NOON)
    assert not found.problems
    case = Datalist.read(learn / "train.json").load()[0]
    known_ml = np.count_nonzero(case.lung & ~case.unknown) * case.scan.geometry.voxel_volume_ml
    assert known_ml == pytest.approx(found.added[0].normal_ml, rel=1e-3)
    assert 500 < known_ml < 8000

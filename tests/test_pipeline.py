"""The order of the steps, and what the pipeline itself sees to."""

from __future__ import annotations

from pathlib import Path

import pytest

from eupnea.pipeline import analyze
from support.nifti import save_nifti
from support.sick import sick_hu, thin_is_normal


@pytest.mark.parametrize("is_known", [True, False])
def test_no_side_is_named_where_none_is_known(tmp_path: Path, *, is_known: bool) -> None:
    """A file that does not say how it lies in the patient is measured, without left and right."""
    code = int(is_known)
    path = save_nifti(tmp_path / "ct_2020-03-05.nii", sick_hu(3), sform_code=code, qform_code=code)
    (found,) = analyze([path], organ=thin_is_normal()).scans
    assert found.abnormal.volume_ml > 0
    assert {region.zone for region in found.regions} == {"all" if is_known else "unknown"}
    assert bool(found.zones) is is_known

"""The choice of series: a fixed order of preference."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from eupnea.read.choose import KernelKind, by_preference, kernel_kind
from eupnea.read.ct_slice import slices_of
from eupnea.read.series import Series, group_series
from eupnea.read.source_file import SourceFile
from support.ct import chest_hu, ct_series


def series(name: str, *, slices: int = 32, spacing: float = 5.0, **attributes: Any) -> Series:
    """A series that is not saved."""
    hu = np.broadcast_to(chest_hu()[:1, :4, :4], (slices, 4, 4))
    made = ct_series(
        hu=hu, spacing_mm=(spacing, 20.0, 20.0), series=name, SeriesDescription=name, **attributes
    )
    file = SourceFile(name=name, path=Path(name))
    (found,) = group_series(one for header in made for one in slices_of(file, header))
    return found


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({}, {"slices": 16}),
        ({}, {"BodyPartExamined": "HEAD", "spacing": 1.0, "slices": 200}),
        ({}, {"ImageType": ["DERIVED", "SECONDARY"], "spacing": 1.0, "slices": 200}),
        ({"spacing": 1.0, "slices": 200}, {}),
        ({"ConvolutionKernel": "B30f"}, {"ConvolutionKernel": "B70f"}),
        ({"ConvolutionKernel": "STANDARD"}, {"ConvolutionKernel": "LUNG"}),
        ({"ConvolutionKernel": "LUNG"}, {"ConvolutionKernel": "BONE"}),
        (
            {"spacing": 1.5, "slices": 120},
            {"spacing": 1.0, "slices": 180, "ConvolutionKernel": "L"},
        ),
        (
            {"spacing": 1.0, "slices": 180, "ConvolutionKernel": "L"},
            {"spacing": 2.0, "slices": 90},
        ),
        ({"spacing": 4.0, "slices": 40}, {}),
        ({"slices": 40}, {}),
    ],
    ids=str,
)
def test_the_better_series_is_chosen(better: dict[str, Any], worse: dict[str, Any]) -> None:
    """Cover, then originality, thickness class, kernel, thickness and number decide."""
    candidates = [series("better", **better), series("worse", **worse)]
    for order in permutations(candidates):
        assert by_preference(order)[0].first.file.name == "better"


@pytest.mark.parametrize(
    ("kernel", "kind"),
    [
        ("D40s", KernelKind.SOFT),
        ("Br40d", KernelKind.SOFT),
        ("I31f\\3", KernelKind.SOFT),
        ("B60f", KernelKind.LUNG),
        ("Bl57", KernelKind.LUNG),
        ("B80f", KernelKind.BONE),
        ("FC08", KernelKind.SOFT),
        ("FC52", KernelKind.LUNG),
        ("FC30", KernelKind.BONE),
        ("STANDARD", KernelKind.SOFT),
        ("LUNG", KernelKind.LUNG),
        ("BONEPLUS", KernelKind.BONE),
        ("B", KernelKind.SOFT),
        ("L", KernelKind.LUNG),
        ("YB", KernelKind.UNKNOWN),
        (None, KernelKind.UNKNOWN),
    ],
)
def test_kernels_of_each_maker_are_known(kernel: str | None, kind: KernelKind) -> None:
    """Names of Siemens, Canon, General Electric and Philips."""
    assert kernel_kind(kernel) is kind

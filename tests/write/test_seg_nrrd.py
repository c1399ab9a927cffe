"""`.seg.nrrd` for 3D Slicer."""

from __future__ import annotations

import gzip

import numpy as np

from eupnea.analysis import Analysis
from eupnea.write.seg_nrrd import seg_nrrd_bytes


def test_layers_hold_the_masks(analysis: Analysis) -> None:
    """The organ fills the first layer; normal and each region the second, by its number."""
    found = analysis.scans[0]
    header, _, packed = seg_nrrd_bytes(analysis, found).partition(b"\n\n")
    fields = dict(line.split(": ", 1) for line in header.decode().split("\n") if ": " in line)
    layers = np.frombuffer(gzip.decompress(packed), fields["type"])
    layers = layers.reshape([int(n) for n in fields["sizes"].split()][::-1])
    native = found.scan.to_native
    np.testing.assert_array_equal(layers[..., 0], native(found.roi.mask.voxels))
    np.testing.assert_array_equal(layers[..., 1] == 1, native(found.normal.mask.voxels))
    for number, region in enumerate(found.regions, start=2):
        np.testing.assert_array_equal(
            layers[..., 1] == number, native(found.labels == region.label)
        )


def test_same_analysis_same_bytes(analysis: Analysis) -> None:
    """Writing twice gives the same bytes."""
    found = analysis.scans[0]
    assert seg_nrrd_bytes(analysis, found) == seg_nrrd_bytes(analysis, found)

"""Outlines of masks as SVG paths."""

from __future__ import annotations

import contourpy
import numpy as np
from numpy.typing import NDArray

PRECISION_MM = 0.1


def outline_path(mask: NDArray[np.bool_], pixel_mm: tuple[float, float]) -> str:
    """The border of a mask as an SVG path, in tenths of a mm from the upper left corner.

    The border runs half-way between pixels inside and outside (marching
    squares), so that its area is that of the mask but for the cut corners.

    Args:
        mask: (rows, columns).
        pixel_mm: Height and width of a pixel.

    Examples:
        >>> outline_path(np.ones((1, 1), bool), (1.0, 1.0))
        'M0 5l5 -5l5 5l-5 5z'
    """
    padded = np.pad(mask, 1).astype(np.float32)
    generator = contourpy.contour_generator(z=padded, line_type=contourpy.LineType.Separate)
    scale = np.array([pixel_mm[1], pixel_mm[0]]) / PRECISION_MM
    return "".join(_closed((np.asarray(line) - 0.5) * scale) for line in generator.lines(0.5))


def _closed(line: NDArray[np.float64]) -> str:
    """One closed line in tenths of a mm; relative steps keep it short."""
    points = np.rint(line[:-1]).astype(int)
    steps = np.diff(points, axis=0)
    moves = "".join(f"l{x} {y}" for x, y in steps.tolist())
    return f"M{points[0, 0]} {points[0, 1]}{moves}z"

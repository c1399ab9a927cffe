"""One step of a deformation towards a better fit."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from eupnea.compare.compiled import compiled

Field = NDArray[np.float32]

MEAN_DECAY, SQUARE_DECAY = 0.9, 0.999
"""Adam's usual decays (Kingma and Ba 2015, arXiv 1412.6980)."""


class Descent:
    """Adam on control points, with a diffusion penalty that keeps them together."""

    def __init__(self, control: Field, *, rate: float, stiffness: float) -> None:
        self.control = control
        self._force = np.empty_like(control)
        self._mean = np.zeros_like(control)
        self._square = np.zeros_like(control)
        self._rate, self._stiffness = rate, stiffness
        self._count = 0

    def step(self, pull: Field) -> None:
        """Move the control points along `pull`, against their mutual tension."""
        self._count += 1
        _add_tension(self.control, pull, np.float32(self._stiffness), self._force)
        _adam(
            self.control,
            self._force,
            self._mean,
            self._square,
            np.float32(self._rate / (1 - MEAN_DECAY**self._count)),
            np.float32(1 / (1 - SQUARE_DECAY**self._count)),
        )


@compiled
def _add_tension(control: Field, pull: Field, stiffness: np.float32, force: Field) -> None:
    """Add the Laplacian: each point is drawn to the mean of its neighbours."""
    depth, height, width = control.shape[1:]
    for axis in range(3):
        for k in range(depth):
            below, above = max(k - 1, 0), min(k + 1, depth - 1)
            for j in range(height):
                front, back = max(j - 1, 0), min(j + 1, height - 1)
                for i in range(width):
                    right, left = max(i - 1, 0), min(i + 1, width - 1)
                    neighbours = (
                        control[axis, below, j, i]
                        + control[axis, above, j, i]
                        + control[axis, k, front, i]
                        + control[axis, k, back, i]
                        + control[axis, k, j, right]
                        + control[axis, k, j, left]
                    )
                    tension = neighbours - 6 * control[axis, k, j, i]
                    force[axis, k, j, i] = pull[axis, k, j, i] + stiffness * tension


@compiled
def _adam(
    control: Field,
    force: Field,
    mean: Field,
    square: Field,
    rate: np.float32,
    square_scale: np.float32,
) -> None:
    c, f, m, s = control.ravel(), force.ravel(), mean.ravel(), square.ravel()
    keep_m, keep_s = np.float32(MEAN_DECAY), np.float32(SQUARE_DECAY)
    one, tiny = np.float32(1), np.float32(1e-6)
    for n in range(c.size):
        m[n] = keep_m * m[n] + (one - keep_m) * f[n]
        s[n] = keep_s * s[n] + (one - keep_s) * f[n] * f[n]
        c[n] += rate * m[n] / (np.sqrt(s[n] * square_scale) + tiny)

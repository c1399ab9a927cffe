"""Fits how sure the network may be, on lungs that it was not trained on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from eupnea.segment.card import Calibration


def fit_calibration(shares: NDArray[np.float64], normal: NDArray[np.bool_]) -> Calibration:
    """Slope and shift on the logit that make certainty match frequency (Platt 1999).

    Args:
        shares: Uncalibrated certainty of normal, 0 to 1, one per voxel.
        normal: Whether each voxel was normal.
    """
    share = np.clip(shares, 0.002, 0.998)
    logit = np.log(share / (1 - share))
    target = normal.astype(np.float64)

    def cost(values: NDArray[np.float64]) -> float:
        raised = np.exp(values[0]) * logit + values[1]
        return float(np.mean(np.logaddexp(0.0, raised) - target * raised))

    found = minimize(cost, np.zeros(2), method="Nelder-Mead").x
    return Calibration(slope=round(float(np.exp(found[0])), 3), shift=round(float(found[1]), 3))

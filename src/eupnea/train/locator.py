"""Where the chest as a whole places the lungs, as a network of planes is taught to use it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy import ndimage
from scipy.special import expit, logit

from eupnea.errors import ModelError
from eupnea.segment.chest import Chest, chest_of
from eupnea.segment.coarse import Coarse
from eupnea.segment.model import load
from eupnea.segment.onnx_network import Network
from eupnea.volume import Volume

SUREST = 0.998
"""What a network is sure of by more, it is sure of."""

DOUBT = 3.0
"""Most standard deviation of a doubt, in log odds."""

DOUBT_REACH = (1.5, 5.0)
"""Standard deviation over which doubts are alike, in voxels of the chest."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Locator:
    """A network of the whole chest, made to doubt as it does in chests that it was not taught."""

    chest: Network

    @classmethod
    def of(cls, path: Path) -> Locator:
        """The network of the whole chest of an exported model.

        Raises:
            ModelError: If the model has none; see `eupnea.segment.model.load`.
        """
        chest = load(path, threads=1).chest
        if chest is None:
            raise ModelError(f"expected a model with a network of the whole chest, found {path}")
        return cls(chest=chest)

    def locate(
        self, volume: Volume, rng: Generator, *, missed: NDArray[np.bool_] | None = None
    ) -> NDArray[np.uint8]:
        """How sure each voxel is lung, 0 to 255, on the volume's grid.

        Args:
            volume: A chest.
            rng: Decides the doubts.
            missed: Disease that the network is to miss altogether, if any.
        """
        coarse = Coarse.of(volume)
        grid, signal = chest_of(coarse)
        sure = self.chest(signal)[0, 0]
        if missed is not None:
            k, j, i = grid.shape
            sure[:k, :j, :i] *= 1 - grid.shrink(coarse.blocks.middles(missed))
        located = grid.restore(_doubted(sure, rng))
        return coarse.blocks.to_source(np.rint(255 * located).astype(np.uint8))


def _doubted(located: Chest, rng: Generator) -> Chest:
    """The same with doubts that reach over neighbours."""
    odds = logit(np.clip(located, 1 - SUREST, SUREST))
    doubt = ndimage.gaussian_filter(rng.standard_normal(located.shape), rng.uniform(*DOUBT_REACH))
    doubt *= rng.uniform(0.0, DOUBT) / doubt.std()
    return np.asarray(expit(rng.uniform(0.6, 1.1) * odds + doubt), np.float32)

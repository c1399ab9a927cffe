"""Which image to label first: where most is to be learnt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from eupnea.mask import Mask

BIN_EDGES_HU = np.arange(-1024, 151, 25, dtype=np.float64)
"""Bins of the density histogram; what is denser falls into the last."""


@dataclass(frozen=True, kw_only=True)
class Lessons:
    """What one image has to teach; `None` where it cannot be known."""

    uncertainty: float | None = None
    """Mean entropy (bits) of the model's certainty inside the organ, 0 to 1."""
    change: float | None = None
    """Difference of the abnormal share from that of the scan before, 0 to 1."""
    labelled: bool = False
    """Whether it is labelled already, and has nothing new to teach."""
    histogram: NDArray[np.float64] = field(repr=False)
    """Share of the organ in each density bin."""


@dataclass(frozen=True, kw_only=True)
class Ranked:
    """An image's place in the worklist."""

    index: int
    """Of the image, in the order in which it was given."""
    score: float
    """0 to 1; the mean of the parts that are known, each against the list's largest."""
    novelty_hu: float
    """Distance of its densities from the nearest image that is labelled or above it; from the mean
    of all when there is none."""


def density_histogram(hu: NDArray[np.int16]) -> NDArray[np.float64]:
    """The share of voxels in each bin of `BIN_EDGES_HU`."""
    inside = np.clip(hu, BIN_EDGES_HU[0], BIN_EDGES_HU[-1])
    counts, _ = np.histogram(inside, BIN_EDGES_HU)
    return np.asarray(counts / max(1, counts.sum()))


def uncertainty(certainty: NDArray[np.uint8], roi: Mask) -> float:
    """Mean entropy, in bits, of a model's certainty inside the organ.

    Args:
        certainty: 0 to 255 on the organ's grid.
        roi: The organ.

    Examples:
        >>> from eupnea.geometry import Geometry
        >>> grid = Geometry.regular(shape=(1, 1, 2), spacing_mm=(1.0, 1.0, 1.0))
        >>> everything = Mask(voxels=np.ones(grid.shape, bool), geometry=grid)
        >>> uncertainty(np.array([[[0, 255]]], np.uint8), everything)
        0.0
    """
    level = np.arange(256) / 255
    with np.errstate(divide="ignore", invalid="ignore"):
        bits = -np.nan_to_num(level * np.log2(level)) - np.nan_to_num(
            (1 - level) * np.log2(1 - level)
        )
    counts = np.bincount(certainty[roi.voxels], minlength=256)
    return float(np.abs(bits @ counts) / max(1, counts.sum()))


def density_distance_hu(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """How far densities must be moved to turn one histogram into another (Wasserstein)."""
    return float(np.abs(np.cumsum(one - other)).sum() * (BIN_EDGES_HU[1] - BIN_EDGES_HU[0]))


def rank(
    lessons: Sequence[Lessons], *, known: Sequence[NDArray[np.float64]] = ()
) -> tuple[Ranked, ...]:
    """Orders images so that each teaches most, given those before it.

    The next image is the one with the highest mean of uncertainty, change and
    novelty, as far as they are known; labelled ones come last. Novelty is the
    distance of its densities from the nearest image that is labelled or
    already in the list, as in core-set selection (Sener and Savarese 2018);
    from the mean of all when there is none.

    Args:
        lessons: Of each image to order.
        known: Density histograms of the images that are labelled.
    """
    if not lessons:
        return ()
    histograms = [lesson.histogram for lesson in lessons]
    nearest = _distances(histograms, known or [np.mean(histograms, axis=0)])
    fixed = _against_largest(lessons)
    farthest = max(float(nearest.max()), 1e-9)
    left, order = list(range(len(lessons))), list[Ranked]()
    while left:
        novelty = np.minimum(nearest / farthest, 1.0)
        scores = {n: float(np.mean([*fixed[n], novelty[n]])) for n in left}
        best = max(left, key=lambda n: (not lessons[n].labelled, scores[n], -n))
        order.append(Ranked(index=best, score=scores[best], novelty_hu=float(nearest[best])))
        left.remove(best)
        away = _distances(histograms, [histograms[best]])
        nearest = np.minimum(nearest, away) if known or len(order) > 1 else away
    return tuple(order)


def _distances(
    histograms: Sequence[NDArray[np.float64]], others: Sequence[NDArray[np.float64]]
) -> NDArray[np.float64]:
    """Of each from the nearest of the others, in HU."""
    return np.array(
        [min(density_distance_hu(one, other) for other in others) for one in histograms]
    )


def _against_largest(lessons: Sequence[Lessons]) -> list[list[float]]:
    """For each image its known uncertainty and change, as shares of the list's largest."""
    parts: list[list[float]] = [[] for _ in lessons]
    fields: tuple[Callable[[Lessons], float | None], ...] = (
        lambda lesson: lesson.uncertainty,
        lambda lesson: lesson.change,
    )
    for value_of in fields:
        values = [value_of(lesson) for lesson in lessons]
        largest = max((value for value in values if value is not None), default=0.0)
        for part, value in zip(parts, values, strict=True):
            if value is not None and largest > 0:
                part.append(value / largest)
    return parts

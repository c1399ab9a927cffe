"""Volumes and shares in the part of the organ that both scans show."""

from __future__ import annotations

from eupnea.analysis import Attributes, Common, CommonFigures, ScanAnalysis
from eupnea.compare.attributes import change_of
from eupnea.compare.coverage import CommonPart
from eupnea.compare.limits import RepeatabilityLimits
from eupnea.mask import Mask
from eupnea.note import Note, Severity


def measure_common(
    before: ScanAnalysis, after: ScanAnalysis, part: CommonPart, limits: RepeatabilityLimits
) -> Common | None:
    """The figures of the common part, each measured in its own scan.

    Returns:
        `None` when both scans show the same of the organ.
    """
    if part.is_whole:
        return None
    early, late = _attributes(before, part.before), _attributes(after, part.after)
    roi, normal, abnormal = (change_of(a, b, limits) for a, b in zip(early, late, strict=True))
    return Common(
        before=_figures(early, part.share_before),
        after=_figures(late, part.share_after),
        roi=roi,
        normal=normal,
        abnormal=abnormal,
    )


def coverage_notes(common: Common | None) -> tuple[Note, ...]:
    """A warning, when there is more than the common part."""
    if common is None:
        return ()
    text = (
        f"The scans do not show the same of the lungs: {common.before.share:.0%} of the earlier "
        f"and {common.after.share:.0%} of the later ones lie in both. Volumes of the whole organ "
        "cannot be compared; the common part was measured by itself, and regions were followed "
        "there alone."
    )
    return (Note(code="COVERAGE_DIFFERS", text=text, severity=Severity.WARNING),)


def _attributes(scan: ScanAnalysis, part: Mask) -> tuple[Attributes, Attributes, Attributes]:
    """Region of interest, normal and abnormal region inside a part of the organ."""
    whole = max(part.voxel_count, 1)
    roi, normal, abnormal = (
        Attributes(mask=mask, volume_ml=mask.volume_ml, fraction=mask.voxel_count / whole)
        for mask in (part, part & scan.normal.mask, part & scan.abnormal.mask)
    )
    return roi, normal, abnormal


def _figures(parts: tuple[Attributes, Attributes, Attributes], share: float) -> CommonFigures:
    roi, normal, abnormal = parts
    return CommonFigures(
        share=share,
        roi_ml=roi.volume_ml,
        normal_ml=normal.volume_ml,
        abnormal_ml=abnormal.volume_ml,
        abnormal_fraction=abnormal.fraction,
    )

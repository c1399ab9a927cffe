"""Checks of what the values of a series mean."""

from __future__ import annotations

from eupnea.errors import Refusal, RefusalCode
from eupnea.note import Severity
from eupnea.read.attributes import text
from eupnea.read.body_part import other_part
from eupnea.read.finding import Finding, Tools
from eupnea.read.series import Series


def fits_memory(series: Series, tools: Tools) -> Finding | None:
    """The volume stays below the cap on voxels."""
    rows, columns = series.first.shape
    voxels, most = len(series) * rows * columns, tools.options.limits.voxels
    if voxels <= most:
        return None
    refusal = Refusal(
        RefusalCode.SOURCE_TOO_LARGE,
        expected=f"at most {most} voxels",
        found=str(voxels),
        where=series.name,
    )
    return Finding.refused(refusal)


def has_usable_slope(series: Series, tools: Tools) -> Finding | None:
    """Stored values can be rescaled at all."""
    del tools
    broken = [one.name for one in series.slices if one.rescale and one.rescale.slope <= 0]
    if not broken:
        return None
    refusal = Refusal(
        RefusalCode.NOT_HU,
        expected="a positive rescale slope",
        found="zero or a negative one",
        where=broken[0],
    )
    return Finding.refused(refusal)


def states_rescale(series: Series, tools: Tools) -> Finding | None:
    """Each slice says how its stored values become Hounsfield units."""
    del tools
    silent = sum(one.rescale is None for one in series.slices)
    if not silent:
        return None
    if silent < len(series):
        refusal = Refusal(
            RefusalCode.NOT_HU,
            expected="rescale slope and intercept in each slice",
            found=f"none in {silent} of {len(series)}",
            where=next(one.name for one in series.slices if one.rescale is None),
        )
        return Finding.refused(refusal)
    return Finding(
        code="RESCALE_ABSENT",
        text="The series does not say how its values become Hounsfield units.",
        severity=Severity.CAUTION,
        fix="Its air lies at -1000, so the stored values were taken as Hounsfield units.",
    )


def is_original(series: Series, tools: Tools) -> Finding | None:
    """The pixels come from the scanner."""
    del tools
    if series.first.is_original:
        return None
    return Finding(
        code="DERIVED_IMAGES",
        text="The images were derived from others (reformatted or averaged).",
        severity=Severity.CAUTION,
        fix="Prefer the original reconstruction where there is one.",
    )


def is_lossless(series: Series, tools: Tools) -> Finding | None:
    """No compression has changed the values."""
    del tools
    if all(text(one.attributes, "LossyImageCompression") != "01" for one in series.slices):
        return None
    return Finding(
        code="LOSSY_COMPRESSION",
        text="The images were compressed with loss: densities may deviate.",
        severity=Severity.CAUTION,
        fix="Prefer the lossless original where there is one.",
    )


def is_free_of_text(series: Series, tools: Tools) -> Finding | None:
    """No text is burned into the pixels, as far as the header says."""
    del tools
    if all(text(one.attributes, "BurnedInAnnotation") != "YES" for one in series.slices):
        return None
    return Finding(
        code="BURNED_IN_TEXT",
        text="Text is burned into the images: it may name the patient, and covers what it covers.",
        severity=Severity.WARNING,
        fix="Do not pass on pictures made of it; prefer the original reconstruction.",
    )


def is_plain_monochrome(series: Series, tools: Tools) -> Finding | None:
    """Dark means low; the other way round concerns the display alone."""
    del tools
    if text(series.first.attributes, "PhotometricInterpretation") != "MONOCHROME1":
        return None
    return Finding(
        code="MONOCHROME1",
        text="The images are meant to be shown inverted.",
        severity=Severity.INFO,
        fix="Their values are Hounsfield units all the same and were not inverted.",
    )


def is_chest_by_name(series: Series, tools: Tools) -> Finding | None:
    """The header does not name another part of the body; it is often wrong, so this is a note."""
    del tools
    part = other_part(series.first.attributes)
    if part is None:
        return None
    return Finding(
        code="BODY_PART_OTHER",
        text=f"The header names another part of the body: {part}.",
        severity=Severity.CAUTION,
        fix="Whether lungs are in it was decided by the image.",
    )


def keeps_true_dates(series: Series, tools: Tools) -> Finding | None:
    """Dates are the true ones; shifted ones keep their distances (PS3.15 E.3.6)."""
    del tools
    modified = text(series.first.attributes, "LongitudinalTemporalInformationModified")
    if modified not in {"MODIFIED", "REMOVED"}:
        return None
    return Finding(
        code="DATES_MODIFIED",
        text="De-identification has shifted or replaced the dates.",
        severity=Severity.INFO,
        fix="Intervals hold only if all scans were shifted alike.",
    )

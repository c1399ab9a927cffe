"""From the paths a user names to a timeline: the door of the package."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from eupnea.errors import Refusal, RefusalCode, UsageError
from eupnea.read.acquired_at import UNKNOWN, Moment, moment_of_name, moment_of_user
from eupnea.read.dicom_scans import read_dicom
from eupnea.read.draft import TIME_UNKNOWN, Draft, to_timeline
from eupnea.read.foreign import quietly
from eupnea.read.harmonise import harmonise
from eupnea.read.image_file import is_image_name
from eupnea.read.image_scan import scan_of_image
from eupnea.read.ledger import Ledger
from eupnea.read.options import ReadOptions
from eupnea.read.reading import Reading
from eupnea.read.sources import Source, open_sources
from eupnea.read.verdict import Verdicts
from eupnea.timeline import Timeline

Dates = Sequence[date | datetime | str]


def read_timeline(
    sources: Sequence[Path | str],
    *,
    dates: Dates | None = None,
    options: ReadOptions | None = None,
) -> Reading:
    """Reads the scans of one patient.

    Args:
        sources: DICOM folders of any depth, DICOM zips, or one image file
            (NIfTI, MetaImage, NRRD) per scan, in any order.
        dates: One per source, when the sources do not tell, or tell wrong;
            each source must then hold one scan.
        options: How strict to be.

    Returns:
        The timeline, and an account of every file and of each scan left out.

    Raises:
        Refusal: When no scan can be measured, or the scans make no timeline
            (`PATIENT_MIXED`, `TIME_EQUAL`).
        UsageError: When the number of dates is not that of the sources.
    """
    ledger = Ledger()
    chosen = options or ReadOptions()
    timeline = _read(sources, dates, chosen, ledger)
    return Reading(
        timeline=harmonise(timeline) if chosen.harmonise else timeline,
        files=ledger.files(timeline),
        refused=tuple(ledger.refused),
        verdicts=tuple(ledger.verdicts),
    )


def check(
    sources: Sequence[Path | str],
    *,
    dates: Dates | None = None,
    options: ReadOptions | None = None,
) -> Verdicts:
    """Reads as `read_timeline` does, and judges instead of refusing.

    Raises:
        UsageError: When the number of dates is not that of the sources.
    """
    ledger = Ledger()
    timeline, refusal = None, None
    try:
        timeline = _read(sources, dates, options or ReadOptions(), ledger)
    except Refusal as caught:
        refusal = caught
    return Verdicts(series=tuple(ledger.verdicts), files=ledger.files(timeline), refusal=refusal)


def _read(
    paths: Sequence[Path | str], dates: Dates | None, options: ReadOptions, ledger: Ledger
) -> Timeline:
    given = None if dates is None else [moment_of_user(one) for one in dates]
    if given is not None and len(given) != len(paths):
        raise UsageError(f"{len(paths)} sources need as many dates, not {len(given)}")
    opened = open_sources(paths, limits=options.limits, hide_names=options.hide_names)
    with quietly(), opened as sources:
        ledger.names += [file.name for source in sources for file in source.files]
        drafts = _drafts(sources, given, options, ledger)
        if not drafts and not ledger.refusals:
            raise next(iter(ledger.unreadable.values()), _no_ct(sources))
        return to_timeline(drafts, ledger=ledger, options=options)


def _drafts(
    sources: tuple[Source, ...],
    given: list[datetime] | None,
    options: ReadOptions,
    ledger: Ledger,
) -> list[Draft]:
    if given is None:
        files = [file for source in sources if not source.is_image for file in source.files]
        images = [
            _read_image(source, None, options, ledger) for source in sources if source.is_image
        ]
        return [*read_dicom(files, ledger=ledger, options=options), *filter(None, images)]
    drafts = [
        _read_dated(source, when, options, ledger)
        for source, when in zip(sources, given, strict=True)
    ]
    return [draft for draft in drafts if draft is not None]


def _read_dated(
    source: Source, when: datetime, options: ReadOptions, ledger: Ledger
) -> Draft | None:
    if source.is_image:
        return _read_image(source, when, options, ledger)
    drafts = read_dicom(source.files, ledger=ledger, options=options)
    if len(drafts) > 1:
        raise UsageError(f"{source.name} holds {len(drafts)} scans: one date cannot stand for all")
    return drafts[0].at(when) if drafts else None


def _read_image(
    source: Source, when: datetime | None, options: ReadOptions, ledger: Ledger
) -> Draft | None:
    file = source.files[0]
    when = when or moment_of_name(file.path.name)
    notes = () if when is not None else (TIME_UNKNOWN,)
    try:
        scan = scan_of_image(file, acquired_at=when or UNKNOWN, notes=notes, options=options)
    except Refusal as refusal:
        ledger.image_refused(file, refusal)
        return None
    ledger.image_used(file, scan)
    return Draft(name=file.name, scan=scan, moment=Moment(when=when))


def _no_ct(sources: tuple[Source, ...]) -> Refusal:
    images = sum(is_image_name(file.name) for source in sources for file in source.files)
    return Refusal(
        RefusalCode.NO_CT,
        expected="CT slices, or one image file named for each scan",
        found=f"{images} image files in a folder, not named one by one" if images else "none",
        where=", ".join(source.name for source in sources) or None,
    )

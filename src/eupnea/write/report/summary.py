"""The whole answer in a sentence or two."""

from __future__ import annotations

from collections import Counter

from eupnea.analysis import EventKind
from eupnea.write.document import AnalysisDocument, ChangeDocument, ScanDocument
from eupnea.write.report.words import counted, day, days, listed, millilitres, organ, share

VERBS = {
    EventKind.NEW: "new",
    EventKind.GROWN: "grew",
    EventKind.MERGED: "merged",
    EventKind.SPLIT: "split",
    EventKind.SHRUNK: "shrank",
    EventKind.RESOLVED: "resolved",
    EventKind.STABLE: "stable",
}
"""What became of regions, in the order that matters to a reader."""

NOTABLE_PEAK = 1.1
"""An abnormal share so many times that of both ends is worth a word."""


def summary(document: AnalysisDocument) -> str:
    """What a reader must know if they read nothing else."""
    if len(document.scans) == 1:
        return _one_scan(document.scans[0], organ(document.organ))
    return _many_scans(document)


def overall_change(document: AnalysisDocument) -> ChangeDocument | None:
    """The last scan against the first."""
    last = len(document.scans) - 1
    pairs = {(change.before, change.after): change for change in document.changes}
    return pairs.get((0, last))


def outcome(change: ChangeDocument) -> str:
    """How many regions did what.

    Such as `2 regions shrank, 1 resolved and 1 is new`.
    """
    tally = Counter(event.kind for event in change.events)
    parts = [_tally(tally[kind], kind) for kind in VERBS if tally[kind]]
    if not parts:
        return "no region was found in either scan"
    number, *rest = parts[0].split(" ")
    noun = "region" if number == "1" else "regions"
    return listed([" ".join((number, noun, *rest)), *parts[1:]])


def _tally(number: int, kind: EventKind) -> str:
    if kind in {EventKind.NEW, EventKind.STABLE}:
        return f"{number} {'is' if number == 1 else 'are'} {VERBS[kind]}"
    if kind is EventKind.MERGED:
        return f"{number} {'is' if number == 1 else 'are'} merged from several"
    return f"{number} {VERBS[kind]}"


def _one_scan(scan: ScanDocument, whole: str) -> str:
    if not scan.regions:
        return (
            f"On {day(scan.acquired_at)} no abnormal region was found in the {whole} "
            f"({millilitres(scan.roi.volume_ml)} ml)."
        )
    largest = scan.regions[0]
    return (
        f"On {day(scan.acquired_at)}, {share(scan.abnormal.fraction)} of the {whole} was abnormal: "
        f"{millilitres(scan.abnormal.volume_ml)} of {millilitres(scan.roi.volume_ml)} ml, "
        f"in {counted(scan.abnormal.count, 'region')}; the largest, {largest.id} "
        f"({millilitres(largest.volume_ml)} ml), lies in the {largest.zone} zone."
    )


def _many_scans(document: AnalysisDocument) -> str:
    first, last = document.scans[0], document.scans[-1]
    change = overall_change(document)
    span = f" ({days(change.days)})" if change else ""
    whole = organ(document.organ)
    return (
        f"From {day(first.acquired_at)} to {day(last.acquired_at)}{span}, the abnormal share "
        f"of the {whole} {_course(document)}{_verdict(change, first, last)}."
        f"{_common_part(change, whole)}"
    )


def _common_part(change: ChangeDocument | None, whole: str) -> str:
    """What can be compared, when the scans do not show the same of the organ."""
    if change is None or change.common is None:
        return ""
    before, after = change.common.before, change.common.after
    beyond = "beyond" if change.common.abnormal.beyond_repeatability else "within"
    return (
        f" But the two scans do not show the same of the {whole}. In the part that both show, "
        f"{share(before.abnormal_fraction)} was abnormal before and "
        f"{share(after.abnormal_fraction)} after ({millilitres(before.abnormal_ml)} to "
        f"{millilitres(after.abnormal_ml)} ml), {beyond} what a repeat scan could show."
    )


def _course(document: AnalysisDocument) -> str:
    """How the share went: fell from this to that, after a peak between."""
    first, last = document.scans[0].abnormal, document.scans[-1].abnormal
    was, now = share(first.fraction), share(last.fraction)
    amounts = f"{millilitres(first.volume_ml)} to {millilitres(last.volume_ml)} ml"
    if was == now:
        course = f"was {was} at both ends ({amounts})"
    else:
        verb = "fell" if last.fraction < first.fraction else "rose"
        course = f"{verb} from {was} to {now} ({amounts})"
    peak = max(document.scans, key=lambda scan: scan.abnormal.fraction)
    ends = max(first.fraction, last.fraction)
    if peak.abnormal.fraction > max(NOTABLE_PEAK * ends, ends + 0.002):
        course += f", after {share(peak.abnormal.fraction)} on {day(peak.acquired_at)}"
    return course


def _verdict(change: ChangeDocument | None, first: ScanDocument, last: ScanDocument) -> str:
    beyond = change.abnormal.beyond_repeatability if change else None
    if beyond is None:
        return ""
    verdict = f"; the change is {'beyond' if beyond else 'within'} what a repeat scan could show"
    unlike = _taken_unlike(change)
    if beyond and unlike:
        verdict += f", but the scans differ in {unlike}, which may have made it"
    elif beyond and _overlap(first.abnormal.doubt_ml, last.abnormal.doubt_ml):
        verdict += ", but within the method's own uncertainty"
    return verdict


UNLIKE = {
    "COMPARABILITY_BREATH": "breath",
    "COMPARABILITY_KERNEL": "reconstruction kernel",
    "COMPARABILITY_THICKNESS": "slice thickness",
    "COMPARABILITY_CONTRAST": "contrast medium",
    "COMPARABILITY_VOLTAGE": "tube voltage",
}
"""What scans may differ in, by the note that says so."""


def _taken_unlike(change: ChangeDocument | None) -> str:
    """In what the two scans were taken unlike, in words; empty if in nothing."""
    codes = dict.fromkeys(note.code for note in change.notes) if change else {}
    return " and ".join(UNLIKE[code] for code in codes if code in UNLIKE)


def _overlap(one: tuple[float, float] | None, other: tuple[float, float] | None) -> bool:
    """Whether two ranges share a volume; unknown ones do not."""
    return bool(one and other and one[0] <= other[1] and other[0] <= one[1])

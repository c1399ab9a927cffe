"""The answer in a sentence."""

from __future__ import annotations

from dataclasses import replace

from eupnea.analysis import Analysis, EventKind
from eupnea.note import Note, Severity
from eupnea.write.document import AnalysisDocument
from eupnea.write.report.summary import outcome, overall_change, summary


def test_names_the_peak_between(analysis: Analysis) -> None:
    """A share that was higher between the ends than at both is told, with its date."""
    sentence = summary(AnalysisDocument.of(analysis))
    assert "after 8.0\u202f% on 15 Apr 2020" in sentence
    assert sentence.endswith("beyond what a repeat scan could show.")


def test_counts_what_happened(analysis: Analysis) -> None:
    """The outcome counts the events of the last scan against the first."""
    change = overall_change(AnalysisDocument.of(analysis))
    assert change is not None
    assert outcome(change) == "2 regions shrank and 1 resolved"


def test_no_events(analysis: Analysis) -> None:
    """Two healthy scans have an outcome too."""
    change = overall_change(AnalysisDocument.of(analysis))
    assert change is not None
    assert outcome(change.model_copy(update={"events": ()})) == (
        "no region was found in either scan"
    )


def test_new_regions_are_told_first(analysis: Analysis) -> None:
    """New regions come before all others, whatever their number."""
    changes = tuple(
        replace(c, events=(*c.events, replace(c.events[0], kind=EventKind.NEW)))
        for c in analysis.changes
    )
    change = overall_change(AnalysisDocument.of(replace(analysis, changes=changes)))
    assert change is not None
    assert outcome(change).startswith("1 region is new, ")


def test_a_change_within_the_methods_uncertainty_says_so(analysis: Analysis) -> None:
    """Where what is doubtful at both ends overlaps, the sentence holds the reader back."""
    scans = tuple(
        replace(scan, abnormal=replace(scan.abnormal, doubt_ml=(30.0, 200.0)))
        for scan in analysis.scans
    )
    sentence = summary(AnalysisDocument.of(replace(analysis, scans=scans)))
    assert sentence.endswith("could show, but within the method's own uncertainty.")


def test_a_change_between_unlike_scans_says_in_what_they_differ(analysis: Analysis) -> None:
    """A deeper breath can look like disease: the sentence must not claim more than is known."""
    breath = Note(code="COMPARABILITY_BREATH", text="", severity=Severity.WARNING)
    changes = tuple(replace(c, notes=(*c.notes, breath)) for c in analysis.changes)
    sentence = summary(AnalysisDocument.of(replace(analysis, changes=changes)))
    assert sentence.endswith("could show, but the scans differ in breath, which may have made it.")

"""What reading gives: a timeline, and an account of everything that was not used."""

from __future__ import annotations

from dataclasses import dataclass

from eupnea.analysis import InputFile, RefusedScan
from eupnea.read.verdict import Verdict
from eupnea.timeline import Timeline


@dataclass(frozen=True, kw_only=True, eq=False)
class Reading:
    """The scans that can be measured, and what became of all that was given."""

    timeline: Timeline
    files: tuple[InputFile, ...]
    """Every file of the sources, by name."""
    refused: tuple[RefusedScan, ...]
    """Scans that were left out, while the others stand."""
    verdicts: tuple[Verdict, ...]
    """One for each series or image file."""

"""Whether two scans were made alike enough to be compared."""

from __future__ import annotations

from eupnea.note import Note, Severity
from eupnea.scan import Scan

THICKNESS_RATIO = 1.5
"""Slices thicker by this factor change densities and small volumes (Gierada 2010)."""


def comparability_notes(before: Scan, after: Scan) -> tuple[Note, ...]:
    """Differences of acquisition that change densities by themselves."""
    notes = (
        _kernel_note(before, after),
        _thickness_note(before, after),
        _contrast_note(before, after),
        _voltage_note(before, after),
    )
    return tuple(note for note in notes if note is not None)


def _kernel_note(before: Scan, after: Scan) -> Note | None:
    old, new = before.acquisition.kernel, after.acquisition.kernel
    if old is None or new is None or old == new:
        return None
    text = (
        f"Reconstruction kernel {old} before, {new} after. Densities, hyperlucent lung above all, "
        "change with the kernel; a change of them may not be the patient's."
    )
    return Note(code="COMPARABILITY_KERNEL", text=text, severity=Severity.WARNING)


def _thickness_note(before: Scan, after: Scan) -> Note | None:
    old, new = _thickness_mm(before), _thickness_mm(after)
    if max(old, new) < THICKNESS_RATIO * min(old, new):
        return None
    text = (
        f"Slices of {old:g} mm before, {new:g} mm after. Small regions and densities change "
        "with the slice thickness."
    )
    return Note(code="COMPARABILITY_THICKNESS", text=text, severity=Severity.WARNING)


def _contrast_note(before: Scan, after: Scan) -> Note | None:
    old, new = before.acquisition.contrast, after.acquisition.contrast
    if old == new or True not in {old, new}:
        return None
    agent = {True: "with contrast agent", False: "without", None: "without a word on it"}
    text = (
        f"Scanned {agent[old]} before, {agent[new]} after. Vessels and consolidated "
        "lung are brighter with contrast agent."
    )
    return Note(code="COMPARABILITY_CONTRAST", text=text, severity=Severity.CAUTION)


def _voltage_note(before: Scan, after: Scan) -> Note | None:
    old, new = before.acquisition.tube_voltage_kv, after.acquisition.tube_voltage_kv
    if old is None or new is None or old == new:
        return None
    text = f"Tube voltage {old:g} kV before, {new:g} kV after. Dense tissue differs a little."
    return Note(code="COMPARABILITY_VOLTAGE", text=text, severity=Severity.INFO)


def _thickness_mm(scan: Scan) -> float:
    return scan.acquisition.slice_thickness_mm or scan.geometry.spacing_mm[0]

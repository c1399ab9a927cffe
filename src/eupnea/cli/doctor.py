"""`eupnea doctor`: what is missing, and how to get it."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass

import typer

from eupnea.cli.info import installed, requirements

MINIMAL_MEMORY_GB = 4.0


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing looked at."""

    name: str
    fine: bool
    needed: bool
    """Whether `eupnea analyze` cannot do without it."""
    advice: str


def doctor() -> None:
    """Look at this installation; say what is missing and how to get it.

    Exits with 1 when something is missing that `eupnea analyze` needs.

    Example: `eupnea doctor`
    """
    findings = examine()
    for finding in findings:
        mark = "ok     " if finding.fine else "MISSING" if finding.needed else "absent "
        advice = "" if finding.fine else f": {finding.advice}"
        sys.stdout.write(f"{mark} {finding.name}{advice}\n")
    if any(finding.needed and not finding.fine for finding in findings):
        raise typer.Exit(1)


def examine() -> list[Finding]:
    """All findings, the needed ones first."""
    core, extras = requirements()
    libraries = [_library(name, needed=True, advice=f"pip install {name}") for name in core]
    optional = [
        _library(name, needed=False, advice=f"pip install 'eupnea[{extra}]'")
        for extra, names in extras.items()
        for name in names
    ]
    return [*libraries, _memory(), *optional, _validator()]


def _library(name: str, *, needed: bool, advice: str) -> Finding:
    return Finding(name=name, fine=installed(name) is not None, needed=needed, advice=advice)


def _memory() -> Finding:
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return Finding(
        name=f"memory {total:.0f} GB",
        fine=total >= MINIMAL_MEMORY_GB,
        needed=True,
        advice=f"a scan of 512 x 512 x 600 needs {MINIMAL_MEMORY_GB:.0f} GB",
    )


def _validator() -> Finding:
    return Finding(
        name="dciodvfy (checks the DICOM objects that Eupnea writes)",
        fine=shutil.which("dciodvfy") is not None,
        needed=False,
        advice="apt install dicom3tools",
    )

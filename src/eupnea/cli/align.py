"""`eupnea align`: bring two scans together, and carry points from one to the other."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from eupnea.cli.arguments import AsJson
from eupnea.errors import UsageError

if TYPE_CHECKING:
    from eupnea.analysis import Registration
    from eupnea.mask import Mask
    from eupnea.scan import Scan


def align(
    fixed: Annotated[Path, typer.Argument(help="The scan in which points are given.")],
    moving: Annotated[Path, typer.Argument(help="The scan in which they are sought.")],
    roi_fixed: Annotated[
        Path | None, typer.Option("--roi-fixed", help="Lung mask of FIXED; found if not given.")
    ] = None,
    roi_moving: Annotated[
        Path | None, typer.Option("--roi-moving", help="Lung mask of MOVING; found if not given.")
    ] = None,
    points: Annotated[
        Path | None, typer.Option("--points", help="Points in FIXED: mm, LPS, elastix's format.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="File for the same points in MOVING.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Align the lungs of two scans of one patient, and say how well it went.

    Points given in the fixed scan are mapped to the moving one, and written in the same format.

    Example: `eupnea align before.nii.gz after.nii.gz --points p.txt --out q.txt`
    """
    from eupnea.compare import align as bring_together
    from eupnea.compare.point_file import read_points, write_points

    if (points is None) != (out is None):
        raise UsageError("--points and --out go together")
    given = None if points is None else read_points(points)
    here, there = _read_scan(fixed), _read_scan(moving)
    alignment = bring_together(
        here.volume,
        there.volume,
        fixed_roi=_lungs(here, roi_fixed),
        moving_roi=_lungs(there, roi_moving),
    )
    if given is not None and out is not None:
        write_points(out, alignment.to_moving(given))
    typer.echo(_as_json(alignment.registration) if as_json else _as_text(alignment.registration))


def _read_scan(source: Path) -> Scan:
    from eupnea.read import read_timeline

    scans = read_timeline([source]).timeline.scans
    if len(scans) != 1:
        raise UsageError(f"{source.name} holds {len(scans)} scans; name the folder of one")
    return scans[0]


def _lungs(scan: Scan, path: Path | None) -> Mask:
    if path is not None:
        from eupnea.read import read_mask

        return read_mask(path, scan)
    from eupnea.segment import find_organ

    return find_organ("lung").find_roi(scan).mask


def _as_json(registration: Registration) -> str:
    return json.dumps(asdict(registration), indent=1)


def _as_text(registration: Registration) -> str:
    figures = {name: value for name, value in asdict(registration).items() if value is not None}
    return "\n".join(
        f"{name.replace('_', ' ')}: {value if isinstance(value, str) else round(value, 3)}"
        for name, value in figures.items()
    )

"""The answer as tidy CSV tables: one row per scan, region or event."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence

from eupnea.band import BandName
from eupnea.write.document import AnalysisDocument, ScanDocument

Cell = str | float | int | bool | None

SCAN_COLUMNS = (
    "scan", "acquired_at", "roi_ml", "normal_ml", "normal_fraction", "abnormal_ml",
    "abnormal_low_ml", "abnormal_high_ml", "abnormal_fraction", "regions",
    *(f"{band}_ml" for band in BandName), "notes",
)  # fmt: skip
REGION_COLUMNS = (
    "scan", "acquired_at", "region", "label", "zone", "volume_ml", "repeat_low_ml",
    "repeat_high_ml", "ancestors", "mean_hu",
    "centroid_x_mm", "centroid_y_mm", "centroid_z_mm",
    "extent_x_mm", "extent_y_mm", "extent_z_mm", *(f"{band}_fraction" for band in BandName),
)  # fmt: skip
EVENT_COLUMNS = (
    "from", "to", "days", "event", "before", "after", "volume_before_ml", "volume_after_ml",
    "change_percent", "limit_percent", "beyond_repeatability",
)  # fmt: skip

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""A text that begins so would run as a formula when a spreadsheet opens it."""


def scans_csv(document: AnalysisDocument) -> str:
    """One row per scan: volumes, shares, density bands."""
    return csv_text(SCAN_COLUMNS, map(_scan_row, document.scans))


def regions_csv(document: AnalysisDocument) -> str:
    """One row per region and scan."""
    rows = (row for scan in document.scans for row in _region_rows(scan))
    return csv_text(REGION_COLUMNS, rows)


def events_csv(document: AnalysisDocument) -> str:
    """One row per event and pair of scans."""
    return csv_text(EVENT_COLUMNS, _event_rows(document))


def _scan_row(scan: ScanDocument) -> dict[str, Cell]:
    return {
        **_when(scan),
        "roi_ml": scan.roi.volume_ml,
        "normal_ml": scan.normal.volume_ml,
        "normal_fraction": scan.normal.fraction,
        "abnormal_ml": scan.abnormal.volume_ml,
        **_bounds("abnormal", scan.abnormal.interval_ml),
        "abnormal_fraction": scan.abnormal.fraction,
        "regions": scan.abnormal.count,
        **{f"{band.name}_ml": band.volume_ml for band in scan.bands},
        "notes": ";".join(note.code for note in scan.notes),
    }


def _region_rows(scan: ScanDocument) -> Iterator[dict[str, Cell]]:
    for region in scan.regions:
        yield {
            **_when(scan),
            "region": region.id,
            "label": region.label,
            "zone": region.zone,
            "volume_ml": region.volume_ml,
            **_bounds("repeat", region.repeat_ml),
            "ancestors": ";".join(region.ancestors),
            "mean_hu": region.mean_hu,
            **_axes("centroid", region.centroid_mm),
            **_axes("extent", region.extent_mm),
            **{f"{band}_fraction": region.bands.get(band, 0.0) for band in BandName},
        }


def _event_rows(document: AnalysisDocument) -> Iterator[dict[str, Cell]]:
    for change in document.changes:
        for event in change.events:
            yield {
                "from": change.before,
                "to": change.after,
                "days": change.days,
                "event": event.kind.value,
                "before": ";".join(event.before),
                "after": ";".join(event.after),
                "volume_before_ml": event.volume_before_ml,
                "volume_after_ml": event.volume_after_ml,
                "change_percent": event.change_percent,
                "limit_percent": event.limit_percent,
                "beyond_repeatability": event.beyond_repeatability,
            }


def _when(scan: ScanDocument) -> dict[str, Cell]:
    return {"scan": scan.index, "acquired_at": scan.acquired_at.isoformat()}


def _bounds(name: str, bounds: tuple[float, float] | None) -> dict[str, Cell]:
    low, high = bounds or (None, None)
    return {f"{name}_low_ml": low, f"{name}_high_ml": high}


def _axes(name: str, point_mm: tuple[float, float, float]) -> dict[str, Cell]:
    return {f"{name}_{axis}_mm": value for axis, value in zip("xyz", point_mm, strict=True)}


def csv_text(columns: Sequence[str], rows: Iterable[Mapping[str, Cell]]) -> str:
    """Rows under their columns; a cell that a row lacks is empty."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows({key: safe(value) for key, value in row.items()} for row in rows)
    return text.getvalue()


def safe(cell: Cell) -> Cell:
    """A cell that no spreadsheet takes for a formula; truth as `true` or `false`."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, str) and cell.startswith(FORMULA_STARTS):
        return f"'{cell}"
    return cell

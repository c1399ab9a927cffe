"""DICOM Structured Report (TID 1500) of what changed between two scans."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from highdicom.sr import (
    AlgorithmIdentification,
    Comprehensive3DSR,
    DeviceObserverIdentifyingAttributes,
    FindingSite,
    LongitudinalTemporalOffsetFromEvent,
    Measurement,
    MeasurementReport,
    MeasurementsAndQualitativeEvaluations,
    ObservationContext,
    ObserverContext,
    QualitativeEvaluation,
    ReferencedSegment,
    SourceSeriesForSegmentation,
    TimePointContext,
    TrackingIdentifier,
    VolumetricROIMeasurementsAndQualitativeEvaluations,
)
from pydicom.dataset import Dataset

from eupnea.analysis import Analysis
from eupnea.organ import Method
from eupnea.version import __version__
from eupnea.write.dicom.codes import code, has_code
from eupnea.write.dicom.identity import series_uid, tracking_uid, uid
from eupnea.write.dicom.segmentation import MANUFACTURER, SERIES_NUMBER
from eupnea.write.dicom.source import settle, source_headers
from eupnea.write.document import (
    AnalysisDocument,
    ChangeDocument,
    EventDocument,
    RegionDocument,
    RoiChangeDocument,
    ScanDocument,
)
from eupnea.write.segments import FIRST_REGION, NORMAL, ROI

Group: TypeAlias = VolumetricROIMeasurementsAndQualitativeEvaluations
Overall: TypeAlias = MeasurementsAndQualitativeEvaluations


@dataclass(frozen=True, kw_only=True)
class Segmented:
    """A scan's two segmentation objects."""

    organ: Dataset
    tissue: Dataset


def measurement_report(
    analysis: Analysis,
    document: AnalysisDocument,
    change: ChangeDocument,
    segmented: Mapping[int, Segmented],
) -> Comprehensive3DSR:
    """Volumes, shares, events and change of every mask and region, at both time points.

    The report belongs to the later study. Its numbers are those of
    `analysis.json`.

    Args:
        analysis: The scans, with the headers of their sources.
        document: The rounded numbers.
        change: The pair of scans to report.
        segmented: Segmentation objects by scan index.

    Raises:
        OutputError: A scan comes from no DICOM series.
    """
    pair = _Pair(analysis=analysis, document=document, change=change, segmented=segmented)
    earlier, later = analysis.scans[change.before], analysis.scans[change.after]
    both = (segmented[change.after], segmented[change.before])
    objects = [derived for one in both for derived in (one.organ, one.tissue)]
    content = MeasurementReport(
        observation_context=_observer(),
        procedure_reported=code("report", "chest_ct"),
        imaging_measurements=list(pair.groups()),
    )
    instance = uid(
        "report", *(str(one.SOPInstanceUID) for one in objects), change.model_dump_json()
    )
    report = Comprehensive3DSR(
        evidence=[*source_headers(later), *source_headers(earlier), *objects],
        content=content,
        series_instance_uid=uid("series", instance),
        series_number=SERIES_NUMBER + 2 + change.before,
        sop_instance_uid=instance,
        instance_number=1,
        manufacturer=MANUFACTURER,
        is_complete=True,
        series_description="Eupnea: change",
    )
    settle(report, later)
    return report


def _observer() -> ObservationContext:
    identity = DeviceObserverIdentifyingAttributes(
        uid=uid("device", __version__),
        name="Eupnea",
        manufacturer_name=MANUFACTURER,
        model_name=f"eupnea {__version__}",
    )
    context = ObserverContext(
        observer_type=code("report", "device"), observer_identifying_attributes=identity
    )
    return ObservationContext(observer_device_context=context)


@dataclass(frozen=True, kw_only=True)
class _Pair:
    """Two scans, and the measurement groups that tell of them."""

    analysis: Analysis
    document: AnalysisDocument
    change: ChangeDocument
    segmented: Mapping[int, Segmented]

    def groups(self) -> Iterator[Group | Overall]:
        """The organ and its tissue, then the regions; the earlier scan first."""
        for index in (self.change.before, self.change.after):
            scan = self.document.scans[index]
            yield self._roi_group(scan)
            yield self._normal_group(scan)
            yield self._abnormal_group(scan)
            for number, region in enumerate(scan.regions, start=FIRST_REGION):
                yield self._region_group(scan, number, region)

    def _roi_group(self, scan: ScanDocument) -> Group:
        return Group(
            **self._context(scan, "roi", self.analysis.roi_method),
            referenced_segment=self._segment(scan, self.segmented[scan.index].organ, ROI),
            finding_type=code("organ", self.document.organ),
            finding_sites=[self._organ_site()],
            measurements=[_volume(scan.roi.volume_ml), *self._changes(scan, self.change.roi)],
        )

    def _normal_group(self, scan: ScanDocument) -> Group:
        return Group(
            **self._context(scan, "normal", self.analysis.normal_method),
            referenced_segment=self._segment(scan, self.segmented[scan.index].tissue, NORMAL),
            finding_type=code("property", "normal"),
            finding_sites=[self._organ_site()],
            measurements=[
                _volume(scan.normal.volume_ml),
                _percent("share", 100 * scan.normal.fraction),
                *self._changes(scan, self.change.normal),
            ],
        )

    def _abnormal_group(self, scan: ScanDocument) -> Overall:
        """All regions together; they have no segment in common."""
        return Overall(
            **self._context(scan, "abnormal", self.analysis.normal_method),
            finding_type=code("property", "abnormal"),
            finding_sites=[self._organ_site()],
            measurements=[
                _volume(scan.abnormal.volume_ml),
                _percent("share", 100 * scan.abnormal.fraction),
                *self._changes(scan, self.change.abnormal),
            ],
        )

    def _region_group(self, scan: ScanDocument, number: int, region: RegionDocument) -> Group:
        event = self._event(scan, region)
        is_later = scan.index == self.change.after
        evaluations = event and [
            QualitativeEvaluation(name=code("report", "event"), value=code("event", event.kind))
        ]
        return Group(
            **self._context(scan, region.id, self.analysis.normal_method),
            referenced_segment=self._segment(scan, self.segmented[scan.index].tissue, number),
            finding_type=code("property", "abnormal"),
            finding_sites=[_zone(region.zone, self.document.organ)],
            measurements=[
                _volume(region.volume_ml),
                _attenuation(region.mean_hu),
                *(_event_change(event) if event and is_later else ()),
            ],
            qualitative_evaluations=evaluations,
        )

    def _context(self, scan: ScanDocument, name: str, method: Method) -> dict[str, Any]:
        """What every group tells: of what, when and by which method."""
        return {
            "tracking_identifier": TrackingIdentifier(
                uid=tracking_uid(self.analysis, name), identifier=name
            ),
            "time_point_context": self._time_point(scan),
            "algorithm_id": AlgorithmIdentification(name=method.name, version=method.version),
        }

    def _changes(self, scan: ScanDocument, change: RoiChangeDocument) -> list[Measurement]:
        if scan.index != self.change.after:
            return []
        return _change(change.volume_change_ml, change.volume_change_percent)

    def _organ_site(self) -> FindingSite:
        return FindingSite(code("organ", self.document.organ))

    def _event(self, scan: ScanDocument, region: RegionDocument) -> EventDocument | None:
        """What became of a region (earlier scan), or how it came to be (later scan)."""
        is_later = scan.index == self.change.after
        for event in self.change.events:
            if region.id in (event.after if is_later else event.before):
                return event
        return None

    def _segment(self, scan: ScanDocument, segmentation: Dataset, number: int) -> ReferencedSegment:
        source = series_uid(self.analysis.scans[scan.index])
        return ReferencedSegment(
            sop_class_uid=segmentation.SOPClassUID,
            sop_instance_uid=segmentation.SOPInstanceUID,
            segment_number=number,
            source_series=SourceSeriesForSegmentation(source),
        )

    def _time_point(self, scan: ScanDocument) -> TimePointContext:
        first = self.document.scans[0]
        days = (scan.acquired_at - first.acquired_at).total_seconds() / 86400
        return TimePointContext(
            time_point=f"scan {scan.index + 1}",
            time_point_order=scan.index + 1,
            temporal_offset_from_event=LongitudinalTemporalOffsetFromEvent(
                value=round(days, 2),
                unit=code("unit", "day"),
                event_type=code("report", "baseline"),
            ),
        )


def _zone(zone: str, organ: str) -> FindingSite:
    if not has_code("zone", zone):
        return FindingSite(code("organ", organ))
    return FindingSite(code("zone", zone), laterality=code("zone", zone, part="laterality"))


def _volume(value_ml: float) -> Measurement:
    return Measurement(
        name=code("measure", "volume"), value=value_ml, unit=code("unit", "millilitre")
    )


def _attenuation(mean_hu: float) -> Measurement:
    return Measurement(
        name=code("measure", "attenuation"),
        value=mean_hu,
        unit=code("unit", "hounsfield"),
        derivation=code("derivation", "mean"),
    )


def _percent(name: str, value: float) -> Measurement:
    return Measurement(
        name=code("measure", name), value=round(value, 3), unit=code("unit", "percent")
    )


def _event_change(event: EventDocument) -> list[Measurement]:
    difference = round(event.volume_after_ml - event.volume_before_ml, 3)
    found = _change(difference, event.change_percent)
    if event.limit_percent is not None:
        found.append(_percent("limit", event.limit_percent))
    return found


def _change(volume_ml: float, percent: float | None) -> list[Measurement]:
    absolute = Measurement(
        name=code("measure", "volume_change"), value=volume_ml, unit=code("unit", "millilitre")
    )
    return [absolute] if percent is None else [absolute, _percent("relative_change", percent)]

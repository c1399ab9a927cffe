"""`analysis.json`: the whole answer as data, without its masks.

Numbers are rounded here, once: the tables and the report are made from the
document, so that all of them agree to the last digit.
"""

from __future__ import annotations

import math
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, AliasChoices, BaseModel, ConfigDict, Field

from eupnea.analysis import AlignmentLevel, Analysis, EventKind, ScanAnalysis
from eupnea.band import BANDS, Band, BandName
from eupnea.note import Severity
from eupnea.version import __version__

DISCLAIMER = "Research software. Not a medical device; not for diagnosis or treatment."


def _rounded(digits: int) -> AfterValidator:
    """Rounds to so many decimals; adding zero makes -0.0 a plain zero."""
    return AfterValidator(lambda value: round(value, digits) + 0.0)


Millilitres = Annotated[float, _rounded(3)]
Share = Annotated[float, _rounded(5)]
Percent = Annotated[float, _rounded(2)]
Millimetres = Annotated[float, _rounded(2)]
Point = tuple[Millimetres, Millimetres, Millimetres]
Hounsfield = Annotated[float, _rounded(1)]
Grams = Annotated[float, _rounded(2)]
Days = Annotated[float, _rounded(2)]
Score = Annotated[float, _rounded(4)]


class Document(BaseModel):
    """A part of a written document: frozen, finite, rounded."""

    model_config = ConfigDict(
        frozen=True,
        from_attributes=True,
        allow_inf_nan=False,
        validate_by_name=True,
        serialize_by_alias=True,
    )

    def to_json(self) -> str:
        """The document as indented JSON with a final newline."""
        return self.model_dump_json(indent=2) + "\n"


class GeneratorDocument(Document):
    """The program that wrote the document."""

    name: Literal["eupnea"] = "eupnea"
    version: str = __version__


class MethodDocument(Document):
    """What computed a mask."""

    name: str
    version: str
    summary: str


class MethodsDocument(Document):
    """What computed the region of interest, and the normal region inside it."""

    roi: MethodDocument
    normal: MethodDocument


class BandDocument(Document):
    """Cuts of a density band, in Hounsfield units; null where it is open."""

    name: BandName
    low_hu: Hounsfield | None
    high_hu: Hounsfield | None

    @classmethod
    def of(cls, band: Band) -> Self:
        """The band's cuts, with null for infinity."""
        low, high = (cut if math.isfinite(cut) else None for cut in (band.low_hu, band.high_hu))
        return cls(name=band.name, low_hu=low, high_hu=high)


class NoteDocument(Document):
    """A coded remark."""

    code: str
    text: str
    severity: Severity


class AcquisitionDocument(Document):
    """How the scan was made; null where its source does not say."""

    modality: str
    manufacturer: str | None
    model: str | None
    kernel: str | None
    slice_thickness_mm: Millimetres | None
    tube_voltage_kv: float | None
    contrast: bool | None
    patient_position: str | None


class GridDocument(Document):
    """The scan's own grid: slices, rows, columns."""

    shape: tuple[int, int, int]
    spacing_mm: tuple[Score, Score, Score]


class RoiDocument(Document):
    """The region of interest: the whole organ, diseased parts included."""

    volume_ml: Millilitres
    interval_ml: tuple[Millilitres, Millilitres] | None = None


class NormalDocument(RoiDocument):
    """The normal region."""

    fraction: Share
    """Share of the region of interest, 0 to 1."""


class AbnormalDocument(NormalDocument):
    """The abnormal region: region of interest minus normal region."""

    doubt_ml: tuple[Millilitres, Millilitres] | None = None
    count: int
    """Number of connected regions."""


class BandShareDocument(Document):
    """The part of the region of interest in one density band."""

    name: BandName
    volume_ml: Millilitres
    fraction: Share


class ZoneDocument(Document):
    """One zone of the organ, and how much of it is abnormal."""

    name: str
    volume_ml: Millilitres
    abnormal_ml: Millilitres
    abnormal_fraction: Share
    """Share of the zone, 0 to 1."""


class RegionDocument(Document):
    """One connected abnormal region."""

    id: str
    """One identity through the whole timeline."""
    label: int
    """Value of the region's voxels in `regions.nii.gz`."""
    volume_ml: Millilitres
    centroid_mm: Point
    """LPS."""
    extent_mm: Point
    mean_hu: Hounsfield
    bands: dict[BandName, Share]
    """Share of the region's volume in each density band."""
    zone: str
    repeat_ml: tuple[Millilitres, Millilitres] | None = None
    """Volumes that a repeat scan could show were the region unchanged; null if not judged."""
    ancestors: tuple[str, ...] = ()
    """Identities that this one grew out of, by merging or splitting."""


class ScanDocument(Document):
    """What was found in one scan."""

    index: int
    acquired_at: datetime
    folder: str
    acquisition: AcquisitionDocument
    grid: GridDocument
    roi: RoiDocument
    normal: NormalDocument
    abnormal: AbnormalDocument
    bands: tuple[BandShareDocument, ...]
    zones: tuple[ZoneDocument, ...]
    regions: tuple[RegionDocument, ...]
    """Largest first."""
    air_hu: Hounsfield | None = None
    """What air inside the body measures; null where none is seen."""
    notes: tuple[NoteDocument, ...]

    @classmethod
    def of(cls, found: ScanAnalysis) -> Self:
        """The document of one scan; notes of the reader come before those of the measurement."""
        notes = dict.fromkeys((*found.scan.notes, *found.notes))
        return cls(
            index=found.index,
            acquired_at=found.scan.acquired_at,
            folder=found.folder,
            acquisition=AcquisitionDocument.model_validate(found.scan.acquisition),
            grid=GridDocument.model_validate(found.scan.native),
            roi=RoiDocument.model_validate(found.roi),
            normal=NormalDocument.model_validate(found.normal),
            abnormal=AbnormalDocument(
                volume_ml=found.abnormal.volume_ml,
                doubt_ml=found.abnormal.doubt_ml,
                interval_ml=found.abnormal.interval_ml,
                fraction=found.abnormal.fraction,
                count=len(found.regions),
            ),
            bands=tuple(map(BandShareDocument.model_validate, found.bands)),
            zones=tuple(map(ZoneDocument.model_validate, found.zones)),
            regions=tuple(map(RegionDocument.model_validate, found.regions)),
            air_hu=found.air_hu,
            notes=tuple(map(NoteDocument.model_validate, notes)),
        )


class RoiChangeDocument(Document):
    """Later minus earlier."""

    volume_change_ml: Millilitres
    volume_change_percent: Percent | None
    """Of the earlier volume; null when that was zero."""
    beyond_repeatability: bool | None = None
    """Null when not judged: the scans do not show the same of the organ; see `common`."""


class AttributeChangeDocument(RoiChangeDocument):
    """Later minus earlier, with the difference of the shares."""

    fraction_change: Share


class RegistrationDocument(Document):
    """How well two scans could be brought together."""

    level: AlignmentLevel
    roi_dice: Score | None
    inverse_consistency_mm: Millimetres | None
    inverse_consistency_p95_mm: Millimetres | None
    folded_fraction: Share | None
    similarity: Score | None
    mean_displacement_mm: Millimetres | None


class TransitionsDocument(Document):
    """Tissue before (row) against tissue after (column), in ml of the earlier scan."""

    names: tuple[str, ...]
    volume_ml: tuple[tuple[Millilitres, ...], ...]


class EventDocument(Document):
    """What became of a region, or of several."""

    kind: EventKind
    before: tuple[str, ...]
    after: tuple[str, ...]
    volume_before_ml: Millilitres
    volume_after_ml: Millilitres
    change_percent: Percent | None
    """Of the volume before; null when there was none."""
    limit_percent: Percent | None = None
    """Change of a region of this size that a repeat scan could show."""
    beyond_repeatability: bool
    centroid_before_mm: Point | None = None
    """In the earlier scan, LPS; carried over by the alignment when new."""
    centroid_after_mm: Point | None = None
    """In the later scan, LPS; carried over by the alignment when resolved."""


class BreathDocument(Document):
    """How far two scans differ in inspiration, and masses, which breath does not change."""

    volume_ratio: Score
    """Volume of the region of interest, later over earlier."""
    roi_mass_before_g: Grams
    roi_mass_after_g: Grams
    abnormal_mass_before_g: Grams
    abnormal_mass_after_g: Grams


class CommonFiguresDocument(Document):
    """What one scan holds in the part of the organ that the other scan shows too."""

    share: Share
    """Of the organ as this scan shows it, 0 to 1."""
    roi_ml: Millilitres
    normal_ml: Millilitres
    abnormal_ml: Millilitres
    abnormal_fraction: Share
    """Share of `roi_ml`, 0 to 1."""


class CommonDocument(Document):
    """The part of the organ that both scans show, where one of them shows less."""

    before: CommonFiguresDocument
    after: CommonFiguresDocument
    roi: RoiChangeDocument
    normal: AttributeChangeDocument
    abnormal: AttributeChangeDocument


class ChangeDocument(Document):
    """One pair of scans."""

    before: int = Field(validation_alias=AliasChoices("from", "before"), serialization_alias="from")
    """Index of the earlier scan."""
    after: int = Field(validation_alias=AliasChoices("to", "after"), serialization_alias="to")
    """Index of the later scan."""
    days: Days
    roi: RoiChangeDocument
    normal: AttributeChangeDocument
    abnormal: AttributeChangeDocument
    registration: RegistrationDocument
    transitions: TransitionsDocument | None
    """Null when the scans could not be aligned."""
    events: tuple[EventDocument, ...]
    breath: BreathDocument | None = None
    common: CommonDocument | None = None
    """Null when both scans show the same of the organ, or could not be aligned."""
    notes: tuple[NoteDocument, ...]


class RefusedDocument(Document):
    """A scan that was left out, while the others were analysed."""

    source: str
    code: str
    text: str


class AnalysisDocument(Document):
    """The whole answer.

    Examples:
        >>> document = AnalysisDocument.model_validate_json(text)  # doctest: +SKIP
        >>> document.scans[0].abnormal.fraction  # doctest: +SKIP
        0.08612
    """

    schema_name: Literal["eupnea/analysis/1"] = Field(
        default="eupnea/analysis/1",
        validation_alias=AliasChoices("schema", "schema_name"),
        serialization_alias="schema",
    )
    generator: GeneratorDocument = GeneratorDocument()
    disclaimer: str = DISCLAIMER
    organ: str
    methods: MethodsDocument
    bands: tuple[BandDocument, ...]
    complete: bool
    """False when a scan had to be left out."""
    scans: tuple[ScanDocument, ...]
    """Oldest first."""
    changes: tuple[ChangeDocument, ...]
    """Neighbouring pairs in order, then each later scan against the first."""
    refused: tuple[RefusedDocument, ...]

    @classmethod
    def of(cls, analysis: Analysis) -> Self:
        """The document of an analysis."""
        return cls(
            organ=analysis.organ,
            methods=MethodsDocument(
                roi=MethodDocument.model_validate(analysis.roi_method),
                normal=MethodDocument.model_validate(analysis.normal_method),
            ),
            bands=tuple(map(BandDocument.of, BANDS)),
            complete=analysis.is_complete,
            scans=tuple(map(ScanDocument.of, analysis.scans)),
            changes=tuple(map(ChangeDocument.model_validate, analysis.changes)),
            refused=tuple(map(RefusedDocument.model_validate, analysis.refused)),
        )

    @classmethod
    def published_schema(cls) -> dict[str, Any]:
        """The JSON schema of `analysis.json`, as published in `docs/`."""
        return cls.model_json_schema(mode="serialization")

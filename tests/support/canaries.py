"""CT in which every place that can hold text holds a token of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pydicom import Dataset, FileDataset
from pydicom._dicom_dict import DicomDictionary
from pydicom.config import disable_value_validation
from pydicom.sequence import Sequence
from pydicom.uid import UID

TOKEN = re.compile(rb"[QJXZ]{4}\d{5}", re.IGNORECASE)
"""No word, number or code has this form, so that what is found is a token."""

TEXTS = {"AE", "CS", "LO", "LT", "SH", "ST", "UC", "UR", "UT", "PN", "UN", "AS", "UI"}
NEEDED = {
    "SOPClassUID",
    "Modality",
    "ImageType",
    "PhotometricInterpretation",
    "PatientID",
    "PatientSex",
    "PatientBirthDate",
    "IssuerOfPatientID",
    "StudyInstanceUID",
    "SeriesInstanceUID",
    "SOPInstanceUID",
    "SamplesPerPixel",
    "RescaleType",
    "LongitudinalTemporalInformationModified",
    "SpecificCharacterSet",
    "AcquisitionUID",
    "IrradiationEventUID",
    "FrameType",
    "ImageCenterPointCoordinatesSequence",
}
"""Without their own values the slices would be no CT series of one patient, or not be read."""
CHARSETS = (
    ("ISO_IR 100", "Müller {0}^Jörg"),
    ("ISO_IR 144", "Иванов {0}^Иван"),
    ("ISO_IR 192", "山田 {0}^太郎=やまだ {0}"),
)


class Tokens:
    """Gives out tokens, each once, and knows where each went."""

    def __init__(self) -> None:
        self.places: dict[str, str] = {}

    def __call__(self, place: str) -> str:
        """A new token for a place."""
        number = len(self.places)
        letters = "".join("QJXZ"[number // 4**n % 4] for n in range(4))
        token = f"{letters}{number:05d}"
        self.places[token] = place
        return token

    def found_in(self, content: bytes) -> list[str]:
        """The places whose tokens a content holds."""
        words = {word.decode().upper() for word in TOKEN.findall(content)}
        return sorted(self.places[word] for word in words & self.places.keys())


def spoil(slices: list[FileDataset], tokens: Tokens) -> None:
    """Fills the end slices with tokens, and what is personal in those between with the same."""
    charset, name = CHARSETS[len(tokens.places) % len(CHARSETS)]
    with disable_value_validation():
        filled = _filled(tokens, name)
        _private(filled, tokens)
        _layers(filled, tokens)
        preamble, entity = tokens("preamble"), tokens("source application")
        version, private = tokens("implementation version"), tokens("private information")
        personal = filled.group_dataset(0x0010)
        for n, one in enumerate(slices):
            one.update(personal if 0 < n < len(slices) - 1 else filled)
            one.SpecificCharacterSet = charset
            one.preamble = preamble.encode().ljust(128, b"\0")
            one.file_meta.SourceApplicationEntityTitle = entity
            one.file_meta.ImplementationVersionName = version
            one.file_meta.PrivateInformationCreatorUID = UID("1.2.3")
            one.file_meta.PrivateInformation = private.encode()


def _filled(tokens: Tokens, name: str) -> Dataset:
    """All attributes of the dictionary; sequences hold one item with texts of its own."""
    made = Dataset()
    for tag, (vr, _, _, retired, keyword) in _dictionary():
        if not keyword or retired or keyword in NEEDED:
            continue
        if vr in TEXTS:
            token = tokens(keyword)
            texts = {"PN": name.format(token), "UN": token.encode() + b"\0"}
            made.add_new(tag, vr, texts.get(vr, token))
        elif vr == "SQ" and "FunctionalGroups" not in keyword:
            made.add_new(tag, "SQ", Sequence([_item(tokens, keyword)]))
    return made


_INNER = {
    0x00100010: "PN",
    0x00081030: "LO",
    0x0040A160: "UT",
    0x00080081: "ST",
    0x00080050: "SH",
}


def _item(tokens: Tokens, keyword: str) -> Dataset:
    item = Dataset()
    for tag, vr in _INNER.items():
        item.add_new(tag, vr, tokens(f"{keyword}.{vr}"))
    return item


def _private(made: Dataset, tokens: Tokens) -> None:
    for group in (0x0009, 0x0011, 0x0029):
        block = made.private_block(group, tokens(f"private {group}"), create=True)
        block.add_new(1, "LO", tokens(f"private {group}, text"))
        block.add_new(2, "UN", tokens(f"private {group}, bytes").encode() + b"\0")


def _layers(made: Dataset, tokens: Tokens) -> None:
    """An overlay, a curve and what stands after the pixels."""
    made.add_new(0x60000022, "LO", tokens("overlay description"))
    made.add_new(0x60003000, "OW", tokens("overlay data").encode() + b"\0")
    made.add_new(0x50000022, "LO", tokens("curve description"))
    made.add_new(0xFFFCFFFC, "OB", tokens("trailing padding").encode() + b"\0")


def _dictionary() -> Iterator[tuple[int, tuple[str, str, str, str, str]]]:
    for tag, entry in DicomDictionary.items():
        if 0x0008 <= tag >> 16 < 0x5000:
            yield tag, entry

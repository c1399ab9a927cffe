"""Zips are unpacked without being trusted."""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path

import numpy as np
import pytest

from eupnea.errors import Refusal, RefusalCode
from eupnea.read import Limits, ReadOptions, read_timeline
from support.ct import chest_hu, ct_series, save


def zip_of(folder: Path, target: Path) -> Path:
    """Packs all files of a folder."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, path.relative_to(folder))
    return target


def refusal_of(path: Path, **limits: int) -> RefusalCode:
    """The code with which an archive is refused."""
    with pytest.raises(Refusal) as caught:
        read_timeline([path], options=ReadOptions(limits=Limits(**limits)))
    return caught.value.code


def test_a_zip_reads_as_its_folder(tmp_path: Path) -> None:
    """The scan is the folder's, and each member is accounted for by its own name."""
    folder = save(ct_series(), tmp_path / "ct" / "deep" / "deeper").parents[1]
    reading = read_timeline([zip_of(folder, tmp_path / "ct.zip")])
    np.testing.assert_array_equal(reading.timeline.scans[0].hu, chest_hu())
    assert reading.files[0].path == "ct.zip/deep/deeper/IM0000.dcm"
    assert all(file.used for file in reading.files)


@pytest.mark.parametrize(
    "name",
    ["../x", "/x", "C:x", "a/../../x", "..\\x", "\\x", "a\x01b", "\u202egnp.x"],
)
def test_a_hostile_name_is_refused(tmp_path: Path, name: str) -> None:
    """Names that climb, are absolute, or hide what they are, are not unpacked."""
    path = tmp_path / "in" / "evil.zip"
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, b"canary")
    assert refusal_of(path) is RefusalCode.SOURCE_UNSAFE
    assert [found.name for found in tmp_path.rglob("*") if found.is_file()] == ["evil.zip"]


def test_links_and_twins_are_refused(tmp_path: Path) -> None:
    """A symbolic link, or two members of one name, are not unpacked."""
    link = zipfile.ZipInfo("link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "link.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    with zipfile.ZipFile(tmp_path / "twins.zip", "w") as archive:
        archive.writestr("a", b"1")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("a", b"2")
    assert refusal_of(tmp_path / "link.zip") is RefusalCode.SOURCE_UNSAFE
    assert refusal_of(tmp_path / "twins.zip") is RefusalCode.SOURCE_UNSAFE


@pytest.mark.parametrize(
    "limits",
    [{"archive_entries": 3}, {"archive_bytes": 5000}, {"file_bytes": 500}, {"inflation": 1}],
    ids=str,
)
def test_each_cap_holds(tmp_path: Path, limits: dict[str, int]) -> None:
    """Entries, total, single file and ratio are capped."""
    packed = zip_of(save(ct_series(), tmp_path / "ct"), tmp_path / "ct.zip")
    assert refusal_of(packed, **limits) is RefusalCode.SOURCE_TOO_LARGE


def test_a_damaged_member_is_refused(tmp_path: Path) -> None:
    """A wrong checksum is not a slice."""
    packed = tmp_path / "ct.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.dcm", b"0123456789" * 20)
    packed.write_bytes(packed.read_bytes().replace(b"0123456789", b"9876543210", 1))
    assert refusal_of(packed) is RefusalCode.SOURCE_UNREADABLE


def test_archives_in_archives_are_set_aside(tmp_path: Path) -> None:
    """Nothing is unpacked twice."""
    folder = save(ct_series(), tmp_path / "ct")
    with zipfile.ZipFile(folder / "inner.zip", "w") as archive:
        archive.writestr("a", b"1")
    reading = read_timeline([zip_of(folder, tmp_path / "ct.zip")])
    assert {file.reason for file in reading.files if not file.used} == {"not DICOM"}

"""Paths a user names: every file below them has one name."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from eupnea.errors import Refusal, RefusalCode
from eupnea.read import Limits, read_timeline
from eupnea.read.sources import open_sources
from support.ct import ct_series, save
from support.nifti import save_nifti


def test_sources_of_one_name_are_told_apart(tmp_path: Path) -> None:
    """Two files of one name are known by their whole paths."""
    paths = [tmp_path / name / "ct.nii.gz" for name in "ab"]
    for path in paths:
        path.parent.mkdir()
        save_nifti(path)
    reading = read_timeline(paths, dates=["2020-01-01", "2021-01-01"])
    assert [file.path for file in reading.files] == [path.as_posix() for path in paths]
    assert [file.reason for file in reading.files] == ["scan 0", "scan 1"]


def test_the_scratch_folder_is_gone_afterwards(tmp_path: Path) -> None:
    """What was unpacked lives as long as the block."""
    save(ct_series()[:1], tmp_path / "ct")
    with open_sources([tmp_path / "ct"], limits=Limits()) as sources:
        assert sources[0].files[0].name == "ct/IM0000.dcm"


def test_links_and_pipes_are_accounted_for(tmp_path: Path) -> None:
    """Links to folders are not followed, pipes not opened, dead links named; none is lost."""
    folder = save(ct_series(), tmp_path / "ct")
    (folder / "loop").symlink_to(folder)
    (folder / "dead").symlink_to(folder / "nowhere")
    os.mkfifo(folder / "pipe")
    reading = read_timeline([folder])
    reasons = {file.path: file.reason for file in reading.files if not file.used}
    assert reasons.keys() == {"ct/loop", "ct/dead", "ct/pipe"}
    assert reasons["ct/loop"] == reasons["ct/pipe"] == "not a file of its own"
    assert reasons["ct/dead"].startswith("SOURCE_UNREADABLE")


def test_images_in_a_folder_must_be_named(tmp_path: Path) -> None:
    """Which image is which scan is for the user to say."""
    (tmp_path / "ct").mkdir()
    save_nifti(tmp_path / "ct" / "a.nii.gz")
    with pytest.raises(Refusal) as caught:
        read_timeline([tmp_path / "ct"])
    assert caught.value.code is RefusalCode.NO_CT
    assert "one by one" in str(caught.value)

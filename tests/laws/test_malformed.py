"""Files damaged at random: a value or a refusal that names the file, and nothing else."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
import SimpleITK
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom.uid import UID, DeflatedExplicitVRLittleEndian, ImplicitVRLittleEndian, RLELossless

from eupnea.errors import Refusal
from support.ct import chest_hu, ct_series, save
from support.enhanced import enhanced
from support.limited import read_one
from support.nifti import nifti_bytes

Damage = tuple[str, int, bytes]
"""What is done, where (of a million), and with which bytes."""

DAMAGES = st.lists(
    st.tuples(
        st.sampled_from(["overwrite", "insert", "remove", "cut"]),
        st.one_of(st.integers(0, 999_999), st.integers(0, 3000)),
        st.binary(min_size=1, max_size=8),
    ),
    min_size=1,
    max_size=4,
)


def damaged(raw: bytes, damages: list[Damage]) -> bytes:
    """The bytes after all that was done to them."""
    for kind, where, piece in damages:
        at = where if where <= 3000 and where < len(raw) else where * len(raw) // 1_000_000
        rest = {"overwrite": len(piece), "insert": 0, "remove": len(piece), "cut": len(raw)}[kind]
        middle = piece if kind in {"overwrite", "insert"} else b""
        raw = raw[:at] + middle + raw[at + rest :]
    return raw


def _slice(folder: Path, syntax: UID) -> bytes:
    (one,) = ct_series(hu=chest_hu((1, 16, 16)))
    if syntax == RLELossless:
        one.compress(RLELossless, generate_instance_uid=False)
    one.file_meta.TransferSyntaxUID = syntax
    return (save([one], folder) / "IM0000.dcm").read_bytes()


def _frames(folder: Path) -> bytes:
    return (save([enhanced(ct_series(), range(16))], folder) / "IM0000.dcm").read_bytes()


def _image(folder: Path, ending: str) -> bytes:
    folder.mkdir()
    SimpleITK.WriteImage(SimpleITK.GetImageFromArray(chest_hu()), str(folder / f"ct{ending}"))
    return (folder / f"ct{ending}").read_bytes()


MAKERS: dict[str, Callable[[Path], bytes]] = {
    "implicit.dcm": lambda folder: _slice(folder, ImplicitVRLittleEndian),
    "deflated.dcm": lambda folder: _slice(folder, DeflatedExplicitVRLittleEndian),
    "rle.dcm": lambda folder: _slice(folder, RLELossless),
    "frames.dcm": _frames,
    "ct.nii": lambda _: nifti_bytes(),
    "ct.nii.gz": lambda _: gzip.compress(nifti_bytes(), 1),
    "ct.mha": lambda folder: _image(folder, ".mha"),
    "ct.nrrd": lambda folder: _image(folder, ".nrrd"),
}


@pytest.mark.parametrize("name", MAKERS)
def test_damage_gives_a_value_or_a_refusal(
    name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """No other exception, wherever a file is overwritten, longer, shorter or cut."""
    folder = tmp_path_factory.mktemp("damaged")
    whole = MAKERS[name](folder / "whole")
    path = folder / name

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(DAMAGES)
    def read(damages: list[Damage]) -> None:
        path.write_bytes(damaged(whole, damages))
        refusal = _refusal(path)
        assert refusal is None or name in str(refusal)

    read()


def _refusal(path: Path) -> Refusal | None:
    try:
        read_one(path)
    except Refusal as refusal:
        return refusal
    return None

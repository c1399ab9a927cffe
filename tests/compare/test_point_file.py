"""Lists of points in elastix's format."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from eupnea.compare.point_file import read_points, write_points
from eupnea.errors import OutputError, Refusal, RefusalCode


def test_written_points_are_read_again(tmp_path: Path) -> None:
    """To a tenth of a micrometre."""
    points = np.random.default_rng(0).normal(0, 100, (5, 3))
    write_points(tmp_path / "p.txt", points)
    np.testing.assert_allclose(read_points(tmp_path / "p.txt"), points, atol=1e-4)


def test_no_points_are_a_list_too(tmp_path: Path) -> None:
    """Nothing in, nothing out."""
    write_points(tmp_path / "p.txt", np.empty((0, 3)))
    assert read_points(tmp_path / "p.txt").shape == (0, 3)


@pytest.mark.parametrize(
    "text",
    ["index\n1\n1 2 3\n", "point\n2\n1 2 3\n", "point\n1\n1 2\n", "point\n1\n1 2 nan\n", "", "x"],
    ids=["indices", "too few", "two coordinates", "not finite", "empty", "a word"],
)
def test_other_files_are_refused(text: str, tmp_path: Path) -> None:
    """An index means nothing without its image; the rest is no list of points."""
    (tmp_path / "p.txt").write_text(text, encoding="ascii")
    with pytest.raises(Refusal) as refused:
        read_points(tmp_path / "p.txt")
    assert refused.value.code is RefusalCode.SOURCE_UNREADABLE


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    """By its own code."""
    with pytest.raises(Refusal) as refused:
        read_points(tmp_path / "p.txt")
    assert refused.value.code is RefusalCode.SOURCE_MISSING


def test_a_folder_that_is_not_there_cannot_be_written_to(tmp_path: Path) -> None:
    """The system's reason is passed on."""
    with pytest.raises(OutputError, match=r"q\.txt"):
        write_points(tmp_path / "nowhere" / "q.txt", np.zeros((1, 3)))

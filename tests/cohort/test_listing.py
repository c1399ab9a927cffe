"""Tables and folders become cases, or are refused by line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from eupnea.cohort import read_listing
from eupnea.errors import UsageError


def _table(text: str, name: str = "cohort.csv") -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        (folder / name).write_text(text, encoding="utf-8")
        return folder / name

    return make


def test_a_folder_lists_a_case_for_each_folder_zip_and_image(tmp_path: Path) -> None:
    """Other files, and hidden ones, are no cases; the ending is no part of the name."""
    for folder in ("S2", "S1", ".hidden"):
        (tmp_path / folder).mkdir()
    for file in ("S3.zip", "S4.nii.gz", "S5.mha", "notes.txt"):
        (tmp_path / file).touch()
    cases = read_listing(tmp_path)
    assert [case.name for case in cases] == ["S1", "S2", "S3", "S4", "S5"]
    assert cases[3].sources == ((tmp_path / "S4.nii.gz").resolve(),)
    assert all(not case.dates for case in cases)


def test_a_folder_of_image_files_is_one_for_each_scan(tmp_path: Path) -> None:
    """In the order of their names; a folder with anything else in it is DICOM's."""
    names = ("b_2020-06-11.nii.gz", "a_2020-03-05.nii.gz")
    for name in (*(f"S1/{name}" for name in names), "S1/.hidden", "S2/a.nii", "S2/1"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    first, second = read_listing(tmp_path)
    assert [source.name for source in first.sources] == sorted(names)
    assert second.sources == ((tmp_path / "S2").resolve(),)


def test_a_folder_and_a_zip_of_one_name_are_two_cases_too_many(tmp_path: Path) -> None:
    """They would be written to one folder."""
    (tmp_path / "S1").mkdir()
    (tmp_path / "S1.zip").touch()
    with pytest.raises(UsageError, match="unlike names"):
        read_listing(tmp_path)


def test_a_table_joins_the_lines_of_a_case(tmp_path: Path) -> None:
    """In the order of its lines, which need not be neighbours; paths count from the table."""
    text = (
        "\ufeffcase,source,date,site\nB,b/1.nii,2020-03-05,x\nA,a,,y\nB,b/2.nii,2020-06-11,x\n,,,\n"
    )
    cases = read_listing(_table(text)(tmp_path))
    assert [case.name for case in cases] == ["A", "B"]
    here = tmp_path.resolve()
    assert cases[1].sources == (here / "b/1.nii", here / "b/2.nii")
    assert cases[1].dates == ("2020-03-05", "2020-06-11")
    assert cases[0].dates == ()


def test_a_table_may_be_tabbed(tmp_path: Path) -> None:
    """By its ending; a comma then is part of a name."""
    cases = read_listing(_table("case\tsource\nA,1\ta\n", name="cohort.tsv")(tmp_path))
    assert [case.name for case in cases] == ["A,1"]


@pytest.mark.parametrize(
    ("make", "found"),
    [
        (lambda folder: folder, "at least one case"),
        (lambda folder: folder / "none.csv", "expected a folder"),
        (_table("case,path\nA,a\n"), "expected a column 'source'"),
        (_table("case,source\n"), "at least one case"),
        (_table("case,source,date\nA,a,2020-03-05\nA,b,\n"), "line 2"),
        (_table("case,source\nA,a\nB,\n"), "line 3"),
        (_table("case,source\n../A,a\n"), "a name that a folder can have"),
        (_table("case,source\n.A,a\n"), "a name that a folder can have"),
        (_table("case,source\n,a\n"), "at least 1 character"),
        (_table(f"case,source\n{'A' * 121},a\n"), "at most 120 characters"),
        (_table("case,source\nA,a\na,b\n"), "unlike names"),
    ],
    ids=[
        "empty folder", "missing", "no column", "no line", "half dated", "no source", "way out",
        "hidden", "no name", "long", "alike",
    ],
)  # fmt: skip
def test_what_is_no_case_is_refused(
    make: Callable[[Path], Path], found: str, tmp_path: Path
) -> None:
    """With the line it stands in."""
    with pytest.raises(UsageError, match=found):
        read_listing(make(tmp_path))

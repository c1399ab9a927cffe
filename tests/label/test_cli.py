"""`eupnea label`: exit codes, and what is said on stderr."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from eupnea.cli.label import label_app
from eupnea.organ import Organ

Draw = Callable[[str, int], Path]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, organ: Organ) -> Callable[..., tuple[int, str]]:
    """Runs `eupnea label` with the organ of the tests; exit code and stderr."""
    monkeypatch.setattr("eupnea.segment.find_organ", lambda **_: organ)

    def call(*arguments: object) -> tuple[int, str]:
        result = CliRunner().invoke(label_app, [str(one) for one in arguments])
        return result.exit_code, result.stderr

    return call


def test_plan_then_collect(run: Callable[..., tuple[int, str]], draw: Draw, tmp_path: Path) -> None:
    """Plan, copy a prelabel as a reader who agrees would save it, collect."""
    plan, learn = tmp_path / "plan", tmp_path / "learn"
    code, said = run("plan", draw("a.nii.gz", 1), "--out", plan)
    assert (code, "1 images" in said or "1 image" in said) == (0, True)
    prelabel = next((plan / "cases" / "P001_00").glob("*normal.nii.gz"))
    drawn = tmp_path / "P001_00.nii.gz"
    drawn.write_bytes(prelabel.read_bytes())
    code, said = run("collect", plan, drawn, "--reader", "AB", "--out", learn)
    assert (code, "1 labels added" in said) == (0, True)
    assert (learn / "train.json").is_file()
    sparse = ("--reader", "CD", "--drawn-slices-only", "--out", learn)
    code, said = run("collect", plan, drawn, *sparse)
    assert (code, "was not judged" in said) == (0, True)


def test_some_refused_is_partly_done_all_refused_is_refused(
    run: Callable[..., tuple[int, str]], draw: Draw, tmp_path: Path
) -> None:
    """Exit codes 4 and 3, with each file named."""
    (tmp_path / "empty").mkdir()
    plan = tmp_path / "plan"
    code, said = run("plan", draw("a.nii.gz", 1), tmp_path / "empty", "--out", plan)
    assert (code, "NO_CT" in said) == (4, True)
    stray = tmp_path / "stray.nii.gz"
    stray.write_bytes(b"x")
    code, said = run("collect", plan, stray, "--reader", "AB", "--out", tmp_path / "learn")
    assert (code, "stray.nii.gz" in said) == (3, True)

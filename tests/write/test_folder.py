"""Output folders."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest

from eupnea.errors import OutputError, UsageError
from eupnea.write.folder import check_output, written_aside

EARLIER = '{"schema": "eupnea/analysis/1"}'


def _write(out: Path, text: str = EARLIER) -> None:
    with written_aside(out) as folder:
        (folder / "analysis.json").write_text(text)


def test_appears_whole(tmp_path: Path) -> None:
    """Nothing stands at the path before the end, and nothing beside it after."""
    out = tmp_path / "deep" / "out"
    with written_aside(out) as folder:
        (folder / "analysis.json").write_text(EARLIER)
        assert not out.exists()
    assert [path.name for path in out.parent.iterdir()] == ["out"]
    assert (out / "analysis.json").read_text() == EARLIER


def test_failure_leaves_nothing(tmp_path: Path) -> None:
    """When writing fails, no file and no folder is left."""
    with pytest.raises(ZeroDivisionError), written_aside(tmp_path / "out"):
        _ = 1 / 0
    assert not list(tmp_path.iterdir())


def test_failure_keeps_the_earlier_output(tmp_path: Path) -> None:
    """When writing fails, the earlier output stays as it was."""
    _write(tmp_path / "out")
    with pytest.raises(ZeroDivisionError), written_aside(tmp_path / "out"):
        _ = 1 / 0
    assert (tmp_path / "out" / "analysis.json").read_text() == EARLIER
    assert len(list(tmp_path.iterdir())) == 1


def test_replaces_an_earlier_output(tmp_path: Path) -> None:
    """A new output replaces the whole of an earlier one."""
    _write(tmp_path / "out")
    (tmp_path / "out" / "regions.csv").touch()
    _write(tmp_path / "out", EARLIER + "\n")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["analysis.json"]
    assert len(list(tmp_path.iterdir())) == 1


def test_an_empty_folder_will_do(tmp_path: Path) -> None:
    """A folder that the user made, and left empty, is taken."""
    (tmp_path / "out").mkdir()
    _write(tmp_path / "out")
    assert (tmp_path / "out" / "analysis.json").exists()


@pytest.mark.parametrize(
    "content",
    [{"thesis.txt": "years"}, {"analysis.json": "[]"}, {"analysis.json": EARLIER, "mine.txt": ""}],
)
def test_never_deletes_what_others_wrote(tmp_path: Path, content: dict[str, str]) -> None:
    """A folder that holds anything but an earlier output is refused, and left alone."""
    for name, text in content.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(UsageError):
        _write(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == set(content)


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    """An output path that is a file is refused."""
    (tmp_path / "out").touch()
    with pytest.raises(UsageError, match="is a file"):
        check_output(tmp_path / "out")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_no_permission(tmp_path: Path) -> None:
    """A folder without permission to write is told as such, before measuring."""
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError, match="permission denied"):
        check_output(tmp_path / "out")
    tmp_path.chmod(0o700)


def test_disk_full(tmp_path: Path) -> None:
    """A full disk is an output error that names the path, and leaves nothing."""
    with pytest.raises(OutputError, match="No space left on device"), written_aside(tmp_path / "o"):
        raise OSError(28, "No space left on device")
    assert not list(tmp_path.iterdir())


def test_two_runs_do_not_mix(tmp_path: Path) -> None:
    """While one run writes, another for the same folder is refused."""
    out = tmp_path / "out"
    with written_aside(out) as folder:
        (folder / "analysis.json").write_text(EARLIER)
        with pytest.raises(UsageError, match="another run"), written_aside(out):
            pass
    assert (out / "analysis.json").read_text() == EARLIER


def test_clears_what_a_killed_run_left(tmp_path: Path) -> None:
    """The remains of a killed run are not mixed into the next output."""
    remains = tmp_path / ".out.partial"
    (remains / "scans").mkdir(parents=True)
    handle = os.open(remains, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    os.close(handle)
    _write(tmp_path / "out")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["analysis.json"]

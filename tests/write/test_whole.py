"""Small files are there whole, or as they were."""

from __future__ import annotations

from pathlib import Path

import pytest

from eupnea.errors import OutputError
from eupnea.write.whole import write_whole


def test_where_nothing_can_be_written_it_is_told(tmp_path: Path) -> None:
    """As what it is, also where not even the file aside can be looked for."""
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="cannot write"):
        write_whole(tmp_path / "file" / "deeper", b"content")


def test_a_file_that_cannot_be_replaced_leaves_nothing_aside(tmp_path: Path) -> None:
    """A folder of that name stays, with what it holds."""
    (tmp_path / "taken" / "deep").mkdir(parents=True)
    with pytest.raises(OutputError):
        write_whole(tmp_path / "taken", b"content")
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]

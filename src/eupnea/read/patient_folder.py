"""What a patient's folder holds: DICOM at any depth, or an image file for each scan."""

from __future__ import annotations

from pathlib import Path

from eupnea.read.image_file import is_image_name


def sources_in(source: Path) -> list[Path]:
    """The sources that one patient's folder stands for.

    Args:
        source: A folder or a file.

    Returns:
        The image files of a folder that holds nothing else, hidden files aside, in the order of
        their names; else the source itself.
    """
    if not source.is_dir():
        return [source]
    entries = sorted(entry for entry in source.iterdir() if not entry.name.startswith("."))
    images = [entry for entry in entries if is_image_name(entry.name)]
    return images if images and images == entries else [source]

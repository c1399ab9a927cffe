"""The scans of the shipped model's data list, by name."""

from __future__ import annotations

from pathlib import Path

from eupnea.train.cases import CaseEntry, Datalist

ENTRIES: dict[str, CaseEntry] = {
    entry.name: entry for entry in Datalist.read(Path(__file__).with_name("lung.json")).cases
}
"""Trained on, and held out; paths are relative to the folder of the data."""

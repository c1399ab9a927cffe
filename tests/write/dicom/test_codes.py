"""The table of codes."""

from __future__ import annotations

from typing import cast

import pytest
from pydicom.sr import _concepts_dict

from eupnea.analysis import EventKind
from eupnea.band import BandName
from eupnea.segment.zones import NAMES
from eupnea.write.dicom.codes import code_table, has_code

Words = dict[str, tuple[str, list[int]]]

CONCEPTS = cast(dict[str, dict[str, Words]], _concepts_dict.concepts)
"""DICOM's own dictionary: scheme, keyword, code value, then meaning and context groups."""

ENTRIES = [
    (group, name, part)
    for group, names in code_table().items()
    for name, entry in names.items()
    for part in entry
    if part != "source"
]


@pytest.mark.parametrize(("group", "name", "part"), ENTRIES)
def test_public_codes_are_dicoms_own(group: str, name: str, part: str) -> None:
    """A code of a public scheme has the very meaning that DICOM's dictionary gives it.

    Longer values than 16 would need another attribute, which few programs read.
    """
    entry = code_table()[group][name]
    value, scheme, meaning = entry[part]
    assert entry["source"]
    assert len(value) <= 16
    known = CONCEPTS.get(scheme, {}).values()
    meanings = {words[value][0] for words in known if value in words}
    if scheme == "99EUPNEA" or "in no DICOM context group" in entry["source"]:
        assert not meanings
    else:
        assert meaning in meanings


def test_every_word_of_an_analysis_has_a_code() -> None:
    """Events, lung zones and dense bands are all coded."""
    assert all(has_code("event", kind) for kind in EventKind)
    assert all(has_code("zone", name) for name in NAMES)
    assert has_code("property", BandName.GROUND_GLASS)
    assert has_code("property", BandName.CONSOLIDATED)

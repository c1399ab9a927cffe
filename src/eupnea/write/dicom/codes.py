"""The coded words of DICOM, from one table."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from highdicom.sr import CodedConcept

TABLE = "codes.toml"
PRIVATE_SCHEME = "99EUPNEA"


def code(group: str, name: str, *, part: str = "code") -> CodedConcept:
    """A coded concept of the table; a private one for a name that the table lacks.

    Args:
        group: Such as `organ` or `unit`.
        name: Such as `lung` or `percent`.
        part: `code`, or `laterality` of a zone.

    Examples:
        >>> code("organ", "lung").meaning, code("organ", "spleen").scheme_designator
        ('Lung', '99EUPNEA')
    """
    private = {"code": [name.upper()[:16], PRIVATE_SCHEME, name]}
    value, scheme, meaning = code_table()[group].get(name, private)[part]
    return CodedConcept(value=value, scheme_designator=scheme, meaning=meaning)


def has_code(group: str, name: str) -> bool:
    """Whether the table has a concept."""
    return name in code_table()[group]


@cache
def code_table() -> dict[str, dict[str, dict[str, Any]]]:
    """The whole table, as written."""
    return tomllib.loads((files(__package__) / TABLE).read_text(encoding="utf-8"))

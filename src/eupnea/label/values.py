"""What the voxels of a label file mean."""

from __future__ import annotations

from enum import IntEnum

from eupnea.label.plan import LabelType


class LabelValue(IntEnum):
    """The values of every label that Eupnea writes and reads."""

    OUTSIDE = 0
    """Not the organ, or the side that was not drawn."""
    NORMAL = 1
    ABNORMAL = 2
    UNJUDGED = 3
    """Part of the organ that the reader did not judge; nnU-Net's *ignore*."""


VALUE_OF = {LabelType.NORMAL: LabelValue.NORMAL, LabelType.ABNORMAL: LabelValue.ABNORMAL}

COLOURS = {
    LabelValue.NORMAL: (90, 170, 255),
    LabelValue.ABNORMAL: (255, 150, 0),
    LabelValue.UNJUDGED: (150, 150, 150),
}
"""Red, green and blue; told apart by readers who see no red or no green."""


def value_name(value: LabelValue, organ: str) -> str:
    """What a drawing tool calls a value.

    Examples:
        >>> value_name(LabelValue.NORMAL, "lung")
        'normal lung'
    """
    return f"{value.name.lower()} {organ}"


def itksnap_labels(organ: str) -> str:
    """A label description file of ITK-SNAP: colour and name of each value."""
    rows = [f'{0:5} {0:5} {0:5} {0:5} {0:9} {0:3} {0:3}    "Clear Label"']
    for value, (red, green, blue) in COLOURS.items():
        name = value_name(value, organ)
        rows.append(f'{value:5} {red:5} {green:5} {blue:5} {1:9} {1:3} {1:3}    "{name}"')
    head = "# ITK-SnAP Label Description File\n# IDX   -R-   -G-   -B-   -A-  VIS MSH  LABEL"
    return "\n".join([head, *rows, ""])

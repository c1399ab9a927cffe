"""Numbers, dates and names as a reader wants them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from eupnea.analysis import EventKind

NARROW_SPACE = "\N{NARROW NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"

ORGANS = {"lung": "lungs"}
"""What a reader calls the whole organ, where that differs from its name."""

BANDS = {
    "normal": "normal",
    "other": "aerated, abnormal",
    "hyperlucent": "hyperlucent",
    "aerated": "aerated",
    "ground_glass": "ground glass",
    "consolidated": "consolidated",
}

GLYPHS = {
    EventKind.NEW: "+",
    EventKind.GROWN: "\N{UPWARDS ARROW}",
    EventKind.SHRUNK: "\N{DOWNWARDS ARROW}",
    EventKind.STABLE: "=",
    EventKind.MERGED: "\N{RIGHTWARDS ARROW}\N{LEFTWARDS ARROW}",
    EventKind.SPLIT: "\N{LEFTWARDS ARROW}\N{RIGHTWARDS ARROW}",
    EventKind.RESOLVED: "\N{MULTIPLICATION SIGN}",
}
"""A sign beside each event's colour, for readers and printers that see no colour."""


def millilitres(value: float) -> str:
    """A volume with as many decimals as its size bears.

    Examples:
        >>> [millilitres(v) for v in (4310.496, 47.26, 0.31, 0.004, 0.0)]
        ['4,310', '47.3', '0.31', '<\u202f0.01', '0']
    """
    if value == 0:
        return "0"
    if value < 0.01:
        return f"<{NARROW_SPACE}0.01"
    digits = 0 if value >= 100 else 1 if value >= 10 else 2
    return f"{value:,.{digits}f}"


def share(fraction: float) -> str:
    """A share of the whole as a percentage.

    Examples:
        >>> [share(f) for f in (0.08612, 0.0004, 0.0, 1.0)]
        ['8.6\u202f%', '<\u202f0.1\u202f%', '0\u202f%', '100\u202f%']
    """
    percent = 100 * fraction
    if 0 < percent < 0.05:
        return f"<{NARROW_SPACE}0.1{NARROW_SPACE}%"
    text = f"{percent:.0f}" if percent in {0, 100} else f"{percent:.1f}"
    return f"{text}{NARROW_SPACE}%"


def signed(value: float, digits: int = 0) -> str:
    """A difference with its sign, and a true minus.

    Examples:
        >>> signed(-3.14, 1), signed(1204.2), signed(-0.02, 1)
        ('\u22123.1', '+1,204', '0')
    """
    if round(value, digits) == 0:
        return "0"
    return f"{value:+,.{digits}f}".replace("-", MINUS)


def signed_millilitres(value: float) -> str:
    """A difference of volumes, with the decimals that its size bears."""
    sign = MINUS if value < 0 else "+" if value > 0 else ""
    return f"{sign}{millilitres(abs(value))}"


def signed_percent(value: float | None) -> str:
    """A relative change; a dash where there was nothing before."""
    return "\N{EN DASH}" if value is None else f"{signed(value)}{NARROW_SPACE}%"


def limit(percent: float, *, upward: bool) -> str:
    """The change, in the direction it went, that a repeat scan could have shown.

    Examples:
        >>> limit(25.0, upward=True), limit(20.0, upward=False)
        ('+25\u202f%', '\u221220\u202f%')
    """
    return f"{'+' if upward else MINUS}{percent:.0f}{NARROW_SPACE}%"


def points(fraction_change: float) -> str:
    """A difference of shares, in percentage points."""
    return f"{signed(100 * fraction_change, 1)} points"


def whole(value: float) -> str:
    """A number without decimals, with a true minus, such as of mm or HU.

    Examples:
        >>> whole(-491.6)
        '\u2212492'
    """
    return f"{value:.0f}".replace("-", MINUS)


def names(ids: tuple[str, ...], most: int = 4) -> str:
    """Region ids in a row, the first few of many.

    Examples:
        >>> names(("R1", "R2")), names(("R1", "R2", "R3", "R4", "R5", "R6"))
        ('R1 + R2', 'R1 + R2 + R3 + R4 and 2 more')
    """
    shown = " + ".join(ids[:most])
    return f"{shown} and {len(ids) - most} more" if len(ids) > most else shown


def day(moment: datetime) -> str:
    """A date without ambiguity.

    Examples:
        >>> day(datetime(2020, 3, 5))
        '5 Mar 2020'
    """
    return f"{moment.day} {moment:%b %Y}"


def days(value: float) -> str:
    """A number of days, or of hours when it is less than two.

    Examples:
        >>> days(41.0), days(0.25), days(1.0)
        ('41 days', '6 hours', '1 day')
    """
    if value < 1:
        return counted(round(value * 24), "hour")
    return counted(round(value), "day")


def counted(number: int, noun: str) -> str:
    """A number and its noun, in the plural where needed."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def listed(words: Sequence[str]) -> str:
    """Words in a row, as a sentence has them.

    Examples:
        >>> listed(["one", "two", "three"])
        'one, two and three'
    """
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def listed_few(words: Sequence[str], most: int = 5) -> str:
    """Words in a row, the first few of many.

    Examples:
        >>> listed_few(["R1", "R2", "R3"], most=1)
        'R1 and 2 more'
    """
    if len(words) <= most:
        return listed(words)
    return f"{', '.join(words[:most])} and {len(words) - most} more"


def organ(name: str) -> str:
    """What a reader calls the whole organ."""
    return ORGANS.get(name, name)

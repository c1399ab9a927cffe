"""Names of images that carry the leave to fetch them.

3D Slicer's module bears its token on every call but one: it downloads the
image by its name alone. So with a token, the name that it is told is a ticket
for that image and no other, which only this server could have written.
"""

from __future__ import annotations

import hashlib
import hmac

MARK = "~"


def write_ticket(case: str, token: str) -> str:
    """A name of an image that is its ticket, as long as the token is in force.

    Examples:
        >>> write_ticket("P001_00", "open sesame").partition("~")[0]
        'P001_00'
    """
    seal = hmac.new(token.encode(), case.encode(), hashlib.sha256).hexdigest()
    return f"{case}{MARK}{seal}"


def case_of(name: str) -> str:
    """The image that a name or a ticket names.

    Examples:
        >>> case_of("P001_00"), case_of("P001_00~4f")
        ('P001_00', 'P001_00')
    """
    return name.partition(MARK)[0]


def is_ticket(name: str, token: str) -> bool:
    """Whether a name is a ticket that was written with the token."""
    return hmac.compare_digest(name.encode(), write_ticket(case_of(name), token).encode())

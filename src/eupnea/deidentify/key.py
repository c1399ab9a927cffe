"""The secret from which pseudonyms, identifiers and shifts of dates follow."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Self

from eupnea.errors import OutputError, UsageError

LEAST_BYTES = 16
SHIFT_DAYS = (366, 3652)
"""Dates go back by one to ten years."""


@dataclass(frozen=True, kw_only=True)
class Key:
    """With the same key, the same patient, study and slice get the same new names.

    Who has the key and a list of patients can find the patient behind a
    pseudonym; who destroys it makes that impossible.

    Examples:
        >>> key = Key(secret=b"sixteen bytes and more")
        >>> key.pseudonym("4711") == key.pseudonym("4711") != key.pseudonym("4712")
        True
        >>> key
        Key()
    """

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) < LEAST_BYTES:
            raise UsageError(f"a key for de-identification needs at least {LEAST_BYTES} bytes")

    @classmethod
    def of_file(cls, path: Path) -> Self:
        """The key in a file; a new one is made, for its owner's eyes alone, when there is none.

        Raises:
            UsageError: The file holds no key, or cannot be read.
            OutputError: It cannot be made.
        """
        if not path.exists():
            _make(path)
        try:
            return cls(secret=path.read_bytes().strip())
        except OSError as error:
            raise UsageError(f"cannot read the key: {error.strerror}") from error

    def pseudonym(self, patient: str) -> str:
        """A patient's new number and name; nothing when there was none."""
        return f"EUP-{self._digest('patient', patient)[:16].upper()}" if patient else ""

    def uid(self, original: str) -> str:
        """A new identifier under 2.25 (PS3.5 B.2) for an old one."""
        return f"2.25.{int(self._digest('uid', original)[:32], 16)}"

    def shift(self, patient: str) -> timedelta:
        """How far a patient's dates go back: whole days, the same for all of them."""
        least, most = SHIFT_DAYS
        return timedelta(days=least + int(self._digest("shift", patient), 16) % (most - least))

    def _digest(self, kind: str, word: str) -> str:
        return hmac.new(self.secret, f"{kind}\0{word}".encode(), hashlib.sha256).hexdigest()


def _make(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as opened:
            opened.write(secrets.token_hex(32) + "\n")
    except OSError as error:
        raise OutputError(f"cannot make the key: {error.strerror}") from error

"""Free text reduced to words that are known to say nothing about a person."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

WORDS = "words.txt"
KERNEL = re.compile(r"[A-Z][a-z]?\d{2}[a-z]?(\\\d)?|FC\d{2}|[A-FL]|Y[A-E]")
"""Siemens (B30f, Br40d\\3), Canon (FC08), Philips (B, YA)."""

_NUMBER = re.compile(r"\d{1,2}(?:[.,]\d{1,2})?(?:mm|kV)")


def clean(text: str) -> str:
    """A description without any word that is not in the vocabulary.

    Whole words alone count, and a number only with its unit.

    Examples:
        >>> clean("CT Thorax for Jane Doe, 1.5mm lung 4711")
        'CT Thorax 1.5mm lung'
    """
    return " ".join(word for word in re.split(r"[\s,;:/_()^+]+", text) if _is_harmless(word))


def clean_kernel(text: str) -> str:
    """A reconstruction kernel, if it looks like one or consists of known words.

    Examples:
        >>> clean_kernel("B30f"), clean_kernel("STANDARD"), clean_kernel("DOE")
        ('B30f', 'STANDARD', '')
    """
    return text if KERNEL.fullmatch(text) else clean(text)


def _is_harmless(word: str) -> bool:
    return word.upper() in _vocabulary() or _NUMBER.fullmatch(word) is not None


@cache
def _vocabulary() -> frozenset[str]:
    text = (files(__package__) / WORDS).read_text(encoding="utf-8")
    return frozenset(word for line in text.splitlines() for word in line.partition("#")[0].split())

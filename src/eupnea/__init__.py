"""Eupnea: measures what is no longer normal in the lungs, over time, in chest CT."""

from __future__ import annotations

__version__ = "0.1.0"

"""Eupnea: measures what is no longer normal in the lungs, over time, in chest CT.

Examples:
    >>> import eupnea
    >>> analysis = eupnea.analyze(["baseline/", "followup/"])  # doctest: +SKIP
    >>> analysis.scans[0].abnormal.volume_ml  # doctest: +SKIP
    112.4
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eupnea.version import __version__

if TYPE_CHECKING:
    from eupnea.pipeline import analyze

__all__ = ["__version__", "analyze"]


def __getattr__(name: str) -> Any:
    """Import `analyze`, and all it needs, on first use: `import eupnea` stays light."""
    if name == "analyze":
        from eupnea.pipeline import analyze  # noqa: PLC0415

        return analyze
    raise AttributeError(f"module 'eupnea' has no attribute {name!r}")

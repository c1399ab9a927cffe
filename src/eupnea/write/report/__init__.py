"""`report.html`: one self-contained page for a reader."""

from __future__ import annotations

from eupnea.write.report.page import render_report

__all__ = ["render_report"]

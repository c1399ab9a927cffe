"""What all tests of the package need."""

from __future__ import annotations

import pytest

pytest.importorskip("distributed", reason="the extra `cohort` is not installed")

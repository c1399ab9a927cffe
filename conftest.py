"""What is left out of the doctests where an extra is not installed."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

TRAINING = Path(__file__).parent / "src" / "eupnea" / "train"
EXTRA = re.compile(r"^(import|from) (torch|onnx)\b", re.MULTILINE)


def _needs_extra(path: Path) -> bool:
    return EXTRA.search(path.read_text()) is not None


collect_ignore = (
    []
    if find_spec("torch")
    else [str(path) for path in TRAINING.rglob("*.py") if _needs_extra(path)]
)

"""What the processor can do that decides how a training runs."""

from __future__ import annotations

import torch

BFLOAT16 = ("avx512_bf16", "amx_bf16", "bf16", "sve_bf16")
"""Names of the capability: x86 in vectors and tiles, Arm in vectors."""


def has_bfloat16() -> bool:
    """Whether products of bfloat16 numbers are the processor's own work, not emulated."""
    found = torch.cpu.get_capabilities()
    return any(bool(found.get(name)) for name in BFLOAT16)

"""Arguments that say how the organ and its normal part are found."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

NormalMethod = Annotated[
    str | None,
    typer.Option(
        "--normal",
        metavar="METHOD",
        help="What finds the normal region: `eupnea-lung`, the trained model, or "
        "`density-baseline`.",
        show_default=False,
    ),
]
Weights = Annotated[
    Path | None,
    typer.Option(
        "--model",
        metavar="PATH",
        help="A model of your own: an ONNX file with its card beside it, or a folder of both.",
        show_default=False,
    ),
]
RoiMasks = Annotated[
    list[Path] | None,
    typer.Option(
        "--roi",
        metavar="MASK",
        help="A mask of the organ, from a reader or another tool, on a scan's grid, once per scan; "
        "or `lungmask` or `totalsegmentator`, if you have it installed.",
        show_default=False,
    ),
]

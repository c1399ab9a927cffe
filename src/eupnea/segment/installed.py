"""A region of interest found by another tool that the user has installed, with its own weights."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from eupnea.errors import ModelError, Refusal, RefusalCode, UsageError
from eupnea.nifti_file import nifti_bytes
from eupnea.organ import Method, RegionOfInterest
from eupnea.read import read_mask
from eupnea.scan import Scan

LOBES = (
    "lung_upper_lobe_left",
    "lung_lower_lobe_left",
    "lung_upper_lobe_right",
    "lung_middle_lobe_right",
    "lung_lower_lobe_right",
)
"""What TotalSegmentator calls the parts of the lungs."""


@dataclass(frozen=True, kw_only=True)
class InstalledTool:
    """A program that takes a NIfTI file and leaves a mask of the lungs.

    It runs in a process of its own, from wherever it is installed: its
    libraries need not agree with Eupnea's.
    """

    name: str
    program: str
    arguments: Callable[[Path, Path], list[str]]
    """From the scan's file and that of the mask."""
    cite: str

    def method(self) -> Method:
        """Name and version, as the program itself tells.

        Raises:
            UsageError: If the program is not installed.
            ModelError: If it does not run.
        """
        return Method(
            name=self.name,
            version=self._run("--version").strip() or "unknown",
            summary=f"The region of interest was found by {self.program} ({self.cite}), installed "
            "beside Eupnea. Eupnea took it as it is.",
        )

    def find_roi(self, scan: Scan) -> RegionOfInterest:
        """What the program marks as lung, whichever label it gives.

        Raises:
            UsageError: If the program is not installed.
            ModelError: If it fails, or leaves no mask.
            Refusal: `NOT_CHEST` if it marks nothing; `GEOMETRY_MISMATCH` if
                its mask is not on the scan's grid.
        """
        with tempfile.TemporaryDirectory(prefix="eupnea-") as folder:
            image, drawn = Path(folder) / "scan.nii.gz", Path(folder) / "lungs.nii.gz"
            image.write_bytes(nifti_bytes(scan.hu, scan.geometry))
            self._run(*self.arguments(image, drawn))
            if not drawn.exists():
                raise ModelError(f"expected a mask from {self.program}, found none")
            mask = read_mask(drawn, scan)
        if mask.is_empty:
            raise Refusal(RefusalCode.NOT_CHEST, expected="lungs", found=f"none by {self.program}")
        return RegionOfInterest(mask=mask)

    def _run(self, *arguments: str) -> str:
        path = shutil.which(self.program)
        if path is None:
            raise UsageError(
                f"expected the program {self.program}, found none on the PATH; see its own "
                f"documentation for how to install it ({self.cite})"
            )
        done = subprocess.run(  # noqa: S603 - a program of the user's own choice, no shell
            [path, *arguments], capture_output=True, text=True, check=False
        )
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["no message"])[-1]
            raise ModelError(f"{self.program} ended with {done.returncode}: {last}")
        return done.stdout


INSTALLED_TOOLS: Mapping[str, InstalledTool] = MappingProxyType(
    {
        tool.name: tool
        for tool in (
            InstalledTool(
                name="lungmask",
                program="lungmask",
                arguments=lambda image, drawn: [str(image), str(drawn), "--noprogress"],
                cite="Hofmanninger et al. 2020, doi:10.1186/s41747-020-00173-2",
            ),
            InstalledTool(
                name="totalsegmentator",
                program="TotalSegmentator",
                arguments=lambda image, drawn: [
                    *("-i", str(image), "-o", str(drawn), "--ml", "--quiet"),
                    *("--roi_subset", *LOBES),
                ],
                cite="Wasserthal et al. 2023, doi:10.1148/ryai.230024",
            ),
        )
    }
)
"""Every such tool by the name that `--roi` takes."""

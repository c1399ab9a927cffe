"""Takes the patient out of what is read, and keeps what time and images tell.

The profile is DICOM PS3.15 annex E: Basic Application Level Confidentiality,
with the options Clean Descriptors and Retain Longitudinal Temporal Information
with Modified Dates. It names what stays, not what goes.
"""

from __future__ import annotations

from eupnea.deidentify.copies import copy_files
from eupnea.deidentify.key import Key
from eupnea.deidentify.reading import deidentify

__all__ = ["Key", "copy_files", "deidentify"]

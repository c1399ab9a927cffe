"""An image archive that speaks DICOMweb: scans in, results out, nothing in between kept."""

from __future__ import annotations

from eupnea.pacs.archive import Archive
from eupnea.pacs.pulling import pull
from eupnea.pacs.pushing import push
from eupnea.pacs.watching import Watching, watch

__all__ = ["Archive", "Watching", "pull", "push", "watch"]

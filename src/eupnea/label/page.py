"""`worklist.html`: one self-contained page with a picture and a reason for each image."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined

from eupnea.analysis import ScanAnalysis
from eupnea.label.plan import LabelType
from eupnea.label.worklist import Worklist
from eupnea.write.report.picture import Picture, picture
from eupnea.write.report.places import Sections, scan_places
from eupnea.write.report.words import day, millilitres, share

TEMPLATES = "templates"
SHOWN_PX = 300

HOUR = 60


def thumbnail(found: ScanAnalysis) -> Picture:
    """The axial section with most candidates in it, outlined; any section when there is none."""
    place = scan_places(Sections(found), count=1)[-1]
    return picture(found, place, shown_px=SHOWN_PX, texts={r.id: "" for r in found.regions})


def render_page(worklist: Worklist, pictures: Mapping[str, Picture]) -> str:
    """The worklist as a page that names no outside address and runs no script.

    Args:
        worklist: The images in order.
        pictures: The thumbnail of each case.
    """
    style = (files(__package__) / TEMPLATES / "worklist.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode("ascii")
    policy = (
        f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'"
    )
    environment = Environment(
        loader=PackageLoader(__package__, TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(ml=millilitres, share=share, day=day, hours=working_time)
    page = environment.get_template("worklist.html.j2")
    return page.render(
        worklist=worklist,
        normal=sum(item.label_type is LabelType.NORMAL for item in worklist.items),
        pictures=pictures,
        style=style,
        policy=policy,
    )


def working_time(minutes: float) -> str:
    """An estimate of time in words, no finer than it can be.

    Examples:
        >>> working_time(17.2), working_time(100.0)
        ('17 minutes', '1.7 hours')
    """
    return f"{minutes:.0f} minutes" if minutes < HOUR else f"{minutes / HOUR:.1f} hours"

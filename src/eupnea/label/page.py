"""`worklist.html`: one self-contained page with a picture and a reason for each image."""

from __future__ import annotations

from collections.abc import Mapping

from eupnea.analysis import ScanAnalysis
from eupnea.label.plan import LabelType
from eupnea.label.worklist import Worklist
from eupnea.write.html import content_policy, style_of, template_environment
from eupnea.write.report.picture import Picture, picture
from eupnea.write.report.places import Sections, scan_places
from eupnea.write.report.words import day, millilitres, share

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
    style = style_of(str(__package__), "worklist.css")
    environment = template_environment(str(__package__))
    environment.filters.update(ml=millilitres, share=share, day=day, hours=working_time)
    page = environment.get_template("worklist.html.j2")
    return page.render(
        worklist=worklist,
        normal=sum(item.label_type is LabelType.NORMAL for item in worklist.items),
        pictures=pictures,
        style=style,
        policy=content_policy(style),
    )


def working_time(minutes: float) -> str:
    """An estimate of time in words, no finer than it can be.

    Examples:
        >>> working_time(17.2), working_time(100.0)
        ('17 minutes', '1.7 hours')
    """
    return f"{minutes:.0f} minutes" if minutes < HOUR else f"{minutes / HOUR:.1f} hours"

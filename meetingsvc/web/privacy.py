"""The privacy notice: for everyone signed in, and beside the referral form without an account."""

from flask import Blueprint, render_template

from meetingsvc.models import AreaRow
from meetingsvc.permissions import PUBLIC, Permission
from meetingsvc.store import areas
from meetingsvc.web import guard
from meetingsvc.web.guard import needs
from meetingsvc.web.public_form import open_area
from minutes.privacy import notice

bp = Blueprint("privacy", __name__)


@bp.get("/privacy")
@needs(Permission.HOME_READ)
def show() -> str:
    """That of one's own area."""
    return _page("privacy/privacy.html", areas.by_id(guard.principal().area_id))


@bp.get("/refer/<area>/privacy")
@needs(PUBLIC)
def of_form(area: str) -> str:
    """The same, where the area takes referrals without an account; else as no such page."""
    return _page("privacy/public.html", open_area(area))


def _page(template: str, area: AreaRow) -> str:
    return render_template(template, area=area, parts=notice(area.title, areas.settings_of(area)))

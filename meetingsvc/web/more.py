"""The places that the bar at the top has no room for, each with what one does there."""

from flask import Blueprint, render_template

from meetingsvc.permissions import Permission
from meetingsvc.web.guard import needs, principal
from meetingsvc.web.navigation import MORE, bar_and_rest

bp = Blueprint("more", __name__)


@bp.get(MORE.href)
@needs(Permission.HOME_READ)
def show() -> str:
    """Reads nothing."""
    _, rest = bar_and_rest(principal())
    return render_template("home/more.html", places=rest)

"""The settings of an area, on one page with the rule each comes from."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for

from agenda.area import AreaSettings
from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.store import proposals
from meetingsvc.usecases import areas as usecase
from meetingsvc.web import guard
from meetingsvc.web.area_forms import NAMES, AreaForm
from meetingsvc.web.guard import needs

bp = Blueprint("area", __name__, url_prefix="/area")
_NOT_YET = "Nothing changes until a second person has approved it."


@bp.get("")
@needs(Permission.AREA_MANAGE)
def show() -> str:
    """How things are set."""
    return _page(AreaForm(formdata=None).show(usecase.settings(guard.principal())))


@bp.post("")
@needs(Permission.AREA_MANAGE, step_up=True)
def propose() -> Any:
    """Puts what was changed before a second person. Where somebody was quicker, the page says so and keeps
    what was typed."""
    form, who = AreaForm(), guard.principal()
    if not form.validate():
        return _page(form), 422
    try:
        changed = usecase.propose(who, form.settings(), form.seen.data or "", form.reason.data, clock.now())
    except usecase.ChangedSince as since:
        settings = usecase.settings(who)
        form.form_errors.append(_since(since.names, settings))
        form.seen.data = usecase.seen(settings)
        return _page(form), 422
    labels = ", ".join(_label(name) for name in changed)
    flash(f"Proposed: {labels}. {_NOT_YET}" if changed else "Nothing was changed.", "success")
    return redirect(url_for("area.show"), 303)


def _page(form: AreaForm) -> str:
    who = guard.principal()
    waits = proposals.open_on(who, f"area/{who.area_id}", clock.now())
    no_marac = form["marac_anchor"].data is None
    return render_template(
        "area/area.html", form=form, names=NAMES, no_marac=no_marac, waits=waits,
        public_form_at=f"/refer/{who.area_name}",
    )  # fmt: skip


def _since(names: tuple[str, ...], settings: AreaSettings) -> str:
    told = "; ".join(f"{_label(name)} is now {usecase.said(settings, name)}" for name in names)
    return f"Somebody else has changed settings since you opened this page: {told}. Save again to set these."


def _label(name: str) -> str:
    return str(AreaSettings.__dataclass_fields__[name].metadata["label"])

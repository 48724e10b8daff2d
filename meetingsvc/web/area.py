"""The settings of an area, on one page with the rule each comes from."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for

from agenda.area import AreaSettings
from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.usecases import areas as usecase
from meetingsvc.web import guard
from meetingsvc.web.area_forms import NAMES, AreaForm
from meetingsvc.web.guard import needs

bp = Blueprint("area", __name__, url_prefix="/area")


@bp.get("")
@needs(Permission.AREA_MANAGE)
def show() -> str:
    """How things are set."""
    return _page(AreaForm(formdata=None).show(usecase.settings(guard.principal())))


@bp.post("")
@needs(Permission.AREA_MANAGE)
def change() -> Any:
    """Sets what was changed. Where somebody was quicker, the page says so and keeps what was typed."""
    form = AreaForm()
    if not form.validate():
        return _page(form), 422
    try:
        changed = usecase.set_all(guard.principal(), form.settings(), form.seen.data or "", clock.now())
    except usecase.ChangedSince as since:
        settings = usecase.settings(guard.principal())
        form.form_errors.append(_since(since.names, settings))
        form.seen.data = usecase.seen(settings)
        return _page(form), 422
    said = ", ".join(_label(name) for name in changed)
    flash(f"Changed: {said}." if changed else "Nothing was changed.", "success")
    return redirect(url_for("area.show"), 303)


def _page(form: AreaForm) -> str:
    return render_template(
        "area/area.html", form=form, names=NAMES, no_marac=form["marac_anchor"].data is None
    )


def _since(names: tuple[str, ...], settings: AreaSettings) -> str:
    told = "; ".join(f"{_label(name)} is now {_value(settings, name)}" for name in names)
    return f"Somebody else has changed settings since you opened this page: {told}. Save again to set these."


def _value(settings: AreaSettings, name: str) -> str:
    value = getattr(settings, name)
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _label(name: str) -> str:
    return str(AreaSettings.__dataclass_fields__[name].metadata["label"])

"""What several children have in common, put to a person; and hot spots (Rulebook E2, W4).

Both are for who runs the panels of exploitation, of children whom they may open. Anybody else gets the answer
of an unknown address.
"""

from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request

from agenda.patterns import State, Trait
from agenda.rules import RuleBroken
from meetingsvc import clock
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import patterns as store
from meetingsvc.store.patterns import Line
from meetingsvc.usecases import hot_spots, reading
from meetingsvc.usecases import patterns as usecase
from meetingsvc.web import guard
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs
from meetingsvc.web.hot_spots_forms import PeriodForm
from meetingsvc.web.patterns_forms import LinkForm, ReasonForm
from meetingsvc.web.subjects import address_of
from minutes.hot_spots import Band, bars, last_year

bp = Blueprint("patterns", __name__)
#: Of each sort on one page.
MOST = 100
IN_CHART, LONGEST = 12, 400


def _who() -> Principal:
    who = guard.principal()
    if not who.runs_exploitation:
        abort(404)
    return who


@bp.get("/patterns")
@needs(Permission.EXPLOITATION_READ)
def index() -> str:
    """Those on which nobody has said anything, and then the others."""
    who = _who()
    found = store.every(who, clock.today())
    put = [one for one in found if one.state is State.PUT]
    done = [one for one in found if one.stands]
    done.sort(key=lambda one: one.said[0].at, reverse=True)
    shown = [*put[:MOST], *done[:MOST]]
    reading.listed(who, "pattern.list_read", _named(shown), clock.now())
    return render_template(
        "patterns/list.html", put=put[:MOST], done=done[:MOST], left_out=len(put) - MOST,
        address_of=address_of,
    )  # fmt: skip


def _named(lines: list[Line]) -> list[UUID]:
    """Everybody whom these lines name: the children, and persons of concern."""
    people = [UUID(one.pattern.key) for one in lines if one.pattern.trait is Trait.PERSON]
    return [*(child.id for one in lines for child in one.children), *people]


def _opened() -> tuple[Principal, Line]:
    """The one that the address or the form names, where it is there for who asks."""
    who = _who()
    try:
        key = UUID(request.values.get("of", ""))
    except ValueError:
        abort(404)
    line = or_404(store.one(who, key, clock.today()))
    reading.listed(who, "pattern.list_read", _named([line]), clock.now())
    return who, line


@bp.route("/patterns/link", methods=["GET", "POST"])
@needs(Permission.EXPLOITATION_DECIDE)
def link() -> Any:
    """What tells of it, and how the children are linked."""
    who, line = _opened()
    form = LinkForm().offer(line)
    if not (request.method == "POST" and form.is_fit(line)):
        return _asked("patterns/link.html", line, form)
    try:
        usecase.link(who, line.id, form.children, form.told(), form.reason.data, clock.now())
    except RuleBroken as refusal:
        return _asked("patterns/link.html", line, form, str(refusal))
    flash("The children are linked. The links are on the page of each.", "success")
    return redirect("/patterns", 303)


@bp.route("/patterns/set-aside", methods=["GET", "POST"])
@needs(Permission.EXPLOITATION_DECIDE)
def set_aside() -> Any:
    """What tells of it, and why it means nothing."""
    who, line = _opened()
    form = ReasonForm()
    if not (request.method == "POST" and form.is_fit(line)):
        return _asked("patterns/set_aside.html", line, form)
    try:
        usecase.set_aside(who, line.id, form.children, form.reason.data, clock.now())
    except RuleBroken as refusal:
        return _asked("patterns/set_aside.html", line, form, str(refusal))
    flash("It is set aside, until it is told of another child.", "success")
    return redirect("/patterns", 303)


def _asked(template: str, line: Line, form: ReasonForm, refused: str = "") -> Any:
    """With what was typed; and with the children as they are now, whom the next answer is about."""
    if refused:
        form.reason.errors = [*form.reason.errors, refused]
    form.shows(line)
    page = render_template(template, line=line, form=form, address_of=address_of)
    return page, (409 if refused else 422) if request.method == "POST" else 200


@bp.get("/hot-spots")
@needs(Permission.EXPLOITATION_READ)
def spots() -> Any:
    """Places and times with counts, as a list, a chart and a table that says the same."""
    who, today = _who(), clock.today()
    form = PeriodForm.asked(request.args, last_year(today))
    quarters = form.quarters(today)
    told = hot_spots.told(who, quarters, clock.now()) if quarters else None
    lines = [(one.place.name, one.total) for one in told.spots] if told else []
    times = list(zip(Band, told.by_band, strict=True)) if told else []
    page = render_template(
        "patterns/hot_spots.html", form=form, told=told, bands=tuple(Band), address_of=address_of,
        places=bars(lines[:IN_CHART], LONGEST), times=bars(times, LONGEST),
        in_table_alone=max(len(lines) - IN_CHART, 0), over=_over(today),
    )  # fmt: skip
    return page, 200 if quarters else 422


def _over(today: date) -> date:
    return last_year(today)[1]

"""Each agency's list of flags to add and to remove, done in one click, and as a file (Rulebook G1 to G3)."""

import csv
import io
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from wtforms import TextAreaField

from agenda.exports import neutralise
from agenda.rules import RuleBroken
from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.store import areas, flags, flags_children, flags_late
from meetingsvc.store.flags import Kept, Outstanding
from meetingsvc.store.flags_late import Deadlines
from meetingsvc.usecases import flags_done as usecase
from meetingsvc.usecases import lists_taken, reading
from meetingsvc.web import guard
from meetingsvc.web.feedback_forms import refuse
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs
from meetingsvc.web.paging import Pages, page_asked
from minutes.flags import Said, State, Whose, undone

bp = Blueprint("flags", __name__, url_prefix="/flags")
COLUMNS = ("What to do", "Name", "Date of birth", "Text", "Add by", "Take off on")
_SAID = {one.name.lower(): one for one in Said}
_STATES = {one.name.lower(): one for one in State}


class PerpetratorForm(FlaskForm):  # type: ignore[misc]
    """The two statements without which a perpetrator's file is not flagged (Rulebook G3)."""

    necessary = TextAreaField("For which ongoing casework is it absolutely necessary?")
    cannot_reach = TextAreaField("How does your agency make sure that it cannot reach the perpetrator?")


@bp.get("")
@needs(Permission.FLAG_READ)
def index() -> str:
    """What one's agency has to do; for who runs the meetings, how much each agency has still to do."""
    who, now = guard.principal(), clock.now()
    does = who.may(Permission.FLAG_DONE)
    asked = page_asked()
    to_do, there = (flags.to_do(who, flags.MOST), flags.standing(who, asked)) if does else ([], [])
    left, counts, by = flags.count_to_do(who) - len(to_do), flags.count_standing(who) if does else {}, _by()
    reading.listed(who, "flag.list_read", (one.case_id for one in (*to_do, *there)), now)
    groups = [(state, [one for one in to_do if one.flag.state is state])
              for state in (State.TO_REMOVE, State.TO_CHANGE, State.TO_ADD)]  # fmt: skip
    return render_template(
        "flags/index.html", groups=groups, left=left, by=by,
        there=[(state, counts[state], [one for one in there if one.flag.state is state])
               for state in (State.ADDED, State.NOT_HELD) if state in counts],
        outstanding=None if does else flags.outstanding(who, by.late),
        pages=Pages(asked, sum(counts.values()), flags.PAGE),
    )  # fmt: skip


@bp.post("")
@needs(Permission.FLAG_DONE)
def say() -> Any:
    """`step` is `<flag>.<state it was in>.<what is said>`, or with the flags on the page `all.<state>`, which
    shows them to be checked, and then `sure.<state>`."""
    first, _, rest = request.form.get("step", "").partition(".")
    state, _, what = rest.partition(".")
    seen = _STATES.get(state) or abort(400)
    ids = [key for key in map(_uuid, request.form.getlist(f"flag-{state}")[: flags.MOST]) if key]
    if first == "all":
        return _check(ids, seen)
    if first == "sure":
        done = usecase.all_done(guard.principal(), ids, seen, clock.now())
        flash(f"Recorded: {done} done.", "success")
    else:
        key, said = _uuid(first) or abort(404), _SAID.get(what) or abort(400)
        usecase.say(guard.principal(), key, seen, said, clock.now())
        flash("Recorded.", "success")
    return redirect(url_for("flags.index"), 303)


def _check(ids: list[UUID], seen: State) -> str:
    who = guard.principal()
    found = [one for one in flags.to_do(who, flags.MOST) if one.id in ids and one.flag.state is seen]
    reading.listed(who, "flag.list_read", (one.case_id for one in found), clock.now())
    return render_template("flags/check.html", found=found, state=seen)


@bp.get("/list.csv")
@needs(Permission.FLAG_DONE, step_up=True)
def download() -> Response:
    """The same as a file: whom to find, the fixed text, by when, and nothing else (Rulebook G2)."""
    found = lists_taken.of_flags(guard.principal(), clock.now())
    out, deadlines = io.StringIO(), _by()
    lines = csv.writer(out)
    lines.writerow(COLUMNS)
    lines.writerows([neutralise(cell) for cell in _cells(one, deadlines)] for one in found)
    answer = Response(out.getvalue(), mimetype="text/csv")
    answer.headers["Content-Disposition"] = "attachment; filename=flags.csv"
    return answer


def _cells(one: Kept, deadlines: Deadlines) -> tuple[str, ...]:
    dob = f"{one.dob:%d/%m/%Y}" if one.dob else ""
    by = deadlines.add_by(one.flag)
    return (
        one.what_to_do,
        one.name,
        dob,
        one.text,
        f"{by:%d/%m/%Y}" if by else "",
        f"{one.flag.until:%d/%m/%Y}",
    )


def _by() -> Deadlines:
    return Deadlines(clock.today(), areas.settings_of(areas.by_id(guard.principal().area_id)))


@bp.app_template_global("flags_overdue")
def overdue() -> int:
    """On the first page, beside what is to do: how many of it are late."""
    return flags_late.count_late(guard.principal(), _by())


@bp.app_template_global("flags_behind")
def behind() -> list[Outstanding]:
    """The same for who runs the meetings: which agencies have let some pass (Rulebook G1)."""
    who = guard.principal()
    if not who.runs_meetings:
        return []
    return [one for one in flags.outstanding(who, _by().late) if one.late]


@bp.get("/<uuid:flag_id>")
@needs(Permission.FLAG_READ)
def one(flag_id: UUID) -> str:
    """What stands in the record and until when, the children of the case, and what became of it."""
    return _page(_opened(flag_id), PerpetratorForm())


@bp.post("/<uuid:flag_id>/children")
@needs(Permission.FLAG_DONE)
def add_child(flag_id: UUID) -> Any:
    """A child of the case is flagged too."""
    kept = _opened(flag_id)
    number = request.form.get("child", "")
    children = flags_children.of_case(guard.principal(), kept.case_id)
    if not number.isdecimal() or int(number) >= len(children):
        raise RuleBroken("Choose a child of the case.")
    usecase.add_child(guard.principal(), flag_id, children[int(number)].key, clock.now())
    flash("Recorded: the child is flagged too.", "success")
    return redirect(url_for("flags.one", flag_id=flag_id), 303)


@bp.post("/<uuid:flag_id>/perpetrator")
@needs(Permission.FLAG_DONE)
def add_perpetrator(flag_id: UUID) -> Any:
    """The perpetrator's file is to be flagged, for the reasons that are stated."""
    kept, form = _opened(flag_id), PerpetratorForm()
    told = form.necessary.data or "", form.cannot_reach.data or ""
    try:
        made = usecase.add_perpetrator(guard.principal(), flag_id, *told, clock.now())
    except usecase.Unfit as refusal:
        refuse(form, refusal.problems)
        return _page(kept, form), 422
    except RuleBroken as refusal:
        form.form_errors.append(str(refusal))
        return _page(kept, form), 409
    flash("Recorded. Add the text below to the perpetrator’s file, then say that it is done.", "success")
    return redirect(url_for("flags.one", flag_id=made), 303)


def _opened(flag_id: UUID) -> Kept:
    who = guard.principal()
    kept = or_404(flags.one(who, flag_id))
    reading.opened(who, "flag.read", f"flag/{flag_id}", clock.now())
    return kept


def _page(kept: Kept, form: PerpetratorForm) -> str:
    who = guard.principal()
    mine = flags.of_case(who, kept.case_id) if who.may(Permission.FLAG_DONE) else []
    flagged = {one.name: one for one in mine if one.flag.whose is Whose.CHILD}
    children = flags_children.of_case(who, kept.case_id) if kept.flag.whose is Whose.VICTIM else []
    return render_template(
        "flags/flag.html", kept=kept, steps=flags.steps(who, kept.id), form=form, children=children,
        flagged=flagged, today=clock.today(), states=State, kinds=Whose, mine=mine, by=_by(),
        undo=undone(kept.flag, flags_late.before(who, kept.id)) if mine else None,
    )  # fmt: skip


def _uuid(told: str) -> UUID | None:
    try:
        return UUID(told)
    except ValueError:
        return None

"""The pages of children, persons of concern, places and groups: links, what is told, risk over time (E1, E2).

Whoever may not open one, or asks for it under another kind's address, gets the answer of an unknown one.
"""

from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request

from agenda import level_history
from agenda.panels import Family
from agenda.subjects import Subject, SubjectKind
from meetingsvc import clock
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import panels, subject_links, subject_page, subjects, subjects_alike
from meetingsvc.store import subject_traits as traits_store
from meetingsvc.store.subject_near import KEPT_BY
from meetingsvc.usecases import reading, subject_traits
from meetingsvc.usecases import subject_links as usecase
from meetingsvc.web import guard
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs
from meetingsvc.web.subjects_forms import EndForm, LinkForm, MistakeForm, TraitForm

bp = Blueprint("subjects", __name__)
#: Where the page of each kind stands.
PAGES = {
    SubjectKind.CHILD: "/children",
    SubjectKind.PERSON: "/persons",
    SubjectKind.PLACE: "/places",
    SubjectKind.GROUP: "/groups",
}
#: What the second person presses.
CONFIRM = "confirm"
CONFIRMED = "It is confirmed: nobody is kept away by it any more."
_UNTIL = " Whoever it keeps away is kept away until a second person has confirmed the mistake."
TEMPLATES = {kind: f"subjects/{path[1:]}.html" for kind, path in PAGES.items()}


def address_of(one: Subject) -> str:
    """Where its page is."""
    return address(one.kind, one.id)


def address(kind: str, case_id: UUID) -> str:
    """Where the page of a subject is; "" of a case that is none, or a theme."""
    return f"{PAGES[SubjectKind(kind)]}/{case_id}" if kind in PAGES else ""


@bp.get("/children/<uuid:case_id>")
@needs(Permission.CASE_READ)
def child(case_id: UUID) -> str:
    """A child: what it is linked to, as a picture and as a table, and its risk over time."""
    return _page(case_id, SubjectKind.CHILD)


@bp.get("/persons/<uuid:case_id>")
@needs(Permission.CASE_READ)
def person(case_id: UUID) -> str:
    """A person of concern: who and what is near."""
    return _page(case_id, SubjectKind.PERSON)


@bp.get("/places/<uuid:case_id>")
@needs(Permission.CASE_READ)
def place(case_id: UUID) -> str:
    """A place: its children, and what happened there over time."""
    return _page(case_id, SubjectKind.PLACE)


@bp.get("/groups/<uuid:case_id>")
@needs(Permission.CASE_READ)
def group(case_id: UUID) -> str:
    """A group or network: who belongs to it, and where it meets."""
    return _page(case_id, SubjectKind.GROUP)


def _page(case_id: UUID, kind: SubjectKind) -> str:
    who = guard.principal()
    page = or_404(subject_page.page(who, case_id, kind, clock.today()))
    reading.opened_with(who, "subject.read", case_id, ("subject.named", page.shown), clock.now())
    return render_template(
        TEMPLATES[kind], page=page, subject=page.subject, address_of=address_of, SubjectKind=SubjectKind,
        stands=level_history.now(page.levels), highest=level_history.highest(page.levels),
        rising=level_history.is_rising(page.levels), may_end=partial(usecase.may_end, who),
        level=panels.levels_of(who.area_id, Family.EXPLOITATION).label,
        may_confirm=partial(usecase.may_confirm, who),
    )  # fmt: skip


def _opened(case_id: UUID) -> tuple[Principal, Subject]:
    """The subject, where it is open to who asks; the page that follows leaves its trace (Rulebook V5)."""
    who = guard.principal()
    found = or_404(subjects.of(who, [case_id]).get(case_id))
    reading.opened(who, "subject.read", f"case/{case_id}", clock.now())
    return who, found


@bp.route("/subjects/<uuid:case_id>/links/new", methods=["GET", "POST"])
@needs(Permission.ITEM_OWN)
def link(case_id: UUID) -> Any:
    """What links it to another one, or to somebody or something new."""
    who, subject = _opened(case_id)
    may_make = who.runs_exploitation and who.may(Permission.EXPLOITATION_DECIDE)
    words = request.form.get("find", "").strip()
    others = subjects.named(who, words) if words else subjects.every(who)
    reading.listed(who, "subject.list_read", [one.id for one in others], clock.now())
    apart = subjects_alike.of_one_name(who, list({one.id: one for one in (subject, *others)}.values()))
    form = LinkForm(author=who.name).offer(subject, others, may_make, apart)
    asked = partial(render_template, "subjects/link.html", subject=subject, home=address_of(subject),
                    form=form, may_make=may_make, words=words, found=len(form.others),
                    most=subjects.MOST if len(others) == subjects.MOST else 0)  # fmt: skip
    if request.form.get("step") == "find":
        return asked()
    if not (form.validate_on_submit() and form.is_fit()):
        return (asked(), 422) if request.method == "POST" else asked()
    if form.is_new:
        usecase.tell_of_new(who, case_id, form.whom(), form.told(), clock.now())
    else:
        usecase.tell(who, case_id, UUID(form.other.data), form.told(), clock.now())
    return _done(subject, "The link is kept. Who may open both of them reads it.")


@bp.route("/subjects/<uuid:case_id>/links/<uuid:link_id>/end", methods=["GET", "POST"])
@needs(Permission.ITEM_OWN)
def end(case_id: UUID, link_id: UUID) -> Any:
    """Asks why, and ends what one's own agency told, or as who runs the panels; another's is refused by the
    rule (Rulebook R2). Of what is said to be a mistake a second person is asked to confirm it (F3)."""
    who, subject = _opened(case_id)
    told = or_404(subject_links.one(who, case_id, link_id))
    if request.form.get("step") == CONFIRM:
        usecase.confirm(who, case_id, link_id, clock.now())
        return _done(subject, CONFIRMED)
    form = EndForm()
    if not form.validate_on_submit():
        names = subjects.of(who, [told.link.one, told.link.other])
        return _asked("subjects/end.html", subject, form=form, told=told, names=names,
                      refused=_refused(told, who),
                      confirms=_confirms(who, told, told.link.agency_id))  # fmt: skip
    usecase.end(who, case_id, link_id, form.why.data, clock.now(), mistaken=form.mistaken.data)
    return _done(subject, f"The link has ended. It stays readable.{_UNTIL if form.mistaken.data else ''}")


def _refused(told: subject_links.Told, who: Principal) -> str:
    if not usecase.may_end(who, told.link.agency_id):
        return usecase.NOT_YOURS
    if told.waits:
        return usecase.WAITS
    return usecase.ENDED if told.link.ended else ""


def _confirms(who: Principal, told: subject_links.Told | traits_store.Told, agency_id: UUID) -> bool:
    return told.waits and usecase.may_confirm(who, agency_id, told.ended_by)


@bp.route("/subjects/<uuid:case_id>/traits/new", methods=["GET", "POST"])
@needs(Permission.ITEM_OWN)
def trait(case_id: UUID) -> Any:
    """A number, a vehicle, a nickname or a place that is told of it."""
    who, subject = _opened(case_id)
    form = TraitForm(author=who.name)
    if not (form.validate_on_submit() and form.is_fit()):
        return _asked("subjects/trait.html", subject, form=form)
    subject_traits.tell(who, case_id, form.told(), clock.now())
    return _done(subject, "Kept. Who may open this page reads it.")


@bp.route("/subjects/<uuid:case_id>/traits/<uuid:trait_id>/end", methods=["GET", "POST"])
@needs(Permission.ITEM_OWN)
def end_trait(case_id: UUID, trait_id: UUID) -> Any:
    """Asks why it was a mistake, and a second person to confirm it; what another agency told is refused by
    the rule (Rulebook R2, F3)."""
    who, subject = _opened(case_id)
    told = or_404(next((one for one in traits_store.of(who, case_id) if one.id == trait_id), None))
    if request.form.get("step") == CONFIRM:
        subject_traits.confirm(who, case_id, trait_id, clock.now())
        return _done(subject, CONFIRMED)
    form = MistakeForm()
    if not form.validate_on_submit():
        return _asked("subjects/trait_end.html", subject, form=form, told=told,
                      refused=_trait_refused(told, who),
                      confirms=_confirms(who, told, told.agency_id))  # fmt: skip
    subject_traits.end(who, case_id, trait_id, form.why.data, clock.now())
    until = _UNTIL if told.trait in KEPT_BY else ""
    return _done(subject, f"It counts no more. It stays readable.{until}")


def _trait_refused(told: traits_store.Told, who: Principal) -> str:
    if not usecase.may_end(who, told.agency_id):
        return usecase.NOT_YOURS
    if told.waits:
        return usecase.WAITS
    return subject_traits.ENDED if told.ended else ""


def _asked(template: str, subject: Subject, **told: Any) -> Any:
    page = render_template(template, subject=subject, home=address_of(subject), **told)
    return (page, 422) if request.method == "POST" else page


def _done(subject: Subject, words: str) -> Any:
    flash(words, "success")
    return redirect(address_of(subject), 303)

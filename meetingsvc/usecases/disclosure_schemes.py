"""Applying under a disclosure scheme, and the police's steps on an application (Rulebook Y1, Y2, T9)."""

from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from werkzeug.exceptions import Forbidden, NotFound

from agenda import disclosure_application as rules
from agenda import disclosure_terms, disclosure_update
from agenda.addresses import NOT_READABLE, reason_problem
from agenda.calendar import local_day
from agenda.disclosure_application import Applying
from agenda.disclosure_recipient import name_of, recipient_problem
from agenda.disclosure_scheme import MOVES, TELLS, Made, Right, Scheme, Stage, Step, Telling, step_for
from agenda.moves import Who, open_to
from agenda.references import Prefix
from agenda.referral_entry import EntryKind
from agenda.rules import RuleBroken
from meetingsvc.models import ApplicationRow, ApplicationStepRow, ContactShownRow, TellingRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import (
    acting,
    application_steps,
    applications_typed,
    areas,
    audit,
    references,
    sealed,
    withdrawn,
)
from meetingsvc.store import disclosure_schemes as store
from meetingsvc.store import disclosure_updates as updates
from meetingsvc.store.acting import Host
from meetingsvc.store.disclosure_schemes import Kept
from meetingsvc.store.disclosure_updates import Update
from meetingsvc.usecases import alarms, entries
from meetingsvc.usecases.transaction import saved_by

#: In which the same form sent again is the same thing.
A_MOMENT = timedelta(minutes=10)
NOT_FINAL = (
    "The daily meeting is not closed yet, so its decision may still change. Nothing was recorded. "
    "Come back when the meeting is closed."
)
NOT_CONFIRMED = (
    "A chair has not confirmed yet what the daily meeting decided last. Nothing was recorded. Come back when "
    "they have."
)
#: What is not done while a chair has a decision to confirm: nobody is told, and it ends by no other way.
_WAIT = TELLS | {Step.WITHDRAW}


def apply(
    principal: Principal, told: Applying, agency_id: UUID, now: datetime, access: str = ""
) -> tuple[UUID, str]:
    """Makes an application, which the next daily list takes (Rulebook T9). Gives its id and its reference.

    By the police, who then deal with it themselves, or by a coordinator for one of the area's forces. Nobody
    is told of it but by the list: no message leaves.
    """
    with saved_by(principal, Permission.APPLICATION_MAKE, now) as who:
        if found := rules.problems(told, now) | disclosure_terms.child_problems(told, access):
            raise RuleBroken(f"{next(iter(found.values()))}.")
        acts = store.acts_as(who)
        if acts is None or (acts is Who.POLICE and agency_id != who.agency_id):
            raise Forbidden
        if agency_id not in dict(store.police(who.area_id)):
            raise RuleBroken("Choose the police force that deals with it.")
        key = uuid4()
        areas.hold(who.area_id)
        with acting.whole_area(who.area_id):  # whom it names may be near its maker: then it is kept from them
            row = _row(key, told, agency_id, who, now)
            row.access = access.strip() if told.scheme is Scheme.CHILD_SEX_OFFENDER else ""
            twice = store.same(Host(who.area_id), row, rules.entry(told, "", now), now - A_MOMENT)
            if twice is not None:
                return twice.id, twice.reference
            reference = references.taken(who.area_id, Prefix.APPLICATION)
            entry = rules.entry(told, reference, now)
            (row.incident_id,) = entries.take(who.area_id, [entry], EntryKind.DISCLOSURE, who.account_id, now)
            row.reference = reference
            db.session.add(row)
            db.session.flush()
        audit.record(who.account_id, who.area_id, "application.made", f"disclosure_application/{key}", now)
        return key, reference


def _row(key: UUID, told: Applying, agency_id: UUID, who: Principal, now: datetime) -> ApplicationRow:
    asks = told.right is Right.ASK  # the police's own decision to tell has no applicant
    return ApplicationRow(
        id=key, area_id=who.area_id, agency_id=agency_id,
        scheme=told.scheme, right_to=told.right, applied_at=told.applied_at,
        applicant=told.applicant.strip() if asks else "",
        applicant_is=told.applicant_is.strip() if asks else "",
        identity=told.identity.strip() if asks else "",
        contact=sealed.closed(key, told.contact.strip()) if asks else None,
        made_by=who.account_id, made_at=now,
    )  # fmt: skip


def meet(principal: Principal, application_id: UUID, on: date | None, now: datetime) -> None:
    """Records that the applicant was met face to face (Rulebook Y1)."""
    with saved_by(principal, Permission.APPLICATION_STEP, now) as who:
        kept = held(who, application_id)
        if kept.told.right is not Right.ASK:
            raise RuleBroken("Nobody applied: the police act of themselves, so there is nobody to meet.")
        if kept.stage.ended:
            raise RuleBroken(f"It is {kept.stage.value}, so this cannot be done now. Nothing changed.")
        if on is None or not local_day(kept.told.applied_at) <= on <= local_day(now):
            raise RuleBroken("Enter a day from that of the application to today.")
        kept.row.met_on, kept.row.met_recorded_by = on, who.account_id
        noted(who, kept, "application.met", now)


def take_step(principal: Principal, application_id: UUID, step: Step, reason: str, now: datetime) -> None:
    """A step that needs no more than a reason: checks done, withheld after all, withdrawn (Rulebook Y1).

    Withdrawn, it leaves the daily list that holds it for having been made; the list says so.
    """
    with saved_by(principal, Permission.APPLICATION_STEP, now) as who:
        if step in TELLS:
            raise RuleBroken("Say how the disclosure was made.")
        kept = held(who, application_id)
        _stepped(who, kept, step, reason, now)
        if step is Step.WITHDRAW:
            with acting.whole_area(who.area_id):
                withdrawn.mark(who.area_id, [kept.reference])


def tell(
    principal: Principal, application_id: UUID, told: Telling, whom: str, reason: str, now: datetime
) -> Step:
    """Records a disclosure: made in person with a warning, the undertaking signed or refused (Rulebook Y2).

    Not before the MARAC has had its say, or the police have said why the risk does not wait for it (C4).
    Never to the person it is about. Refused, it goes back to the police, who may then disclose all the
    same and say why.
    """
    with saved_by(principal, Permission.APPLICATION_STEP, now) as who:
        kept = held(who, application_id)
        if found := disclosure_terms.problems(kept.told.scheme, told, kept.may_tell_from, local_day(now)):
            raise RuleBroken(f"{next(iter(found.values()))}.")
        if problem := recipient_problem(told.to, whom, kept.entry.perpetrator):
            raise RuleBroken(f"{problem}.")
        step = Step.DISCLOSE_ALL_THE_SAME if kept.stage is Stage.UNSIGNED else step_for(told)
        if kept.stage is Stage.UNSIGNED and told.signed:
            raise RuleBroken("The undertaking was refused before. Withhold it, or say why it is disclosed.")
        if not not_final(kept) and (waits := marac_waits(who, kept, step, local_day(now))):
            raise RuleBroken(waits)
        row = _stepped(who, kept, step, reason, now)
        if told.on is None or told.to is None:
            raise ValueError("a disclosure that was not checked")
        db.session.add(
            TellingRow(step_id=row.id, area_id=who.area_id, application_id=kept.id, told_on=told.on,
                       told_by=told.by.strip(), told_where=told.where.strip(), recipient=told.to,
                       whom=name_of(told.to, whom, kept.entry.victim), safely=told.safely.strip(),
                       in_person=bool(told.in_person),
                       warned=bool(told.warned), signed=bool(told.signed))
        )  # fmt: skip
        return step


def contact(principal: Principal, application_id: UUID, reason: str, now: datetime) -> str:
    """How to reach the applicant safely, in clear, once and for a reason that is kept (Rulebook F4)."""
    with saved_by(principal, Permission.APPLICATION_READ, now) as who:
        kept = store.one(who, application_id)
        if kept is None or kept.row.contact is None:
            raise _not_there(who, application_id)
        if problem := reason_problem(reason):
            raise RuleBroken(f"{problem}.")
        text = sealed.opened(kept.id, kept.row.contact)
        if text is None:
            raise RuleBroken(NOT_READABLE)
        shown = ContactShownRow(id=uuid4(), area_id=who.area_id, application_id=kept.id,
                                account_id=who.account_id, reason=reason.strip(), at=now)  # fmt: skip
        db.session.add(shown)
        db.session.flush()
        noted(who, kept, "address.revealed", now, shown=shown.id)
        if kept.listed:
            alarms.watch(who, kept.listed.case_id, "address.revealed", now)
        return text


def open_steps(who: Principal, kept: Kept, today: date) -> tuple[Step, ...]:
    """What this person may do next: the buttons of a page."""
    acts = store.acts_as(who)
    if acts is None or not who.may(Permission.APPLICATION_STEP):
        return ()
    if not_final(kept):
        return ()
    update, waits = updates.of(who, kept, today), kept.to_confirm is not None
    able = [step for step in open_to(MOVES, kept.stage, acts) if not (waits and step in _WAIT)]
    return tuple(step for step in able if not _waits(update, step))


def marac_waits(who: Principal, kept: Kept, step: Step, today: date) -> str | None:
    """Why nobody is told yet: the MARAC has not had its say (Rulebook C4); None where they may be."""
    return _waits(updates.of(who, kept, today), step)


def _waits(update: Update | None, step: Step) -> str | None:
    return disclosure_update.not_yet(update.state, step, discussed=update.discussed) if update else None


def not_final(kept: Kept) -> bool:
    """A decision that the open meeting may still change is acted on by nobody (Rulebook C4)."""
    decided = kept.stage in (Stage.DISCLOSE, Stage.UNSIGNED)
    return decided and not (kept.listed and kept.listed.final)


def held(who: Principal, application_id: UUID) -> Kept:
    """Read while nobody else takes a step."""
    areas.hold(who.area_id)
    kept = store.one(who, application_id)
    if kept is None:
        raise _not_there(who, application_id)
    if store.acts_as(who) is not Who.POLICE:
        raise Forbidden
    return kept


def _not_there(who: Principal, application_id: UUID) -> Exception:
    """Missing; but one's own that is kept from one stands in one's list, and does not say so (M6)."""
    typed = applications_typed.one(who, application_id)
    return RuleBroken("This cannot be done now. Nothing changed.") if typed else NotFound()


def _stepped(who: Principal, kept: Kept, step: Step, reason: str, now: datetime) -> ApplicationStepRow:
    if not_final(kept):
        raise RuleBroken(NOT_FINAL)
    if kept.to_confirm and step in _WAIT:
        raise RuleBroken(NOT_CONFIRMED)
    return keep(who, kept, Made(step, now, Who.POLICE, reason.strip()))


def keep(who: Principal, kept: Kept, made: Made) -> ApplicationStepRow:
    """Takes one step, as the core lets it be taken; inside a transaction."""
    kept.told.after(made)
    row = ApplicationStepRow(id=uuid4(), area_id=who.area_id, application_id=kept.id, step=made.step,
                             place=application_steps.next_place(who, kept.id), at=made.at,
                             account_id=who.account_id, reason=made.reason)  # fmt: skip
    db.session.add(row)
    db.session.flush()
    noted(who, kept, "application.step", made.at, step=row.id)
    return row


def noted(who: Principal, kept: Kept, action: str, now: datetime, **ids: object) -> None:
    """The line is read with the case, once a list has made one of it."""
    case = {"case": kept.listed.case_id} if kept.listed else {}
    subject = f"disclosure_application/{kept.id}"
    audit.record(who.account_id, who.area_id, action, subject, now, **ids, **case)

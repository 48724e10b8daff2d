"""What a sent referral tells of each of its cases, and under which numbers it is on a list (T7, T12, T13)."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select

from agenda.calendar import day_words, local_day
from agenda.incidents import Incident
from agenda.referral import Referral, from_answers
from agenda.referral_draft import reading
from agenda.referral_entry import incidents, same_people
from agenda.referral_fields import Sight
from agenda.referral_people import BEFORE, PERPETRATORS, REFERRER
from agenda.referral_shown import Line, shown
from agenda.rules import RuleBroken
from meetingsvc.models import IncidentRow, ReferralCaseRow, ReferralRow, ReferralToldRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store import acting, consents, referral_texts
from meetingsvc.store.consents import BY_FORM
from meetingsvc.store.incidents import contents
from meetingsvc.usecases import consents as consents_usecase
from meetingsvc.usecases.referral_drafts import days

NOT_CHECKED = f"{BY_FORM}, not checked"
#: Who told it stands beside it anyway.
_OF_THE_REFERRER = frozenset({BEFORE.id, REFERRER.id})
_SHOWN = (Sight.CASE, Sight.EVERYWHERE, Sight.CONTACT, Sight.ACTIONS)


def numbered(row: ReferralRow, told: Sequence[Incident]) -> list[Incident]:
    """Each under the number that entry has which is about the same people; about others, a number of its own.

    Sent again about another victim or perpetrator, the first entry stays due: nobody leaves every list by an
    answer to a question (Rulebook T12, T13).
    """
    free = before(row)
    used, given = {*free}, list[Incident]()
    for one in told:
        number = next((key for key, old in free.items() if same_people(old, one)), "")
        if number:
            del free[number]
        else:
            number = _next(row.reference or "", one.occurrence_number, used)
        used.add(number)
        given.append(replace(one, occurrence_number=number))
    return given


def before(row: ReferralRow) -> dict[str, Incident]:
    """What each of its entries says now, by number."""
    of = ReferralCaseRow
    mine = select(of.occurrence_number).where(of.referral_id == row.id)
    rows = select(IncidentRow.id).where(
        IncidentRow.area_id == row.area_id, IncidentRow.current, IncidentRow.occurrence_number.in_(mine)
    )
    keys = list(db.session.scalars(rows.order_by(IncidentRow.occurrence_number)))
    return {one.occurrence_number: one for one in contents(keys).values()}


def _next(reference: str, wanted: str, used: Collection[str]) -> str:
    """The number of its place, or the next that no entry of the referral has had."""
    place = 2
    while wanted in used:
        wanted, place = f"{reference}/{place}", place + 1
    return wanted


def tell(
    row: ReferralRow, referral: Referral, about: Sequence[UUID], now: datetime, *, checked: bool
) -> None:
    """What is shown to whoever reads a case, or in one place alone; said again, it replaces what was.

    `about`: the case of each perpetrator, in their order. Of several each case tells of its own: the others'
    cases are kept from other people (M6). What nobody has checked says so, and how to make contact safely is
    held back until a coordinator has accepted it (F4, T7).
    """
    db.session.execute(
        delete(ReferralToldRow).where(
            ReferralToldRow.referral_id == row.id, ReferralToldRow.case_id.in_(about)
        )
    )
    author = author_of(row, referral, checked=checked)
    lines = [one for one in _lines(referral) if checked or one[0] is not Sight.CONTACT]
    for place, case_id in enumerate(about, 1):
        for sight, one in lines:
            asked = one.question
            if asked is None or asked.section != PERPETRATORS.id or asked.place in (0, place):
                db.session.add(
                    ReferralToldRow(area_id=row.area_id, case_id=case_id, referral_id=row.id, sight=sight,
                                    question=asked.key if asked else None, label=one.label, text=one.text,
                                    author=author, at=now)
                )  # fmt: skip
    db.session.flush()


def _lines(referral: Referral) -> list[tuple[Sight, Line]]:
    lines = [
        (sight, one)
        for sight in _SHOWN
        for one in shown(referral.answers, sight)
        if one.question is None or one.question.section not in _OF_THE_REFERRER
        if sight is not Sight.ACTIONS or one.text == referral.increases_risk
    ]
    if referral.attends_on:
        days_ = "; ".join(map(day_words, referral.attends_on))
        lines.append((Sight.PANEL, Line(None, "Asks to attend", days_)))
    return lines


def author_of(row: ReferralRow, referral: Referral, *, checked: bool) -> str:
    """Who told it, and whether only the public form says so (Rulebook R2)."""
    by = referral.answers["referrer"].fields
    mark = "" if row.account_id else BY_FORM if checked else NOT_CHECKED
    return f"{by['name']}, {by['role']}, {by['agency']}"[: 300 - len(mark)] + mark


def as_sent(row: ReferralRow, now: datetime) -> Referral:
    """What a referral said when it was sent last: nothing that its referrer types since (T7, K1, F4)."""
    sent = referral_texts.as_sent(row)
    if "consent" in sent and not sent["consent"].fields:
        raise RuleBroken("Its consent was chosen not to be kept: nothing more is taken over from it.")
    told = reading(sent, days(row.area_id, now))
    return from_answers(told.answers, local_day(row.first_sent_at or now))


def accepted(who: Principal, row: ReferralRow, now: datetime) -> None:
    """A coordinator takes what came by the public form as checked: it is told of its cases as such, and its
    consent stands there in the coordinator's name (Rulebook T7, K1)."""
    referral, of = as_sent(row, now), ReferralCaseRow
    rows = select(of.occurrence_number, of.case_id).where(of.referral_id == row.id)
    cases = {number: case_id for number, case_id in db.session.execute(rows)}
    told = numbered(row, list(incidents(referral, row.reference or "", row.first_sent_at or now)))
    about = [cases[one.occurrence_number] for one in told if one.occurrence_number in cases]
    tell(row, referral, about, now, checked=True)
    source = f"referral {row.reference}{BY_FORM}"
    for case_id in dict.fromkeys(about):
        keep_consent(who, case_id, referral, source, now)


def keep_consent(
    who: Principal | acting.Host, case_id: UUID, referral: Referral, source: str, now: datetime
) -> None:
    """A line of the history of a case, unless that was said there already (Rulebook K1)."""
    by, checked = referral.answers["referrer"].fields, isinstance(who, Principal)
    told = replace(referral.consent, recorded_by=f"{by['name']}, {by['agency']}"[:100], checked=checked)
    said = [line.consent for line in consents.history(acting.Host(who.area_id), case_id)]
    if told not in said and replace(told, checked=True) not in said:
        consents_usecase.keep(who, case_id, told, source, now)

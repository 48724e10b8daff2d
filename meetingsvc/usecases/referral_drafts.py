"""Writing a referral: what was typed is kept even where it cannot stand, and nobody's text is overwritten
unseen (Rulebook T7)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from werkzeug.exceptions import NotFound

from agenda import immediate_risk, referral_risk
from agenda import referral_parts as parts
from agenda.calendar import local_day
from agenda.referral_fields import NOTHING, Answers, Days, Draft, Row
from agenda.referral_kept import kept, too_long
from agenda.referral_parts import Place
from agenda.referral_risk import Filled
from agenda.referral_sections import REFERRAL, Form
from agenda.referral_state import State, Step
from agenda.rules import RuleBroken
from meetingsvc import holidays
from meetingsvc.models import ExploitationReferralRow, ReferralRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import areas, audit, referral_texts, referrals
from meetingsvc.store.referrals import Referral
from meetingsvc.usecases.referral_moves import by_the_referrer
from meetingsvc.usecases.transaction import saved_by

_NOT_NOW = (
    "This referral has been sent, so it cannot be changed. If something is missing, tell the coordinator."
)
_NOT_READABLE = (
    "This referral cannot be read in full: the key that part of it was sealed with is not here. Nothing is "
    "lost while the key is kept somewhere. Tell the system administrator; nothing was saved."
)


class Meanwhile(Exception):
    """Another tab has saved this page since it was opened: `stands` is what it says now."""

    def __init__(self, stands: Row) -> None:
        super().__init__()
        self.stands = stands


@dataclass(slots=True)
class Typing:
    """A form that its referrer has open, inside a transaction. `who` is None on the public form."""

    row: ReferralRow | ExploitationReferralRow
    referral: Referral
    who: Principal | None
    form: Form = REFERRAL
    trail: str = "referral"  # what its lines of the audit trail begin with

    @property
    def actor(self) -> UUID | str:
        """As the audit trail has it."""
        return self.who.account_id if self.who else "public form"


@dataclass(slots=True)
class Work(Typing):
    """A referral to the domestic abuse panel."""

    row: ReferralRow


def call(area_id: UUID) -> str:
    """Whom to call for a child at immediate risk, as the area says it (Rulebook E3)."""
    return immediate_risk.call(areas.settings_of(areas.by_id(area_id)))


def days(area_id: UUID, now: datetime) -> Days:
    """What the days of a draft are judged by."""
    return Days(local_day(now), areas.settings_of(areas.by_id(area_id)), holidays.known())


def new_row(area_id: UUID, now: datetime, who: Principal | None) -> ReferralRow:
    """A referral of nothing yet, begun by somebody who was told to act now (Rulebook T7, E3)."""
    return ReferralRow(
        id=uuid4(), area_id=area_id, account_id=who and who.account_id, agency_id=who and who.agency_id,
        state=State.DRAFT, answers="{}", risk={}, changes=0, warned=call(area_id), begun_at=now, saved_at=now,
    )  # fmt: skip


def begin(principal: Principal, now: datetime) -> UUID:
    """A new draft with what is known of its referrer; that they were told to act now is recorded (T7, E3)."""
    with saved_by(principal, Permission.REFERRAL_MAKE, now) as who:
        row = new_row(who.area_id, now, who)
        known = Answers({"name": who.name, "agency": who.agency_name})
        referral_texts.write(row, {"referrer": known}, now)
        db.session.add(row)
        db.session.flush()
        audit.record(who.account_id, who.area_id, "referral.begun", f"referral/{row.id}", now)
        return row.id


@contextmanager
def opened(principal: Principal, referral_id: UUID, now: datetime, *, sends: bool = False) -> Iterator[Work]:
    """One's own referral, to be changed. Raises NotFound for any other; `sends`: holds the area first."""
    with saved_by(principal, Permission.REFERRAL_MAKE, now) as who:
        if sends:
            areas.hold(who.area_id)
        row = referrals.row_of(who, referral_id)
        if row is None or row.account_id != who.account_id:
            raise NotFound
        yield Work(row, referrals.read(who, row), who)


def save(work: Typing, section: str, number: int, told: Row, was: str, now: datetime, *, note: bool) -> None:
    """Keeps a page as it was typed, right or wrong. `was` marks the page as it was opened.

    Raises Meanwhile where it says something else by now, NotFound where there is no such page. `note`: leaves
    a line in the audit trail; saving while somebody types does not.
    """
    draft = _draft(work)
    at = parts.place(section, number, draft, work.form)
    if at is None:
        raise NotFound
    row, stands = _own(at, told, work.form), parts.typed(draft, at)
    if parts.mark(stands) not in (was, parts.mark(row)):
        raise Meanwhile(stands)
    _write(work, kept(parts.with_typed(draft, at, row), work.form), now)
    if note:
        _note(work, "saved", now, section=section)


def remove(work: Typing, section: str, number: int, was: str, now: datetime) -> None:
    """Takes one of several away; Meanwhile where it is not the one that was shown."""
    draft = _draft(work)
    at = parts.place(section, number, draft, work.form)
    if at is None or not number or number > len(draft.get(section, NOTHING).rows):
        raise NotFound
    if parts.mark(parts.typed(draft, at)) != was:
        raise Meanwhile(parts.typed(draft, at))
    _write(work, parts.without(draft, at), now)
    _note(work, "part_removed", now, section=section)


def save_risk(work: Work, told: Filled, was: str, now: datetime, *, note: bool) -> None:
    """Keeps the risk tool as far as it is filled. Raises Meanwhile with the answers that stand."""
    _draft(work)
    stands, filled = flat(work.referral.risk), flat(told)
    if parts.mark(stands) not in (was, parts.mark(filled)):
        raise Meanwhile(stands)
    if stands != filled:
        work.row.risk = referral_risk.kept(told)
        work.row.changes, work.row.saved_at = work.row.changes + 1, now
    if note:
        _note(work, "saved", now, section="risk")


def flat(told: Filled) -> Row:
    """The risk tool as a page's answers are compared."""
    of = {"tool": told.tool.id} if told.begun else {}
    return {**told.answers, **of, "judged": told.judged or "", "reason": told.reason}


def throw_away(work: Work, now: datetime) -> None:
    """A draft that nobody wants: nothing that was typed is kept."""
    if work.referral.state is not State.DRAFT:
        raise RuleBroken(_NOT_NOW)
    by_the_referrer(work.row, work.referral, Step.WITHDRAW, work.who, "Thrown away as a draft", now)
    work.row.answers, work.row.sealed, work.row.risk = "{}", None, {}
    _note(work, "thrown_away", now)


def _draft(work: Typing) -> Draft:
    if not work.referral.can_be_changed:
        raise RuleBroken(_NOT_NOW)
    if not work.referral.readable:
        raise RuleBroken(_NOT_READABLE)
    return work.referral.draft


def _own(at: Place, told: Row, form: Form) -> Row:
    """The page's own questions alone, and no text that a page cannot show."""
    one = Answers({}, (told,)) if at.place else Answers(told)
    clean = kept({at.section.id: one}, form)[at.section.id]
    return (clean.rows[0] if clean.rows else {}) if at.place else clean.fields


def _write(work: Typing, draft: Draft, now: datetime) -> None:
    if problem := too_long(draft):
        raise RuleBroken(f"{problem}. Nothing was saved.")
    if draft != work.referral.draft:
        referral_texts.write(work.row, draft, now, work.form)


def _note(work: Typing, action: str, now: datetime, **detail: object) -> None:
    db.session.flush()
    about = f"{work.trail}/{work.row.id}"
    audit.record(work.actor, work.row.area_id, f"{work.trail}.{action}", about, now, **detail)

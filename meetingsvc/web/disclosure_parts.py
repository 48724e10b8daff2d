"""What pages of third parties' requests show beside each item, and what the first page says of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from agenda import clock_words
from agenda.calendar import day_words, local_day
from meetingsvc.permissions import ATTENDS_MEETINGS, Permission, Principal
from meetingsvc.store import (
    accounts,
    acting,
    areas,
    care_documents,
    case_page,
    disclosure_children,
    disclosure_clocks,
    disclosure_heads,
    disclosure_items,
    subject_sides,
)
from meetingsvc.store import disclosures as store
from meetingsvc.store.case_page import Case
from meetingsvc.store.disclosure_heads import Head
from meetingsvc.store.disclosures import Kept
from meetingsvc.store.subject_people import OF_ABUSE
from meetingsvc.usecases import disclosure_answers, disclosure_following
from meetingsvc.web.found import or_404
from minutes.disclosure import DECISIONS, GRANTS, State, Step
from minutes.disclosure_about import PERPETRATOR, VICTIM, Choosable, labels
from minutes.disclosure_items import Answer, Item, Standing, last, stands, waits
from minutes.disclosure_kinds import Kind
from minutes.disclosure_service import Waited, again_at, waited_for

A_YEAR = timedelta(days=366)
#: The same whatever it is that keeps it from them: another word would tell of a restriction (Rulebook M6).
NOBODY = (
    "another chair to be appointed, or to be named on every restricted case that they need: nobody here may "
    "take it further"
)


@dataclass(frozen=True, slots=True)
class Shown:
    """One item as a page shows it: whose it is, how it stands, and what its agency said last."""

    item: Item
    agency: str
    stands: Standing
    answer: Answer | None
    waits: bool = False  # for its agency, which may have refused before it was asked again

    @property
    def label(self) -> str:
        """Short enough to choose it by."""
        text = " ".join(self.item.text.split())
        return f"{self.agency}, {self.item.document.value}: {text[:80]}{'…' if len(text) > 80 else ''}"


def shown(who: Principal, kept: Kept) -> list[Shown]:
    """The items held, as far as this person reads them, each with its answer (Rulebook X2)."""
    items = disclosure_answers.items_for(who, kept)
    answers = store.answers(who, kept.id)
    named = disclosure_items.names_of([item.agency for item in items if item.agency])
    how = stands(items, answers)
    return [
        Shown(item, named.get(item.agency, "") if item.agency else "No agency", how[item.id],
              last(item, answers), waits(item, answers, again_at(kept.request)))
        for item in items
    ]  # fmt: skip


def people(who: Principal, case: Case) -> Mapping[UUID, str]:
    """Whom a request can be about: the people of the case as this person reads it, and to who sits in its
    meetings the children that its entries name."""
    parties = ((case.victim, VICTIM), (case.perpetrator, PERPETRATOR))
    named = [Choosable(one.id, one.name, what, one.dob) for one, what in parties if one]
    if who.runs_meetings or who.role in ATTENDS_MEETINGS:
        named += disclosure_children.shown(who, case)
    return labels(named)


def about(who: Principal, kept: Kept) -> list[str]:
    """Whom it is about, as this person may read the case."""
    named = people(who, or_404(case_page.case(who, kept.case_id)))
    return [named.get(key, "Somebody else of the case") for key in kept.told.about]


def held_elsewhere(who: Principal, kept: Kept) -> list[str]:
    """The agencies of children's social care that let the panel read documents of the case, for the chair.

    This service releases none of them: a request reaches them at social care (Rulebook E4, X2).
    """
    if kept.kind is Kind.MEDIA or not who.may(Permission.DISCLOSURE_DECIDE):
        return []
    with acting.whole_area(who.area_id):
        return care_documents.holders(who.area_id, kept.case_id)


def held_apart(who: Principal, kept: Kept) -> bool:
    """Whether panels of exploitation hold something that is not among the items, as far as this person may
    know: nothing of it is released here (Rulebook X2)."""
    if kept.kind is Kind.MEDIA or not (who.runs_meetings or who.may(Permission.DISCLOSURE_DECIDE)):
        return False
    case = or_404(case_page.case(who, kept.case_id))
    return case.kind != OF_ABUSE or bool(subject_sides.heard_as(who, kept.case_id))


@dataclass(frozen=True, slots=True)
class Can:
    """What this person may do next on its pages."""

    answer: bool
    decide: tuple[Step, ...]
    order: bool
    agree: bool
    prepare: bool
    release: bool


def can(who: Principal, kept: Kept, steps: tuple[Step, ...]) -> Can:
    """Of what the core lets be done now, what has a page of its own."""
    runs = who.may(Permission.DISCLOSURE_RELEASE)
    waits = kept.state is State.PREPARED
    return Can(
        who.may(Permission.DISCLOSURE_ANSWER) and kept.state in disclosure_answers.ANSWERED_IN,
        tuple(step for step in steps if step in DECISIONS | {Step.ANSWER}) if _decides(who) else (),
        runs and Step.ORDER in steps,
        _decides(who) and kept.kind.is_review and not kept.state.ended and bool(kept.asked),
        runs and Step.PREPARE in steps and granted(kept),
        runs and waits and kept.request.prepared_by != who.account_id,
    )  # fmt: skip


def granted(kept: Kept) -> bool:
    """The chair's decision that stands releases something."""
    made = kept.request.decision
    return made is not None and made.step in GRANTS


def _decides(who: Principal) -> bool:
    return who.may(Permission.DISCLOSURE_DECIDE)


@dataclass(frozen=True, slots=True)
class Waits:
    """One request that waits for this person, in words, and by when."""

    id: UUID
    reference: str
    what: str
    due_at: datetime | None
    late: bool
    left: str  # until that day
    lies: bool  # nobody named a day, and nothing was done for long

    @property
    def due_words(self) -> str:
        """`due Thursday 26 November 2026, 2 working days`."""
        if self.due_at is None:
            return ""
        said = f"due {day_words(local_day(self.due_at))}"
        return f"{said}, {self.left}" if self.left else said


def on_home(who: Principal, now: datetime) -> list[Waits]:
    """What of it waits for this person; what is due first first."""
    if not who.may(Permission.DISCLOSURE_READ):
        return []
    found = [one for kept in store.waiting(who) if (one := _waits(who, kept, now))]
    found += [
        Waits(head.id, head.reference, _to_run(head) or "others", head.due_at, head.late,
              _left(who, head.due_at, now), False)
        for head in disclosure_heads.all_of(who, now)
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.due_at is None, one.due_at or now))


def _waits(who: Principal, kept: Kept, now: datetime) -> Waits | None:
    what, due = _what(who, kept)
    if who.runs_meetings and what not in set(Waited):
        what = NOBODY if _nobody_can(who, kept, now) else what or _stuck(who, kept, now)
    if not what:
        return None
    return Waits(kept.id, kept.reference, what, due, due is not None and due < now,
                 _left(who, due, now), kept.lies(now) and who.runs_meetings)  # fmt: skip


def _left(who: Principal, due: datetime | None, now: datetime) -> str:
    if due is None or due - now >= A_YEAR:  # a hearing that far off is counted by nobody
        return ""
    today, last = local_day(now), local_day(due)
    off = disclosure_clocks.off_of(areas.by_id(who.area_id))
    return clock_words.left(today, last, off) if last >= today else ""


def _what(who: Principal, kept: Kept) -> tuple[str, datetime | None]:
    if who.may(Permission.DISCLOSURE_ANSWER):
        own = next((one for one in kept.asked if one.agency_id == who.agency_id), None)
        left = [one for one in shown(who, kept) if one.waits] if own else []
        waits = kept.state is State.ASKED and left
        return ("your agency’s answer" if waits else ""), own.due_at if own else None
    waited = waited_for(kept.request, who.account_id, decides=_decides(who)) if who.runs_meetings else None
    return (waited.value if waited else _next(who, kept)), kept.due_at


def _next(who: Principal, kept: Kept) -> str:
    """The next step, for whom it may be: a chair checks what goes to the chair, and nobody else asks then."""
    if _decides(who):
        return _to_run(kept) if kept.kind.goes_to_chair and kept.state is State.RECEIVED else ""
    return "" if kept.kind.goes_to_chair and kept.state is State.CHECKED else _to_run(kept)


def _nobody_can(who: Principal, kept: Kept, now: datetime) -> bool:
    with acting.whole_area(who.area_id):
        return disclosure_following.nobody_can(who, kept, now)


def _stuck(who: Principal, kept: Kept, now: datetime) -> str:
    """What nobody moves on by themselves: who runs the meetings reads of it all the same."""
    if kept.state is State.OBJECTED and kept.told.hearing_at and kept.told.hearing_at < now:
        return "what the court decided to be recorded"
    if kept.state is State.ASKED:
        asked = {one.agency_id: one.due_at for one in kept.asked}
        left = {one.item.agency for one in shown(who, kept) if one.waits and one.item.agency}
        if any(agency not in asked or not _attended(who, agency) for agency in left):
            return "an agency that cannot answer here"
        if any(asked[agency] < now for agency in left):
            return "agencies that are late"
    if kept.lies(now):
        return _to_run(kept) or "somebody to move it on"
    return _to_run(kept) if kept.late(now) else ""


def _attended(who: Principal, agency_id: UUID) -> bool:
    with acting.whole_area(who.area_id):
        return bool(list(accounts.attending(agency_id)))


def _to_run(kept: Kept | Head) -> str:
    return {
        State.RECEIVED: "a check of who asks", State.CHECKED: "the agencies to be asked",
        State.APPROVED: "the release to be built", State.IN_PART: "the release to be built",
        State.WITH_CONCERNS: "the release to be built", State.ORDER_FOLLOWED: "the release to be built",
    }.get(kept.state, "")  # fmt: skip

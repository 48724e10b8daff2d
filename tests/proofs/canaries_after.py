"""Tokens in what a meeting leaves behind: drafts, crimes minuted apart, reviews, minutes, every reason."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from agenda import timetable
from agenda.area import AreaSettings
from agenda.disclosure_scheme import Recipient, Step
from agenda.meetings import MeetingKind
from meetingsvc.models import (
    ActionRow,
    ActionStepRow,
    ApplicationRow,
    ApplicationStepRow,
    AttendeeApartRow,
    AttendeeRow,
    Base,
    ConfirmationRow,
    ContactShownRow,
    CrimeRow,
    DisagreementEntryRow,
    DisagreementRow,
    DisclosureAnswerRow,
    DisclosureStepRow,
    EmergencyAskRow,
    FeedbackRow,
    FeedbackTryRow,
    FlagRow,
    ItemRow,
    LiveFieldRow,
    MeetingMoveRow,
    MeetingRow,
    MinutesCaseRow,
    MinutesRow,
    NamedCaseEntryRow,
    NamedCaseHeldRow,
    NamedCasePartRow,
    OutcomeRow,
    OutcomeVersionRow,
    PlanReviewRow,
    ResearchDraftRow,
    TellingRow,
    db,
)
from minutes.minutes import Attendance, CaseMinutes, Disclosed, kept
from minutes.research import Entry, Typed
from tests.a_marac import NOW

#: `mint(what)` or, of what is an agency's own, `mint(what, somebody of it)`.
Mint = Callable[..., str]
Ids = dict[str, Any]


def plant(sets: dict[str, Ids], mint: Mint) -> None:
    """On every case that is on an agenda, and on its meetings; inside a transaction."""
    whole = {name: ids for name, ids in sets.items() if name != "destroyed"}
    _moved(sets["ordinary"])
    for name, ids in whole.items():

        def here(what: str, person: UUID | None = None, name: str = name) -> str:
            return mint(what, name, person)

        _written_over(ids, here)
        _beside(ids, here)
        _applied(ids, here)
    for meeting_id in {ids["meeting_id"] for ids in whole.values()}:
        _minuted({name: ids for name, ids in whole.items() if ids["meeting_id"] == meeting_id}, mint)


def _moved(ids: Ids) -> None:
    """A MARAC of the timetable sits on another day: why, reads whoever attends."""
    area, day = db.session.get_one(ItemRow, ids["line_id"]).area_id, date(2027, 1, 4)
    db.session.add(
        MeetingMoveRow(area_id=area, kind=MeetingKind.MARAC, planned_on=date(2026, 12, 31), sits_on=day,
                       was_on=date(2026, 12, 31), starts_at=timetable.marac_starts_at(day, AreaSettings()),
                       reason="-", moved_by=ids["account_id"], moved_at=NOW)
    )  # fmt: skip
    db.session.flush()


def _written_over(ids: Ids, mint: Mint) -> None:
    """Where the world has a row of it."""
    by = ids["account_id"]
    db.session.get_one(LiveFieldRow, (ids["item_id"], "notes")).value = mint("live_field.value")
    db.session.get_one(CrimeRow, ids["crime_id"]).text = mint("crime_disclosed.text", by)
    db.session.get_one(FlagRow, ids["flag_id"]).contact = mint("flag.contact", by)
    db.session.get_one(EmergencyAskRow, ids["ask_id"]).reason = mint("emergency_ask.reason", by)
    db.session.get_one(DisagreementRow, ids["disagreement_id"]).about = mint("disagreement.about", by)
    step = select(DisagreementEntryRow).where(DisagreementEntryRow.disagreement_id == ids["disagreement_id"])
    first = db.session.scalars(step.order_by(DisagreementEntryRow.place)).first()
    assert first is not None
    first.told = {**first.told, "said": mint("disagreement_entry.told", by)}
    db.session.get_one(NamedCasePartRow, ids["part_id"]).why = mint("named_case_part.why", by)
    entry = select(NamedCaseEntryRow).where(NamedCaseEntryRow.part_id == ids["part_id"])
    told = db.session.scalars(entry).one()
    told.words = mint("named_case_entry.words", by)
    told.source = mint("named_case_entry.source", by)
    case_id = db.session.get_one(ItemRow, ids["item_id"]).case_id
    held = db.session.scalars(select(NamedCaseHeldRow).where(NamedCaseHeldRow.case_id == case_id)).first()
    assert held is not None
    held.why = mint("named_case_held.why", by)
    outcome = db.session.get_one(OutcomeRow, ids["item_id"])  # saved twice: what it said before is kept
    outcome.version += 1
    db.session.add(
        OutcomeVersionRow(item_id=outcome.item_id, version=outcome.version - 1, area_id=outcome.area_id,
                          told=[["Meeting notes", mint("outcome_version.told")]], recorded_by=by,
                          recorded_at=NOW)
    )  # fmt: skip
    line = db.session.get_one(ItemRow, ids["line_id"])
    line.put_off = mint("item.put_off")
    if not _asked(ids):
        line.moved_reason = mint("item.moved_reason")
    db.session.flush()


def _asked(ids: Ids) -> bool:
    """Some cases are circulated for update only, the others were moved to discussion."""
    return "ordinary" in str(ids["surname"])


def _beside(ids: Ids, mint: Mint) -> None:
    by, agency, item, line = ids["account_id"], ids["agency_id"], ids["item_id"], ids["line_id"]
    action = db.session.get_one(ActionRow, ids["action_id"])
    area = db.session.get_one(ItemRow, line).area_id
    telling = db.session.scalars(select(FeedbackRow).where(FeedbackRow.item_id == item)).one()
    said = {"area_id": area, "item_id": line}
    plan = select(ActionRow.id).where(ActionRow.item_id == item, ActionRow.status == "open")
    typed = Typed((Entry(uuid4(), mint("research_draft.text", by), "fact", "tenancy file"),))
    rows: list[Base] = [
        PlanReviewRow(action_id=db.session.scalars(plan).first(), verdict="change",
                      text=mint("plan_review.text"), reviewed_by=by, reviewed_at=NOW, **said),
        ResearchDraftRow(box_id=line, agency_id=agency, version=1, content=typed.as_json(), saved_by=by,
                         saved_at=NOW, **said),
        FeedbackRow(version=1, name="", instead_of_idva="", unsafe=mint("feedback.unsafe"), decided_by=by,
                    decided_at=NOW, **said),
        FeedbackTryRow(area_id=area, item_id=item, feedback_id=telling.id, place=1, result="not reached",
                       on_day=NOW.date(), by_whom="-", how=mint("feedback_try.how", by), recorded_by=by,
                       recorded_at=NOW, again_on=NOW.date()),
        ActionStepRow(area_id=area, action_id=ids["action_id"], at=NOW, by=by, was="open",
                      status=action.status, text=f"{mint('action_step.text')} {action.reason}"),
        DisclosureStepRow(area_id=area, request_id=ids["disclosure_id"], place=2, step="its time extended",
                          who="a coordinator", account_id=by, at=NOW, signed=False, told={},
                          reason=mint("disclosure_step.reason")),
        DisclosureAnswerRow(area_id=area, request_id=ids["disclosure_id"], held_id=ids["note_id"],
                            version="0" * 64, agency_id=agency, says="refuse", answered_by=by,
                            words=mint("disclosure_answer.words", by), at=NOW,
                            redactions=[[mint("disclosure_answer.redactions", by), "-"]]),
    ]  # fmt: skip
    if _asked(ids):
        rows.append(
            ConfirmationRow(agency_id=agency, confirmed=False, reason=mint("confirmation.reason", by),
                            author="-", said_by=by, said_at=NOW, **said)
        )  # fmt: skip
    for row in rows:
        db.session.add(row)
        db.session.flush()


def _applied(ids: Ids, mint: Mint) -> None:
    """An application under a disclosure scheme, checked; and how somebody was to be told."""
    by, key = ids["account_id"], ids["application_id"]
    row = db.session.get_one(ApplicationRow, key)
    for what in ("applicant", "applicant_is", "identity", "access"):
        setattr(row, what, mint(f"disclosure_application.{what}", by))
    step, here = uuid4(), {"area_id": row.area_id, "application_id": key}
    told = {what: mint(f"disclosure_telling.{what}", by)
            for what in ("told_by", "told_where", "whom", "safely")}  # fmt: skip
    for one in (
        ApplicationStepRow(id=step, place=9, step=Step.CHECK, at=NOW, account_id=by,
                           reason=mint("application_step.reason", by), **here),
        TellingRow(step_id=step, told_on=NOW.date(), recipient=Recipient.AT_RISK, in_person=True, warned=True,
                   signed=True, **told, **here),
        ContactShownRow(account_id=by, at=NOW, reason=mint("applicant_contact_shown.reason", by), **here),
    ):  # fmt: skip
        db.session.add(one)
        db.session.flush()


def _minuted(sets: dict[str, Ids], mint: Mint) -> None:
    """The MARAC's minutes are issued, the daily meeting's are a draft; and somebody observed."""
    some = next(iter(sets.values()))
    marac, by = db.session.get_one(MeetingRow, some["meeting_id"]), some["account_id"]
    daily = db.session.get_one(ItemRow, some["item_id"]).meeting_id
    area = marac.area_id
    observer = mint("minutes.observer", "", None, area)
    _version(marac.id, area, by, observer, "", sets, "line_id", mint)
    _version(daily, area, by, "", mint("minutes.sent_back", "", None, area), sets, "item_id", mint)
    watches = AttendeeRow(id=uuid4(), area_id=area, meeting_id=marac.id, observer=True, here=True, version=1,
                          title="", name=mint("attendee.name", "", None, area), confidential_at=NOW,
                          organisation=mint("attendee.organisation", "", None, area), recorded_by=by,
                          recorded_at=NOW)  # fmt: skip
    db.session.add(watches)
    db.session.flush()
    for name, ids in sets.items():  # their name reads like a party's: why they are somebody else
        db.session.add(
            AttendeeApartRow(area_id=area, attendee_id=watches.id, item_id=ids["line_id"], name=watches.name,
                             part="victim", reason=mint("attendee_apart.reason", name), said_by=by,
                             said_at=NOW)
        )  # fmt: skip
        db.session.flush()
        ids["daily_id"] = daily


def _version(
    meeting_id: UUID, area: UUID, by: UUID, observer: str, sent_back: str, sets: dict[str, Ids], item: str,
    mint: Mint,
) -> None:  # fmt: skip
    issued, key = not sent_back, uuid4()
    db.session.add(
        MinutesRow(id=key, area_id=area, meeting_id=meeting_id, version=9, what="-", why="-", sends=0,
                   head=kept(Attendance("", "", "", observers=(observer,))), drafted_by=by, drafted_at=NOW,
                   sent_back=sent_back, approved_at=NOW if issued else None)
    )  # fmt: skip
    db.session.flush()
    part = "minutes_case" if issued else "minutes_case, draft"
    for name, ids in sets.items():

        def here(what: str, person: UUID | None = None, name: str = name) -> str:
            return mint(f"{part}.{what}", name, person)

        agency, owner = str(ids["agency_id"]), ids["account_id"]
        crime = Disclosed(here("crime", owner), agency, "-", agency, "-", "-", False)
        told = CaseMinutes(case="-", notes=here("notes"), telling="Not told", unsafe=here("unsafe"),
                           heard_by=(here("heard_by"),), crimes=(crime,))  # fmt: skip
        db.session.add(
            MinutesCaseRow(minutes_id=key, item_id=ids[item], area_id=area, said=here("said"), version=1,
                           said_by=by, told=kept(told))
        )  # fmt: skip
        db.session.flush()

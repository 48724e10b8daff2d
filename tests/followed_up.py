"""Builds what follows a meeting: a row of each kind that no other builder makes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from meetingsvc.models import (
    ActionOwnerRow,
    ActionReminderRow,
    ActionRow,
    ActionStepRow,
    Base,
    ConfirmationNoticeRow,
    ConfirmationRow,
    FeedbackRow,
    FeedbackTryRow,
    FlagRow,
    FlagStepRow,
    NoticeToldRow,
    OfflineAlarmRow,
    OfflineKeyRow,
    OfflinePackRow,
    PackEditionRow,
    PackRecallRow,
    PackRow,
    PlanReviewRow,
    ResearchAnswerRow,
    ResearchDraftRow,
    ResearchNoticeRow,
    ResearchRequestRow,
    db,
)
from tests.a_marac import NOW


def followed_up(action_id: UUID, by: UUID, at: datetime = NOW) -> None:
    """Of an action and its item, inside a transaction."""
    action = db.session.get_one(ActionRow, action_id)
    area, item, agency = action.area_id, action.item_id, action.agency_id
    telling = db.session.scalars(select(FeedbackRow)).first()
    flag = db.session.scalars(select(FlagRow)).first()
    asked = db.session.scalars(select(ResearchRequestRow)).first()
    assert telling and flag and asked
    rows: list[Base] = [
        ActionOwnerRow(action_id=action_id, area_id=area, account_id=by),
        ActionReminderRow(action_id=action_id, area_id=area, day=at.date(), told_at=at),
        ActionStepRow(action_id=action_id, area_id=area, at=at, by=by, was="open", status="done", text="-"),
        ConfirmationRow(area_id=area, item_id=item, agency_id=agency, confirmed=True, reason="", author="-",
                        said_by=by, said_at=at),
        ConfirmationNoticeRow(meeting_id=asked.meeting_id, agency_id=agency, stage="late", area_id=area,
                              told_at=at),
        FeedbackTryRow(area_id=telling.area_id, item_id=telling.item_id, feedback_id=telling.id, place=9,
                       result="unsafe", on_day=at.date(), by_whom="-", how="-", recorded_by=by,
                       recorded_at=at),
        NoticeToldRow(notice="feedback_due", subject_id=telling.id, stage="overdue", account_id=by,
                      area_id=area, told_at=at),
        FlagStepRow(area_id=flag.area_id, flag_id=flag.id, state="added", until=at.date(), at=at),
        OfflineAlarmRow(meeting_id=asked.meeting_id, area_id=area, failure="-", raised_at=at),
        OfflineKeyRow(account_id=by, area_id=area, sealed=b"", set_at=at),
        OfflinePackRow(area_id=area, meeting_id=asked.meeting_id, account_id=by, copy_number=1, made_at=at,
                       agency_id=agency, expires_at=at, fetches=0, cases=[], mark=b"", content=b"-"),
        PlanReviewRow(item_id=item, action_id=action_id, area_id=area, verdict="done", text="",
                      reviewed_by=by, reviewed_at=at),
        ResearchAnswerRow(area_id=area, item_id=item, box_id=item, agency_id=agency, said="nothing held",
                          sent_by=by, sent_at=at, late=False),
        ResearchDraftRow(box_id=item, agency_id=agency, area_id=area, item_id=item, version=1, content={},
                         saved_by=by, saved_at=at),
        ResearchNoticeRow(request_id=asked.id, stage="asked", area_id=asked.area_id, told_at=at),
        *_of_a_pack(by, at),
    ]  # fmt: skip
    for row in rows:
        db.session.add(row)
        db.session.flush()


def _of_a_pack(by: UUID, at: datetime) -> list[Base]:
    """What became of one, where there is one; its destruction is there where its copies are."""
    pack = db.session.scalars(select(PackRow)).first()
    if pack is None:
        return []
    of = {"area_id": pack.area_id, "pack_id": pack.id, "reason": "-"}
    return [
        PackEditionRow(number=9, issued_at=at, issued_by=by, **of),
        PackRecallRow(recalled_at=at, recalled_by=by, **of),
    ]

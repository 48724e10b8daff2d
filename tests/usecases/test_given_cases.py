"""What an IDVA whose service sits in no meeting reads of the case given to them, and is reminded of, on both
databases (security.md B, "M + allocated"; Rulebook F1, F2, A2, R2)."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, select

from agenda.agreements import Signature
from agenda.meetings import MeetingKind
from agenda.timeline import EventKind
from meetingsvc.models import (
    ActionReminderRow,
    ActionRow,
    AgencyRow,
    HearingRow,
    ItemRow,
    MeetingRow,
    NoteRow,
    OutboxRow,
    RefusalRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import acting, case_page, corrections, feedback_lists, recipients, timeline
from meetingsvc.usecases import action_reminders, agreements
from meetingsvc.usecases.transaction import saved
from notifications.messages import Notice
from notifications.outgoing import Stage, What
from notifications.recipients import Ground
from tests.a_marac import MONDAY, NOW, a_person
from tests.a_wall import a_wall
from tests.usecases.test_feedback import ON_ONE, TUESDAY, Panel, panel
from tests.usecases.test_feedback_given import NOTHING, now_is, seen, sits_in_none
from tests.usecases.test_feedback_hidden import given, reminded

__all__ = ["panel"]  # the fixture


def away(panel: Panel) -> bool:
    """Whether who runs the meetings reads that the first victim's case is not shown to who tells them."""
    db.session.rollback()
    with acting.acting(panel.coordinator):
        found = {one.item_id: one.away for one in feedback_lists.to_tell(panel.coordinator, TUESDAY, 1)}
        db.session.rollback()
    return found[panel.items[0]]


def of_list() -> MeetingRow:
    return db.session.scalars(select(MeetingRow).where(MeetingRow.kind == MeetingKind.DRAMM)).one()


@pytest.mark.parametrize("attends", [False, True])
@pytest.mark.parametrize("how", ["signed later", "held", "supplement"])
def test_F1_S3_a_victim_whose_case_is_shown_to_nobody_is_said_to_be(
    panel: Panel, how: str, attends: bool
) -> None:
    if not attends:
        sits_in_none(panel)
    given(panel, panel.idva)
    panel.record()
    panel.close()
    assert not away(panel)
    with saved():
        if how == "signed later":
            db.session.get_one(AgencyRow, panel.idva.agency_id).signed_on = MONDAY + timedelta(days=1)
        elif how == "held":
            of_list().held = True
        else:
            db.session.get_one(ItemRow, panel.items[0]).supplement = 1
    assert away(panel) and reminded(panel) == 0
    assert panel.items[0] not in seen(panel.idva).items


def test_V1_S3_who_signs_a_newer_version_loses_no_case(panel: Panel) -> None:
    sits_in_none(panel)
    given(panel, panel.idva)
    panel.record()
    panel.close()
    with saved():
        service = db.session.get_one(AgencyRow, panel.idva.agency_id)
        before, key = service.signed_on, service.id
    keeper = a_person(panel.coordinator.agency_id, Role.INFORMATION_GOVERNANCE, "Ines Hale")
    signature = Signature(TUESDAY, "Alder Reed", "Chief executive", "2027")
    agreements.sign(keeper, key, signature, NOW + timedelta(days=1))
    db.session.rollback()
    assert db.session.get_one(AgencyRow, key).signed_on == before
    assert seen(panel.idva).items == {panel.items[0]} and not away(panel) and reminded(panel) == 2


def a_note(panel: Panel) -> None:
    with saved():
        db.session.add(NoteRow(
            id=uuid4(), area_id=panel.coordinator.area_id, item_id=panel.items[0],
            agency_id=panel.rep.agency_id, author="Joan Akande", kind="fact", source="Phone",
            text="Do not ring", dated=MONDAY, proportionate=True, recorded_by=panel.rep.account_id,
            recorded_at=NOW,
        ))  # fmt: skip


def test_R2_S3_they_read_what_agencies_shared_of_it(panel: Panel) -> None:
    sits_in_none(panel)
    given(panel, panel.idva)
    a_note(panel)
    idva = now_is(panel.idva)
    with acting.acting(idva):
        (found,) = corrections.shared(idva, panel.case_id())
        alone = corrections.note(idva, panel.case_id(), found.id)
        db.session.rollback()
    assert found == alone and (found.note.text, found.sits_on) == ("Do not ring", MONDAY)
    a_wall(panel.coordinator.area_id, panel.case_id(), idva.account_id)
    case_id = panel.case_id()
    with acting.acting(idva):
        assert corrections.shared(idva, case_id) == []
        assert corrections.note(idva, case_id, found.id) is None
        db.session.rollback()


def test_T6_S3_they_read_when_it_was_heard(panel: Panel) -> None:
    sits_in_none(panel)
    given(panel, panel.idva)
    starts = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
    with saved():
        meeting = of_list()
        meeting.starts_at = starts
        db.session.add(HearingRow(area_id=meeting.area_id, case_id=panel.case_id(),
                                  heard_on=MONDAY, source="marac", meeting_id=meeting.id,
                                  external_reference=""))  # fmt: skip
    idva = now_is(panel.idva)
    with acting.acting(idva):
        (heard,) = case_page.hearings(idva, panel.case_id())
        db.session.rollback()
    assert heard.starts_at == starts


def an_action(panel: Panel) -> UUID:
    with saved():
        item = db.session.get_one(ItemRow, panel.items[0])
        key = uuid4()
        db.session.add(ActionRow(
            id=key, area_id=item.area_id, item_id=item.id, agency_id=panel.idva.agency_id, category="victim",
            position=9, what="Offer refuge", due=NOW.date() + timedelta(days=1), status="open",
            set_by=panel.coordinator.account_id, set_at=NOW - timedelta(days=20), reason="",
        ))  # fmt: skip
        db.session.execute(delete(OutboxRow))
    return key


def test_A2_S3_they_are_reminded_of_their_action_on_it(panel: Panel) -> None:
    sits_in_none(panel)
    given(panel, panel.idva)
    an_action(panel)
    assert action_reminders.remind(NOW) == 1
    assert db.session.scalars(select(RefusalRow.id)).all() == []
    assert db.session.scalars(select(OutboxRow.notice)).all() == [Notice.ACTIONS]


@ON_ONE
def test_A2_a_day_of_which_nobody_was_told_is_not_used_up(
    panel: Panel, monkeypatch: pytest.MonkeyPatch
) -> None:
    given(panel, panel.idva)
    an_action(panel)
    with monkeypatch.context() as patched:
        patched.setattr(action_reminders.notices, "queue", lambda *_, **__: False)
        assert action_reminders.remind(NOW) == 0
    db.session.rollback()
    assert db.session.scalars(select(ActionReminderRow.action_id)).all() == []
    assert action_reminders.remind(NOW) == 1


def ground(panel: Panel, who: Principal, kind: Notice) -> Ground | None:
    about = frozenset({panel.case_id()})
    thing = recipients.Outgoing(
        who.area_id, who.account_id, What.NOTICE, kind, MeetingKind.MARAC, about, None
    )
    return recipients.asked(thing, Stage.BUILD, NOW).ground


@ON_ONE
@pytest.mark.parametrize("kind", [Notice.ACTIONS, Notice.CORRECTION, Notice.FEEDBACK])
def test_R2_A2_the_door_lets_through_what_is_of_a_case_they_may_open(panel: Panel, kind: Notice) -> None:
    sits_in_none(panel)
    assert ground(panel, panel.idva, kind) is not None
    given(panel, panel.idva)
    assert ground(panel, panel.idva, kind) is None
    a_wall(panel.coordinator.area_id, panel.case_id(), panel.idva.account_id)
    assert ground(panel, panel.idva, kind) is not None and seen(panel.idva) == NOTHING


def test_B_its_story_links_to_no_page_that_is_not_theirs(panel: Panel) -> None:
    given(panel, panel.idva)
    panel.record()
    assert links(panel, now_is(panel.idva)) == {f"/items/{panel.items[0]}/outcome"}
    sits_in_none(panel)
    assert links(panel, now_is(panel.idva)) == {""}


def links(panel: Panel, who: Principal) -> set[str]:
    case_id = panel.case_id()
    with acting.acting(who):
        told = case_page.case(who, case_id)
        assert told is not None
        found = timeline.events(who, told, NOW)
        db.session.rollback()
    return {one.href for one in found if one.kind is EventKind.OUTCOME}


def test_B_nor_to_a_list_that_is_not(panel: Panel) -> None:
    given(panel, panel.idva)
    assert days(panel) == {f"/lists/{date(2026, 11, 23)}"}
    sits_in_none(panel)
    assert days(panel) == {""}


def days(panel: Panel) -> set[str]:
    who, case_id = now_is(panel.idva), panel.case_id()
    with acting.acting(who):
        told = case_page.case(who, case_id)
        assert told is not None
        found = timeline.events(who, told, NOW)
        db.session.rollback()
    return {one.href for one in found if one.kind is EventKind.LIST}

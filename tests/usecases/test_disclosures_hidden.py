"""A case that is hidden from who deals with a request: nothing goes to its perpetrator, and nobody to whom it
is closed learns of it by who asks (Rulebook F3, M6)."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from agenda.need_to_know import Hides, OpeningKind, RestrictionState
from agenda.rules import RuleBroken
from meetingsvc.models import (
    AuditRow,
    CaseRow,
    DisclosureReleaseRow,
    ItemRow,
    NamedRow,
    OpeningRow,
    OutboxRow,
    PersonRow,
    RefusalRow,
    RestrictionRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import accounts, acting, refusals
from meetingsvc.store.disclosure_clocks import RECIPIENT_APART, RECIPIENT_REFUSED, TOLD_APART
from meetingsvc.usecases import (
    disclosure_checking,
    disclosure_files,
    disclosure_following,
    disclosure_recipients,
    disclosure_releases,
    disclosures,
)
from meetingsvc.usecases.disclosure_checking import ANOTHER_TAKES_IT
from meetingsvc.usecases.disclosures import Requester
from meetingsvc.usecases.transaction import saved
from minutes.disclosure import State, Step
from minutes.disclosure_requester import Match
from notifications.messages import Notice
from notifications.recipients import Ground
from tests.a_marac import NOW, RECORDED, TUESDAY, a_person, listed
from tests.a_third_party import Scene
from tests.a_wall import a_wall
from tests.builders import a_row

IVOR = {
    "perpetrator_forename": "Ivor",
    "perpetrator_surname": "Quillfeather",
    "perpetrator_dob": "1985-02-03",
}
HIM = Requester(dob=date(1985, 2, 3))
HIS: dict[str, Any] = {"name": "Ivor Quillfeather", "organisation": ""}
HERS: dict[str, Any] = {"name": "Hollis Reed", "organisation": ""}


class Hidden(Scene):
    """She is the victim in another case, closed to the first coordinator and to one of two chairs."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.looked: set[UUID] = set()
        self.blind = a_person(self.chair.agency_id, Role.CHAIR, "Ned Brook")
        (item,) = listed(self.area_id, [a_row(recorded_at=RECORDED[TUESDAY], **IVOR)], TUESDAY)
        self.other_id = db.session.get_one(ItemRow, item).case_id
        with saved():
            db.session.get_one(CaseRow, self.other_id).victim_id = self.victim_id

    def wall(self) -> None:
        for who in (self.coordinator, self.blind):
            a_wall(self.area_id, self.other_id, who.account_id)

    def restrict(self) -> None:
        """To the second coordinator and the other chair."""
        with saved():
            db.session.add(
                RestrictionRow(case_id=self.other_id, area_id=self.area_id, hides=Hides.UNNAMED, reason="r",
                               state=RestrictionState.RESTRICTED, put_by=self.chair.account_id, put_at=NOW)
            )  # fmt: skip
            db.session.flush()
            for who in (self.second, self.chair):
                db.session.add(NamedRow(case_id=self.other_id, account_id=who.account_id, named_at=NOW,
                                        area_id=self.area_id, named_by=self.chair.account_id))  # fmt: skip
                db.session.flush()

    def told(self, key: UUID, who: Principal) -> tuple[str | None, Match | None, bool]:
        """What a page tells somebody of who asks."""
        kept = self.kept(key, who)
        with acting.acting(who):
            there = disclosure_checking.against(who, kept)
            return (disclosure_checking.kept_from(kept, there), disclosure_checking.match_of(kept, there),
                    disclosure_checking.to_look(kept, there))  # fmt: skip

    def lines(self, key: UUID, who: Principal) -> set[str]:
        """What was done, as somebody reads it."""
        kept = self.kept(key, who)
        with acting.acting(who):
            there = disclosure_checking.against(who, kept)
            return {one.what for one in disclosure_checking.lines_for(kept, there)}

    def refused(self) -> list[tuple[UUID, str, UUID | None]]:
        """Whom the refusals that were kept since the last time are of, on what ground, and of which case."""
        db.session.rollback()
        rows = db.session.scalars(select(RefusalRow).order_by(RefusalRow.at)).all()
        new = [one for one in rows if one.id not in self.looked]
        self.looked |= {one.id for one in new}
        return [(one.account_id, one.ground, one.case_id) for one in new]

    def stuck(self, who: Principal) -> list[UUID]:
        """Of how many requests who appoints chairs reads that nobody can take them further."""
        db.session.rollback()
        with acting.acting(who):
            return [one.id for one in disclosure_following.undecided(who, self.at)]

    def approved(self, **told: Any) -> UUID:
        key = self.asked(**told)
        self.everybody(key)
        self.decide(key, Step.APPROVE)
        return key

    def prepare(self, key: UUID, who: Principal, recipient: str) -> None:
        disclosure_releases.prepare(who, key, {}, recipient, "Her own", self.tick())


@pytest.fixture(params=["a wall", "a restriction"])
def scene(area_id: UUID, request: pytest.FixtureRequest) -> Hidden:
    scene = Hidden(area_id)
    if request.param == "a wall":
        scene.wall()
    else:
        scene.restrict()
    return scene


def test_F3_M6_to_whom_the_case_is_closed_a_page_reads_as_without_it(scene: Hidden) -> None:
    """Whoever asks: that another takes it would tell that somebody stands in a case that is hidden."""
    his, hers = scene.log(who_asks=HIM, **HIS), scene.log(**HERS)
    for who in (scene.coordinator, scene.blind):
        for key in (his, hers):
            assert scene.told(key, who) == (None, Match.NOBODY, False)
    for who in (scene.second, scene.chair):
        why, match, _ = scene.told(his, who)
        assert match is Match.KEPT_FROM and "Nothing can be released to them here" in (why or "")
        assert scene.told(hers, who) == (None, Match.NOBODY, False)


def test_F3_M6_nothing_is_released_to_the_perpetrator_of_a_hidden_case(scene: Hidden) -> None:
    key = scene.asked(who_asks=HIM, **HIS)
    scene.everybody(key)
    sighted, scene.chair = scene.chair, scene.blind
    with pytest.raises(RuleBroken, match=ANOTHER_TAKES_IT):
        scene.decide(key, Step.APPROVE)
    scene.chair = sighted
    with pytest.raises(RuleBroken, match="Nothing can be released to them here"):
        scene.decide(key, Step.APPROVE)
    scene.decide(key, Step.REFUSE, "Each agency answers")
    assert scene.kept(key).state is State.REFUSED


def test_F3_M6_who_may_open_the_case_takes_it_from_the_decision_to_the_file(scene: Hidden) -> None:
    key = scene.asked(**HERS)
    scene.everybody(key)
    sighted, scene.chair = scene.chair, scene.blind
    with pytest.raises(RuleBroken, match=ANOTHER_TAKES_IT):
        scene.decide(key, Step.APPROVE)
    scene.chair = sighted
    scene.decide(key, Step.APPROVE)
    with pytest.raises(RuleBroken, match=ANOTHER_TAKES_IT):
        scene.prepare(key, scene.coordinator, "Hollis Reed")
    scene.prepare(key, scene.second, "Hollis Reed")
    row = db.session.scalars(select(DisclosureReleaseRow)).one()
    seen, release_id = disclosure_releases.seen_of(row), row.id
    with pytest.raises(RuleBroken, match=ANOTHER_TAKES_IT):
        disclosure_releases.release(scene.blind, key, seen, scene.tick())
    disclosure_releases.release(scene.chair, key, seen, scene.tick())
    with pytest.raises(RuleBroken, match=ANOTHER_TAKES_IT):
        disclosure_files.fetch(scene.coordinator, release_id, scene.tick())
    assert disclosure_files.fetch(scene.second, release_id, scene.tick())


def test_F3_M6_only_who_may_know_of_him_tells_who_asks_apart(scene: Hidden) -> None:
    key = scene.log(**HIS)
    with pytest.raises(RuleBroken, match=ANOTHER_TAKES_IT):
        disclosures.take(scene.blind, key, Step.CHECK, "Seen", scene.tick(), another="Born in 1950")
    with pytest.raises(RuleBroken, match=ANOTHER_TAKES_IT):
        disclosure_recipients.tell_apart(scene.blind, key, "Born in 1950", scene.tick())
    assert "could be the perpetrator" in (scene.told(key, scene.chair)[0] or "")
    disclosure_recipients.tell_apart(scene.second, key, "Born in 1950", scene.tick())
    assert scene.told(key, scene.chair) == (None, Match.LOOK, True)
    assert scene.told(key, scene.blind) == (None, Match.NOBODY, False)
    assert TOLD_APART in scene.lines(key, scene.chair)
    assert TOLD_APART not in scene.lines(key, scene.blind)


def test_F3_M6_a_recipient_is_told_apart_by_who_may_know_of_him(scene: Hidden) -> None:
    key, name = scene.approved(**HERS), HIS["name"]
    with pytest.raises(RuleBroken, match="does not build the release"):
        scene.prepare(key, scene.second, name)
    ((_, _, case_id),) = scene.refused()
    assert case_id == scene.other_id, "read with that case alone"
    apart = disclosure_recipients.tell_recipient_apart
    for recipient in (name, "Hollis Reed"):
        with pytest.raises(RuleBroken, match=ANOTHER_TAKES_IT):
            apart(scene.blind, key, recipient, "Her solicitor, seen in person", scene.tick())
        with pytest.raises(RuleBroken, match=ANOTHER_TAKES_IT):
            scene.prepare(key, scene.coordinator, recipient)
    apart(scene.chair, key, name, "Her solicitor, seen in person", scene.tick())
    scene.prepare(key, scene.second, name)
    told = {RECIPIENT_REFUSED, RECIPIENT_APART}
    assert told <= scene.lines(key, scene.second) and not told & scene.lines(key, scene.blind)


def test_F3_V5_each_refusal_to_whom_the_case_is_closed_is_kept_with_it(scene: Hidden) -> None:
    """Who tries names until one is answered otherwise leaves a trace each time, and does not read it."""
    key, apart = scene.log(**HIS), disclosure_recipients.tell_apart

    def refused(who: Principal, ground: Ground, act: Callable[[], object]) -> None:
        with pytest.raises(RuleBroken) as why:
            act()
        assert str(why.value) == ANOTHER_TAKES_IT
        assert scene.refused() == [(who.account_id, ground, scene.other_id)]

    def checks() -> None:
        disclosures.take(scene.blind, key, Step.CHECK, "Seen", scene.tick(), another="Born in 1950")

    refused(scene.blind, Ground.COLLISION, checks)
    refused(scene.blind, Ground.COLLISION, lambda: apart(scene.blind, key, "Born in 1950", scene.tick()))
    key = scene.asked(**HERS)
    scene.everybody(key)
    sighted, scene.chair = scene.chair, scene.blind
    refused(scene.blind, Ground.CLOSED, lambda: scene.decide(key, Step.APPROVE))
    scene.chair = sighted
    scene.decide(key, Step.APPROVE)
    refused(scene.coordinator, Ground.CLOSED, lambda: scene.prepare(key, scene.coordinator, "Hollis Reed"))
    refused(scene.coordinator, Ground.COLLISION, lambda: scene.prepare(key, scene.coordinator, HIS["name"]))
    scene.prepare(key, scene.second, "Hollis Reed")
    row = db.session.scalars(select(DisclosureReleaseRow)).one()
    seen, release_id = disclosure_releases.seen_of(row), row.id
    release, fetch = disclosure_releases.release, disclosure_files.fetch
    refused(scene.blind, Ground.CLOSED, lambda: release(scene.blind, key, seen, scene.tick()))
    release(scene.chair, key, seen, scene.tick())
    refused(scene.coordinator, Ground.CLOSED, lambda: fetch(scene.coordinator, release_id, scene.tick()))
    for who, read in ((scene.blind, 0), (scene.coordinator, 0), (scene.chair, 7), (scene.second, 7)):
        db.session.rollback()
        with acting.acting(who):
            assert refusals.count(who) == read


def test_X6_M6_who_may_not_know_reads_a_release_as_without_the_case(scene: Hidden) -> None:
    key = scene.approved(**HERS)
    scene.prepare(key, scene.second, "Hollis Reed")
    kept = scene.kept(key, scene.blind)
    with acting.acting(scene.blind):
        there = disclosure_checking.against(scene.blind, kept)
        row, built = disclosure_releases.prepared(scene.blind, kept, there)
    assert row.recipient == "Hollis Reed" and built.pieces


def test_M6_of_whom_somebody_was_told_apart_the_trail_tells_with_that_case_alone(scene: Hidden) -> None:
    key = scene.log(**HIS)
    disclosure_recipients.tell_apart(scene.second, key, "Born in 1950", scene.tick())
    rows = select(AuditRow.case_id).where(AuditRow.actor == str(scene.second.account_id),
                                          AuditRow.action == "disclosure.step")  # fmt: skip
    assert db.session.scalars(rows).all() == [scene.other_id]


def test_M6_a_refusal_is_kept_with_the_case_that_is_the_surest_of_it(scene: Hidden) -> None:
    """Somebody of the case itself has a like name: what another case refuses stays with that one."""
    key = scene.log(who_asks=HIM, **HIS)
    with saved():
        him = db.session.get_one(CaseRow, scene.case_id).perpetrator_id
        person = db.session.get_one(PersonRow, him)
        person.forename, person.surname, person.dob = "Ivor", "Quillfeather", None
    with pytest.raises(RuleBroken, match="Nothing can be released to them here"):
        scene.prepare(key, scene.second, HERS["name"])
    ((_, _, case_id),) = scene.refused()
    assert case_id == scene.other_id


def test_M6_governance_reads_the_check_of_its_case_and_tells_nobody_apart_from_others(
    area_id: UUID,
) -> None:
    """Each case is closed to them without a ticket of its own: the other one too, which nothing hides."""
    scene = Hidden(area_id)
    a_ticket(scene, scene.case_id, scene.governance)
    key = scene.log(**HIS)
    who = accounts.principal(scene.governance.account_id, scene.at)
    assert who and scene.told(key, who) == (None, Match.NOBODY, False)
    with pytest.raises(RuleBroken, match=ANOTHER_TAKES_IT):
        disclosure_recipients.tell_apart(who, key, "Born in 1950", scene.tick())


def test_X1_M6_what_no_chair_may_check_is_told_to_who_can_appoint_another(area_id: UUID) -> None:
    """And to nobody from whom the other case is kept: it would tell them that there is one."""
    scene = Hidden(area_id)
    key = scene.asked(**HERS)
    scene.everybody(key)
    for who in (scene.blind, scene.chair):
        assert scene.stuck(scene.governance) == []
        a_wall(area_id, scene.other_id, who.account_id)
    assert scene.stuck(scene.governance) == [key]

    def stands(who: Principal) -> bool:
        kept = scene.kept(key, who)
        with acting.whole_area(area_id):
            return disclosure_following.nobody_can(who, kept, scene.at)

    assert stands(scene.second) and not stands(scene.blind)
    a_wall(area_id, scene.other_id, scene.governance.account_id)
    assert scene.stuck(scene.governance) == []


def test_X6_M6_what_nobody_is_left_to_build_or_release_is_told(area_id: UUID) -> None:
    """One builds it and another releases it, and both know of every case."""
    scene = Hidden(area_id)
    key = scene.approved(**HERS)
    for who in (scene.coordinator, scene.blind):
        a_wall(area_id, scene.other_id, who.account_id)
    assert scene.stuck(scene.governance) == []
    scene.prepare(key, scene.second, "Hollis Reed")
    assert scene.stuck(scene.governance) == []
    a_wall(area_id, scene.other_id, scene.chair.account_id)
    assert scene.stuck(scene.governance) == [key]
    before = queued(scene.second)
    disclosure_following.follow_all(scene.tick())
    assert queued(scene.second) == before + 1, "who built it is told that nobody releases it"
    assert queued(scene.coordinator) == 1, "as of any that is built"


def queued(who: Principal) -> int:
    """How many notices of requests went to one person."""
    db.session.rollback()
    rows = select(OutboxRow).where(OutboxRow.notice == Notice.REQUEST, OutboxRow.account_id == who.account_id)
    return len(db.session.scalars(rows).all())


def a_ticket(scene: Scene, case_id: UUID, who: Principal) -> None:
    """The case is open to who governs information for now."""
    with saved(), acting.service():
        db.session.add(
            OpeningRow(area_id=scene.area_id, case_id=case_id, kind=OpeningKind.TICKET, asked_at=NOW,
                       account_id=who.account_id, reason="A request", decided_at=NOW,
                       approved_by=scene.chair.account_id, until=NOW + timedelta(hours=24))
        )  # fmt: skip

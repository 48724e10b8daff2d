"""A case that is hidden from who deals with a request: nothing goes to its perpetrator, and nobody to whom it
is closed learns of it by who asks (Rulebook F3, M6)."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from agenda.need_to_know import Hides, RestrictionState
from agenda.rules import RuleBroken
from meetingsvc.models import (
    CaseRow,
    DisclosureReleaseRow,
    ItemRow,
    NamedRow,
    RefusalRow,
    RestrictionRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import acting
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
        """What somebody is told of who asks."""
        kept = self.kept(key, who)
        with acting.acting(who):
            return (disclosure_checking.kept_from(who, kept), disclosure_checking.match_of(who, kept),
                    disclosure_checking.to_look(who, kept))  # fmt: skip

    def lines(self, key: UUID, who: Principal) -> set[str]:
        """What was done, as somebody reads it."""
        kept = self.kept(key, who)
        with acting.acting(who):
            return {one.what for one in disclosure_checking.lines_for(who, kept)}

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


def test_F3_M6_to_whom_the_case_is_closed_nothing_is_said_of_who_asks(scene: Hidden) -> None:
    """Not by what is said of one who is nobody there, either: it is said of every request about her."""
    his, hers = scene.log(who_asks=HIM, **HIS), scene.log(**HERS)
    for who in (scene.coordinator, scene.blind):
        for key in (his, hers):
            assert scene.told(key, who) == (ANOTHER_TAKES_IT, None, False)
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
    assert scene.told(key, scene.blind) == (ANOTHER_TAKES_IT, None, False)
    assert TOLD_APART in scene.lines(key, scene.chair)
    assert TOLD_APART not in scene.lines(key, scene.blind)


def test_F3_M6_a_recipient_is_told_apart_by_who_may_know_of_him(scene: Hidden) -> None:
    key, name = scene.approved(**HERS), HIS["name"]
    with pytest.raises(RuleBroken, match="does not build the release"):
        scene.prepare(key, scene.second, name)
    refused = db.session.scalars(select(RefusalRow)).one()
    assert refused.case_id == scene.other_id, "read with that case alone"
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


def test_X1_M6_what_no_chair_may_check_is_told_to_who_can_appoint_another(area_id: UUID) -> None:
    scene = Hidden(area_id)
    key = scene.asked(**HERS)
    scene.everybody(key)
    for who in (scene.blind, scene.chair):
        with acting.acting(scene.governance):
            assert disclosure_following.undecided(scene.governance, scene.at) == []
        db.session.rollback()
        a_wall(area_id, scene.other_id, who.account_id)
    with acting.acting(scene.governance):
        (stuck,) = disclosure_following.undecided(scene.governance, scene.at)
        assert stuck.id == key

"""Proof 4 at the door: each condition of what may leave is removed, and something that must not leave does.

Or what may leave does not: a false refusal is noticed as well (Rulebook F3, M6, S1, S3, V1).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import pytest
from sqlalchemy import delete, select

from agenda.meetings import MeetingKind
from agenda.panels import ESP
from meetingsvc import mail
from meetingsvc.app import create_core
from meetingsvc.config import Settings
from meetingsvc.models import OutboxRow, RefusalRow, db
from meetingsvc.store import acting, outbox, recipients
from meetingsvc.store.recipients import Outgoing
from meetingsvc.usecases import outbox as worker
from meetingsvc.usecases.transaction import saved
from notifications.messages import Notice
from notifications.outgoing import NAMED_CASE, NAMED_CASE_HELD, Stage, What
from notifications.recipients import Ground
from tests.agenda import test_details
from tests.notifications import test_collisions, test_recipients
from tests.proofs import ordinary
from tests.proofs.mutation import mutants
from tests.proofs.outgoing_cases import CLOSED, FIRST, LATER, SECOND, Place, build
from tests.proofs.surviving import sampled, survivors
from tests.servers.databases import Copies

WAITING = {"panel": "MARAC", "sits_on": "2026-12-03", "path": "/packs"}
BOTH, PACK = (FIRST, SECOND), "pack"
WALL, COLLISION, DOOR = Ground.WALL, Ground.COLLISION, Ground.NOT_ATTENDING
B, S, D = Stage
NOTICE, INVITATION, PAGE, FILE, LETTER = What
Told = Ground | tuple[int, ...]


@dataclass(frozen=True)
class Asked:
    """Something for somebody, and what becomes of it: the ground, or the cases it may tell of."""

    whom: str
    what: What
    about: tuple[int, ...]
    answer: Told
    stage: Stage = S
    kind: str = PACK
    panel: str = MeetingKind.MARAC
    meeting: str = "meeting_id"


ASKED = (
    Asked("chair", LETTER, (), Ground.NOT_A_SECURE_DOMAIN),
    Asked("secure", LETTER, BOTH, BOTH),
    Asked("below", LETTER, BOTH, Ground.NOT_A_SECURE_DOMAIN),
    Asked("unusable", NOTICE, BOTH, Ground.NO_USABLE_ADDRESS),
    Asked("gone", NOTICE, BOTH, Ground.DISABLED),
    Asked("gone", NOTICE, (), Ground.DISABLED),
    Asked("withdrawn", NOTICE, BOTH, Ground.NOT_A_SIGNATORY),
    Asked("withdrawn chair", PAGE, BOTH, Ground.NOT_A_SIGNATORY),
    Asked("stranger", PAGE, (), DOOR, meeting=""),
    Asked("governs", PAGE, (), DOOR, meeting=""),
    Asked("refers", NOTICE, (), (), kind=Notice.REFERRAL_RETURNED, meeting=""),
    Asked("refers", NOTICE, (), Ground.NOT_A_SIGNATORY, meeting=""),
    Asked("left", NOTICE, (), Ground.NOT_A_SIGNATORY, kind=Notice.REFERRAL_RETURNED, meeting=""),
    Asked("governs", NOTICE, (CLOSED,), (CLOSED,), kind=Notice.BREAK_GLASS),
    Asked("chair", NOTICE, (CLOSED,), (CLOSED,), kind=Notice.ALARM),
    Asked("who", NOTICE, (CLOSED,), (CLOSED,)),
    Asked("marac", NOTICE, (), DOOR, kind=Notice.ALARM),
    Asked("walled", NOTICE, (FIRST,), WALL, kind=Notice.ALARM),
    Asked("marac", PAGE, BOTH, BOTH),
    Asked("marac", PAGE, (), (), meeting=""),
    Asked("marac", PAGE, (), DOOR, meeting="", panel=MeetingKind.DRAMM),
    Asked("marac", NOTICE, BOTH, DOOR, meeting="", panel=MeetingKind.DRAMM),
    Asked("marac", NOTICE, BOTH, BOTH, kind=Notice.FEEDBACK, meeting="", panel=MeetingKind.DRAMM),
    Asked("marac", NOTICE, (CLOSED,), DOOR, kind=Notice.FEEDBACK, meeting="", panel=MeetingKind.DRAMM),
    Asked("marac", PAGE, (), DOOR, meeting="open_id"),
    Asked("marac", INVITATION, (), (), meeting="open_id"),
    Asked("marac", INVITATION, (), DOOR, meeting="extra_id"),
    Asked("marac", INVITATION, (), DOOR, meeting="elsewhere_id"),
    Asked("walled", INVITATION, (), DOOR, meeting="call_id"),
    Asked("marac", INVITATION, (), DOOR, meeting="child_id"),
    Asked("chair", INVITATION, (), DOOR, meeting="child_id"),
    Asked("chair", PAGE, (), DOOR, meeting="", panel=ESP.code),
    Asked("who", PAGE, (), (), meeting="open_id"),
    Asked("who", INVITATION, (), (), meeting="extra_id"),
    Asked("daily", PAGE, (), DOOR, meeting=""),
    Asked("daily", PAGE, (), (), meeting="", panel=MeetingKind.DRAMM),
    Asked("chair", PAGE, (), (), meeting="", panel=MeetingKind.DRAMM),
    Asked("chair", PAGE, (CLOSED,), Ground.CLOSED),
    Asked("chair", PAGE, (SECOND, CLOSED), (SECOND,)),
    Asked("walled", PAGE, (FIRST,), WALL),
    Asked("walled", PAGE, BOTH, (SECOND,)),
    Asked("walled", NOTICE, BOTH, (SECOND,)),
    Asked("walled", NOTICE, (FIRST,), WALL, meeting="call_id"),
    Asked("walled", NOTICE, (), DOOR, meeting="call_id"),
    Asked("walled", NOTICE, BOTH, DOOR, meeting="call_id"),
    Asked("chair", NOTICE, (FIRST,), (FIRST,), meeting="call_id"),
    Asked("daily", NOTICE, (FIRST,), DOOR, meeting="call_id"),
    Asked("walled", FILE, BOTH, (SECOND,), B),
    Asked("walled", FILE, BOTH, WALL, D),
    Asked("email", LETTER, BOTH, COLLISION),
    Asked("email", INVITATION, (FIRST,), COLLISION),
    Asked("email", PAGE, (SECOND,), (SECOND,)),
    Asked("phone", PAGE, (FIRST,), COLLISION),
    Asked("name", PAGE, (FIRST,), COLLISION),
    Asked("born", PAGE, (FIRST,), COLLISION),
    Asked("associate", PAGE, (FIRST,), COLLISION),
    Asked("cleared", PAGE, (FIRST,), (FIRST,)),
    Asked("cleared more", PAGE, (FIRST,), COLLISION),
    Asked("lifted", PAGE, (FIRST,), COLLISION),
    Asked("knows", PAGE, (FIRST,), (FIRST,)),
    Asked("victim", PAGE, (FIRST,), (FIRST,)),
    Asked("guest", PAGE, (FIRST,), (FIRST,), kind=NAMED_CASE, meeting=""),
    Asked("guest", NOTICE, (FIRST,), (FIRST,), kind=Notice.NAMED_CASE, meeting=""),
    Asked("other guest", PAGE, (SECOND,), (SECOND,), kind=NAMED_CASE, meeting=""),
    Asked("guest", PAGE, (SECOND,), Ground.CLOSED, kind=NAMED_CASE, meeting=""),
    Asked("guest", NOTICE, (SECOND,), (SECOND,), kind=Notice.NAMED_CASE, meeting=""),
    Asked("guest", NOTICE, (CLOSED,), Ground.CLOSED, kind=Notice.NAMED_CASE, meeting=""),
    Asked("guest", PAGE, (SECOND,), (SECOND,), kind=NAMED_CASE_HELD, meeting=""),
    Asked("guest", PAGE, (FIRST,), Ground.CLOSED, kind=NAMED_CASE_HELD, meeting=""),
    Asked("guest email", PAGE, (FIRST,), COLLISION, kind=NAMED_CASE_HELD, meeting=""),
    Asked("guest", PAGE, (FIRST,), Ground.NOT_A_SIGNATORY, meeting=""),
    Asked("guest email", PAGE, (FIRST,), COLLISION, kind=NAMED_CASE, meeting=""),
    Asked("withdrawn", PAGE, (FIRST,), Ground.NOT_A_SIGNATORY, kind=NAMED_CASE, meeting=""),
    Asked("chair", NOTICE, (SECOND,), (SECOND,), kind=Notice.NAMED_CASE, meeting=""),
    Asked("chair", NOTICE, (CLOSED,), Ground.CLOSED, kind=Notice.NAMED_CASE, meeting=""),
)


@pytest.fixture(scope="module")
def place(copies: Copies, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place | None]:
    """Nothing on PostgreSQL: the rules are the same, and asking there takes longer."""
    url = copies.make()
    app = create_core(Settings(url, tmp_path_factory.mktemp("outgoing"), secret_key="k" * 32))
    with app.app_context(), acting.service():
        sqlite = db.engine.dialect.name == "sqlite"
        yield build() if sqlite else None
        db.session.remove()
        db.engine.dispose()
    copies.drop(url)


def thing(place: Place, one: Asked) -> Outgoing:
    about = frozenset(place.cases[number] for number in one.about)
    meeting = getattr(place, one.meeting) if one.meeting else None
    return Outgoing(place.area_id, place.people[one.whom].account_id, one.what, one.kind, one.panel, about,
                    meeting)  # fmt: skip


def wrong(place: Place) -> Iterator[tuple[Asked, object]]:
    """Whatever is let out that must not be, or kept that may go."""
    for one in ASKED:
        found = recipients.asked(thing(place, one), one.stage, LATER)
        about = tuple(sorted(place.cases.index(case) for case in found.about))
        told = found.ground or about
        if told != one.answer or (found.ground and about):
            yield one, told


def test_F3_M6_S1_S3_V1_the_door_answers_as_it_should(place: Place | None) -> None:
    if place:
        assert list(wrong(place)) == []


def refused_and_kept(place: Place) -> bool:
    """What is refused is kept each time; what passes is handed over with what it may tell of."""
    with saved():
        db.session.execute(delete(RefusalRow))
        refused = mail.dispatch(thing(place, Asked("walled", PAGE, (FIRST,), WALL)), S, LATER)
        kept = db.session.scalars(select(RefusalRow.case_id).where(RefusalRow.at == LATER)).all()
        passed = mail.dispatch(thing(place, Asked("walled", PAGE, BOTH, ())), S, LATER)
    of_them = (kept == [place.cases[FIRST]], passed is not None and passed.about == {place.cases[SECOND]})
    return refused is None and all(of_them)


def received(place: Place) -> bool:
    """Whom the list of who has a pack names, and why not the others."""
    said = {one: recipients.may_receive(place.people[one], MeetingKind.MARAC, LATER)
            for one in ("chair", "withdrawn")}  # fmt: skip
    return said == {"chair": None, "withdrawn": Ground.NOT_A_SIGNATORY.words}


def sent(place: Place) -> bool:
    """The worker carries nothing that the door refuses now, whatever it was when it was queued."""
    carried: list[str] = []
    with saved():
        db.session.execute(delete(RefusalRow))
        db.session.execute(delete(OutboxRow))
        for one in ("walled", "chair"):
            outbox.put(place.area_id, place.people[one].account_id, Notice.PACK_READY, WAITING, LATER,
                       about=[place.cases[FIRST]], meeting_id=place.meeting_id)  # fmt: skip
    worker.send_waiting(lambda cleared, *_: carried.append(cleared.recipient.email), lambda: LATER)
    return carried == [f"{place.people['chair'].account_id}@northmoor.example"]


def as_it_should(place: Place) -> bool:
    return not any(True for _ in wrong(place)) and all(
        holds(place) for holds in (refused_and_kept, received, sent)
    )


def test_F3_M6_S3_each_condition_of_the_door_is_noticed(place: Place | None) -> None:
    if not place:
        return
    made = mutants("meetingsvc.store.recipients", but=["Answer.words"])
    made += mutants("meetingsvc.store.kept_from")
    made += mutants("meetingsvc.mail", ["dispatch"]) + mutants("meetingsvc.usecases.outbox", ["_send"])
    alive = survivors(sampled(made, 6), lambda: not as_it_should(place))
    assert not alive, "\n".join(alive)


def test_F3_S1_each_condition_about_a_recipient_is_noticed(place: Place | None) -> None:
    if not place:
        return  # asked once: no database is
    alive = []
    for modules, tests in (
        (["notifications.recipients"], [test_recipients]),
        (["notifications.collisions", "agenda.details"], [test_collisions, test_details]),
    ):
        made = [one for module in modules for one in mutants(module)]
        alive += survivors(sampled(made, 2), partial(ordinary.fail, tests))
    assert not alive, "\n".join(alive)
